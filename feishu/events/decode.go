package events

import (
	"encoding/json"
	"errors"
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

// event makes an Event of a decoded body of schema 2.0. It is nil, without an error, for a type that is not known.
func (e *envelope) event() (*Event, error) {
	h := &e.Header
	if h.EventID == "" || h.EventType == "" {
		return nil, errNotEvent
	}
	ev := &Event{ID: h.EventID, Type: h.EventType, TenantKey: h.TenantKey, CreatedAt: stamp(int64(h.CreateTime))}
	p := &e.Event
	var complete bool
	switch h.EventType {
	case MessageReceived:
		ev.Message, complete = p.message()
	case CardClicked:
		ev.Click, complete = p.click()
	case BotAdded, BotRemoved, ChatDisbanded, SingleChatEntered:
		ev.Chat = &ChatChange{ID: p.ChatID, Name: p.Name, OperatorID: p.OperatorID.OpenID}
		ev.Chat.External, ev.Chat.ExternalTold = p.External != nil && *p.External, p.External != nil
		complete = p.ChatID != ""
	case ChatUpdated:
		ev.Chat = &ChatChange{
			ID: p.ChatID, Name: p.AfterChange.Name, OperatorID: p.OperatorID.OpenID,
			OwnerID: p.AfterChange.OwnerID.OpenID, FormerOwnerID: p.BeforeChange.OwnerID.OpenID,
		}
		ev.Chat.External, ev.Chat.ExternalTold = p.External != nil && *p.External, p.External != nil
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
		ID: w.MessageID, ChatID: w.ChatID, ChatType: w.ChatType, Type: w.MessageType,
		SenderID: p.Sender.SenderID.OpenID, SenderType: p.Sender.SenderType, TenantKey: p.Sender.TenantKey,
		Text: messageText(w.MessageType, w.Content),
	}
	if len(w.Mentions) > 0 {
		m.Mentions = make([]Mention, len(w.Mentions))
		for i, x := range w.Mentions {
			m.Mentions[i] = Mention{Key: x.Key, OpenID: x.ID.OpenID, Kind: x.MentionedType, Name: x.Name}
		}
	}
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

// stamp reads milliseconds since 1970, or microseconds, which clicks carry; milliseconds that large are in the year 5138.
func stamp(n int64) time.Time {
	switch {
	case n <= 0:
		return time.Time{}
	case n >= 1e14:
		return time.UnixMicro(n)
	}
	return time.UnixMilli(n)
}
