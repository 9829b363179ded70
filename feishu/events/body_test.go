package events_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/feishu/events"
)

// slowly begins a delivery whose body never arrives in full.
func slowly(t *testing.T, addr string) net.Conn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if _, err := fmt.Fprint(c, "POST /webhook/event HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestBodiesThatDoNotComeKeepNobodyOut opens many more deliveries than are worked on at once, and sends events meanwhile.
func TestBodiesThatDoNotComeKeepNobodyOut(t *testing.T) {
	t.Parallel()
	const inHand, halfOpen = 2, 40
	var mu sync.Mutex
	told := map[events.Outcome]int{}
	w, err := events.NewWebhook(events.WebhookSettings{
		AppID: testApp, EncryptKey: testKey, VerificationToken: testToken, Now: testNow, MaxActive: inHand,
		Handle: func(context.Context, *events.Event) (events.Response, error) { return events.Response{}, nil },
		Observe: func(_ string, o events.Outcome) {
			mu.Lock()
			defer mu.Unlock()
			told[o]++
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(engine(w.ServeGin))
	t.Cleanup(server.Close)
	began := time.Now()
	open := make([]net.Conn, halfOpen)
	for i := range open {
		open[i] = slowly(t, strings.TrimPrefix(server.URL, "http://"))
	}
	for range 20 {
		if status := deliverTo(t, server); status != http.StatusOK {
			t.Errorf("an event was answered %d meanwhile", status)
		}
	}
	for _, c := range open {
		_ = c.SetReadDeadline(began.Add(20 * time.Second))
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatalf("a body that does not come: %v", err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusRequestTimeout {
			t.Errorf("a body that does not come was answered %d", resp.StatusCode)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if told[events.TooSlow] != halfOpen || told[events.Accepted] != 20 || len(told) != 2 {
		t.Errorf("told: %v", told)
	}
}

// TestAnEventIsWorkedOnBeyondTheTimeOfItsBody has one worked on for longer than its body could have taken.
func TestAnEventIsWorkedOnBeyondTheTimeOfItsBody(t *testing.T) {
	t.Parallel()
	w, err := events.NewWebhook(events.WebhookSettings{
		AppID: testApp, EncryptKey: testKey, VerificationToken: testToken, Now: testNow,
		Handle: func(ctx context.Context, _ *events.Event) (events.Response, error) {
			select {
			case <-time.After(2650 * time.Millisecond):
				return events.Response{}, nil
			case <-ctx.Done():
				return events.Response{}, ctx.Err()
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(engine(w.ServeGin))
	t.Cleanup(server.Close)
	if status := deliverTo(t, server); status != http.StatusOK {
		t.Errorf("it was answered %d", status)
	}
}

// deliverTo delivers a message over the network, and returns how that was answered.
func deliverTo(t *testing.T, server *httptest.Server) (status int) {
	t.Helper()
	r := delivery(sealed(sample(t, "im.message.receive_v1", nil)), testNow(), testKey)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/webhook/event", r.Body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = r.Header
	resp, err := server.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, resp.Body) // so that the connection is used again
	_ = resp.Body.Close()
	return resp.StatusCode
}
