// Package app builds all parts of the program, starts them in order and stops them in reverse.
package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
	"github.com/prometheus/client_golang/prometheus"

	"usagebot/access"
	"usagebot/bot"
	"usagebot/config"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/inbox"
	"usagebot/locale"
	"usagebot/reports"
	"usagebot/store"
	"usagebot/store/sqlstore"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// How long Stop waits. Together with the writes that follow, stopping takes less than 10 s.
const (
	serverStopTimeout = 3 * time.Second // for requests that are being answered: the platform waits no longer either
	workStopTimeout   = 4 * time.Second // for questions and digests in progress; other replicas take over what is not finished then
)

// App is the running program. New builds the parts from the inside out, Start starts the background loops, and Stop ends
// them in reverse order.
type App struct {
	Config         config.Config
	Log            *slog.Logger
	recentErrors   *recentErrors
	now            func() time.Time
	metrics        *metrics
	shared         sharedState
	SQL            *sqlstore.Store
	Client         *feishu.Client
	quota          store.Quota
	messages       *messageLimits
	hold           *reports.SendHold
	Usage          *usage.Client
	Directory      *directory.Directory
	Rights         *access.Resolver
	inbox          *inbox.Inbox
	Bot            *bot.Bot
	workdays       *usage.Workdays
	engine         *reports.Engine
	Scheduler      gocron.Scheduler
	health         *health
	clock          *clockCheck
	longConn       *events.LongConnection // nil if events come by the webhook
	ReconnectDelay time.Duration          // wait before a refused long connection is tried again; zero means the default of package events

	version  string
	failed   chan error // receives the error that makes the program stop
	server   *http.Server
	listener net.Listener
	cancel   context.CancelFunc // ends the context of the loops
	loops    sync.WaitGroup
}

// New builds the parts. It opens the stores, but starts no loop and does not listen.
func New(ctx context.Context, cfg config.Config, version string, log *slog.Logger, now func() time.Time) (*App, error) {
	kept := new(recentErrors)
	log = kept.wrap(log)
	a := &App{Config: cfg, version: version, Log: log, recentErrors: kept, now: now, metrics: newMetrics(), health: newHealth(), failed: make(chan error, 1)}
	var err error
	if a.workdays, err = usage.LoadWorkdays(usage.Country(cfg.Calendar), cfg.HolidaysFile); err != nil {
		return nil, fmt.Errorf("reading HOLIDAYS_FILE: %w", err)
	}
	if a.shared, err = a.openShared(cfg); err != nil {
		return nil, err
	}
	if a.SQL, err = sqlstore.Open(ctx, cfg.DatabaseURL.Reveal(), cfg.DataDir, sqlstore.OnChange(bot.ChangeLogger(log)), sqlstore.LogTo(log)); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), a.shared.close())
	}
	if cfg.DatabaseURL.IsZero() {
		for _, exposed := range sqlstore.ExposedFiles(cfg.DataDir) {
			log.Warn("others than the user that runs the bot may write in DATA_DIR: they could read or change what it keeps", "path", exposed.Path, "mode", exposed.Mode.String())
		}
	}
	hide := func(id string) string { return keyedHash(cfg.AppSecret.Reveal(), id) }
	a.messages = newMessageLimits(a.shared.limiter, hide)
	a.quota = store.NewCallQuota(a.shared.limiter, "overview", usage.CallsPerMinute)
	cache := a.shared.cache
	a.metrics.registerGauges(a.shared.redis, a.quota, a.SQL, now)
	a.Client = feishu.New(feishu.Settings{
		AppID: cfg.AppID, AppSecret: cfg.AppSecret.Reveal(), BaseURL: cfg.BaseURL,
		Tokens: cache, Log: log, Now: now, Observe: a.metrics.call,
	})
	a.Directory = directory.New(a.Client.Departments, cache, now)
	a.Usage = usage.NewClient(usage.Settings{
		Source: a.Client, Quota: a.quotaFor("overview"), Cache: cache, History: a.SQL.Figures, Now: now, Zone: cfg.PlatformTimeZone, OnHit: a.metrics.lookup,
		NotPublishedTTL: cfg.ReadinessPoll, Workdays: a.workdays,
		Departments: a.Client, DepartmentQuota: a.quotaFor("department_overview"),
		Children: a.Directory.Children,
	})
	a.Rights = access.NewResolver(access.ResolverSettings{
		Mode: access.Mode(cfg.Access), Admins: cfg.Admins, Grants: a.SQL.Grants, Directory: a.Directory, Cache: cache, Log: log,
		MemberOf: a.Client.PersonDepartments,
	})
	a.inbox = inbox.New(a.SQL.Events, a.shared.seen, now, log)
	a.hold = reports.NewSendHold(a.SQL.Reports(), now, log)
	answers := answerSender{a.Client, a.hold.MessageAccepted}
	a.Bot, err = bot.New(bot.Settings{
		Usage: a.Usage, Directory: a.Directory, Apps: namedApps(cfg), Rights: a.Rights, Messenger: answers, Sender: answers,
		Limiter: a.messages, Inbox: a.inbox, Order: a.SQL.Events, Cache: cache, Language: cfg.Language,
		Zone: cfg.TimeZone, PlatformZone: cfg.PlatformTimeZone, Workdays: a.workdays, Now: now, Log: log, Observe: a.metrics.command,
		Chats: chatSettings{a.SQL.Chats}, Groups: a.Client, Store: a.SQL.Reports(), Overview: a.SQL.Overview, Jitter: cfg.DigestJitter,
		Grants: a.SQL.Grants, Audit: a.SQL.Audit, Status: a.systemStatus,
		People: a.SQL.People, RateCounter: rateCounter{a.shared.limiter, hide}, RateLimits: bot.Rates{Person: int(cfg.RatePerson), Chat: int(cfg.RateChat)},
		Backfills: a.SQL.Backfills, Refreshes: a.SQL.Refreshes, AppBook: a.SQL.Apps, AppName: func(ctx context.Context, id string, lang locale.Language) (string, error) {
			return a.Client.App(ctx, id, string(lang))
		},
		Abilities: func(ctx context.Context, id string) ([]usage.Ability, error) {
			state, err := a.Client.AppState(ctx, id, string(cfg.Language))
			return state.Abilities, err
		},
		AnswerExternal: cfg.External == config.Allow, Doctor: a.checkForChat, NoticeAfter: cfg.NoticeAfter,
		Limits: bot.SubscriptionLimits{InChat: cfg.MaxSubscriptionsPerChat, OfPerson: cfg.MaxSubscriptionsPerPerson, InAll: cfg.MaxSubscriptions},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the bot: %w", err)
	}
	a.clock = &clockCheck{now: now, ahead: a.Client.Diagnostics().Reach, log: log}
	a.engine = a.newEngine()
	a.metrics.registerInFlight(a.engine.InFlight)
	return a, nil
}

// newEngine builds the engine that prepares and sends digests.
func (a *App) newEngine() *reports.Engine {
	return reports.New(reports.Settings{
		Store: a.SQL.Reports(), Figures: a.Usage, Sender: digestSender{a.Client}, Renderer: a.Bot.Digests(), AppName: a.Bot.AppName, Limiter: a.messages.sendLimiter(),
		Admins: a.Rights.Administrators, Zone: a.Config.TimeZone, PlatformZone: a.Config.PlatformTimeZone, Workdays: a.workdays, Jitter: a.Config.DigestJitter, Poll: a.Config.ReadinessPoll,
		Deadline: time.Duration(a.Config.ReadinessDeadline.Hour)*time.Hour + time.Duration(a.Config.ReadinessDeadline.Minute)*time.Minute,
		Allowed: func(ctx context.Context, s reports.Subscription) (bool, error) {
			return a.Rights.PersonSees(ctx, s.OwnerID, s.ChatID, s.DepartmentID)
		},
		Hold: a.hold, Lease: a.Config.DeliveryLease, Gather: a.Config.GatherNotices, Now: a.now, Log: a.Log, Observe: a.metrics.delivery,
	})
}

func namedApps(cfg config.Config) directory.Apps {
	apps := make(directory.Apps, 0, len(cfg.Apps))
	for _, app := range cfg.Apps {
		apps = append(apps, usage.App{ID: app.ID, Name: app.Name})
	}
	return apps
}

// Start listens at addr, starts the background loops and begins to accept events. After an error the caller must still
// call Stop.
func (a *App) Start(addr string) error {
	webhook, err := a.startIntake()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", addr)
	if err != nil {
		return fmt.Errorf("listening at LISTEN_ADDR: %w", err)
	}
	a.listener = listener
	a.server = newServer(a.routes(webhook), a.Log)
	limited := limitConnections(listener, defaultConnectionLimits, a.metrics.dropped.Inc)
	limited.attach(a.server)
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	a.loops.Go(func() { a.identifyWithRetry(ctx) })
	a.loops.Go(func() { a.syncSlashCommands(ctx) })
	a.loops.Go(func() { a.refreshDirectory(ctx) })
	a.loops.Go(func() { a.runHousekeeping(ctx) })
	a.loops.Go(func() { a.Bot.RunFigureJobs(ctx) })
	a.loops.Go(func() { a.Bot.FinishForgetting(ctx) })
	a.loops.Go(func() { a.inbox.Run(ctx) })
	a.loops.Go(func() { a.Bot.RunRescuer(ctx) })
	if a.longConn != nil {
		a.loops.Go(func() { a.runLongConn(ctx) })
	}
	a.loops.Go(func() {
		if err := a.server.Serve(limited); !errors.Is(err, http.ErrServerClosed) {
			a.failed <- fmt.Errorf("serving: %w", err)
		}
	})
	if err := a.startScheduler(); err != nil {
		return err
	}
	if err := a.shared.ping(ctx); err != nil {
		a.Log.Warn("redis does not answer: until it does, nothing is shared with other replicas", "error", err)
	}
	a.Log.Info("listening", "address", listener.Addr().String(), "version", a.version, "config", a.Config)
	return nil
}

// URL returns the address at which the bot listens, as seen from this machine.
func (a *App) URL() string { return "http://" + a.listener.Addr().String() }

// Stop stops accepting events, finishes the work in progress and closes the parts, within 10 s. It may follow New without
// Start.
func (a *App) Stop() {
	a.health.setUnready("stopping")
	a.stopIntake()
	ctx, cancel := context.WithTimeout(context.Background(), workStopTimeout)
	defer cancel()
	if a.Scheduler != nil {
		if err := a.Scheduler.Shutdown(); err != nil {
			a.Log.Warn("the ticker did not stop in time", "error", err)
		}
	}
	a.Bot.Stop(ctx)
	a.engine.Stop(ctx)
	if a.cancel != nil {
		a.cancel()
	}
	a.loops.Wait()
	a.inbox.Close(ctx)
	a.Directory.Close()
	a.Usage.Close()
	if err := errors.Join(a.shared.close(), a.SQL.Close()); err != nil {
		a.Log.Warn("closing the stores", "error", err)
	}
	a.Log.Info("stopped")
}

// stopIntake stops accepting events and waits until those in progress are answered, for at most serverStopTimeout.
func (a *App) stopIntake() {
	ctx, cancel := context.WithTimeout(context.Background(), serverStopTimeout)
	defer cancel()
	if a.longConn != nil {
		a.longConn.Stop(ctx)
	}
	if a.server == nil {
		return
	}
	if err := a.server.Shutdown(ctx); err != nil {
		a.Log.Warn("requests were cut off", "error", err)
	}
}

// refreshDirectory keeps the list of departments up to date, so that the first question does not wait for it.
func (a *App) refreshDirectory(ctx context.Context) {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	for {
		if err := a.Directory.Refresh(ctx); err != nil && ctx.Err() == nil {
			a.Log.Warn("departments could not be listed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// WaitReady blocks until the bot has been ready once, or ctx ends.
func (a *App) WaitReady(ctx context.Context) error { return a.health.waitReady(ctx) }

// Failed returns a channel that receives the error after which the program cannot go on.
func (a *App) Failed() <-chan error { return a.failed }

// Ask answers one line that was typed on a terminal, outside of any chat.
func (a *App) Ask(ctx context.Context, line string) bot.Answer { return a.Bot.Ask(ctx, line) }

// Metrics returns the registry behind /metrics.
func (a *App) Metrics() *prometheus.Registry { return a.metrics.registry }

// drainTime is how long a stopping process reports that it is not ready but still accepts events. A load balancer needs
// this long to notice; the connections that it opens until then would otherwise be reset.
const drainTime = time.Second

// Drain reports that the bot is not ready and waits until load balancers have noticed. Call it before Stop.
func (a *App) Drain() {
	a.health.setUnready("stopping")
	time.Sleep(drainTime)
}
