package events_test

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usagebot/feishu/events"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

func TestLongConnectionComesBack(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	// The connection breaks in mid-event: the platform pushes the event over the next one.
	broken := make(chan struct{})
	l.answers(func(context.Context, *events.Event) (events.Response, error) {
		l.answers(nil)
		l.sb.DropConnections()
		<-broken
		return events.Response{}, nil
	})
	d := l.say(t, "hello")
	close(broken)
	if !d.Taken || len(d.Attempts) != 2 || len(l.events) != 2 || l.events[0].ID != l.events[1].ID {
		t.Errorf("%+v, %d events", d, len(l.events))
	}
	if s := l.State(); !s.Up || s.Connections != 2 || !s.LostAt.IsZero() {
		t.Errorf("state %+v", s)
	}
}

func TestLongConnectionThatIsRefused(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	sb.RefuseConnections(10015)
	l := begin(t, sb)
	tries := func(n int) func() bool { return func() bool { return len(sb.Calls("ws.endpoint")) >= n } }
	l.until(t, "it tries again", tries(3))
	if s := l.State(); s.Up || s.Code != 10015 || !s.LostAt.IsZero() {
		t.Errorf("state %+v", s)
	}
	sb.RefuseConnections(0)
	l.until(t, "it is open", func() bool { return l.State().Up })
	sb.RefuseConnections(99991662)
	sb.DropConnections()
	l.until(t, "it is refused again", func() bool { return l.State().Code == 99991662 })
	if s := l.State(); s.Up || s.LostAt.IsZero() {
		t.Errorf("state %+v", s)
	}
	sb.RefuseConnections(0)
	l.until(t, "it is open again", func() bool { return l.State().Up })
	log := l.logged()
	for _, line := range []string{"refused\" code=10015", "refused\" code=99991662", "is closed"} {
		if n := strings.Count(log, line); n != 1 {
			t.Errorf("%q is in the log %d times, want once:\n%s", line, n, log)
		}
	}
}

func TestLongConnectionTellsRefusalsFromTroubles(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault sandbox.Fault
		code  int
		log   string
	}{
		"refused with 200":  {sandbox.Fault{Code: 10015}, 10015, "is refused"},
		"refused with 400":  {sandbox.Fault{Code: 10003}, 10003, "is refused"},
		"asked to be slow":  {sandbox.Fault{Code: 99991400}, 0, "cannot be opened"}, // 429
		"unavailable":       {sandbox.Fault{HTTPStatus: http.StatusServiceUnavailable}, 0, "cannot be opened"},
		"a gateway's page":  {sandbox.Fault{HTML: true}, 0, "cannot be opened"},
		"no answer":         {sandbox.Fault{DropAnswer: true}, 0, "cannot be opened"},
		"nowhere to go":     {sandbox.Fault{HTML: true, HTTPStatus: http.StatusNotFound}, 0, "cannot be opened"},
		"sent to elsewhere": {sandbox.Fault{HTTPStatus: http.StatusFound}, 0, "cannot be opened"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sb := sandboxtest.Start(t, sandboxtest.LongConnection)
			tt.fault.Endpoint = "ws.endpoint"
			sb.AddFault(tt.fault)
			l := begin(t, sb)
			l.until(t, "the log says so", func() bool { return strings.Contains(l.logged(), tt.log) })
			if s := l.State(); s.Up || s.Code != tt.code {
				t.Errorf("state %+v", s)
			}
		})
	}
}

func TestLongConnectionThatIsOneTooMany(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	var lines []*longLine
	for range sandbox.MaxConnections {
		lines = append(lines, begin(t, sb))
	}
	lines[0].until(t, "all are open", func() bool { return sb.Connections() == sandbox.MaxConnections })
	over := begin(t, sb)
	over.until(t, "it is refused", func() bool { return over.State().Code == 1000040350 })
	lines[0].Stop(t.Context())
	over.until(t, "there is room", func() bool { return over.State().Up })
}

// TestLongConnectionStops runs on its own, since it looks at all goroutines.
func TestLongConnectionStops(t *testing.T) {
	l := openLine(t)
	began, finish := make(chan struct{}), make(chan struct{})
	l.answers(func(context.Context, *events.Event) (events.Response, error) {
		close(began)
		<-finish
		return events.Response{}, nil
	})
	var inHand, late sandbox.Delivery
	var told sync.WaitGroup
	told.Go(func() { inHand = l.say(t, "in hand") })
	<-began
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		l.Stop(t.Context())
	}()
	l.until(t, "no more are taken", func() bool {
		late = l.say(t, "late")
		return !late.Taken
	})
	close(finish)
	told.Wait()
	<-stopped
	<-l.ended
	if !inHand.Taken || late.Status() != http.StatusInternalServerError {
		t.Errorf("in hand: %+v\nlate: %+v", inHand, late)
	}
	for _, ours := range []string{"feishu.(*LongConnection)", "ws.(*Client)"} {
		l.until(t, "no goroutine of "+ours+" is left", func() bool { // the SDK's end a moment after Start has returned
			stacks := make([]byte, 1<<20)
			return !bytes.Contains(stacks[:runtime.Stack(stacks, true)], []byte(ours))
		})
	}
}

// silentProxy forwards connections until it is told to swallow everything, as a network does that forgot a connection.
type silentProxy struct {
	net.Listener
	silent atomic.Bool
}

func startSilentProxy(t *testing.T, to string) *silentProxy {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &silentProxy{Listener: l}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			client, err := l.Accept()
			if err != nil {
				return
			}
			server, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", to)
			if err != nil {
				_ = client.Close()
				continue
			}
			go p.forward(client, server)
			go p.forward(server, client)
		}
	}()
	return p
}

// forward passes bytes on, or reads them and does nothing.
func (p *silentProxy) forward(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		if p.silent.Load() {
			continue
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// TestLongConnection_HalfOpen_IsNoticed lets the network swallow everything without closing the connection.
func TestLongConnection_HalfOpen_IsNoticed(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	proxy := startSilentProxy(t, strings.TrimPrefix(sb.URL(), "http://"))
	const interval = time.Second // two missed pings are more than a busy machine stalls
	l := beginWith(t, sb, func(s *events.LongConnectionSettings) {
		s.BaseURL, s.PingInterval = "http://"+proxy.Addr().String(), interval
	})
	l.until(t, "it is open", func() bool { return l.State().Up })
	time.Sleep(6 * interval) // pings and their answers keep it open
	if s := l.State(); !s.Up || s.Connections != 1 {
		t.Fatalf("an idle connection was lost: %+v\n%s", s, l.logged())
	}
	swallowed := sb.Now()
	proxy.silent.Store(true)
	l.until(t, "the loss is noticed", func() bool { return !l.State().Up })
	if lost := l.State().LostAt; lost.After(swallowed.Add(2 * interval)) {
		t.Errorf("it counts as lost since %v, but gave its last sign of life before %v", lost, swallowed)
	}
	if !strings.Contains(l.logged(), "no sign of life") {
		t.Errorf("the log does not say why:\n%s", l.logged())
	}
}
