package sandbox

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"usagebot/sandbox/company"
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
	VisibleTo string    `json:"visible_to,omitempty"` // of an ephemeral card: the only person who sees it
	History   []string  `json:"history,omitempty"`    // contents before the updates, oldest first

	Mentions []Mentioned `json:"mentions,omitempty"`

	mentions []mention
	clicks   int       // clicks on it that are not answered yet
	settled  time.Time // when the client has taken the last answer to a click in
}

// Mentioned is a mention as the chat page shows it.
type Mentioned struct {
	Key    string `json:"key"` // what stands for it in the content
	OpenID string `json:"open_id"`
	Name   string `json:"name"`
	Bot    bool   `json:"bot,omitempty"`
}

// mention is a person or bot that a message mentions.
type mention struct {
	key, openID, unionID, userID, name, kind string
}

// messageAPI answers the endpoints about messages.
type messageAPI struct {
	*state
	chatAPI *chatAPI
}

// Messages returns the messages of a chat, oldest first; of all chats when the id is empty.
func (s *messageAPI) Messages(chatID string) []Message {
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
func (s *messageAPI) BotMessages(chatID string) []Message {
	return slices.DeleteFunc(s.Messages(chatID), func(m Message) bool { return !m.ByBot })
}

// Message returns one message.
func (s *messageAPI) Message(id string) (Message, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.message(id)
	if m == nil {
		return Message{}, false
	}
	return m.copied(), true
}

// Recall recalls a message. Calls about it are then refused with 230011.
func (s *messageAPI) Recall(messageID string) {
	s.changeMessage(messageID, func(m *Message) { m.Recalled = true })
}

// Delete deletes a message. Calls about it are then refused with 230110.
func (s *messageAPI) Delete(messageID string) {
	s.changeMessage(messageID, func(m *Message) { m.Deleted = true })
}

func (s *messageAPI) changeMessage(id string, change func(*Message)) {
	s.locked(func() {
		if m := s.message(id); m != nil {
			change(m)
		}
	})
}

func (m *Message) copied() Message {
	c := *m
	c.History = slices.Clone(m.History)
	return c
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

// The sizes that a message's content may have, in bytes.
const (
	maxText = 150 << 10
	maxCard = 30 << 10
)

// uuidLife is how long the platform remembers the uuid of a message.
const uuidLife = time.Hour

// sent is the message that a uuid was used for.
type sent struct {
	messageID string
	at        time.Time
}

// outgoing is the body of create and reply.
type outgoing struct {
	ReceiveID string `json:"receive_id"`
	MsgType   string `json:"msg_type"`
	Content   string `json:"content"`
	UUID      string `json:"uuid"`
}

// createMessage answers POST /im/v1/messages.
func (s *messageAPI) createMessage(c *call) answer {
	out, refusal := readOutgoing(c)
	if refusal != nil {
		return *refusal
	}
	if out.ReceiveID == "" {
		return refuseField("receive_id", "receive_id is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	chat, refusal := s.receiver(c.request.URL.Query().Get("receive_id_type"), out.ReceiveID)
	if refusal != nil {
		return *refusal
	}
	return s.send(c, chat, out, Message{})
}

// replyMessage answers POST /im/v1/messages/:message_id/reply.
func (s *messageAPI) replyMessage(c *call) answer {
	out, refusal := readOutgoing(c)
	if refusal != nil {
		return *refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := c.request.PathValue("message_id")
	parent := s.message(id)
	if parent == nil || parent.VisibleTo != "" {
		return refuseUnknown(codeNoMessage, id)
	}
	if code := parent.gone(); code != 0 {
		return refuse(code)
	}
	root := parent.RootID
	if root == "" {
		root = parent.ID
	}
	return s.send(c, s.chat(parent.ChatID), out, Message{RootID: root, ParentID: parent.ID})
}

func readOutgoing(c *call) (out outgoing, refusal *answer) {
	if json.Unmarshal(c.body, &out) != nil {
		a := refuse(codeBadRequest)
		return out, &a
	}
	var a answer
	switch {
	case out.MsgType == "" || out.Content == "":
		a = refuseField("content", "msg_type and content are required")
	case utf8.RuneCountInString(out.UUID) > 50:
		a = refuseField("uuid", "the max len is 50")
	case !slices.Contains([]string{"text", "post", "interactive"}, out.MsgType):
		a = refuseParam("ext=unsupported msg_type in the sandbox: " + out.MsgType)
	default:
		return out, nil
	}
	return out, &a
}

// receiver returns the chat for an id of the given type. The caller holds s.mu.
func (s *messageAPI) receiver(idType, id string) (*Chat, *answer) {
	var a answer
	switch idType {
	case "chat_id":
		if chat := s.chat(id); chat != nil {
			return chat, nil
		}
		a = refuse(codeReceiveID)
	case "open_id", "union_id", "user_id":
		p := s.company.ByPersonID[id]
		if p != nil && id == personID(p, idType) {
			return s.single(p), nil
		}
		a = refuse(codeReceiveID)
		if idType == "open_id" {
			a = refuse(codeNoOpenID)
			a.body["msg"] = "these open ids not existed: [" + id + "]"
		}
	default:
		a = refuseField("receive_id_type", "it is none of chat_id, open_id, union_id, user_id")
	}
	return nil, &a
}

func personID(p *company.Person, idType string) string {
	switch idType {
	case "union_id":
		return p.UnionID
	case "user_id":
		return p.UserID
	}
	return p.OpenID
}

// send adds the bot's message to a chat, or returns why it is refused. The caller holds s.mu.
func (s *messageAPI) send(c *call, chat *Chat, out outgoing, m Message) answer {
	if code := s.chatAPI.admitMessage(chat); code != 0 {
		return refuse(code)
	}
	if first := s.sentWith(out.UUID, c.now); first != nil {
		if s.opts.DuplicateUUID == AnswerBeingSent {
			return refuse(codeBeingSent)
		}
		return success(first.wire(s.opts.TenantKey, first.Content))
	}
	if over, _ := s.admit("chat "+chat.ID, c.now, s.limits.Chat); over.Calls > 0 {
		return refuse(codeChatRate)
	}
	if a := s.checkContent(out.MsgType, out.Content); a != nil {
		return *a
	}
	m.ChatID, m.Type, m.Content, m.UUID = chat.ID, out.MsgType, out.Content, out.UUID
	m.SenderID, m.ByBot = s.opts.AppID, true
	kept := s.addMessage(m)
	if out.UUID != "" {
		s.uuids[out.UUID] = sent{kept.ID, c.now}
	}
	return success(kept.wire(s.opts.TenantKey, kept.Content))
}

// sentWith returns the message that went out with the uuid within the hour, or nil.
func (s *messageAPI) sentWith(uuid string, now time.Time) *Message {
	first, ok := s.uuids[uuid]
	if !ok || now.Sub(first.at) >= uuidLife {
		return nil
	}
	return s.message(first.messageID)
}

// checkContent returns the answer to content that the platform refuses, or nil.
func (s *messageAPI) checkContent(msgType, content string) *answer {
	var a answer
	switch {
	case msgType == "text" && len(content) > maxText, msgType != "text" && len(content) > maxCard:
		a = refuse(codeTooLong)
	case msgType == "interactive":
		flaw := s.cards.Check(content, s.isPerson)
		if flaw == nil {
			return nil
		}
		a = refuse(codeCard)
		a.body["msg"] = flaw.Error()
	default:
		var fields map[string]any
		if json.Unmarshal([]byte(content), &fields) == nil && (msgType != "text" || isString(fields["text"])) {
			return nil
		}
		a = refuseParam("ext=invalid message content")
	}
	return &a
}

func isString(v any) bool { _, ok := v.(string); return ok }

// shared reports whether a card is set to show its updates to everybody.
func shared(card string) bool {
	var c struct {
		Config struct {
			UpdateMulti bool `json:"update_multi"`
		} `json:"config"`
	}
	return json.Unmarshal([]byte(card), &c) == nil && c.Config.UpdateMulti
}
