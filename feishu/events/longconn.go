package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"usagebot/feishu"

	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

// LongConnectionSettings are what a LongConnection needs. The first two and Handle are required.
type LongConnectionSettings struct {
	AppID     string
	AppSecret string
	BaseURL   string // https://open.feishu.cn when empty

	// Handle takes an event of a known type, within EventDeadline, as a Webhook's does.
	Handle func(ctx context.Context, e *Event) (Response, error)

	Pause   time.Duration    // before a refused connection is tried again, growing tenfold; 30 s when zero
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
	Observe func(eventType string, o Outcome)
}

// LongConnection takes the platform's events and clicks over a connection that it keeps open to the platform. The
// platform checks the app's credentials when it is opened, and sends everything in plain text inside of TLS: there is
// nothing to decrypt, no signature, and no age to look at.
type LongConnection struct {
	set   LongConnectionSettings
	renew chan struct{} // an event came whose type the client does not know

	ctx    context.Context // ends when it has stopped
	cancel context.CancelFunc

	mu       sync.Mutex // holds everything below
	state    ConnectionState
	told     string          // what the log said last of the state
	learned  map[string]bool // types of events that came unforeseen
	inHand   int             // events that are being handled
	stopping bool
}

// NewLongConnection makes a LongConnection. Nothing is opened yet.
func NewLongConnection(s LongConnectionSettings) (*LongConnection, error) {
	for _, f := range []struct{ name, value string }{{"app id", s.AppID}, {"app secret", s.AppSecret}} {
		if f.value == "" {
			return nil, fmt.Errorf("set up the long connection: the %s is missing", f.name)
		}
	}
	if s.Handle == nil {
		return nil, errors.New("set up the long connection: nothing handles its events")
	}
	if s.BaseURL == "" {
		s.BaseURL = feishu.BaseURL
	}
	if s.Pause <= 0 {
		s.Pause = 30 * time.Second
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Observe == nil {
		s.Observe = func(string, Outcome) {}
	}
	ctx, cancel := context.WithCancel(context.Background())
	return &LongConnection{set: s, renew: make(chan struct{}, 1), ctx: ctx, cancel: cancel, learned: map[string]bool{}}, nil
}

// Run keeps the connection open until ctx ends or Stop is called. The SDK's client connects again by itself when a
// connection breaks; where it gives up, as it does for a refusal, Run tries again after a pause.
func (l *LongConnection) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, l.cancel)()
	refused := &backoff.ExponentialBackOff{InitialInterval: l.set.Pause, MaxInterval: 10 * l.set.Pause, Multiplier: 2, RandomizationFactor: 0.2}
	failed := &backoff.ExponentialBackOff{InitialInterval: time.Second, MaxInterval: time.Minute, Multiplier: 2, RandomizationFactor: 0.5}
	var client *larkws.Client
	for l.ctx.Err() == nil {
		// A client that never was connected can be started again. A new one each time would leave a goroutine of the SDK
		// behind each time: its cache cannot be ended.
		if client == nil {
			client = l.newClient()
		}
		connections := l.connections()
		err := l.session(client)
		if l.connections() > connections {
			client = nil
			refused.Reset()
			failed.Reset()
		}
		switch {
		case err == nil: // it was closed, to be opened anew
			client = nil
		case codeOf(err) != 0:
			l.failed(err)
			wait(l.ctx, refused.NextBackOff())
		default:
			l.failed(err)
			wait(l.ctx, failed.NextBackOff())
		}
	}
}

// session runs the client until it gives up, or is to know more types of events.
func (l *LongConnection) session(client *larkws.Client) error {
	ctx, cancel := context.WithCancel(l.ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-l.renew:
			l.idle(ctx, EventDeadline) // the answers to what is in hand go over the connection that is closed
			wait(ctx, answerGrace)
			client.Close()
		case <-ctx.Done():
		}
	})
	err := client.Start(l.ctx)
	cancel()
	watch.Wait()
	return err
}

// answerGrace is for the answer to the last event: the SDK writes it after the handler has returned, and does not say
// when it has.
const answerGrace = 100 * time.Millisecond

// Stop takes no more events, waits for those in hand and then lets Run end. When ctx ends before, the answers that are
// still due are not sent, and the platform pushes those events again.
func (l *LongConnection) Stop(ctx context.Context) {
	l.mu.Lock()
	l.stopping = true
	up := l.state.Up
	l.mu.Unlock()
	if up && l.idle(ctx, EventDeadline) {
		wait(ctx, answerGrace)
	}
	l.cancel()
}

// idle waits until no event is in hand, and reports whether it came to that.
func (l *LongConnection) idle(ctx context.Context, most time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for ctx.Err() == nil {
		l.mu.Lock()
		inHand := l.inHand
		l.mu.Unlock()
		if inHand == 0 {
			return true
		}
		wait(ctx, 10*time.Millisecond)
	}
	return false
}

func wait(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
