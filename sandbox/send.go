package sandbox

import (
	"encoding/json"
	"slices"
	"time"
	"unicode/utf8"

	"usagebot/sandbox/company"
)

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
func (s *Sandbox) createMessage(c *call) answer {
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
func (s *Sandbox) replyMessage(c *call) answer {
	out, refusal := readOutgoing(c)
	if refusal != nil {
		return *refusal
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := c.request.PathValue("message_id")
	parent := s.message(id)
	if parent == nil {
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

// receiver finds the chat that is meant by an id of a type. The caller holds s.mu.
func (s *Sandbox) receiver(idType, id string) (*Chat, *answer) {
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

// send puts the bot's message into a chat unless something speaks against it. The caller holds s.mu.
func (s *Sandbox) send(c *call, chat *Chat, out outgoing, m Message) answer {
	if code := s.admitMessage(chat); code != 0 {
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
	kept := s.keep(m)
	if out.UUID != "" {
		s.uuids[out.UUID] = sent{kept.ID, c.now}
	}
	return success(kept.wire(s.opts.TenantKey, kept.Content))
}

// sentWith returns the message that went out with the uuid within the hour, or nil.
func (s *Sandbox) sentWith(uuid string, now time.Time) *Message {
	first, ok := s.uuids[uuid]
	if !ok || now.Sub(first.at) >= uuidLife {
		return nil
	}
	return s.message(first.messageID)
}

// checkContent returns the answer to content that the platform does not take, or nil.
func (s *Sandbox) checkContent(msgType, content string) *answer {
	var a answer
	switch {
	case msgType == "text" && len(content) > maxText, msgType != "text" && len(content) > maxCard:
		a = refuse(codeTooLong)
	case msgType == "interactive":
		flaw := s.cards.Check(content, s.knows)
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

// knows reports whether an id is somebody's whom a card may mention.
func (s *Sandbox) knows(id string) bool {
	_, ok := s.company.ByPersonID[id]
	return ok || id == "all"
}

func isString(v any) bool { _, ok := v.(string); return ok }

// gone returns the code for a message that nothing can be done to any more, or 0.
func (m *Message) gone() int {
	switch {
	case m.Recalled:
		return codeRecalled
	case m.Deleted:
		return codeDeleted
	}
	return 0
}
