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
	"usagebot/reports"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// How long stopping waits; with what is then written down it stays under 10 s.
const (
	stopServing = 3 * time.Second // requests that are being answered: the platform itself waits no longer
	stopWorking = 4 * time.Second // questions and digests in hand, before they are left to others
)

// App is the running program: every part, built from the inside out, stopped in reverse.
type App struct {
	Config    config.Config
	Log       *slog.Logger
	slips     *slips
	now       func() time.Time
	metrics   *metrics
	redis     *redisstore.Redis
	SQL       *sqlstore.Store
	Client    *feishu.Client
	quota     *redisstore.Quota
	messages  *messageLimits
	Asker     *usage.Asker
	Directory *directory.Directory
	Rights    *access.Resolver
	Bot       *bot.Bot
	engine    *reports.Engine
	Ticks     gocron.Scheduler
	health    *health
	long      *events.LongConnection // nil when events come by the webhook
	Pause     time.Duration          // before a long connection that was refused is tried again; its own default when zero

	version  string
	broken   chan error // told when it cannot go on
	server   *http.Server
	listener net.Listener
	cancel   context.CancelFunc // ends the loops
	loops    sync.WaitGroup
}

// New builds the parts; nothing runs yet.
func New(ctx context.Context, cfg config.Config, version string, log *slog.Logger, now func() time.Time) (*App, error) {
	kept := new(slips)
	log = kept.through(log)
	a := &App{Config: cfg, version: version, Log: log, slips: kept, now: now, metrics: newMetrics(), health: newHealth(), broken: make(chan error, 1)}
	redis, err := redisstore.Open(cfg.RedisURL.Reveal(), redisstore.Options{Namespace: cfg.AppID, Secret: cfg.AppSecret.Reveal(), Now: now, Away: func(op string, err error) {
		a.metrics.redisAway.WithLabelValues(op).Inc()
		log.Warn("redis did not answer", "operation", op, "error", err)
	}})
	if err != nil {
		return nil, fmt.Errorf("opening redis: %w", err)
	}
	a.redis = redis
	if a.SQL, err = sqlstore.Open(ctx, cfg.DatabaseURL.Reveal(), cfg.DataDir, bot.ChangeLogger(log)); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), redis.Close())
	}
	if cfg.DatabaseURL.IsZero() {
		for _, exposed := range sqlstore.ExposedFiles(cfg.DataDir) {
			log.Warn("others than the user that runs the bot may write in DATA_DIR: they could read or change what it keeps", "path", exposed.Path, "mode", exposed.Mode.String())
		}
	}
	a.messages = newMessageLimits(redis, a.metrics)
	a.quota = redisstore.NewQuota(redis, "overview", usage.CallsPerMinute)
	cache, quota := redisstore.NewCache(redis), a.quota
	a.metrics.watch(redis, quota, a.SQL, now)
	a.Client = feishu.New(feishu.Settings{
		AppID: cfg.AppID, AppSecret: cfg.AppSecret.Reveal(), BaseURL: cfg.BaseURL,
		Tokens: cache, Log: log, Now: now, Observe: a.metrics.call,
	})
	a.Directory = directory.New(a.Client.Departments, cache, now)
	a.Asker = usage.NewAsker(usage.Settings{
		Source: a.Client, Quota: a.quotaFor("overview", quota), Cache: cache, History: a.SQL.Figures, Now: now, Zone: cfg.PlatformTimeZone, OnHit: a.metrics.lookup,
		Again:       cfg.ReadinessPoll,
		Departments: a.Client, DepartmentQuota: a.quotaFor("department_overview", redisstore.NewQuota(redis, "department_overview", usage.CallsPerMinute)),
		Children: a.Directory.Children,
	})
	a.Rights = access.NewResolver(access.ResolverSettings{
		Mode: access.Mode(cfg.Access), Admins: cfg.Admins, Grants: a.SQL.Grants, Directory: a.Directory, Cache: cache, Log: log,
		MemberOf: a.Client.PersonDepartments,
	})
	a.Bot, err = bot.New(bot.Settings{
		Usage: a.Asker, Directory: a.Directory, Apps: namedApps(cfg), Rights: a.Rights, Messenger: a.Client, Sender: a.Client,
		Limiter: a.messages, Inbox: redisstore.NewParking(redis, a.SQL.Events), Cache: cache, Language: string(cfg.Language),
		Zone: cfg.TimeZone, PlatformZone: cfg.PlatformTimeZone, Now: now, Log: log, Observe: a.metrics.command,
		Chats: chatBook{a.SQL.Chats}, Groups: a.Client, Store: a.SQL.Reports(), Overview: a.SQL.Overview, Jitter: cfg.DigestJitter,
		Grants: a.SQL.Grants, Audit: a.SQL.Audit, Status: a.standing,
		People: a.SQL.People, RateCounter: rates{redis}, RateLimits: bot.Rates{Person: int(cfg.RatePerson), Chat: int(cfg.RateChat)},
		Backfills: a.SQL.Backfills, Refreshes: a.SQL.Refreshes, AppBook: a.SQL.Apps, AppName: func(ctx context.Context, id string) (string, error) {
			return a.Client.App(ctx, id, string(cfg.Language))
		},
		Abilities: func(ctx context.Context, id string) ([]usage.Ability, error) {
			state, err := a.Client.AppState(ctx, id, string(cfg.Language))
			return state.Abilities, err
		},
		AnswerExternal: cfg.External == config.Allow, Doctor: a.diagnose,
		Limits: bot.SubscriptionLimits{InChat: cfg.MaxSubscriptionsPerChat, OfPerson: cfg.MaxSubscriptionsPerPerson, InAll: cfg.MaxSubscriptions},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the bot: %w", err)
	}
	a.engine = a.newEngine()
	a.metrics.watchInHand(a.engine.InFlight)
	return a, nil
}

// newEngine makes what sends digests.
func (a *App) newEngine() *reports.Engine {
	return reports.New(reports.Settings{
		Store: a.SQL.Reports(), Figures: a.Asker, Sender: outbox{a.Client}, Renderer: a.Bot.Digests(), AppName: a.Bot.AppName, Limiter: a.messages.pace(),
		Admins: a.Rights.Administrators, Zone: a.Config.TimeZone, PlatformZone: a.Config.PlatformTimeZone, Jitter: a.Config.DigestJitter, Poll: a.Config.ReadinessPoll,
		Deadline: time.Duration(a.Config.ReadinessDeadline.Hour)*time.Hour + time.Duration(a.Config.ReadinessDeadline.Minute)*time.Minute,
		Allowed: func(ctx context.Context, s reports.Subscription) (bool, error) {
			return a.Rights.PersonSees(ctx, s.OwnerID, s.ChatID, s.DepartmentID)
		},
		Lease: a.Config.DeliveryLease, Gather: a.Config.GatherNotices, Now: a.now, Log: a.Log, Observe: a.metrics.delivery,
	})
}

func namedApps(cfg config.Config) directory.Apps {
	apps := make(directory.Apps, 0, len(cfg.Apps))
	for _, app := range cfg.Apps {
		apps = append(apps, usage.App{ID: app.ID, Name: app.Name})
	}
	return apps
}

// Start listens and begins to take events.
func (a *App) Start(addr string) error {
	webhook, err := a.openWayIn()
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
	limited.watch(a.server)
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	a.loops.Go(func() { a.introduce(ctx) })
	a.loops.Go(func() { a.fillPanel(ctx) })
	a.loops.Go(func() { a.refreshDirectory(ctx) })
	a.loops.Go(func() { a.keepHouse(ctx) })
	a.loops.Go(func() { a.Bot.RunFigureJobs(ctx) })
	a.loops.Go(func() { a.Bot.FinishForgetting(ctx) })
	a.loops.Go(func() { a.Bot.RunRescuer(ctx) })
	if a.long != nil {
		a.loops.Go(func() { a.connect(ctx) })
	}
	a.loops.Go(func() {
		if err := a.server.Serve(limited); !errors.Is(err, http.ErrServerClosed) {
			a.broken <- fmt.Errorf("serving: %w", err)
		}
	})
	if err := a.startTicking(); err != nil {
		return err
	}
	if err := a.redis.Ping(ctx); err != nil {
		a.Log.Warn("redis does not answer: until it does, nothing is shared with other replicas", "error", err)
	}
	a.Log.Info("listening", "address", listener.Addr().String(), "version", a.version, "config", a.Config)
	return nil
}

// URL is where the bot listens, as seen from this machine.
func (a *App) URL() string { return "http://" + a.listener.Addr().String() }

// Stop takes no more events, finishes what is in hand and closes the parts, within 10 s.
func (a *App) Stop() {
	a.health.unready("stopping")
	a.closeWaysIn()
	ctx, cancel := context.WithTimeout(context.Background(), stopWorking)
	defer cancel()
	if a.Ticks != nil {
		if err := a.Ticks.Shutdown(); err != nil {
			a.Log.Warn("the ticker did not stop in time", "error", err)
		}
	}
	a.Bot.Stop(ctx)
	a.engine.Stop(ctx)
	if a.cancel != nil {
		a.cancel()
	}
	a.loops.Wait()
	a.Directory.Close()
	a.Asker.Close()
	if err := errors.Join(a.redis.Close(), a.SQL.Close()); err != nil {
		a.Log.Warn("closing the stores", "error", err)
	}
	a.Log.Info("stopped")
}

// closeWaysIn lets no more events in, and answers those in hand.
func (a *App) closeWaysIn() {
	ctx, cancel := context.WithTimeout(context.Background(), stopServing)
	defer cancel()
	if a.long != nil {
		a.long.Stop(ctx)
	}
	if a.server == nil {
		return
	}
	if err := a.server.Shutdown(ctx); err != nil {
		a.Log.Warn("requests were cut off", "error", err)
	}
}

// refreshDirectory keeps the departments at hand, so that the first question does not wait for them.
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

// WaitReady returns when the bot is ready for the first time.
func (a *App) WaitReady(ctx context.Context) error { return a.health.wait(ctx) }

// Broken tells when it cannot go on.
func (a *App) Broken() <-chan error { return a.broken }

// Ask answers one line that was typed outside of any chat.
func (a *App) Ask(ctx context.Context, line string) bot.Answer { return a.Bot.Ask(ctx, line) }

// Metrics are the numbers that /metrics shows.
func (a *App) Metrics() *prometheus.Registry { return a.metrics.registry }

// draining is how long a process that is to stop says that it is not ready and still takes events: so long a balancer
// needs to see it. A connection that it made and nobody accepted would be reset.
const draining = time.Second

// Drain has load balancers see that the bot is stopping before it takes no more events.
func (a *App) Drain() {
	a.health.unready("stopping")
	time.Sleep(draining)
}
