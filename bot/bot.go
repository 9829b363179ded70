// Package bot turns an event into its answer. The intake (intake.go) claims an event and keeps it safe, the pipeline
// (answer.go) finds out who asks, what they may and what they mean, a handler (cmd_*.go) carries the command out, and
// deliver.go sends what came of it. The package knows neither the platform's wire format nor how things are stored.
package bot

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/inbox"
	"usagebot/locale"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// messenger replies to messages and edits the bot's own.
type messenger interface {
	Reply(ctx context.Context, messageID string, content feishu.Content, uuid string) (feishu.Sent, error)
	// SendEphemeral shows a card to one person of a group alone.
	SendEphemeral(ctx context.Context, chatID, openID string, content feishu.Content) error
	Update(ctx context.Context, messageID string, content feishu.Content) error
}

// sender sends messages that reply to none.
type sender interface {
	Send(ctx context.Context, to feishu.To, content feishu.Content, uuid string) (feishu.Sent, error)
}

// cache remembers things for a while. What it holds may be lost at any time.
type cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
	// Forget deletes the entries that have one of the ids in their key or value.
	Forget(ctx context.Context, ids []string) error
}

// chats stores what is known of chats.
type chats interface {
	Preferences(ctx context.Context, chatID string) (Preferences, error)
	// Prefer changes the preferences, once for an idempotency key. It may call change again.
	Prefer(ctx context.Context, key, chatID string, change func(*Preferences), entry access.Entry[Preferences]) error
	// Welcomed reports whether the chat was welcomed; Welcome records it.
	Welcomed(ctx context.Context, chatID string) (bool, error)
	Welcome(ctx context.Context, chatID string) error
	// Leave records that the bot is not in the chat any more; Join takes that back.
	Leave(ctx context.Context, chatID string, now time.Time) error
	Join(ctx context.Context, chatID string) error
	// Name returns the name of a chat, empty if it is not known; Rename records it.
	Name(ctx context.Context, chatID string) (string, error)
	Rename(ctx context.Context, chatID, name string) error
}

// Settings are what a Bot is made of.
type Settings struct {
	Usage     *usage.Client
	Directory *directory.Directory
	Apps      directory.Apps // at least one; the first is the default
	Rights    *access.Resolver
	Messenger messenger
	Sender    sender
	Limiter   sendLimiter // of messages; nil for no limits
	Inbox     *inbox.Inbox
	Order     order
	Cache     cache
	Chats     chats
	Groups    groups
	Store     reports.Store
	Overview  reports.Overview
	Grants    grants
	Audit     audit
	People    people
	Backfills backfills
	Refreshes refreshes
	AppBook   appBook
	Status    func(context.Context) Status
	AppName   appNamer                                                         // asks the platform; nil: apps have only the names that are set
	Abilities func(ctx context.Context, appID string) ([]usage.Ability, error) // asks the platform which parts of an app are online

	RateCounter    rateCounter // nil for no limits
	RateLimits     Rates
	Limits         SubscriptionLimits
	Jitter         time.Duration   // DIGEST_JITTER
	AnswerExternal bool            // answer people of other organisations, and chats that are shared with them
	Language       locale.Language // of the answers
	Zone           *time.Location  // of schedules that name none, and of clock times on cards
	PlatformZone   *time.Location  // in which the platform counts its days; Zone when nil
	Workdays       *usage.Workdays // of digests that go out on workdays; nil knows weekends only
	Now            func() time.Time
	Log            *slog.Logger
	Observe        func(command, outcome string, d time.Duration) // called with each answer
	MaxInHand      int                                            // requests worked on at once; 0: maxInHand
	NoticeAfter    time.Duration                                  // how long an answer may take before a notice says so; 0: noticeAfter

	// Doctor checks everything and reports in a language; nil if there is no doctor.
	Doctor func(ctx context.Context, language locale.Language) []Finding
}

// maxInHand bounds the requests that one process works on at once, including those that wait for the platform's quota.
// Beyond it a request is refused: the platform delivers it again later, which is better than a queue that grows here.
const maxInHand = 2000

// Bot answers requests.
type Bot struct {
	*intake
	shared     *shared
	digests    *DigestRenderer
	figureJobs *figureJobs
	forget     *forgetCommands
}

// New returns a Bot that takes events until Stop.
func New(s Settings) (*Bot, error) {
	words, err := templates.New()
	if err != nil {
		return nil, fmt.Errorf("reading the wording: %w", err)
	}
	s.MaxInHand = cmp.Or(s.MaxInHand, maxInHand)
	s.NoticeAfter = cmp.Or(s.NoticeAfter, noticeAfter)
	s.PlatformZone = cmp.Or(s.PlatformZone, s.Zone)
	if s.Limiter == nil {
		s.Limiter = unlimited{}
	}
	if s.Workdays == nil {
		s.Workdays = usage.NewWorkdays(usage.NoCountry)
	}
	calendar := reports.Calendar{Platform: s.PlatformZone, Workdays: s.Workdays}
	common := &shared{
		templates: words, grammar: grammarFor(s), directory: s.Directory, resolver: s.Rights, apps: newAppList(s.AppBook, s.Apps, &otherNames{ask: s.AppName, own: s.Language, now: s.Now, known: map[string]otherName{}}),
		abilities: &appAbilities{ask: s.Abilities, cache: s.Cache, log: s.Log},
		chatNames: s.Chats, defaultLanguage: s.Language, zone: s.Zone, platformZone: s.PlatformZone, calendar: calendar,
		now: s.Now, log: s.Log,
	}
	talk := &conversations{shared: common, preferences: s.Chats}
	reader := &chatReader{groups: s.Groups, cache: s.Cache}
	pauses := &chatDigests{store: s.Store, calendar: calendar, jitter: s.Jitter, now: s.Now}
	external := &externalChats{cache: s.Cache, chats: reader, digests: pauses, answered: s.AnswerExternal, now: s.Now}
	subs := &subscriptions{store: s.Store, overview: s.Overview, chats: reader}
	forget := &forgetCommands{shared: common, people: s.People, inbox: s.Inbox, cache: s.Cache, overview: s.Overview, chats: reader}
	answers := &pipeline{
		vocabulary:    new(vocabulary),
		conversations: talk, handlers: commandHandlers(s, talk, subs, external, forget), chats: reader, external: external,
		subscriptions: subs, cache: s.Cache, usage: s.Usage, answerExternal: s.AnswerExternal, observe: s.Observe,
	}
	events := &chatEvents{
		conversations: talk, order: s.Order, chats: s.Chats, people: s.People, reader: reader, digests: pauses, external: external,
		limiter: s.Limiter, sender: s.Sender, answerExternal: s.AnswerExternal,
	}
	life := newLifecycle()
	rates := &rateLimiter{
		lifecycle: life, counter: s.RateCounter, limits: s.RateLimits, rights: s.Rights,
		talk: talk, messenger: s.Messenger, sender: s.Sender, limiter: s.Limiter, log: s.Log,
	}
	delivery := &delivery{
		lifecycle: life, answers: answers, messenger: s.Messenger, sender: s.Sender, limiter: s.Limiter, cache: s.Cache,
		now: s.Now, log: s.Log, noticeAfter: s.NoticeAfter,
	}
	return &Bot{
		intake: &intake{
			lifecycle: life, inbox: s.Inbox, queues: newQueues(), answers: answers, delivery: delivery, events: events, rates: rates,
			reader: requestReader{grammar: common.grammar}, directoryChanged: s.Directory.Changed,
			maxInHand: int64(s.MaxInHand), now: s.Now, log: s.Log,
		},
		shared: common, digests: newDigestRenderer(talk), forget: forget,
		figureJobs: &figureJobs{backfills: s.Backfills, refreshes: s.Refreshes, usage: s.Usage, now: s.Now, log: s.Log},
	}, nil
}

// commandHandlers binds each command to what carries it out, by theme.
func commandHandlers(s Settings, talk *conversations, subs *subscriptions, external *externalChats, forget *forgetCommands) map[string]handler {
	questions := &usageCommands{usage: s.Usage, cache: s.Cache}
	subscribing := &subscribeCommands{subs: subs, limits: s.Limits, jitter: s.Jitter}
	digests := &digestCommands{subs: subs, usage: s.Usage, external: external, jitter: s.Jitter}
	help := &helpCommands{conversations: talk, chats: s.Chats, subs: subs}
	admin := &adminCommands{subs: subs, usage: s.Usage, audit: s.Audit, status: s.Status, doctor: s.Doctor}
	apps := &appCommands{book: s.AppBook, usage: s.Usage, name: s.AppName, abilities: s.Abilities}
	roles := &grantCommands{grants: s.Grants}
	figures := &figureCommands{backfills: s.Backfills, refreshes: s.Refreshes, usage: s.Usage}
	all := map[string]handler{
		"usage": questions.answerUsage,
		"trend": questions.answerTrend,
		"top":   questions.answerTop,
		"why":   questions.answerWhy,

		"compare": questions.answerCompare,

		"subscribe":   subscribing.subscribe,
		"subs":        subscribing.list,
		"unsubscribe": subscribing.unsubscribe,
		"pause":       digests.pause,
		"resume":      digests.resume,
		"test":        digests.preview,
		"history":     digests.history,
		"retry":       digests.retry,

		"help":      help.help,
		"settings":  help.settings,
		"forget-me": forget.forgetMe,

		"admin":           help.adminHelp,
		"admin status":    admin.showStatus,
		"admin subs":      admin.allSubscriptions,
		"admin chats":     admin.allChats,
		"admin history":   admin.allHistory,
		"admin hand-over": admin.handOver,
		"admin audit":     admin.showAudit,
		"admin run":       digests.run,
		"admin retry":     digests.retry,
		"admin grant":     roles.grant,
		"admin revoke":    roles.revoke,
		"admin roles":     roles.list,
		"admin apps":      apps.apps,
		"admin backfill":  figures.backfill,
		"admin refresh":   figures.refresh,
	}
	if s.Doctor != nil {
		all["admin doctor"] = admin.checkup
	}
	return all
}

// grammarFor returns the commands that the bot has handlers for: all but the doctor's if there is no doctor.
func grammarFor(s Settings) *command.Registry {
	specs := slices.DeleteFunc(command.Builtin(), func(spec *command.Spec) bool {
		return s.Doctor == nil && spec.Name() == "admin doctor"
	})
	return command.NewRegistry(specs...)
}

// Identify tells the bot who it is on the platform and what its apps are called there.
func (b *Bot) Identify(self feishu.BotInfo, apps directory.Apps) {
	b.reader.self.Store(&self)
	b.shared.apps.identify(apps)
}

// Ask answers one line that was typed outside of any chat. It returns once the answer is whole.
func (b *Bot) Ask(ctx context.Context, text string) Answer {
	a := b.answers.Answer(ctx, Request{Text: text, Local: true})
	for a.Refine != nil {
		whole, err := a.Refine(ctx)
		if err != nil {
			return a
		}
		a = whole
	}
	return a
}

// Digests returns what draws the cards that the bot sends unasked.
func (b *Bot) Digests() *DigestRenderer { return b.digests }

// AppName returns the name of an app.
func (b *Bot) AppName(id string) string { return b.shared.apps.name(id) }

// ReadApps reads the apps that administrators chose, perhaps on another replica.
func (b *Bot) ReadApps(ctx context.Context) error { return b.shared.apps.read(ctx) }

// RunFigureJobs works on backfills and refreshes until ctx ends.
func (b *Bot) RunFigureJobs(ctx context.Context) { b.figureJobs.run(ctx) }

// FinishForgetting resumes removals of people's data that were begun and not finished, until ctx ends.
func (b *Bot) FinishForgetting(ctx context.Context) { b.forget.finishAll(ctx) }

// lifecycle tracks work that runs in the background, so that Stop can wait for it and then give up what is left.
type lifecycle struct {
	ctx        context.Context // ends when unfinished work is given up
	cancel     context.CancelFunc
	optional   context.Context // ends when stopping begins: for work that may be dropped
	endOptions context.CancelFunc

	mu     sync.Mutex // guards closed, so that no work starts while Stop waits
	closed bool
	work   sync.WaitGroup
	inHand atomic.Int64 // requests
}

func newLifecycle() *lifecycle {
	l := &lifecycle{}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	l.optional, l.endOptions = context.WithCancel(l.ctx)
	return l
}

// start runs work in the background. It reports false if the bot is stopping.
func (l *lifecycle) start(work func()) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	l.work.Go(work)
	return true
}

// Stop takes no more work and waits for the work in hand until ctx ends. Then it gives up what is left, and returns once
// that has been handed back.
func (l *lifecycle) Stop(ctx context.Context) {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.endOptions()
	finished := make(chan struct{})
	go func() {
		l.work.Wait()
		close(finished)
	}()
	select {
	case <-finished:
	case <-ctx.Done():
	}
	l.cancel()
	<-finished
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
