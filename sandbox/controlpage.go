package sandbox

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// What the chat page does besides writing: click, open a chat, use the menu, take the bot out, make trouble.

// actionFields are what a callback's action may hold.
func actionFields() []string {
	return []string{"tag", "value", "option", "options", "form_value", "input_value", "checked", "name", "timezone"}
}

// controlClick takes a whole action, or only the value of a button's callback.
func (s *Sandbox) controlClick(r *http.Request) (any, error) {
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

func (s *Sandbox) controlEnter(r *http.Request) (any, error) {
	var req struct{ Person string }
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.Enter(r.Context(), req.Person)
}

func (s *Sandbox) controlMenu(r *http.Request) (any, error) {
	var req struct{ Person, Key string }
	if err := read(r, &req); err != nil {
		return nil, err
	}
	return s.PressMenu(r.Context(), req.Person, req.Key)
}

// controlBot lets a person take the bot out of a group or bring it back.
func (s *Sandbox) controlBot(r *http.Request) (any, error) {
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

func (s *Sandbox) controlTrouble(r *http.Request) (any, error) {
	var req struct {
		Name string `json:"name"`
		On   bool   `json:"on"`
	}
	if err := read(r, &req); err != nil {
		return nil, err
	}
	if err := s.SetTrouble(req.Name, req.On); err != nil {
		return nil, err
	}
	return s.Troubles(), nil
}
