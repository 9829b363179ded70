package events

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cenkalti/backoff/v5"
	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"

	"usagebot/feishu"
)

// LongConnectionSettings are what a LongConnection needs. The first two and Handle are required.
type LongConnectionSettings struct {
	AppID     string
	AppSecret string
	BaseURL   string // https://open.feishu.cn when empty

	// Handle processes an event of a known type within EventDeadline, as in WebhookSettings.
	Handle func(ctx context.Context, e *Event) (Response, error)

	PingInterval time.Duration    // how often the connection is pinged; 10 s if zero. After 2.5 times that without a sign of life it is lost
	RetryWait    time.Duration    // wait before a refused connection is tried again, growing up to tenfold; 30 s if zero
	Now          func() time.Time // nil: time.Now
	Log          *slog.Logger     // nil: nothing is logged
	Observe      func(eventType string, o Outcome)
}

// LongConnection receives the platform's events and clicks over a connection that it keeps open. The platform checks the
// app's credentials when the connection is opened, and sends plain text inside TLS: there is nothing to decrypt, and no
// signature or age to check.
type LongConnection struct {
	set    LongConnectionSettings
	reopen chan struct{} // signals that the connection must be reopened to register more types

	ctx    context.Context // ends when the connection is stopped
	cancel context.CancelFunc

	serviceID atomic.Int32 // of the platform's service, for pings

	mu         sync.Mutex // guards everything below
	silent     time.Time  // when something came last over a connection that was given up; zero if none was
	state      ConnectionState
	lastLogged string          // the state that was logged last
	extraTypes map[string]bool // types that arrived although they were not registered
	active     int             // number of events being handled
	stopping   bool
}

// NewLongConnection returns a LongConnection. Run opens it.
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
	if s.PingInterval <= 0 {
		s.PingInterval = pingInterval
	}
	if s.RetryWait <= 0 {
		s.RetryWait = 30 * time.Second
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
	return &LongConnection{set: s, reopen: make(chan struct{}, 1), ctx: ctx, cancel: cancel, extraTypes: map[string]bool{}}, nil
}

// Run keeps the connection open until ctx ends or Stop is called. The SDK's client reconnects by itself if a connection
// breaks. If the client gives up, as it does after a refusal, Run tries again after a wait.
func (l *LongConnection) Run(ctx context.Context) {
	defer context.AfterFunc(ctx, l.cancel)()
	refused := &backoff.ExponentialBackOff{InitialInterval: l.set.RetryWait, MaxInterval: 10 * l.set.RetryWait, Multiplier: 2, RandomizationFactor: 0.2}
	failed := &backoff.ExponentialBackOff{InitialInterval: time.Second, MaxInterval: time.Minute, Multiplier: 2, RandomizationFactor: 0.5}
	var client *larkws.Client
	for l.ctx.Err() == nil {
		// A client that was never connected is started again: each new client leaks a goroutine of the SDK's cache, which
		// cannot be stopped.
		if client == nil {
			client = l.newClient()
		}
		connections := l.connections()
		err := l.runClient(client)
		if l.connections() > connections {
			client = nil
			refused.Reset()
			failed.Reset()
		}
		switch {
		case err == nil: // closed in order to be reopened
			client = nil
		case codeOf(err) != 0:
			l.onFailed(err)
			sleep(l.ctx, refused.NextBackOff())
		default:
			l.onFailed(err)
			sleep(l.ctx, failed.NextBackOff())
		}
	}
}

// runClient runs the client until it gives up, or until more event types have to be registered.
func (l *LongConnection) runClient(client *larkws.Client) error {
	ctx, cancel := context.WithCancel(l.ctx)
	var watch sync.WaitGroup
	watch.Go(func() {
		select {
		case <-l.reopen:
			l.waitIdle(ctx, EventDeadline) // the answers to these events go over the old connection
			sleep(ctx, answerGrace)
			client.Close()
		case <-ctx.Done():
		}
	})
	err := client.Start(l.ctx)
	cancel()
	watch.Wait()
	return err
}

// answerGrace is the time for writing the answer to the last event: the SDK writes it after the handler has returned, and
// does not report when it is done.
const answerGrace = 100 * time.Millisecond

// Stop stops accepting events, waits for those being handled and then ends Run. If ctx ends before, the missing answers are
// not sent, and the platform pushes those events again.
func (l *LongConnection) Stop(ctx context.Context) {
	l.mu.Lock()
	l.stopping = true
	up := l.state.Up
	l.mu.Unlock()
	if up && l.waitIdle(ctx, EventDeadline) {
		sleep(ctx, answerGrace)
	}
	l.cancel()
}

// waitIdle waits until no event is being handled. It reports false if that takes too long.
func (l *LongConnection) waitIdle(ctx context.Context, most time.Duration) bool {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for ctx.Err() == nil {
		l.mu.Lock()
		inHand := l.active
		l.mu.Unlock()
		if inHand == 0 {
			return true
		}
		sleep(ctx, 10*time.Millisecond)
	}
	return false
}

func sleep(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// ConnectionState is the state of a long connection.
type ConnectionState struct {
	Up          bool
	LostAt      time.Time // when the connection was lost; zero while it is up, and before it was first up
	Code        int       // code of the last refusal; 0 if the last try was not refused with a code
	Connections int       // how often the connection was opened
}

// State returns the state of the connection.
func (l *LongConnection) State() ConnectionState {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.state
}

func (l *LongConnection) connections() int { return l.State().Connections }

func (l *LongConnection) onOpen() {
	l.mu.Lock()
	l.silent = time.Time{}
	l.state = ConnectionState{Up: true, Connections: l.state.Connections + 1}
	first := l.logStateChanged("up")
	l.mu.Unlock()
	if first {
		l.set.Log.Info("the long connection is open")
	}
}

func (l *LongConnection) onClosed() {
	now := l.set.Now()
	l.mu.Lock()
	if !l.silent.IsZero() { // it was lost before that was noticed
		now = now.Add(-time.Since(l.silent))
	}
	l.state.Up, l.state.LostAt = false, now
	first := l.logStateChanged("down") && !l.stopping
	l.mu.Unlock()
	if first {
		l.set.Log.Warn("the long connection is closed")
	}
}

// onSilent records that the other end of the connection gives no sign of life.
func (l *LongConnection) onSilent(since time.Time) {
	l.mu.Lock()
	l.silent = since
	l.mu.Unlock()
	l.set.Log.Warn("the long connection gives no sign of life, and is opened anew", "silent_for", time.Since(since).Round(time.Second).String())
}

// onFailed records why the connection could not be opened, and logs the reason if it has changed.
func (l *LongConnection) onFailed(err error) {
	code := codeOf(err)
	l.mu.Lock()
	l.state.Code = code
	reason := "unreachable"
	if code != 0 {
		reason = "refused " + err.Error()
	}
	first := l.logStateChanged(reason) && l.ctx.Err() == nil
	l.mu.Unlock()
	switch {
	case first && code != 0:
		l.set.Log.Error("the long connection is refused", "code", code)
	case first:
		l.set.Log.Warn("the long connection cannot be opened", "error", loggable(err))
	}
}

// logStateChanged records the state to log, and reports whether it differs from the one logged last. The caller holds l.mu.
func (l *LongConnection) logStateChanged(what string) bool {
	news := l.lastLogged != what
	l.lastLogged = what
	return news
}

// codeOf returns the code of a refusal, after which the SDK does not retry, and 0 for other errors. A handshake that is
// refused because of too many connections has another code, which is mapped.
func codeOf(err error) int {
	refusal, ok := errors.AsType[*larkws.ClientError](err)
	switch {
	case !ok:
		return 0
	case refusal.Code == larkws.AuthFailed:
		return larkws.ExceedConnLimit
	}
	return refusal.Code
}
