package sandbox

import (
	"encoding/json"
	"slices"
	"time"
)

// Call is one request that was made to the platform.
type Call struct {
	At       time.Time `json:"at"` // by the sandbox's clock
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"` // 0 while it is answered, and when the answer was dropped
	Code     int       `json:"code"`
	LogID    string    `json:"log_id"`
	UUID     string    `json:"uuid,omitempty"`    // of a message, whether or not it was taken
	Says     string    `json:"says,omitempty"`    // the text of a refusal
	ChatID   string    `json:"chat_id,omitempty"` // of a refused message, where it was to go
}

// uuidIn returns the uuid in a call's body, if it has one.
func uuidIn(body []byte) string {
	var out outgoing
	_ = json.Unmarshal(body, &out) // what is no message has none
	return out.UUID
}

// Calls returns the calls to an endpoint, oldest first; to all when the name is empty.
func (s *Sandbox) Calls(endpoint string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if endpoint == "" {
		return slices.Clone(s.calls)
	}
	var found []Call
	for _, c := range s.calls {
		if c.Endpoint == endpoint {
			found = append(found, c)
		}
	}
	return found
}

// Busiest returns the most calls that any stretch of d held, both ends open to one side: (t-d, t].
func Busiest(calls []Call, d time.Duration) (most int) {
	var w window
	for _, c := range calls {
		w.calls = append(w.since(c.At.Add(-d)), c.At)
		most = max(most, len(w.calls))
	}
	return most
}

// recordCall keeps a call and returns its place. The caller holds s.mu.
func (s *Sandbox) recordCall(c Call) int {
	s.calls = append(s.calls, c)
	return len(s.calls) - 1
}

func (s *Sandbox) finishCall(index int, c *call, a answer, dropped bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := &s.calls[index]
	done.Code = a.code
	if a.code != 0 {
		done.Says, _ = a.body["msg"].(string)
		done.ChatID = s.chatOf(c)
	}
	if !dropped {
		done.Status = a.status
	}
}

// chatOf returns the chat that a call about a message goes to; empty when there is none. The caller holds s.mu.
func (s *Sandbox) chatOf(c *call) string {
	if m := s.message(c.request.PathValue("message_id")); m != nil {
		return m.ChatID
	}
	var out outgoing
	if json.Unmarshal(c.body, &out) != nil || out.ReceiveID == "" {
		return ""
	}
	if chat, refusal := s.receiver(c.request.URL.Query().Get("receive_id_type"), out.ReceiveID); refusal == nil {
		return chat.ID
	}
	return ""
}
