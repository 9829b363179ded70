package doctor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"usagebot/config"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// Checkup is what the doctor looks at: the settings, and the parts that can be had without starting the bot.
type Checkup struct {
	cfg    config.Config
	now    func() time.Time
	redis  *redisstore.Redis
	client *feishu.Client
	asker  *usage.Asker
	admins func(context.Context) []string
	use    func(context.Context) (sqlstore.InUse, error)
	line   func() events.ConnectionState // of the running bot; nil where there is none to look at
}

// Open makes the parts; nothing is asked yet. Tokens are kept in this process alone, so that each is a new one.
func Open(cfg config.Config, now func() time.Time) (*Checkup, error) {
	redis, err := redisstore.Open(cfg.RedisURL.Reveal(), redisstore.Options{Namespace: cfg.AppID, Now: now})
	if err != nil {
		return nil, fmt.Errorf("opening redis: %w", err)
	}
	client := feishu.New(feishu.Settings{AppID: cfg.AppID, AppSecret: cfg.AppSecret.Reveal(), BaseURL: cfg.BaseURL, Now: now})
	admins := func(context.Context) []string { return cfg.Admins }
	use := func(ctx context.Context) (sqlstore.InUse, error) {
		return sqlstore.LookAtUse(ctx, cfg.DatabaseURL.Reveal(), cfg.DataDir)
	}
	return &Checkup{cfg, now, redis, client, newAsker(cfg, client, redis, now), admins, use, nil}, nil
}

// Parts are those of a running bot.
type Parts struct {
	Config     config.Config
	Now        func() time.Time
	Redis      *redisstore.Redis
	Client     *feishu.Client
	Admins     func(context.Context) []string
	InUse      func(context.Context) (sqlstore.InUse, error) // what is reported on, and where
	Connection func() events.ConnectionState                 // nil: events come by the webhook
}

// RunOn checks a running bot with its own parts.
func RunOn(ctx context.Context, p Parts) []Finding {
	c := &Checkup{p.Config, p.Now, p.Redis, p.Client, newAsker(p.Config, p.Client, p.Redis, p.Now), p.Admins, p.InUse, p.Connection}
	defer c.asker.Close()
	return c.Run(ctx)
}

// Run makes all checks.
func (p *Checkup) Run(ctx context.Context) []Finding { return Run(ctx, p.checks()) }

// newAsker asks for figures within the quota that all replicas share: a check-up may cost nobody his place.
func newAsker(cfg config.Config, client *feishu.Client, redis *redisstore.Redis, now func() time.Time) *usage.Asker {
	return usage.NewAsker(usage.Settings{
		Source: client, Quota: redisstore.NewQuota(redis, "overview", usage.CallsPerMinute), Cache: &newCache{},
		Now: now, Zone: cfg.PlatformTimeZone, Again: cfg.ReadinessPoll,
	})
}

// newCache makes every question go to the platform, once: what was true an hour ago is no finding.
type newCache struct{ kept sync.Map }

func (c *newCache) Get(_ context.Context, key string) ([]byte, bool) {
	kept, ok := c.kept.Load(key)
	value, _ := kept.([]byte)
	return value, ok
}

func (c *newCache) Put(_ context.Context, key string, value []byte, _ time.Duration) {
	c.kept.Store(key, value)
}

// Close ends the connections of the checks.
func (p *Checkup) Close() {
	p.asker.Close()
	_ = p.redis.Close() // what was found is told already
}
