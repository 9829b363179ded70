package sandbox

import (
	"encoding/json"
	"math"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// Call is one request that was made to the platform.
type Call struct {
	At       time.Time `json:"at"` // by the sandbox's clock
	Endpoint string    `json:"endpoint"`
	Method   string    `json:"method"`
	Path     string    `json:"path"`
	Status   int       `json:"status"` // 0 until it is answered, and if the answer was dropped
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
func (s *gateway) Calls(endpoint string) []Call {
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

// Busiest returns the highest number of calls in any period (t-d, t].
func Busiest(calls []Call, d time.Duration) (most int) {
	var w window
	for _, c := range calls {
		w.calls = append(w.since(c.At.Add(-d)), c.At)
		most = max(most, len(w.calls))
	}
	return most
}

// recordCall stores a call and returns its index. The caller holds s.mu.
func (s *gateway) recordCall(c Call) int {
	s.calls = append(s.calls, c)
	return len(s.calls) - 1
}

func (s *gateway) finishCall(index int, c *call, a answer, dropped bool) {
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
func (s *gateway) chatOf(c *call) string {
	if m := s.message(c.request.PathValue("message_id")); m != nil {
		return m.ChatID
	}
	var out outgoing
	if json.Unmarshal(c.body, &out) != nil || out.ReceiveID == "" {
		return ""
	}
	if chat, refusal := s.messageAPI.receiver(c.request.URL.Query().Get("receive_id_type"), out.ReceiveID); refusal == nil {
		return chat.ID
	}
	return ""
}

// Rate is the highest number of calls in any period of a given length. The zero Rate is no limit.
type Rate struct {
	Calls int
	Per   time.Duration
}

// Limits are the platform's rates. They are measured by the sandbox's clock: on one that stands still, every call
// falls in the same instant.
type Limits struct {
	Overview  Rate // of the overview, and of that of several departments, by calling app
	PerMinute Rate // of every other endpoint by itself, by calling app
	PerSecond Rate // the same
	Chat      Rate // of messages into one chat
	Message   Rate // of updates of one message
}

// DefaultLimits are the documented rates.
func DefaultLimits() Limits {
	return Limits{
		Overview:  Rate{100, time.Minute},
		PerMinute: Rate{1000, time.Minute},
		PerSecond: Rate{50, time.Second},
		Chat:      Rate{5, time.Second},
		Message:   Rate{5, time.Second},
	}
}

// SetLimits replaces the rates from now on. A zero Rate is no limit.
func (s *gateway) SetLimits(l Limits) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limits = l
}

// window records the times of calls, to limit their rate.
type window struct{ calls []time.Time }

// admit counts a call if all rates allow it. Otherwise it returns the exceeded rate and how long to wait; such a call does
// not count.
func (w *window) admit(now time.Time, rates ...Rate) (over Rate, wait time.Duration) {
	longest := time.Duration(0)
	for _, r := range rates {
		longest = max(longest, r.Per)
		if recent := w.since(now.Add(-r.Per)); r.Calls > 0 && len(recent) >= r.Calls {
			return r, recent[len(recent)-r.Calls].Add(r.Per).Sub(now)
		}
	}
	w.calls = append(w.since(now.Add(-longest)), now)
	return Rate{}, 0
}

// since returns the calls after t.
func (w *window) since(t time.Time) []time.Time {
	for i, at := range w.calls {
		if at.After(t) {
			return w.calls[i:]
		}
	}
	return nil
}

// throttled returns the answer for a call that exceeds a rate. It contains the limit and how many seconds to wait.
func throttled(limit int, wait time.Duration) answer {
	a := refuse(codeRate)
	a.status = http.StatusTooManyRequests
	a.header = map[string]string{
		"x-ogw-ratelimit-limit": strconv.Itoa(limit),
		"x-ogw-ratelimit-reset": strconv.Itoa(int(math.Ceil(wait.Seconds()))),
	}
	return a
}
