package sandbox

import (
	"encoding/json"
	"time"
)

// patchLife is how long a card can be updated after it was sent.
const patchLife = 14 * 24 * time.Hour

// patchMessage answers PATCH /im/v1/messages/:message_id, which updates a card of the bot's own.
func (s *Sandbox) patchMessage(c *call) answer {
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
	if m == nil {
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
	if s.update(m, body.Content, c.now); m.unsettled() {
		s.update(m, before, c.now) // the platform says nothing of it
	}
	return answer{status: 200, body: map[string]any{"code": 0, "msg": "ok", "data": map[string]any{}}}
}

// mayPatch returns what speaks against updating the message, or nil. The caller holds s.mu.
func (s *Sandbox) mayPatch(m *Message, now time.Time) *answer {
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
func (s *Sandbox) update(m *Message, content string, now time.Time) {
	m.History = append(m.History, m.Content)
	m.Content, m.UpdatedAt = content, now
}

// shared reports whether a card says of itself that everybody sees its updates.
func shared(card string) bool {
	var c struct {
		Config struct {
			UpdateMulti bool `json:"update_multi"`
		} `json:"config"`
	}
	return json.Unmarshal([]byte(card), &c) == nil && c.Config.UpdateMulti
}
