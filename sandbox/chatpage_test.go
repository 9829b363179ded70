package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"usagebot/sandbox"
	"usagebot/sandbox/company"
	"usagebot/sandbox/sandboxtest"
)

func TestPageSaysHowToBuildItOrIsThere(t *testing.T) {
	t.Parallel()
	status, says := http.StatusServiceUnavailable, "make web"
	if sandbox.PageBuilt() {
		status, says = http.StatusOK, "<html"
	}
	w := get(t, still(t), "127.0.0.1:8090", "/")
	if w.Code != status || !strings.Contains(w.Body.String(), says) {
		t.Errorf("status %d, %s", w.Code, w.Body)
	}
	if policy := w.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("policy %q", policy)
	}
}

// TestPageIsWhole loads everything that the page names, as a browser does.
func TestPageIsWhole(t *testing.T) {
	t.Parallel()
	if !sandbox.PageBuilt() {
		t.Fatal("the page is not built: make web") // and no skip: a test that is skipped proves nothing
	}
	sb := sandboxtest.Start(t)
	page := ask(t, sb, "GET", "/", "", nil)
	assets := regexp.MustCompile(`(?:src|href)="\./(assets/[^"]+)"`).FindAllStringSubmatch(page.raw, -1)
	if len(assets) < 2 {
		t.Fatalf("the page names no script and style:\n%s", page.raw)
	}
	for _, asset := range assets {
		plain := ask(t, sb, "GET", "/"+asset[1], "", nil) // the client of Go unpacks what was packed
		if plain.Status != http.StatusOK || !strings.Contains(plain.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: status %d, %v", asset[1], plain.Status, plain.header)
		}
		packed := getPacked(t, sb, "/"+asset[1])
		if packed.Header().Get("Content-Encoding") != "gzip" || len(plain.raw) > 1000 && packed.Body.Len() > len(plain.raw)/2 {
			t.Errorf("%s: %d bytes of %d", asset[1], packed.Body.Len(), len(plain.raw))
		}
	}
}

func getPacked(t *testing.T, sb *sandbox.Sandbox, path string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://localhost"+path, http.NoBody)
	r.Header.Set("Accept-Encoding", "gzip, br")
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, r)
	return w
}

func TestPageKeepsStrangersOut(t *testing.T) {
	t.Parallel()
	sb := still(t)
	for _, path := range []string{"/", "/assets/page.js", "/sandbox/stream"} {
		if w := get(t, sb, "evil.example", path); w.Code != http.StatusForbidden {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
	for _, path := range []string{"/assets/none.js", "/index.html", "/assets/..%2findex.html"} {
		if w := get(t, sb, "localhost", path); w.Code != http.StatusNotFound {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

func get(t *testing.T, sb *sandbox.Sandbox, host, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	sb.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+path, http.NoBody))
	return w
}

// pageEvent is the part of a stream's message that the tests read.
type pageEvent struct {
	Now   time.Time
	State *struct {
		Newest   string
		People   []company.Person
		Chats    []sandbox.Chat
		Troubles []sandbox.FaultPreset
	}
	Messages []sandbox.Message
	Calls    []struct {
		Place, Status int
		Endpoint      string
	}
}

// stream reads the frames of a stream; next gives the first one that suits.
type stream struct{ lines *bufio.Scanner }

func openStream(t *testing.T, sb *sandbox.Sandbox) *stream {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, sb.URL()+"/sandbox/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<22)
	return &stream{lines}
}

func (s *stream) next(suits func(pageEvent) bool) (pageEvent, error) {
	for s.lines.Scan() {
		data, ok := strings.CutPrefix(s.lines.Text(), "data: ")
		if !ok {
			continue
		}
		var f pageEvent
		if err := json.Unmarshal([]byte(data), &f); err != nil || suits(f) {
			return f, err
		}
	}
	return pageEvent{}, errors.Join(errors.New("the stream has ended"), s.lines.Err())
}

func TestStreamTellsEverythingThenChanges(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token := tokenOf(t, sb)
	_, first := create(t, sb, token, cardMessage(sb.Group().ID, card("before")))
	s := openStream(t, sb)
	f, err := s.next(func(pageEvent) bool { return true })
	if err != nil {
		t.Fatal(err)
	}
	if f.State == nil || f.State.Newest != "2026-11-19" || len(f.State.Chats) != 4 || len(f.Messages) != 1 || len(f.Calls) != 2 {
		t.Errorf("the first frame is not whole: %+v", f)
	}
	for name, tt := range map[string]struct {
		act   func()
		shows func(pageEvent) bool
	}{
		"update": {
			func() {
				ask(t, sb, "PATCH", "/open-apis/im/v1/messages/"+first, token, map[string]string{"content": card("after")})
			},
			func(f pageEvent) bool {
				return len(f.Messages) == 1 && strings.Contains(f.Messages[0].Content, "after")
			},
		},
		"clock":   {func() { sb.Clock().Advance(time.Hour) }, func(f pageEvent) bool { return f.Now.Sub(noon()) >= time.Hour }},
		"trouble": {func() { trouble(t, sb, sandbox.PresetLost) }, func(f pageEvent) bool { return f.State != nil && f.State.Troubles[2].On }},
		"group":   {func() { sb.AddGroup("another") }, func(f pageEvent) bool { return f.State != nil && len(f.State.Chats) == 5 }},
		"call":    {func() { tokenOf(t, sb) }, func(f pageEvent) bool { return len(f.Calls) > 0 && f.Calls[len(f.Calls)-1].Endpoint == "token" }},
	} {
		tt.act()
		if _, err := s.next(tt.shows); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	sb.Recall(first)
	if _, err := s.next(func(f pageEvent) bool { return len(f.Messages) == 1 && f.Messages[0].Recalled }); err != nil {
		t.Errorf("recall: %v", err)
	}
}

func TestCloseEndsStreams(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	s := openStream(t, sb)
	if _, err := s.next(func(f pageEvent) bool { return f.State != nil }); err != nil {
		t.Fatal(err)
	}
	if err := sb.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.next(func(pageEvent) bool { return false }); err == nil {
		t.Error("the stream goes on")
	}
}

func TestStreamsAreBounded(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	for range 32 {
		openStream(t, sb)
	}
	if r := ask(t, sb, "GET", "/sandbox/stream", "", nil); r.Status != http.StatusServiceUnavailable || !strings.Contains(r.raw, "close one") {
		t.Errorf("status %d, %s", r.Status, r.raw)
	}
}
