package feishu

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// reply is one answer of the platform under test.
type answered struct {
	status int
	body   string
	header map[string]string
	drop   bool // the connection is closed instead
}

func refused(status, code int) answered {
	return answered{status: status, body: fmt.Sprintf(`{"code":%d,"msg":"secret words of the platform"}`, code)}
}

func ok(data string) answered {
	return answered{status: 200, body: `{"code":0,"msg":"success","data":` + data + `}`}
}

// platform answers each endpoint from a script: the answers in turn, the last one for ever.
type platform struct {
	t      *testing.T
	client *Client
	log    bytes.Buffer
	now    time.Time

	mu       sync.Mutex
	script   map[endpoint][]answered
	requests map[endpoint][]request
	observed []string
}

type request struct {
	token string
	query string
	path  string
	body  map[string]string
}

const testSecret = "app-secret-for-tests"

func newPlatform(t *testing.T, script map[endpoint][]answered, edit ...func(*Settings)) *platform {
	t.Helper()
	p := &platform{t: t, script: script, requests: map[endpoint][]request{}, now: time.Unix(1_764_000_000, 0)}
	if script[epToken] == nil {
		script[epToken] = []answered{tokenOf("t-1"), tokenOf("t-2"), tokenOf("t-3")}
	}
	server := httptest.NewServer(p)
	t.Cleanup(server.Close)
	s := Settings{
		AppID: "cli_test", AppSecret: testSecret, BaseURL: server.URL + "/", Timeout: 5 * time.Second,
		Log: slog.New(slog.NewTextHandler(&p.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now: func() time.Time { p.mu.Lock(); defer p.mu.Unlock(); return p.now },
		Observe: func(e string, status, code int, _ time.Duration) {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.observed = append(p.observed, fmt.Sprintf("%s %d %d", e, status, code))
		},
	}
	for _, f := range edit {
		f(&s)
	}
	p.client = New(s)
	p.client.firstRetryWait = time.Millisecond
	return p
}

func tokenOf(value string) answered {
	return answered{status: 200, body: `{"code":0,"msg":"ok","expire":7200,"tenant_access_token":"` + value + `"}`}
}

func (p *platform) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var fields map[string]any
	_ = json.Unmarshal(body, &fields)
	read := map[string]string{}
	for k, v := range fields {
		read[k] = fmt.Sprint(v)
	}
	e := endpointOf(r.Method, r.URL.Path)
	p.mu.Lock()
	p.requests[e] = append(p.requests[e], request{
		token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), query: r.URL.RawQuery, path: r.URL.Path, body: read,
	})
	answers := p.script[e]
	if len(answers) == 0 {
		p.mu.Unlock()
		w.WriteHeader(http.StatusNotFound)
		return
	}
	a := answers[0]
	if len(answers) > 1 {
		p.script[e] = answers[1:]
	}
	p.mu.Unlock()
	if a.drop {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("X-Tt-Logid", "log-1")
	for k, v := range a.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(a.status)
	_, _ = io.WriteString(w, a.body)
}

func (p *platform) calls(e endpoint) []request {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.requests[e]
}

func (p *platform) advance(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now = p.now.Add(d)
}

// memory is a TokenStore in memory.
type memory struct {
	mu   sync.Mutex
	kept map[string][]byte
	ttl  time.Duration
}

func (m *memory) Get(_ context.Context, key string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	b, found := m.kept[key]
	return b, found
}

func (m *memory) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.kept == nil {
		m.kept = map[string][]byte{}
	}
	m.kept[key], m.ttl = value, ttl
}

func (m *memory) Delete(_ context.Context, key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.kept, key)
}
