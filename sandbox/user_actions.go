package sandbox

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"time"

	"usagebot/sandbox/company"
)

// userActions makes people write, click, and change chats and departments.
type userActions struct {
	*state
	chatAPI      *chatAPI
	eventBuilder *eventBuilder
	deliverer    *deliverer
}

// mentioned matches a mention of a person in the text of Say.
var mentioned = regexp.MustCompile(`@ou_[0-9a-zA-Z]+`)

// Say makes a person write a text into a chat and sends the event. In a group the text first mentions the bot, because the
// platform sends only such messages to it.
func (s *userActions) Say(ctx context.Context, chatID, openID, text string) (Delivery, error) {
	m, event, err := s.write(chatID, openID, text)
	return s.deliverMessage(ctx, m, event, err)
}

// deliverMessage sends the event of a message, unless it could not be written.
func (s *userActions) deliverMessage(ctx context.Context, m *Message, event map[string]any, err error) (Delivery, error) {
	if err != nil {
		return Delivery{}, err
	}
	id, payload, err := s.eventBuilder.Event(EventMessage, event)
	if err != nil {
		return Delivery{}, err
	}
	return s.deliverer.deliver(ctx, &Delivery{EventID: id, Type: EventMessage, MessageID: m.ID, payload: payload})
}

// SayAgain sends the event of a message once more under another event id. The platform's documents warn that messages must
// be identified by the message id.
func (s *userActions) SayAgain(ctx context.Context, messageID string) (Delivery, error) {
	s.mu.Lock()
	m := s.message(messageID)
	if m == nil || m.ByBot {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: nobody wrote a message %q", messageID)
	}
	event := s.eventBuilder.messageEvent(m, s.chat(m.ChatID), s.company.ByPersonID[m.SenderID])
	s.mu.Unlock()
	id, payload, err := s.eventBuilder.Event(EventMessage, event)
	if err != nil {
		return Delivery{}, err
	}
	return s.deliverer.deliver(ctx, &Delivery{EventID: id, Type: EventMessage, MessageID: messageID, payload: payload})
}

func (s *userActions) write(chatID, openID, text string) (*Message, map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, from := s.chat(chatID), s.company.ByPersonID[openID]
	if chat == nil || from == nil {
		return nil, nil, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, openID)
	}
	draft := Message{ChatID: chat.ID, Type: "text", SenderID: from.OpenID}
	if chat.Mode != "p2p" {
		text = "@_user_1 " + text
		draft.mentions = []mention{{key: "@_user_1", openID: s.BotOpenID(), name: s.opts.Apps[0].Name, kind: "bot"}}
	}
	text = s.mentionPeople(text, &draft)
	draft.Content = textContent(text)
	m := s.addMessage(draft)
	return m, s.eventBuilder.messageEvent(m, chat, from), nil
}

// mentionPeople converts each `@` with a person's open_id to a mention, as a client does when a user picks a person from
// its list.
func (s *userActions) mentionPeople(text string, draft *Message) string {
	return mentioned.ReplaceAllStringFunc(text, func(at string) string {
		p := s.company.ByPersonID[at[1:]]
		if p == nil {
			return at
		}
		key := fmt.Sprintf("@_user_%d", len(draft.mentions)+1)
		draft.mentions = append(draft.mentions, mention{key: key, openID: p.OpenID, name: p.Name, kind: "user"})
		return key
	})
}

// AddBot adds the bot to a chat and sends the event.
func (s *userActions) AddBot(ctx context.Context, chatID, by string) (Delivery, error) {
	s.chatAPI.SetBotInside(chatID, true)
	return s.sendChatEvent(ctx, EventBotAdded, chatID, by)
}

// RemoveBot removes the bot from a chat and sends the event.
func (s *userActions) RemoveBot(ctx context.Context, chatID, by string) (Delivery, error) {
	s.chatAPI.SetBotInside(chatID, false)
	return s.sendChatEvent(ctx, EventBotRemoved, chatID, by)
}

// Disband dissolves a chat and sends the event.
func (s *userActions) Disband(ctx context.Context, chatID, by string) (Delivery, error) {
	s.chatAPI.SetDissolved(chatID)
	return s.sendChatEvent(ctx, EventDisbanded, chatID, by)
}

// Rename renames a chat and sends the event.
func (s *userActions) Rename(ctx context.Context, chatID, name, by string) (Delivery, error) {
	return s.updateChat(ctx, chatID, by, func(c *Chat) { c.Name = name })
}

// ChangeOwner makes another person the owner of a chat and sends the event.
func (s *userActions) ChangeOwner(ctx context.Context, chatID, owner, by string) (Delivery, error) {
	if s.company.ByPersonID[owner] == nil {
		return Delivery{}, fmt.Errorf("sandbox: no person %q", owner)
	}
	return s.updateChat(ctx, chatID, by, func(c *Chat) { c.Owner = owner })
}

// Share changes whether a chat is shared with another tenant, and sends the event.
func (s *userActions) Share(ctx context.Context, chatID, by string, external bool) (Delivery, error) {
	return s.updateChat(ctx, chatID, by, func(c *Chat) { c.External = external })
}

func (s *userActions) updateChat(ctx context.Context, chatID, by string, change func(*Chat)) (Delivery, error) {
	s.mu.Lock()
	chat, person := s.chat(chatID), s.company.ByPersonID[by]
	if chat == nil || person == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, by)
	}
	before := chat.copied()
	change(chat)
	event := s.eventBuilder.chatUpdate(before, chat.copied(), person)
	s.mu.Unlock()
	return s.sendEvent(ctx, EventChatUpdated, event)
}

func (s *userActions) sendChatEvent(ctx context.Context, eventType, chatID, by string) (Delivery, error) {
	s.mu.Lock()
	chat, person := s.chat(chatID), s.company.ByPersonID[by]
	if chat == nil || person == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, by)
	}
	event := s.eventBuilder.chatEvent(chat.copied(), person)
	s.mu.Unlock()
	return s.sendEvent(ctx, eventType, event)
}

// Enter makes a person open the direct chat with the bot and sends the event.
func (s *userActions) Enter(ctx context.Context, openID string) (Delivery, error) {
	chat, ok := s.chatAPI.Single(openID)
	if !ok {
		return Delivery{}, fmt.Errorf("sandbox: no person %q", openID)
	}
	return s.sendEvent(ctx, EventChatEntered, map[string]any{
		"chat_id": chat.ID, "operator_id": idsOf(s.company.ByPersonID[openID]),
	})
}

// PressMenu makes a person press an entry of the bot's menu and sends the event.
func (s *userActions) PressMenu(ctx context.Context, openID, key string) (Delivery, error) {
	p, ok := s.company.ByPersonID[openID]
	if !ok {
		return Delivery{}, fmt.Errorf("sandbox: no person %q", openID)
	}
	return s.sendEvent(ctx, EventMenu, menuEvent(p, key, s.Now()))
}

// RenameDepartment renames a department and sends the event.
func (s *userActions) RenameDepartment(ctx context.Context, id, name string) (Delivery, error) {
	return s.changeDepartment(ctx, EventDepartmentUpdated, id, func(d *company.Department) {
		d.Name = name
		d.I18n = map[string]string{"zh_cn": name}
	})
}

// DeleteDepartment deletes a department by its open_department_id and sends the event.
func (s *userActions) DeleteDepartment(ctx context.Context, id string) (Delivery, error) {
	return s.changeDepartment(ctx, EventDepartmentDeleted, id, func(d *company.Department) { d.Deleted = true })
}

func (s *userActions) changeDepartment(ctx context.Context, eventType, id string, change func(*company.Department)) (Delivery, error) {
	s.mu.Lock()
	d := s.company.ByID(id, false)
	if d == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: no department %q", id)
	}
	old := d.Name
	change(d)
	event := departmentEvent(d, old)
	s.mu.Unlock()
	return s.sendEvent(ctx, eventType, event)
}

func (s *userActions) sendEvent(ctx context.Context, eventType string, event map[string]any) (Delivery, error) {
	id, payload, err := s.eventBuilder.Event(eventType, event)
	if err != nil {
		return Delivery{}, err
	}
	return s.deliverer.Deliver(ctx, eventType, id, payload)
}

// The codes that a client shows after a click that failed.
const (
	ClickNoAnswer  = 200341 // no answer in time
	ClickBadStatus = 200671 // an answer other than 200
	ClickBadBody   = 200672 // an answer that cannot be read
	ClickBadCard   = 200673 // an answer with a card that cannot be shown
)

// Clicked is what a person sees after a click.
type Clicked struct {
	Status    int    `json:"status"`               // of the webhook's answer, 0 for none
	Error     int    `json:"error,omitempty"`      // what the client shows; 0 when all went well
	ToastType string `json:"toast_type,omitempty"` // info, success, error or warning
	Toast     string `json:"toast,omitempty"`
	Card      string `json:"card,omitempty"` // JSON that replaced the card; empty when it stays
	Flaw      string `json:"flaw,omitempty"` // what is wrong with the card of ClickBadCard

	ToastI18n map[string]string `json:"toast_i18n,omitempty"` // the toast by language, such as zh_cn
}

// callbackAnswer is what a bot may answer to a click.
type callbackAnswer struct {
	Toast *struct {
		Type    string `json:"type"`
		Content string `json:"content"`

		I18n map[string]string `json:"i18n"`
	} `json:"toast"`
	Card *struct {
		Type string          `json:"type"`
		Data json.RawMessage `json:"data"`
	} `json:"card"`
}

// Click makes a person press a button with the value on a card that the bot sent. A card in the bot's answer replaces the
// card of the message. A click is never sent again.
func (s *userActions) Click(ctx context.Context, messageID, openID string, value map[string]any) (Clicked, error) {
	return s.ClickAction(ctx, messageID, openID, map[string]any{
		"tag": "button", "value": value, "timezone": "Asia/Shanghai",
	})
}

// ClickAction is Click for any action: a selection ("option"), an input ("input_value"), a form ("form_value").
func (s *userActions) ClickAction(ctx context.Context, messageID, openID string, action map[string]any) (Clicked, error) {
	s.mu.Lock()
	m, by := s.message(messageID), s.company.ByPersonID[openID]
	if m == nil || by == nil || m.Type != "interactive" || m.gone() != 0 || m.VisibleTo != "" && m.VisibleTo != openID {
		s.mu.Unlock()
		return Clicked{}, fmt.Errorf("sandbox: no card %q or no person %q", messageID, openID)
	}
	event := s.eventBuilder.clickEvent(m, by, action)
	m.clicks++
	s.mu.Unlock()
	d, err := s.sendEvent(ctx, EventClick, event)
	s.locked(func() { m.clicks, m.settled = m.clicks-1, time.Now().Add(clickSettleTime) })
	if err != nil {
		return Clicked{}, err
	}
	return s.applyAnswer(m, d.Attempts[0]), nil
}

// clickSettleTime is how long the client takes to apply the answer to a click. Until then it reverts other edits of the
// card.
const clickSettleTime = 500 * time.Millisecond

// unsettled reports whether the client would revert an edit of the card. It uses the machine's clock, as a client does. The
// caller holds s.mu.
func (m *Message) unsettled() bool { return m.clicks > 0 || time.Now().Before(m.settled) }

func (s *userActions) applyAnswer(m *Message, a Attempt) Clicked {
	seen := Clicked{Status: a.Status}
	var answer callbackAnswer
	switch {
	case a.Status == 0:
		seen.Error = ClickNoAnswer
		return seen
	case a.Status != http.StatusOK:
		seen.Error = ClickBadStatus
		return seen
	case json.Unmarshal([]byte(a.Body), &answer) != nil || a.Body == "null":
		seen.Error = ClickBadBody
		return seen
	}
	if answer.Toast != nil {
		seen.ToastType, seen.Toast = orElse(answer.Toast.Type, "info"), answer.Toast.Content
		seen.ToastI18n = answer.Toast.I18n
	}
	if answer.Card == nil {
		return seen
	}
	card := string(answer.Card.Data)
	if flaw := s.flawOf(answer.Card.Type, card); flaw != "" {
		seen.Error, seen.Flaw = ClickBadCard, flaw
		return seen
	}
	seen.Card = card
	s.locked(func() { m.update(card, s.clock.Now()) })
	return seen
}

func (s *userActions) flawOf(kind, card string) string {
	switch {
	case kind != "raw":
		return "the sandbox knows raw cards only"
	case len(card) > maxCard:
		return "the card is too large"
	}
	if flaw := s.cards.Check(card, s.isPerson); flaw != nil {
		return flaw.Error()
	}
	return ""
}
