package app

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// limited is a server under limits, whose handler reads the body and then waits for leave where the path says so.
type limited struct {
	*limitedListener
	addr    string
	dropped atomic.Int32
	inside  chan struct{}
	leave   chan struct{}
}

func newLimited(t *testing.T, limits connectionLimits) *limited {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := &limited{addr: listener.Addr().String(), inside: make(chan struct{}, 100), leave: make(chan struct{})}
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		if r.URL.Path == "/work" {
			l.inside <- struct{}{}
			<-l.leave
		}
		_, _ = io.WriteString(w, "done")
	}), slog.New(slog.DiscardHandler))
	l.limitedListener = limitConnections(listener, limits, func() { l.dropped.Add(1) })
	l.attach(server)
	go func() { _ = server.Serve(l.limitedListener) }()
	t.Cleanup(func() { _ = server.Close() })
	return l
}

func (l *limited) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.open)
}

// send opens a connection and writes to it.
func (l *limited) send(t *testing.T, text string) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", l.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		t.Fatal(err)
	}
	return c
}

// answer is the status that comes over a connection, or 0 when it was closed.
func answer(t *testing.T, c net.Conn) int {
	t.Helper()
	_ = c.SetReadDeadline(time.Now().Add(20 * time.Second))
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		return 0
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	_ = resp.Body.Close()
	return resp.StatusCode
}

const (
	wholeRequest = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
	workRequest  = "POST /work HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab"
)

// TestConnectionsThatWaitMakeRoom opens ten times as many connections as may wait, of each kind that holds one open, and
// sends a request over a new one after each of them.
func TestConnectionsThatWaitMakeRoom(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"nothing is sent":        "",
		"a header without end":   "POST / HTTP/1.1\r\nHost: x\r\nX-A: b\r\n",
		"a body without end":     "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nab",
		"a chunk without end":    "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
		"a trailer without end":  "POST / HTTP/1.1\r\nHost: x\r\nTrailer: X-A\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX-A: b",
		"a body after a go":      "POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 100\r\n\r\n",
		"idle after its answer":  wholeRequest,
		"idle after two answers": wholeRequest + wholeRequest,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			const waiting, all = 4, 8
			l := newLimited(t, connectionLimits{waiting: waiting, total: all, workTimeout: time.Minute})
			for range 10 * waiting {
				l.send(t, text)
				if got := answer(t, l.send(t, wholeRequest)); got != http.StatusOK {
					t.Fatalf("a request beside is answered %d", got)
				}
				if n := l.count(); n > all {
					t.Fatalf("%d connections are open", n)
				}
			}
			if l.dropped.Load() == 0 {
				t.Error("none was closed to make room")
			}
		})
	}
}

// TestConnectionsThatWorkAreNotClosed fills a server with requests that are being worked on.
func TestConnectionsThatWorkAreNotClosed(t *testing.T) {
	t.Parallel()
	const waiting, all = 2, 4
	l := newLimited(t, connectionLimits{waiting: waiting, total: all, workTimeout: time.Minute})
	working := make([]net.Conn, all)
	for i := range working {
		working[i] = l.send(t, workRequest)
		<-l.inside
	}
	next := l.send(t, wholeRequest) // there is a place for it once one of them is answered
	l.leave <- struct{}{}
	close(l.leave)
	for i, c := range slices.Concat(working, []net.Conn{next}) {
		if got := answer(t, c); got != http.StatusOK {
			t.Errorf("request %d is answered %d", i, got)
		}
	}
}

func TestConnectionsAdd(t *testing.T) {
	t.Parallel()
	limits := connectionLimits{waiting: 2, total: 3, minAge: time.Second, workTimeout: 10 * time.Second}
	now := time.Unix(1000, 0)
	ago := func(opened, since time.Duration, working bool) *connection {
		return &connection{opened: now.Add(-opened), since: now.Add(-since), working: working}
	}
	for name, tt := range map[string]struct {
		open []*connection
		drop int // its place in open, -1: none
		wait time.Duration
	}{
		"room":                                {[]*connection{ago(5*time.Second, 5*time.Second, false)}, -1, 0},
		"work leaves room for what waits":     {[]*connection{ago(5*time.Second, 0, true), ago(5*time.Second, 0, true)}, -1, 0},
		"the one that waits for longest":      {[]*connection{ago(9*time.Second, 4*time.Second, false), ago(5*time.Second, 5*time.Second, false)}, 1, 0},
		"not by when it was opened":           {[]*connection{ago(5*time.Second, 5*time.Second, false), ago(9*time.Second, 0, false)}, 0, 0},
		"new ones are spared":                 {[]*connection{ago(100*time.Millisecond, 0, false), ago(300*time.Millisecond, 0, false)}, -1, 700 * time.Millisecond},
		"busy ones that are not new are not":  {[]*connection{ago(100*time.Millisecond, 0, false), ago(5*time.Second, 0, false)}, 1, 0},
		"all work":                            {[]*connection{ago(5*time.Second, 0, true), ago(5*time.Second, 0, true), ago(5*time.Second, 0, true)}, -1, 10 * time.Second},
		"work that takes too long waits":      {[]*connection{ago(11*time.Second, 11*time.Second, true), ago(5*time.Second, 0, false)}, 0, 0},
		"one that waits where the rest works": {[]*connection{ago(5*time.Second, 0, true), ago(5*time.Second, 0, true), ago(5*time.Second, time.Second, false)}, 2, 0},
	} {
		l := limitConnections(nil, limits, nil)
		for _, c := range tt.open {
			l.open[c] = true
		}
		fresh := new(connection)
		drop, wait := l.add(fresh, now)
		var want *connection
		if tt.drop >= 0 {
			want = tt.open[tt.drop]
		}
		if drop != want || drop == nil && wait != tt.wait || l.open[fresh] != (drop == nil && wait == 0) {
			t.Errorf("%s: closes %+v, waits %v, is added %v", name, drop, wait, l.open[fresh])
		}
	}
}

// TestConnectionsCloseWhileOneWaits closes a full listener: nothing waits for a place any longer.
func TestConnectionsCloseWhileOneWaits(t *testing.T) {
	t.Parallel()
	l := newLimited(t, connectionLimits{waiting: 1, total: 1, minAge: time.Hour, workTimeout: time.Hour})
	l.send(t, "")
	for l.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	second := l.send(t, wholeRequest)
	_ = l.Close()
	if got := answer(t, second); got != 0 {
		t.Errorf("it is answered %d", got)
	}
}

// TestServerBoundsHeaders sends requests whose headers are just small enough, and too large or too many.
func TestServerBoundsHeaders(t *testing.T) {
	t.Parallel()
	l := newLimited(t, defaultConnectionLimits)
	request := func(headers string) string { return "GET / HTTP/1.1\r\nHost: x\r\n" + headers + "\r\n" }
	for name, tt := range map[string]struct {
		text string
		want int
	}{
		"fifteen KiB":              {request("X-A: " + strings.Repeat("a", 15<<10) + "\r\n"), http.StatusOK},
		"seventeen KiB":            {request("X-A: " + strings.Repeat("a", 17<<10) + "\r\n"), http.StatusRequestHeaderFieldsTooLarge},
		"seventeen KiB of lines":   {request(strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 17)), http.StatusRequestHeaderFieldsTooLarge},
		"seventeen KiB of address": {"GET /" + strings.Repeat("a", 17<<10) + " HTTP/1.1\r\nHost: x\r\n\r\n", http.StatusRequestHeaderFieldsTooLarge},
		"99 lines":                 {request(strings.Repeat("X-A: a\r\n", 99)), http.StatusOK},
		"101 lines":                {request(strings.Repeat("X-A: a\r\n", 101)), http.StatusRequestHeaderFieldsTooLarge},
		"a long trailer": {
			"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-A: " + strings.Repeat("a", 17<<10) + "\r\n\r\n", http.StatusBadRequest,
		},
		"HTTP/2 without TLS is answered as HTTP/1": {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := answer(t, l.send(t, tt.text)); got != tt.want {
				t.Errorf("status %d, want %d", got, tt.want)
			}
		})
	}
}

// TestServerEndsSlowHeaders holds that a header which does not come takes a connection for no longer than a few seconds.
func TestServerEndsSlowHeaders(t *testing.T) {
	t.Parallel()
	l := newLimited(t, defaultConnectionLimits)
	began := time.Now()
	c := l.send(t, fmt.Sprintf("GET / HTTP/1.1\r\nX-A: %s\r\n", strings.Repeat("a", 100)))
	if got := answer(t, c); got != 0 && got != http.StatusRequestTimeout && got != http.StatusBadRequest {
		t.Errorf("status %d", got)
	}
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it was closed after %v", took)
	}
}
