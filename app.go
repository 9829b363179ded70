package main

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

	"usagebot/access"
	"usagebot/bot"
	"usagebot/config"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/store"
	"usagebot/usage"
)

// How long stopping waits; with what is then written down it stays under 10 s.
const (
	stopServing = 3 * time.Second // requests that are being answered: the platform itself waits no longer
	stopWorking = 4 * time.Second // questions and digests in hand, before they are left to others
)

// app is the running program: every part, built from the inside out, stopped in reverse.
type app struct {
	cfg       config.Config
	log       *slog.Logger
	slips     *slips
	now       func() time.Time
	metrics   *metrics
	redis     *store.Redis
	sql       *store.SQL
	client    *feishu.Client
	quota     *store.Quota
	messages  *messageLimits
	asker     *usage.Asker
	directory *usage.Directory
	bot       *bot.Bot
	engine    *reports.Engine
	ticks     gocron.Scheduler
	health    *health
	long      *feishu.LongConnection // nil when events come by the webhook
	pause     time.Duration          // before a long connection that was refused is tried again; its own default when zero

	broken   chan error // told when it cannot go on
	server   *http.Server
	listener net.Listener
	cancel   context.CancelFunc // ends the loops
	loops    sync.WaitGroup
}

// newApp builds the parts; nothing runs yet.
func newApp(ctx context.Context, cfg config.Config, log *slog.Logger, now func() time.Time) (*app, error) {
	kept := new(slips)
	log = kept.through(log)
	a := &app{cfg: cfg, log: log, slips: kept, now: now, metrics: newMetrics(), health: newHealth(), broken: make(chan error, 1)}
	redis, err := store.Open(cfg.RedisURL.Reveal(), store.Options{Namespace: cfg.AppID, Now: now, Away: func(op string, err error) {
		a.metrics.redisAway.WithLabelValues(op).Inc()
		log.Warn("redis did not answer", "operation", op, "error", err)
	}})
	if err != nil {
		return nil, fmt.Errorf("opening redis: %w", err)
	}
	a.redis = redis
	if a.sql, err = store.OpenSQL(ctx, cfg.DatabaseURL.Reveal(), cfg.DataDir); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), redis.Close())
	}
	a.messages = newMessageLimits(redis, a.metrics)
	a.quota = store.NewQuota(redis, "overview", usage.CallsPerMinute)
	cache, quota := store.NewCache(redis), a.quota
	a.metrics.watch(redis, quota, a.sql, now)
	a.client = feishu.New(feishu.Settings{
		AppID: cfg.AppID, AppSecret: cfg.AppSecret.Reveal(), BaseURL: cfg.BaseURL,
		Tokens: cache, Log: log, Now: now, Observe: a.metrics.call,
	})
	a.directory = usage.NewDirectory(a.client.Departments, cache, now)
	a.asker = usage.NewAsker(usage.Settings{
		Source: a.client, Quota: a.metrics.counted("overview", quota), Cache: cache, History: a.sql, Now: now, Zone: cfg.TimeZone, OnHit: a.metrics.lookup,
		Again:       cfg.ReadinessPoll,
		Departments: a.client, DepartmentQuota: a.metrics.counted("department_overview", store.NewQuota(redis, "department_overview", usage.CallsPerMinute)),
		Children: a.directory.Children,
	})
	a.bot, err = bot.New(bot.Settings{
		Asker: a.asker, Directory: a.directory, Apps: namedApps(cfg), Messenger: a.client,
		Inbox: store.NewParking(redis, a.sql), Sessions: cache, Language: string(cfg.Language),
		Zone: cfg.TimeZone, Now: now, Log: log, Observe: a.metrics.command,
		Chats: chatBook{a.sql}, Groups: a.client, Greeter: a.client, Turns: a.messages, Ledger: a.sql, Admins: cfg.Admins, Jitter: cfg.DigestJitter,
		Grants: a.sql, Access: access.Mode(cfg.Access), Record: a.sql, Overview: a.sql, Standing: a.standing,
		People: a.sql, Rates: rates{redis}, RateLimits: bot.Rates{Person: int(cfg.RatePerson), Chat: int(cfg.RateChat)},
		Backfills: a.sql, AppBook: a.sql, Named: func(ctx context.Context, id string) (string, error) {
			return a.client.App(ctx, id, string(cfg.Language))
		},
		Abilities: func(ctx context.Context, id string) ([]usage.Ability, error) {
			state, err := a.client.AppState(ctx, id, string(cfg.Language))
			return state.Abilities, err
		},
		AnswerOutsiders: cfg.External == config.Allow, Doctor: a.diagnose, Belongs: a.client.PersonDepartments,
		Ceilings: bot.Ceilings{InChat: cfg.MaxSubscriptionsPerChat, InAll: cfg.MaxSubscriptions},
	})
	if err != nil {
		return nil, fmt.Errorf("preparing the bot: %w", err)
	}
	a.sql.Changed = a.bot.Changed
	a.engine = a.newEngine()
	return a, nil
}

// newEngine makes what sends digests.
func (a *app) newEngine() *reports.Engine {
	return reports.New(reports.Settings{
		Ledger: a.sql, Figures: a.asker, Sender: outbox{a.client}, Artist: a.bot.Artist(), AppName: a.bot.AppName, Pacer: a.messages.pace(),
		Admins: a.bot.Administrators, Zone: a.cfg.TimeZone, Jitter: a.cfg.DigestJitter, Poll: a.cfg.ReadinessPoll,
		Deadline: time.Duration(a.cfg.ReadinessDeadline.Hour)*time.Hour + time.Duration(a.cfg.ReadinessDeadline.Minute)*time.Minute,
		Allowed:  a.bot.Allowed,
		Lease:    a.cfg.DeliveryLease, Now: a.now, Log: a.log, Observe: a.metrics.delivery,
	})
}

func namedApps(cfg config.Config) usage.Apps {
	apps := make(usage.Apps, 0, len(cfg.Apps))
	for _, app := range cfg.Apps {
		apps = append(apps, usage.App{ID: app.ID, Name: app.Name})
	}
	return apps
}

// start listens and begins to take events.
func (a *app) start() error {
	webhook, err := a.openWayIn()
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", a.cfg.ListenAddr)
	if err != nil {
		return fmt.Errorf("listening at LISTEN_ADDR: %w", err)
	}
	a.listener = listener
	a.server = &http.Server{
		Handler: a.routes(webhook), ReadHeaderTimeout: 2500 * time.Millisecond, ReadTimeout: 5 * time.Second,
		WriteTimeout: 15 * time.Second, IdleTimeout: 2 * time.Minute, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	a.loops.Go(func() { a.introduce(ctx) })
	a.loops.Go(func() { a.fillPanel(ctx) })
	a.loops.Go(func() { a.refreshDirectory(ctx) })
	a.loops.Go(func() { a.keepHouse(ctx) })
	a.loops.Go(func() { a.bot.FillHistories(ctx) })
	a.loops.Go(func() { a.bot.Recover(ctx) })
	if a.long != nil {
		a.loops.Go(func() { a.connect(ctx) })
	}
	a.loops.Go(func() {
		if err := a.server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			a.broken <- fmt.Errorf("serving: %w", err)
		}
	})
	if err := a.startTicking(); err != nil {
		return err
	}
	if err := a.redis.Ping(ctx); err != nil {
		a.log.Warn("redis does not answer: until it does, nothing is shared with other replicas", "error", err)
	}
	a.log.Info("listening", "address", listener.Addr().String(), "version", version, "config", a.cfg)
	return nil
}

// url is where the bot listens, as seen from this machine.
func (a *app) url() string { return "http://" + a.listener.Addr().String() }

// stop takes no more events, finishes what is in hand and closes the parts, within 10 s.
func (a *app) stop() {
	a.health.unready("stopping")
	a.closeWaysIn()
	ctx, cancel := context.WithTimeout(context.Background(), stopWorking)
	defer cancel()
	if a.ticks != nil {
		if err := a.ticks.Shutdown(); err != nil {
			a.log.Warn("the ticker did not stop in time", "error", err)
		}
	}
	a.bot.Stop(ctx)
	a.engine.Stop(ctx)
	if a.cancel != nil {
		a.cancel()
	}
	a.loops.Wait()
	a.directory.Close()
	a.asker.Close()
	if err := errors.Join(a.redis.Close(), a.sql.Close()); err != nil {
		a.log.Warn("closing the stores", "error", err)
	}
	a.log.Info("stopped")
}

// closeWaysIn lets no more events in, and answers those in hand.
func (a *app) closeWaysIn() {
	ctx, cancel := context.WithTimeout(context.Background(), stopServing)
	defer cancel()
	if a.long != nil {
		a.long.Stop(ctx)
	}
	if a.server == nil {
		return
	}
	if err := a.server.Shutdown(ctx); err != nil {
		a.log.Warn("requests were cut off", "error", err)
	}
}

// refreshDirectory keeps the departments at hand, so that the first question does not wait for them.
func (a *app) refreshDirectory(ctx context.Context) {
	tick := time.NewTicker(5 * time.Minute)
	defer tick.Stop()
	for {
		if err := a.directory.Refresh(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("departments could not be listed", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
