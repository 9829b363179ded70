package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// messenger sends what was answered.
type messenger interface {
	Reply(ctx context.Context, messageID string, content feishu.Content, uuid string) (feishu.Sent, error)
	Update(ctx context.Context, messageID string, card []byte) error
}

// inbox holds each request once, however often and wherever it is delivered.
type inbox interface {
	// Take claims a request. The state is one of taken, again (taken over from somebody whose lease ended), busy,
	// parked (somebody works on it and it is written down) and done.
	Take(ctx context.Context, key, owner string) (state string, err error)
	// Park writes the request down where another process finds it.
	Park(ctx context.Context, key, owner string, job []byte) error
	// Keep renews the lease of a parked request.
	Keep(ctx context.Context, key, owner string) error
	Finish(ctx context.Context, key, owner string) error
	// Release lets the next delivery in.
	Release(ctx context.Context, key, owner string) error
	// Once returns a context under which a request changes what is kept once, however often it is worked on.
	Once(ctx context.Context, key string) context.Context
	// Forget drops the parked requests that hold one of the ids, but for one.
	Forget(ctx context.Context, ids []string, except string) error
	// Orphan takes over a parked request whose owner is gone; the key is empty when there is none.
	Orphan(ctx context.Context, owner string) (key string, job []byte, err error)
}

// The states of a request in the inbox.
const (
	taken  = "taken"
	again  = "again"
	busy   = "busy"
	parked = "parked"
	done   = "done"
)

// sessions remember what somebody asked last in a chat.
type sessions interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
	// Forget deletes what has one of the ids in its key or its value.
	Forget(ctx context.Context, ids []string) error
}

// chats is what is known of the chats.
type chats interface {
	Preferences(ctx context.Context, chatID string) (Preferences, error)
	// Prefer changes them, once for an event. The change may be called again.
	Prefer(ctx context.Context, chatID string, change func(*Preferences), entry access.Entry[Preferences]) error
	// Welcomed reports whether the chat was welcomed, which Welcome notes.
	Welcomed(ctx context.Context, chatID string) (bool, error)
	Welcome(ctx context.Context, chatID string) error
	// Name returns what a chat is called, as far as that is known; Rename keeps it.
	Name(ctx context.Context, chatID string) (string, error)
	Rename(ctx context.Context, chatID, name string) error
}

// greeter sends what is no answer.
type greeter interface {
	Send(ctx context.Context, to feishu.To, content feishu.Content, uuid string) (feishu.Sent, error)
}

// Settings are what a Bot is made of.
type Settings struct {
	Asker     *usage.Asker
	Directory *directory.Directory
	Apps      directory.Apps // at least one; the first is the default
	Messenger messenger
	Inbox     inbox
	Sessions  sessions
	Chats     chats
	Groups    groups
	Greeter   greeter
	Turns     turns // nil for no limits
	Ledger    reports.Store
	Grants    grants
	Record    record
	Overview  reports.Overview
	Standing  func(context.Context) Standing
	Access    access.Mode
	Admins    []string      // open_ids
	Jitter    time.Duration // DIGEST_JITTER
	Ceilings  Ceilings
	People    people
	Backfills backfills
	Refreshes refreshes
	AppBook   appBook
	Named     func(ctx context.Context, appID string) (string, error)          // what the platform calls an app
	Abilities func(ctx context.Context, appID string) ([]usage.Ability, error) // the parts of an app that are online
	Rates     rates                                                            // nil for no limit

	RateLimits      Rates
	AnswerOutsiders bool           // people of other organisations, and chats that are shared with them
	Language        string         // of the answers: zh or en
	Zone            *time.Location // of schedules that name none, and of the clock times that are shown
	PlatformZone    *time.Location // of the platform's days: of all that is said of figures; Zone when nil
	Now             func() time.Time
	Log             *slog.Logger
	Observe         func(command, outcome string, d time.Duration) // told of each answer
	InHand          int                                            // the requests that are worked on at once; 0: maxInHand

	// Belongs returns the departments that a person belongs to; nil when that cannot be asked.
	Belongs func(ctx context.Context, openID string) ([]string, error)

	// Doctor looks at everything and tells of it in a language; nil where there is none.
	Doctor func(ctx context.Context, language string) []Finding
}

// Bot answers requests.
type Bot struct {
	Settings
	templates *templates.Templates
	all       *command.Registry
	handlers  map[string]handler

	self atomic.Pointer[feishu.BotInfo]
	apps atomic.Pointer[directory.Apps]

	reading sync.Mutex // held while the apps are read

	ctx     context.Context // ends when the bot gives up what is still in work
	cancel  context.CancelFunc
	spare   context.Context // ends when the bot is to stop: for what can be left
	unspare context.CancelFunc
	mu      sync.Mutex // guards closed against work
	closed  bool
	work    sync.WaitGroup
	inHand  atomic.Int64 // requests
}

// maxInHand bounds the requests that one process works on at once, those included that wait for the platform's quota: what
// comes beyond is better sent again by the platform than kept waiting here.
const maxInHand = 2000

// New returns a Bot that takes events until Stop.
func New(s Settings) (*Bot, error) {
	words, err := templates.New()
	if err != nil {
		return nil, fmt.Errorf("reading the wording: %w", err)
	}
	b := &Bot{Settings: s, templates: words}
	b.InHand = cmp.Or(b.InHand, maxInHand)
	b.PlatformZone = cmp.Or(b.PlatformZone, b.Zone)
	if b.Turns == nil {
		b.Turns = atOnce{}
	}
	b.ctx, b.cancel = context.WithCancel(context.Background())
	b.spare, b.unspare = context.WithCancel(b.ctx)
	b.apps.Store(&s.Apps)
	b.register()
	return b, nil
}

// Introduce tells the bot who it is on the platform and what its apps are called there.
func (b *Bot) Introduce(self feishu.BotInfo, apps directory.Apps) {
	b.self.Store(&self)
	b.apps.Store(&apps)
}

// Full reports whether there is so much in hand that no further request is taken.
func (b *Bot) Full() bool { return b.inHand.Load() >= int64(b.InHand) }

// enter begins a piece of work unless the bot is stopping.
func (b *Bot) enter(work func()) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	b.work.Go(work)
	return true
}

// Stop takes no new events and waits for the work in hand until ctx ends; then it gives up what is left and tells so.
func (b *Bot) Stop(ctx context.Context) {
	b.mu.Lock()
	b.closed = true
	b.mu.Unlock()
	b.unspare()
	finished := make(chan struct{})
	go func() {
		b.work.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	b.cancel()
	<-finished
}
