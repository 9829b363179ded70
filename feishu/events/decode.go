package events

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"time"
)

var errNotEvent = errors.New("the body is not an event")

// parse decodes a plain body. A field of another type than expected is left empty and does not spoil the rest: whether
// something is missing is decided per event.
func parse(plain []byte) (*envelope, error) {
	var e envelope
	err := json.Unmarshal(plain, &e)
	if _, mistyped := errors.AsType[*json.UnmarshalTypeError](err); err != nil && !mistyped {
		return nil, errNotEvent
	}
	return &e, nil
}

// event converts a decoded body of schema 2.0 to an Event. The result is nil, without an error, for an unknown type.
func (e *envelope) event() (*Event, error) {
	h := &e.Header
	if h.EventID == "" || h.EventType == "" {
		return nil, errNotEvent
	}
	ev := &Event{ID: h.EventID, Type: h.EventType, TenantKey: h.TenantKey, CreatedAt: timeOf(int64(h.CreateTime))}
	p := &e.Event
	var complete bool
	switch h.EventType {
	case MessageReceived:
		ev.Message, complete = p.message()
	case CardClicked:
		ev.Click, complete = p.click()
	case BotAdded, BotRemoved, ChatDisbanded, SingleChatEntered:
		ev.Chat = &ChatChange{ID: p.ChatID, Name: p.Name, OperatorID: p.OperatorID.OpenID}
		ev.Chat.External, ev.Chat.ExternalKnown = p.External != nil && *p.External, p.External != nil
		complete = p.ChatID != ""
	case ChatUpdated:
		ev.Chat = &ChatChange{
			ID: p.ChatID, Name: p.AfterChange.Name, OperatorID: p.OperatorID.OpenID,
			OwnerID: p.AfterChange.OwnerID.OpenID, FormerOwnerID: p.BeforeChange.OwnerID.OpenID,
		}
		ev.Chat.External, ev.Chat.ExternalKnown = p.External != nil && *p.External, p.External != nil
		complete = p.ChatID != ""
	case MenuClicked:
		ev.Menu = &MenuClick{Key: p.EventKey, OperatorID: p.Operator.OperatorID.OpenID}
		complete = ev.Menu.Key != "" && ev.Menu.OperatorID != ""
	case DepartmentCreated, DepartmentUpdated, DepartmentDeleted:
		ev.Department = p.Object.OpenDepartmentID
		complete = ev.Department != ""
	default:
		return nil, nil
	}
	if !complete {
		return nil, errNotEvent
	}
	return ev, nil
}

func (p *payload) message() (*Message, bool) {
	w := p.Message
	if w == nil {
		return nil, false
	}
	m := &Message{
		ID: w.MessageID, ChatID: w.ChatID, ThreadID: w.ThreadID, ChatType: w.ChatType, Type: w.MessageType,
		SenderID: p.Sender.SenderID.OpenID, SenderType: p.Sender.SenderType, TenantKey: p.Sender.TenantKey,
	}
	for _, x := range w.Mentions {
		m.Mentions = append(m.Mentions, Mention{Key: x.Key, OpenID: x.ID.OpenID, Kind: x.MentionedType, Name: x.Name})
	}
	m.readContent(w.Content)
	known := m.SenderID != "" || m.SenderType != "user"
	return m, m.ID != "" && m.ChatID != "" && m.ChatType != "" && m.Type != "" && known
}

func (p *payload) click() (*Click, bool) {
	a := p.Action
	if a == nil {
		return nil, false
	}
	c := &Click{
		Token: p.Token, OperatorID: p.Operator.OpenID, TenantKey: p.Operator.TenantKey, MessageID: p.Context.MessageID, ChatID: p.Context.ChatID,
		Tag: a.Tag, Name: a.Name, RawValue: a.Value, Option: a.Option, Options: a.Options,
		Form: a.FormValue, Input: a.InputValue, Checked: a.Checked, TimeZone: a.TimeZone,
	}
	if json.Unmarshal(a.Value, &c.Value) != nil {
		c.Value = nil // a string or a list: RawValue has it
	}
	return c, c.OperatorID != "" && c.MessageID != "" && c.ChatID != ""
}

// timeOf reads milliseconds since 1970, or microseconds, which clicks carry; milliseconds that large are in the year 5138.
func timeOf(n int64) time.Time {
	switch {
	case n <= 0:
		return time.Time{}
	case n >= 1e14:
		return time.UnixMicro(n)
	}
	return time.UnixMilli(n)
}

// envelope is the union of the platform's bodies: an event of schema 2.0, an event of the older schema, and the check of
// the address. It is decoded in one pass.
type envelope struct {
	Schema    string `json:"schema"`
	Type      string `json:"type"`      // older schema and address check
	Token     string `json:"token"`     // older schema and address check
	UUID      string `json:"uuid"`      // older schema
	Challenge string `json:"challenge"` // address check
	Header    struct {
		EventID    string      `json:"event_id"`
		EventType  string      `json:"event_type"`
		CreateTime flexibleInt `json:"create_time"`
		Token      string      `json:"token"`
		AppID      string      `json:"app_id"`
		TenantKey  string      `json:"tenant_key"`
	} `json:"header"`
	Event payload `json:"event"`
}

type person struct {
	OpenID string `json:"open_id"`
}

// payload is the union of the known events. No two of them use a field with different meanings.
type payload struct {
	Type  string `json:"type"`   // older schema
	AppID string `json:"app_id"` // older schema

	Sender struct {
		SenderID   person `json:"sender_id"`
		SenderType string `json:"sender_type"`
		TenantKey  string `json:"tenant_key"`
	} `json:"sender"`
	Message *wireMessage `json:"message"`

	Token    string `json:"token"`
	Operator struct {
		OpenID     string `json:"open_id"`     // a click
		TenantKey  string `json:"tenant_key"`  // a click
		OperatorID person `json:"operator_id"` // the menu
	} `json:"operator"`
	Action  *wireAction `json:"action"`
	Context struct {
		MessageID string `json:"open_message_id"`
		ChatID    string `json:"open_chat_id"`
	} `json:"context"`

	ChatID     string `json:"chat_id"`
	OperatorID person `json:"operator_id"`
	Name       string `json:"name"`
	External   *bool  `json:"external"`

	AfterChange  wireChat `json:"after_change"`
	BeforeChange wireChat `json:"before_change"`

	EventKey string `json:"event_key"`

	Object struct {
		OpenDepartmentID string `json:"open_department_id"`
	} `json:"object"`
}

type wireChat struct {
	Name    string `json:"name"`
	OwnerID person `json:"owner_id"`
}

type wireMessage struct {
	MessageID   string `json:"message_id"`
	ThreadID    string `json:"thread_id"`
	ChatID      string `json:"chat_id"`
	ChatType    string `json:"chat_type"`
	MessageType string `json:"message_type"`
	Content     string `json:"content"`
	Mentions    []struct {
		Key           string `json:"key"`
		ID            person `json:"id"`
		MentionedType string `json:"mentioned_type"`
		Name          string `json:"name"`
	} `json:"mentions"`
}

type wireAction struct {
	Value      json.RawMessage `json:"value"`
	Tag        string          `json:"tag"`
	Name       string          `json:"name"`
	TimeZone   string          `json:"timezone"`
	FormValue  map[string]any  `json:"form_value"`
	InputValue string          `json:"input_value"`
	Option     string          `json:"option"`
	Options    []string        `json:"options"`
	Checked    bool            `json:"checked"`
}

// flexibleInt is an integer that the platform writes as a number or as a string. Anything else is read as 0.
type flexibleInt int64

// UnmarshalJSON never fails, because a malformed time stamp must not cost an event.
func (n *flexibleInt) UnmarshalJSON(b []byte) error {
	i, err := strconv.ParseInt(string(bytes.Trim(b, `"`)), 10, 64)
	if err != nil {
		i = 0
	}
	*n = flexibleInt(i)
	return nil
}
