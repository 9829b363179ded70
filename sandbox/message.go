package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// Message is a message in a chat, of the bot or of a person.
type Message struct {
	ID        string    `json:"message_id"`
	ChatID    string    `json:"chat_id"`
	Type      string    `json:"msg_type"` // text, post or interactive
	Content   string    `json:"content"`  // JSON, as it was sent or last updated
	SenderID  string    `json:"sender_id"`
	ByBot     bool      `json:"by_bot"`
	RootID    string    `json:"root_id,omitempty"`
	ParentID  string    `json:"parent_id,omitempty"`
	UUID      string    `json:"uuid,omitempty"`
	CreatedAt time.Time `json:"created_at"`
	UpdatedAt time.Time `json:"updated_at"`
	Recalled  bool      `json:"recalled,omitempty"`
	Deleted   bool      `json:"deleted,omitempty"`
	History   []string  `json:"history,omitempty"` // contents before the updates, oldest first

	mentions []mention
	clicks   int       // clicks on it that are not answered yet
	settled  time.Time // when the client has taken the last answer to a click in
}

// mention is somebody who is named in a message.
type mention struct {
	key, openID, unionID, userID, name, kind string
}

// Messages returns the messages of a chat, oldest first; of all chats when the id is empty.
func (s *Sandbox) Messages(chatID string) []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Message
	for _, m := range s.messages {
		if chatID == "" || m.ChatID == chatID {
			found = append(found, m.copied())
		}
	}
	return found
}

// BotMessages returns what the bot sent to a chat, oldest first; to all chats when the id is empty.
func (s *Sandbox) BotMessages(chatID string) []Message {
	return slices.DeleteFunc(s.Messages(chatID), func(m Message) bool { return !m.ByBot })
}

// Message returns one message.
func (s *Sandbox) Message(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.message(id)
	if m == nil {
		return Message{}, false
	}
	return m.copied(), true
}

// Recall recalls a message: whatever is done to it then answers 230011.
func (s *Sandbox) Recall(messageID string) {
	s.changeMessage(messageID, func(m *Message) { m.Recalled = true })
}

// Delete deletes a message: whatever is done to it then answers 230110.
func (s *Sandbox) Delete(messageID string) {
	s.changeMessage(messageID, func(m *Message) { m.Deleted = true })
}

func (s *Sandbox) changeMessage(id string, change func(*Message)) {
	s.set(func() {
		if m := s.message(id); m != nil {
			change(m)
		}
	})
}

// message finds a message; nil when there is none. The caller holds s.mu.
func (s *Sandbox) message(id string) *Message {
	for i := len(s.messages) - 1; i >= 0; i-- { // it is almost always a recent one
		if s.messages[i].ID == id {
			return s.messages[i]
		}
	}
	return nil
}

func (m *Message) copied() Message {
	c := *m
	c.History = slices.Clone(m.History)
	return c
}

// keep puts a message into its chat. The caller holds s.mu.
func (s *Sandbox) keep(m Message) *Message {
	m.ID = s.nextID("om_")
	m.CreatedAt = s.clock.Now()
	m.UpdatedAt = m.CreatedAt
	s.messages = append(s.messages, &m)
	return &m
}

// wire is the message as the message API shows it.
func (m *Message) wire(tenant, content string) map[string]any {
	sender := map[string]any{"id": m.SenderID, "id_type": "open_id", "sender_type": "user", "tenant_key": tenant}
	if m.ByBot {
		sender["id_type"], sender["sender_type"] = "app_id", "app"
	}
	w := map[string]any{
		"message_id": m.ID, "msg_type": m.Type, "chat_id": m.ChatID,
		"create_time": millis(m.CreatedAt), "update_time": millis(m.UpdatedAt),
		"deleted": m.Recalled || m.Deleted, "updated": len(m.History) > 0,
		"sender": sender, "body": map[string]any{"content": content},
	}
	if m.RootID != "" {
		w["root_id"], w["parent_id"] = m.RootID, m.ParentID
	}
	var mentions []map[string]any
	for _, who := range m.mentions {
		mentions = append(mentions, map[string]any{
			"key": who.key, "id": who.openID, "id_type": "open_id", "name": who.name, "tenant_key": tenant,
		})
	}
	if mentions != nil {
		w["mentions"] = mentions
	}
	return w
}

func millis(t time.Time) string { return strconv.FormatInt(t.UnixMilli(), 10) }

// textContent is the content of a text message.
func textContent(text string) string {
	b, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return `{"text":""}` // a string always marshals
	}
	return string(b)
}
