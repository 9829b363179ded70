package sandbox

import (
	"bytes"
	"compress/gzip"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"

	"usagebot/sandbox/company"
)

// pageFiles contains the chat page if it was built, and otherwise only a placeholder: see web/README.md.
//
//go:embed all:web/dist
var pageFiles embed.FS

// pagePolicy allows the page to load from this server only. It does not restrict styles that scripts set on elements.
const pagePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const pageMissing = `The chat page is not part of this program: it was built without it.

With Node.js 20.19 or newer and npm, in the project's folder:

  make web        builds the page
  make demo       builds page and program, and starts them

The sandbox answers without the page too: see /sandbox/chats, /sandbox/messages and /sandbox/calls.
`

// chatPage serves the chat page, which shows the chats as the platform's client does, and the stream that updates it.
type chatPage struct {
	*state
	toggles *toggles
	streams int // number of browsers with an open stream; the mutex of the state guards it
}

// routes adds the page and the stream.
func (s *chatPage) routes(mux *http.ServeMux) {
	mux.HandleFunc("GET /{$}", servePage)
	mux.HandleFunc("GET /assets/{file}", servePage)
	mux.HandleFunc("GET /sandbox/stream", s.serveStream)
}

func servePage(w http.ResponseWriter, r *http.Request) {
	if !answersTo(w, r) {
		return
	}
	h := w.Header()
	h.Set("Content-Security-Policy", pagePolicy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	name := strings.TrimPrefix(r.URL.Path, "/")
	if name == "" {
		name = "index.html"
	}
	content, err := fs.ReadFile(pageFiles, "web/dist/"+name+".gz") // no name leads out: an embedded file system knows no ".."
	switch {
	case err == nil:
		writeFile(w, r, name, content)
	case name == "index.html":
		http.Error(w, pageMissing, http.StatusServiceUnavailable)
	default:
		http.NotFound(w, r)
	}
}

// writeFile sends a file of the page, which is embedded compressed. The names under assets change with what the files
// hold, so browsers may keep those.
func writeFile(w http.ResponseWriter, r *http.Request, name string, compressed []byte) {
	h := w.Header()
	h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	h.Set("Vary", "Accept-Encoding")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "assets/") {
		h.Set("Cache-Control", "max-age=31536000, immutable")
	}
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		_, _ = w.Write(compressed) // an error means that the client has gone
		return
	}
	content, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		http.Error(w, "the page is damaged: build it anew with make web", http.StatusInternalServerError)
		return
	}
	_, _ = io.Copy(w, content) //nolint:gosec // the program's own file; an error means that the client has gone
}

// PageBuilt reports whether the chat page is part of this program.
func PageBuilt() bool {
	_, err := fs.Stat(pageFiles, "web/dist/index.html.gz")
	return err == nil
}

// The timing of the stream, by the machine's clock: browsers wait by it, whatever the sandbox's clock shows.
const (
	lookEvery     = 150 * time.Millisecond
	clockInterval = 15 * time.Second // also finds out that a browser has gone
	maxStreams    = 32
	firstCalls    = 200 // of those before the stream began
)

// streamUpdate is one message of the stream: everything at first, then only what has changed.
type streamUpdate struct {
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
	Troubles []FaultPreset    `json:"troubles"`
}

// streamedCall is a call with its index, by which the browser recognises it when it is answered.
type streamedCall struct {
	Place int `json:"place"`
	Call
}

// streamCursor records what a stream has sent.
type streamCursor struct {
	state    []byte
	messages map[string]version
	calls    int
	open     []int     // indexes of calls that were sent before they were answered
	lastSent time.Time // by the machine
	now      time.Time // by the sandbox
}

// version changes whenever a message looks different.
type version struct {
	updates           int
	recalled, deleted bool
}

// serveStream sends updates to a browser as server-sent events. A browser that reconnects gets everything again.
func (s *chatPage) serveStream(w http.ResponseWriter, r *http.Request) {
	if !answersTo(w, r) {
		return
	}
	if !s.openStream() {
		writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": fmt.Sprintf("%d pages are open already: close one", maxStreams)})
		return
	}
	defer s.locked(func() { s.streams-- })
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	seen := streamCursor{messages: map[string]version{}}
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	for {
		if err := s.sendUpdates(w, &seen); err != nil {
			return
		}
		select {
		case <-ticker.C:
		case <-r.Context().Done(): // the browser has gone, or the sandbox is closed
			return
		}
	}
}

func (s *chatPage) openStream() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.streams >= maxStreams {
		return false
	}
	s.streams++
	return true
}

func (s *chatPage) sendUpdates(w http.ResponseWriter, seen *streamCursor) error {
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

// changes collects what was not sent yet, and reports whether there is anything.
func (s *chatPage) changes(seen *streamCursor, machine time.Time) (f streamUpdate, changed bool) {
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
		seen.lastSent, seen.now = machine, f.Now
	}
	return f, changed
}

// drifted reports whether the browser's idea of the sandbox's time is wrong, or was not refreshed for long.
func (l *streamCursor) drifted(now, machine time.Time) bool {
	passed := machine.Sub(l.lastSent)
	off := now.Sub(l.now.Add(passed))
	return passed >= clockInterval || off.Abs() > time.Second
}

// pageState is the state now. The caller holds s.mu.
func (s *chatPage) pageState(people []company.Person) pageState {
	state := pageState{
		BotID: s.BotOpenID(), BotName: s.opts.Apps[0].Name, BotEN: s.opts.Apps[0].NameEN,
		People: people, Newest: s.newest().String(), Troubles: s.toggles.presets(),
	}
	for _, c := range s.chats {
		state.Chats = append(state.Chats, c.copied())
	}
	return state
}

// newMessages returns those that are new or look different, without what they were before. The caller holds s.mu.
func (s *chatPage) newMessages(seen *streamCursor) (found []Message) {
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
func (s *chatPage) newCalls(seen *streamCursor) (found []streamedCall) {
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
