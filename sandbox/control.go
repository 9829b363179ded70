package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net"
	"net/http"
	"slices"
	"time"
)

// controlAPI is the API with which the chat page and external checks control the sandbox.
type controlAPI struct{ *Sandbox }

// routes adds the API.
func (s controlAPI) routes(mux *http.ServeMux) {
	for pattern, act := range map[string]func(*http.Request) (any, error){
		"GET /sandbox/calls":      func(r *http.Request) (any, error) { return s.Calls(r.URL.Query().Get("endpoint")), nil },
		"GET /sandbox/messages":   func(r *http.Request) (any, error) { return s.Messages(r.URL.Query().Get("chat")), nil },
		"GET /sandbox/chats":      func(*http.Request) (any, error) { return s.Chats(), nil },
		"GET /sandbox/people":     func(*http.Request) (any, error) { return s.People(), nil },
		"GET /sandbox/deliveries": func(*http.Request) (any, error) { return s.Deliveries(), nil },
		"GET /sandbox/clock":      func(*http.Request) (any, error) { return s.controlNow(), nil },
		"POST /sandbox/clock":     s.controlClock,
		"POST /sandbox/say":       s.controlSay,
		"POST /sandbox/send":      s.controlSend,
		"POST /sandbox/click":     s.controlClick,
		"POST /sandbox/faults":    s.controlFault,
		"DELETE /sandbox/faults":  func(*http.Request) (any, error) { s.ClearFaults(); return map[string]any{}, nil },
		"POST /sandbox/enter":     s.controlEnter,
		"POST /sandbox/menu":      s.controlMenu,
		"POST /sandbox/bot":       s.controlBot,
		"POST /sandbox/disband":   s.controlDisband,
		"POST /sandbox/trouble":   s.controlTrouble,
		"DELETE /sandbox/trouble": func(*http.Request) (any, error) { s.ClearFaultPresets(); return s.FaultPresets(), nil },
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { answerControl(w, r, act) })
	}
}

// answerControl answers only local callers, and no pages of other sites: the Host header must name the loopback interface,
// and a POST must have the content type JSON, which a browser does not let a page of another site send.
func answerControl(w http.ResponseWriter, r *http.Request, act func(*http.Request) (any, error)) {
	if !answersTo(w, r) {
		return
	}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); r.Method == http.MethodPost && (err != nil || kind != "application/json") {
		writeJSON(w, http.StatusUnsupportedMediaType, map[string]string{"error": "Content-Type: application/json is expected"})
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	result, err := act(r)
	if err != nil {
		writeJSON(w, http.StatusBadRequest, map[string]string{"error": err.Error()})
		return
	}
	writeJSON(w, http.StatusOK, result)
}

// answersTo reports whether the Host header names the loopback interface, and otherwise refuses the request.
func answersTo(w http.ResponseWriter, r *http.Request) bool {
	if loopback(hostOf(r.Host)) {
		return true
	}
	writeJSON(w, http.StatusForbidden, map[string]string{"error": "the sandbox answers on loopback only"})
	return false
}

func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return hostport
	}
	return host
}

func read(r *http.Request, into any) error {
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("read the request: %w", err)
	}
	return nil
}

func (s controlAPI) controlSay(r *http.Request) (any, error) {
	var req struct{ Chat, Person, Text string }
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.Say(r.Context(), req.Chat, req.Person, req.Text)
}

func (s controlAPI) controlSend(r *http.Request) (any, error) {
	var req struct {
		Chat, Person string
		Type         string          `json:"msg_type"`
		Content      json.RawMessage `json:"content"`
		Mentions     []Mention       `json:"mentions"`
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.SendAs(r.Context(), req.Chat, req.Person, Draft{Type: req.Type, Content: string(req.Content), Mentions: req.Mentions})
}

func (s controlAPI) controlClock(r *http.Request) (any, error) {
	var req struct {
		Now     time.Time `json:"now"`
		Advance string    `json:"advance"` // such as "1h30m"
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	switch {
	case req.Advance != "":
		d, err := time.ParseDuration(req.Advance)
		if err != nil || d < 0 {
			return nil, fmt.Errorf("%q is no time to advance by", req.Advance)
		}
		if err := s.Advance(r.Context(), d); err != nil {
			return nil, err
		}
	case !req.Now.IsZero():
		s.clock.Set(req.Now)
	default:
		return nil, errors.New("now or advance is required")
	}
	return s.controlNow(), nil
}

func (s controlAPI) controlNow() map[string]any {
	return map[string]any{"now": s.Now().In(zone()), "newest": s.Newest()}
}

// controlFault takes a Fault with its durations in words.
func (s controlAPI) controlFault(r *http.Request) (any, error) {
	var req struct {
		Endpoint     string `json:"endpoint"`
		Code         int    `json:"code"`
		HTTPStatus   int    `json:"http_status"`
		Message      string `json:"message"`
		Latency      string `json:"latency"`
		DropAnswer   bool   `json:"drop_answer"`
		BeforeEffect bool   `json:"before_effect"`
		HTML         bool   `json:"html"`
		Reset        int    `json:"reset"`
		Times        int    `json:"times"`
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	latency, err := time.ParseDuration(orElse(req.Latency, "0s"))
	if err != nil || req.HTTPStatus != 0 && (req.HTTPStatus < 200 || req.HTTPStatus > 599) {
		return nil, errors.New("latency or http_status makes no sense")
	}
	s.AddFault(Fault{
		Endpoint: req.Endpoint, Code: req.Code, HTTPStatus: req.HTTPStatus, Message: req.Message, Latency: latency,
		DropAnswer: req.DropAnswer, BeforeEffect: req.BeforeEffect, HTML: req.HTML, Reset: req.Reset, Times: req.Times,
	})
	return map[string]any{}, nil
}

// The following functions serve the chat page: clicks, opening a chat, the menu, removing the bot, and fault presets.

// actionFields returns the fields that the action of a callback may have.
func actionFields() []string {
	return []string{"tag", "value", "option", "options", "form_value", "input_value", "checked", "name", "timezone"}
}

// controlClick takes a whole action, or only the value of a button's callback.
func (s controlAPI) controlClick(r *http.Request) (any, error) {
	var req struct {
		MessageID string         `json:"message_id"`
		Person    string         `json:"person"`
		Value     map[string]any `json:"value"`
		Action    map[string]any `json:"action"`
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	if req.Action == nil {
		return s.Click(r.Context(), req.MessageID, req.Person, req.Value)
	}
	for _, name := range slices.Sorted(maps.Keys(req.Action)) {
		if !slices.Contains(actionFields(), name) {
			return nil, fmt.Errorf("an action has no %q; it has %v", name, actionFields())
		}
	}
	if tag, ok := req.Action["tag"].(string); !ok || tag == "" {
		return nil, errors.New(`an action needs the tag of what was used, such as "button"`)
	}
	return s.ClickAction(r.Context(), req.MessageID, req.Person, req.Action)
}

func (s controlAPI) controlEnter(r *http.Request) (any, error) {
	var req struct{ Person string }
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.Enter(r.Context(), req.Person)
}

func (s controlAPI) controlMenu(r *http.Request) (any, error) {
	var req struct{ Person, Key string }
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.PressMenu(r.Context(), req.Person, req.Key)
}

// controlBot makes a person remove the bot from a group or add it again.
func (s controlAPI) controlBot(r *http.Request) (any, error) {
	var req struct {
		Chat, Person string
		Inside       bool
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	if req.Inside {
		return s.AddBot(r.Context(), req.Chat, req.Person)
	}
	return s.RemoveBot(r.Context(), req.Chat, req.Person)
}

// controlDisband makes a person dissolve a group.
func (s controlAPI) controlDisband(r *http.Request) (any, error) {
	var req struct{ Chat, Person string }
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.Disband(r.Context(), req.Chat, req.Person)
}

func (s controlAPI) controlTrouble(r *http.Request) (any, error) {
	var req struct {
		Name string `json:"name"`
		On   bool   `json:"on"`
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	if err := s.SetFaultPreset(req.Name, req.On); err != nil {
		return nil, err
	}
	return s.FaultPresets(), nil
}
