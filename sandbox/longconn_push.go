package sandbox

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"
)

// framePayload is the most that one frame carries of an event; a larger one is split.
const framePayload = 64 << 10

// frameGap is the time between the frames of one event. The SDK's client reads each in a goroutine of its own and puts
// them together without a lock: two that come at the same moment are lost.
const frameGap = 20 * time.Millisecond

// Why a push has no answer.
const (
	failedNoConnection = "no long connection is open"
	failedBroken       = "the long connection broke before the answer"
	failedTimeout      = "no answer in time"
)

// overConnection reports whether events go over the long connection: where an option says so, and where no webhook is
// set and a long connection has been open.
func (s *Sandbox) overConnection() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opts.LongConnection || s.webhook == "" && s.links.used
}

// pushAgain is how long a push that found its connection broken waits for another.
const pushAgain = eventPatience

// push sends an event over one of the connections, at random. When that breaks before the answer, a message or a change
// is sent anew over the next that there is; a click never is. It returns every attempt.
func (s *Sandbox) push(ctx context.Context, d *Delivery) []Attempt {
	attempts := []Attempt{s.pushOnce(ctx, d)}
	for a := attempts[0]; a.broke && d.Type != EventClick && s.awaitConnection(ctx); {
		a = s.pushOnce(ctx, d)
		attempts = append(attempts, a)
	}
	return attempts
}

// awaitConnection waits until a connection is open.
func (s *Sandbox) awaitConnection(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, pushAgain)
	defer cancel()
	for {
		s.mu.Lock()
		changed := s.links.changed
		s.mu.Unlock()
		if s.Connections() > 0 {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (s *Sandbox) pushOnce(ctx context.Context, d *Delivery) Attempt {
	ctx, cancel := context.WithTimeout(ctx, eventPatience)
	defer cancel()
	id, answers := randomHex(16), make(chan Attempt, 1)
	a, l := Attempt{At: s.clock.Now()}, s.expect(id, answers)
	if l == nil {
		a.Failed = failedNoConnection
		return a
	}
	defer s.set(func() { delete(s.links.pushes, id) })
	if l.sendEvent(ctx, id, d.payload) != nil {
		a.Failed, a.broke = failedBroken, true
		return a
	}
	select {
	case answer := <-answers:
		a.Status, a.Body = answer.Status, answer.Body
	case <-l.gone:
		a.Failed, a.broke = failedBroken, true
	case <-ctx.Done():
		a.Failed = failedTimeout
	}
	return a
}

// expect chooses a connection, and waits for the answer to what will be sent over it; nil when there is none.
func (s *Sandbox) expect(id string, answers chan Attempt) *link {
	open := s.connections()
	if len(open) == 0 {
		return nil
	}
	s.set(func() { s.links.pushes[id] = answers })
	return open[rand.IntN(len(open))]
}

// sendEvent sends an event in as many frames as it needs.
func (l *link) sendEvent(ctx context.Context, id string, payload []byte) error {
	parts := slices.Collect(slices.Chunk(payload, framePayload))
	for i, part := range parts {
		if i > 0 {
			select {
			case <-time.After(frameGap):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := l.send(&frame{seqID: uint64(i), service: 33554678, method: frameData, payload: part, headers: []frameHeader{
			{"type", "event"},
			{"message_id", id},
			{"sum", strconv.Itoa(len(parts))},
			{"seq", strconv.Itoa(i)},
			{"trace_id", id},
			{"timestamp", strconv.FormatInt(time.Now().UnixMilli(), 10)},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// answered hands an answer to whoever waits for it. What is late, or says nothing that can be read, is dropped.
func (s *Sandbox) answered(f *frame) {
	var answer struct {
		Code int    `json:"code"`
		Data []byte `json:"data"`
	}
	if json.Unmarshal(f.payload, &answer) != nil {
		return
	}
	body := string(answer.Data)
	if body == "" {
		body = "{}" // nothing to say
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.links.pushes[f.header("message_id")]; waiting != nil {
		delete(s.links.pushes, f.header("message_id"))
		waiting <- Attempt{Status: answer.Code, Body: body} // it has room for one, and gets one
	}
}
