package sandbox

import (
	"context"
	"fmt"
	"regexp"

	"usagebot/sandbox/company"
)

// mentioned is a person as Say lets one be mentioned.
var mentioned = regexp.MustCompile(`@ou_[0-9a-zA-Z]+`)

// Say lets a person write a text into a chat and tells the bot. In a group the text mentions the bot first, as it must
// to reach it.
func (s *Sandbox) Say(ctx context.Context, chatID, openID, text string) (Delivery, error) {
	m, event, err := s.write(chatID, openID, text)
	if err != nil {
		return Delivery{}, err
	}
	id, payload, err := s.Event(EventMessage, event)
	if err != nil {
		return Delivery{}, err
	}
	return s.deliver(ctx, &Delivery{EventID: id, Type: EventMessage, MessageID: m.ID, payload: payload})
}

// SayAgain tells the bot of a message once more under another event id: the platform asks not to rely on it.
func (s *Sandbox) SayAgain(ctx context.Context, messageID string) (Delivery, error) {
	s.mu.Lock()
	m := s.message(messageID)
	if m == nil || m.ByBot {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: nobody wrote a message %q", messageID)
	}
	event := s.messageEvent(m, s.chat(m.ChatID), s.company.ByPersonID[m.SenderID])
	s.mu.Unlock()
	id, payload, err := s.Event(EventMessage, event)
	if err != nil {
		return Delivery{}, err
	}
	return s.deliver(ctx, &Delivery{EventID: id, Type: EventMessage, MessageID: messageID, payload: payload})
}

func (s *Sandbox) write(chatID, openID, text string) (*Message, map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, from := s.chat(chatID), s.company.ByPersonID[openID]
	if chat == nil || from == nil {
		return nil, nil, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, openID)
	}
	draft := Message{ChatID: chat.ID, Type: "text", SenderID: from.OpenID}
	if chat.Mode == "group" {
		text = "@_user_1 " + text
		draft.mentions = []mention{{key: "@_user_1", openID: s.BotOpenID(), name: s.opts.Apps[0].Name, kind: "bot"}}
	}
	text = s.mentionPeople(text, &draft)
	draft.Content = textContent(text)
	m := s.keep(draft)
	return m, s.messageEvent(m, chat, from), nil
}

// mentionPeople makes a mention of each `@` with somebody's open_id, as a client does when a person is chosen from its
// list.
func (s *Sandbox) mentionPeople(text string, draft *Message) string {
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

// AddBot puts the bot into a chat and tells it.
func (s *Sandbox) AddBot(ctx context.Context, chatID, by string) (Delivery, error) {
	s.SetBotInside(chatID, true)
	return s.tellOfChat(ctx, EventBotAdded, chatID, by)
}

// RemoveBot takes the bot out of a chat and tells it.
func (s *Sandbox) RemoveBot(ctx context.Context, chatID, by string) (Delivery, error) {
	s.SetBotInside(chatID, false)
	return s.tellOfChat(ctx, EventBotRemoved, chatID, by)
}

// Disband dissolves a chat and tells the bot.
func (s *Sandbox) Disband(ctx context.Context, chatID, by string) (Delivery, error) {
	s.SetDissolved(chatID)
	return s.tellOfChat(ctx, EventDisbanded, chatID, by)
}

// Rename gives a chat another name and tells the bot.
func (s *Sandbox) Rename(ctx context.Context, chatID, name, by string) (Delivery, error) {
	return s.updateChat(ctx, chatID, by, func(c *Chat) { c.Name = name })
}

// ChangeOwner hands a chat over to another of its people and tells the bot.
func (s *Sandbox) ChangeOwner(ctx context.Context, chatID, owner, by string) (Delivery, error) {
	if s.company.ByPersonID[owner] == nil {
		return Delivery{}, fmt.Errorf("sandbox: no person %q", owner)
	}
	return s.updateChat(ctx, chatID, by, func(c *Chat) { c.Owner = owner })
}

// Share lets people of another tenant into a chat, or has none of them there any more, and tells the bot.
func (s *Sandbox) Share(ctx context.Context, chatID, by string, external bool) (Delivery, error) {
	return s.updateChat(ctx, chatID, by, func(c *Chat) { c.External = external })
}

func (s *Sandbox) updateChat(ctx context.Context, chatID, by string, change func(*Chat)) (Delivery, error) {
	s.mu.Lock()
	chat, person := s.chat(chatID), s.company.ByPersonID[by]
	if chat == nil || person == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, by)
	}
	before := chat.copied()
	change(chat)
	event := s.chatUpdate(before, chat.copied(), person)
	s.mu.Unlock()
	return s.tell(ctx, EventChatUpdated, event)
}

func (s *Sandbox) tellOfChat(ctx context.Context, eventType, chatID, by string) (Delivery, error) {
	s.mu.Lock()
	chat, person := s.chat(chatID), s.company.ByPersonID[by]
	if chat == nil || person == nil {
		s.mu.Unlock()
		return Delivery{}, fmt.Errorf("sandbox: no chat %q or no person %q", chatID, by)
	}
	event := s.chatEvent(chat.copied(), person)
	s.mu.Unlock()
	return s.tell(ctx, eventType, event)
}

// Enter lets a person open the single chat with the bot and tells it.
func (s *Sandbox) Enter(ctx context.Context, openID string) (Delivery, error) {
	chat, ok := s.Single(openID)
	if !ok {
		return Delivery{}, fmt.Errorf("sandbox: no person %q", openID)
	}
	return s.tell(ctx, EventChatEntered, map[string]any{
		"chat_id": chat.ID, "operator_id": idsOf(s.company.ByPersonID[openID]),
	})
}

// PressMenu lets a person press an entry of the bot's menu.
func (s *Sandbox) PressMenu(ctx context.Context, openID, key string) (Delivery, error) {
	p, ok := s.company.ByPersonID[openID]
	if !ok {
		return Delivery{}, fmt.Errorf("sandbox: no person %q", openID)
	}
	return s.tell(ctx, EventMenu, menuEvent(p, key, s.Now()))
}

// RenameDepartment gives a department another name and tells the bot when it has a webhook.
func (s *Sandbox) RenameDepartment(ctx context.Context, id, name string) (Delivery, error) {
	return s.changeDepartment(ctx, EventDepartmentUpdated, id, func(d *company.Department) {
		d.Name = name
		d.I18n = map[string]string{"zh_cn": name}
	})
}

// DeleteDepartment closes a department, given its open_department_id, and tells the bot.
func (s *Sandbox) DeleteDepartment(ctx context.Context, id string) (Delivery, error) {
	return s.changeDepartment(ctx, EventDepartmentDeleted, id, func(d *company.Department) { d.Deleted = true })
}

func (s *Sandbox) changeDepartment(ctx context.Context, eventType, id string, change func(*company.Department)) (Delivery, error) {
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
	return s.tell(ctx, eventType, event)
}

func (s *Sandbox) tell(ctx context.Context, eventType string, event map[string]any) (Delivery, error) {
	id, payload, err := s.Event(eventType, event)
	if err != nil {
		return Delivery{}, err
	}
	return s.Deliver(ctx, eventType, id, payload)
}
