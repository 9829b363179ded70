package sandbox_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher/callback"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"
	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

// client is the SDK's client of the long connection.
type client struct {
	*larkws.Client
	messages atomic.Int64
	length   atomic.Int64 // of the newest message's content
	fail     atomic.Int64 // how many messages it refuses
	broke    chan struct{}
	ended    chan error
}

// dial starts a client, which ends with the test.
func dial(t *testing.T, sb *sandbox.Sandbox, secret string) *client {
	t.Helper()
	c := &client{ended: make(chan error, 1), broke: make(chan struct{}, 8)}
	d := dispatcher.NewEventDispatcher("", "").
		OnP2MessageReceiveV1(func(_ context.Context, e *larkim.P2MessageReceiveV1) error {
			c.messages.Add(1)
			c.length.Store(int64(len(*e.Event.Message.Content)))
			if c.fail.Add(-1) >= 0 {
				return errors.New("not now")
			}
			return nil
		}).
		OnP2CardActionTrigger(func(context.Context, *callback.CardActionTriggerEvent) (*callback.CardActionTriggerResponse, error) {
			return &callback.CardActionTriggerResponse{Toast: &callback.Toast{Type: "info", Content: "done"}}, nil
		})
	c.Client = larkws.NewClient(sb.Options().AppID, secret, larkws.WithEventHandler(d), larkws.WithDomain(sb.URL()),
		larkws.WithLogLevel(larkcore.LogLevelError), larkws.WithOnDisconnected(func() { c.broke <- struct{}{} }))
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(c.ended)
		c.ended <- c.Start(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		for range c.ended { // until it is closed
		}
	})
	return c
}

// connected waits until so many connections are open.
func connected(t *testing.T, sb *sandbox.Sandbox, n int) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); sb.Connections() != n; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d connections are open, want %d", sb.Connections(), n)
		}
	}
}

func TestEventsOverTheLongConnection(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	c := dial(t, sb, sb.Options().AppSecret)
	connected(t, sb, 1)
	me, group := sb.People()[0].OpenID, sb.Group().ID
	if d, err := sb.Say(t.Context(), group, me, "hello"); err != nil || !d.Taken || c.messages.Load() != 1 {
		t.Errorf("a message: %+v, %v", d, err)
	}
	text := strings.Repeat("字", 70_000) // of three frames
	if d, err := sb.Say(t.Context(), group, me, text); err != nil || !d.Taken || c.length.Load() < int64(len(text)) {
		t.Errorf("a long message: %+v, %v", d, err)
	}
	if seen, err := sb.Click(t.Context(), clickable(t, sb), me, nil); err != nil || seen.Toast != "done" {
		t.Errorf("a click: %+v, %v", seen, err)
	}
}

func TestWhatTheClientRefusesIsPushedAgain(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	me, group := sb.People()[0].OpenID, sb.Group().ID
	d, err := sb.Say(t.Context(), group, me, "nobody is there")
	if err != nil || d.Status() != 0 || d.Next.IsZero() {
		t.Errorf("without a connection: %+v, %v", d, err)
	}
	c := dial(t, sb, sb.Options().AppSecret)
	c.fail.Store(1)
	connected(t, sb, 1)
	if d, err = sb.Say(t.Context(), group, me, "again"); err != nil || d.Status() != http.StatusInternalServerError {
		t.Errorf("refused: %+v, %v", d, err)
	}
	if err := sb.Advance(t.Context(), 16*time.Second); err != nil {
		t.Fatal(err)
	}
	for _, d := range sb.Deliveries() {
		if !d.Taken || len(d.Attempts) != 2 {
			t.Errorf("after 16 s: %+v", d)
		}
	}
}

func TestEachEventReachesOneConnection(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	one, two := dial(t, sb, sb.Options().AppSecret), dial(t, sb, sb.Options().AppSecret)
	connected(t, sb, 2)
	const events = 40
	for range events {
		if d, err := sb.Say(t.Context(), sb.Group().ID, sb.People()[0].OpenID, "hello"); err != nil || !d.Taken {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	a, b := one.messages.Load(), two.messages.Load()
	if a+b != events || a == 0 || b == 0 {
		t.Errorf("%d and %d of %d events", a, b, events)
	}
}

func TestDroppedConnectionsComeBack(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	c := dial(t, sb, sb.Options().AppSecret)
	connected(t, sb, 1)
	if n := sb.DropConnections(); n != 1 {
		t.Errorf("%d connections dropped", n)
	}
	<-c.broke
	connected(t, sb, 1)
}

func TestRefusedConnections(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	var refusal *larkws.ClientError
	wrong := dial(t, sb, "wrong")
	err := <-wrong.ended
	if !errors.As(err, &refusal) || refusal.Code != 10015 {
		t.Errorf("a wrong secret: %v", err)
	}
	sb.RefuseConnections(99991662)
	refused := dial(t, sb, sb.Options().AppSecret)
	err = <-refused.ended
	if !errors.As(err, &refusal) || refusal.Code != 99991662 {
		t.Errorf("an app that is not allowed: %v", err)
	}
	sb.RefuseConnections(0)
	for range sandbox.MaxConnections {
		dial(t, sb, sb.Options().AppSecret)
	}
	connected(t, sb, sandbox.MaxConnections)
	over := dial(t, sb, sb.Options().AppSecret)
	err = <-over.ended
	if !errors.As(err, &refusal) || refusal.Code != larkws.AuthFailed {
		t.Errorf("one connection too many: %v", err)
	}
}
