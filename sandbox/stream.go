package sandbox

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"usagebot/sandbox/company"
)

// How the stream goes. It is the machine's time that passes: a browser waits by it, whatever the sandbox's clock does.
const (
	lookEvery     = 150 * time.Millisecond
	tellTimeEvery = 15 * time.Second // also finds out that a browser has gone
	maxStreams    = 32
	firstCalls    = 200 // of those before the stream began
)

// news is what a stream tells at once: all of it at first, then what has changed.
type news struct {
	Now      time.Time      `json:"now"`
	State    *pageState     `json:"state,omitempty"`
	Messages []Message      `json:"messages,omitempty"`
	Calls    []streamedCall `json:"calls,omitempty"`
}

// pageState is all that the chat page shows besides messages and calls.
type pageState struct {
	BotID    string           `json:"bot_id"`
	BotName  string           `json:"bot_name"`
	BotEN    string           `json:"bot_name_en"`
	People   []company.Person `json:"people"`
	Chats    []Chat           `json:"chats"`
	Newest   string           `json:"newest"` // the newest day whose figures are out
	Troubles []Trouble        `json:"troubles"`
}

// streamedCall is a call with its place, by which a browser knows it again when it is answered.
type streamedCall struct {
	Place int `json:"place"`
	Call
}

// look remembers what a stream has told.
type look struct {
	state    []byte
	messages map[string]version
	calls    int
	open     []int     // places of calls that were not answered when they were told of
	told     time.Time // by the machine
	now      time.Time // by the sandbox
}

// version differs whenever a message looks different.
type version struct {
	updates           int
	recalled, deleted bool
}

// serveStream tells a browser what happens, as server-sent events. A browser that comes back is told everything anew.
func (s *Sandbox) serveStream(w http.ResponseWriter, r *http.Request) {
	if !answersTo(w, r) {
		return
	}
	if !s.openStream() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": fmt.Sprintf("%d pages are open already: close one", maxStreams)})
		return
	}
	defer s.set(func() { s.streams-- })
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	seen := look{messages: map[string]version{}}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := s.tellChanges(w, &seen); err != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done(): // the browser has gone, or the sandbox is closed
			return
		}
	}
}

func (s *Sandbox) openStream() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams >= maxStreams {
		return false
	}
	s.streams++
	return true
}

func (s *Sandbox) tellChanges(w http.ResponseWriter, seen *look) error {
	f, changed := s.changes(seen, time.Now())
	if !changed {
		return nil
	}
	var b bytes.Buffer
	b.WriteString("data: ")
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(f); err != nil {
		return fmt.Errorf("sandbox: write what has changed: %w", err)
	}
	b.WriteString("\n")
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("sandbox: tell what has changed: %w", err)
	}
	return http.NewResponseController(w).Flush()
}

// changes collects what is not told yet, and reports whether there is anything.
func (s *Sandbox) changes(seen *look, machine time.Time) (f news, changed bool) {
	people := s.People()
	s.mu.Lock()
	defer s.mu.Unlock()
	f.Now = s.clock.Now()
	state := s.pageState(people)
	if b, err := json.Marshal(state); err == nil && !bytes.Equal(b, seen.state) {
		f.State, seen.state = &state, b
	}
	f.Messages, f.Calls = s.newMessages(seen), s.newCalls(seen)
	changed = f.State != nil || f.Messages != nil || f.Calls != nil || seen.drifted(f.Now, machine)
	if changed {
		seen.told, seen.now = machine, f.Now
	}
	return f, changed
}

// drifted reports whether the sandbox's time is no longer what a browser takes it for, or has not been told for long.
func (l *look) drifted(now, machine time.Time) bool {
	passed := machine.Sub(l.told)
	off := now.Sub(l.now.Add(passed))
	return passed >= tellTimeEvery || off.Abs() > time.Second
}

// pageState is the state now. The caller holds s.mu.
func (s *Sandbox) pageState(people []company.Person) pageState {
	state := pageState{
		BotID: s.BotOpenID(), BotName: s.opts.Apps[0].Name, BotEN: s.opts.Apps[0].NameEN,
		People: people, Newest: s.newest().String(), Troubles: s.troubles(),
	}
	for _, c := range s.chats {
		state.Chats = append(state.Chats, c.copied())
	}
	return state
}

// newMessages returns those that are new or look different, without what they were before. The caller holds s.mu.
func (s *Sandbox) newMessages(seen *look) (found []Message) {
	for _, m := range s.messages {
		v := version{len(m.History), m.Recalled, m.Deleted}
		if told, ok := seen.messages[m.ID]; ok && told == v {
			continue
		}
		seen.messages[m.ID] = v
		c := *m
		c.History = nil
		found = append(found, c)
	}
	return found
}

// newCalls returns those that are new or were answered meanwhile. The caller holds s.mu.
func (s *Sandbox) newCalls(seen *look) (found []streamedCall) {
	open := seen.open
	seen.open = nil
	for place := max(seen.calls, len(s.calls)-firstCalls); place < len(s.calls); place++ {
		found = append(found, streamedCall{place, s.calls[place]})
		if s.calls[place].Status == 0 {
			seen.open = append(seen.open, place)
		}
	}
	seen.calls = len(s.calls)
	for _, place := range open {
		if s.calls[place].Status == 0 {
			seen.open = append(seen.open, place)
			continue
		}
		found = append(found, streamedCall{place, s.calls[place]})
	}
	slices.SortFunc(found, func(a, b streamedCall) int { return a.Place - b.Place })
	return found
}
