package sandbox

import (
	"encoding/json"
	"time"
)

// gone returns the code for a message that was recalled or deleted, or 0.
func (m *Message) gone() int {
	switch {
	case m.Recalled:
		return codeRecalled
	case m.Deleted:
		return codeDeleted
	}
	return 0
}

// patchLife is how long a card can be updated after it was sent.
const patchLife = 14 * 24 * time.Hour

// patchMessage answers PATCH /im/v1/messages/:message_id, which updates a card of the bot's own.
func (s *messageAPI) patchMessage(c *call) answer {
	var body struct {
		Content string `json:"content"`
	}
	if json.Unmarshal(c.body, &body) != nil {
		return refuse(codeBadRequest)
	}
	if body.Content == "" {
		return refuseField("content", "content is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id := c.request.PathValue("message_id")
	m := s.message(id)
	if m == nil || m.VisibleTo != "" {
		return refuseUnknown(codeNoMessage, id)
	}
	if a := s.mayPatch(m, c.now); a != nil {
		return *a
	}
	if a := s.checkContent("interactive", body.Content); a != nil {
		return *a
	}
	if !shared(m.Content) || !shared(body.Content) {
		return refuseParam("ext=update_multi must be true before and after an update")
	}
	before := m.Content
	if m.update(body.Content, c.now); m.unsettled() {
		m.update(before, c.now) // the platform says nothing of it
	}
	return answer{status: 200, body: map[string]any{"code": 0, "msg": "ok", "data": map[string]any{}}}
}

// mayPatch returns the answer that refuses an update of the message, or nil. The caller holds s.mu.
func (s *messageAPI) mayPatch(m *Message, now time.Time) *answer {
	var a answer
	switch {
	case m.gone() != 0:
		a = refuse(m.gone())
	case s.chat(m.ChatID).Status != "normal":
		a = refuse(codeDissolved)
	case !m.ByBot || m.Type != "interactive":
		a = refuseParam("ext=only a card that the bot sent can be updated")
	case now.Sub(m.CreatedAt) > patchLife:
		a = refuse(codeTooOld)
	default:
		if over, _ := s.admit("update "+m.ID, now, s.limits.Message); over.Calls == 0 {
			return nil
		}
		a = refuse(codeChatRate)
	}
	return &a
}

// update replaces a card and remembers what it was. The caller holds s.mu.
func (m *Message) update(content string, now time.Time) {
	m.History = append(m.History, m.Content)
	m.Content, m.UpdatedAt = content, now
}
