// Package doctor checks what the bot depends on, and reports for each check its status and what to do about it.
//
// The checks of Checkup look at the settings, the stores and the platform; Run runs any list of checks. A Finding holds
// keys instead of text, so that a terminal, a script and a card each word it in their own form and in the reader's
// language.
package doctor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"usagebot/config"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// Checkup holds what the checks use: the settings, and the parts that work without a running bot.
type Checkup struct {
	cfg        config.Config
	now        func() time.Time
	redis      *redisstore.Redis // nil if none is set
	client     *feishu.Client
	asker      *usage.Client
	admins     func(context.Context) []string
	readInUse  func(context.Context) (sqlstore.InUse, error)
	connection func() events.ConnectionState // state of the running bot's long connection; nil if there is none
}

// Open builds a Checkup for the settings; it makes no call yet. Tokens are cached in this process only, so that the checks
// use a new one.
func Open(cfg config.Config, now func() time.Time) (*Checkup, error) {
	redis, limiter, err := openRedis(cfg)
	if err != nil {
		return nil, fmt.Errorf("opening redis: %w", err)
	}
	client := feishu.New(feishu.Settings{AppID: cfg.AppID, AppSecret: cfg.AppSecret.Reveal(), BaseURL: cfg.BaseURL, Now: now})
	admins := func(context.Context) []string { return cfg.Admins }
	use := func(ctx context.Context) (sqlstore.InUse, error) {
		return sqlstore.ReadInUse(ctx, cfg.DatabaseURL.Reveal(), cfg.DataDir)
	}
	return &Checkup{cfg, now, redis, client, newAsker(cfg, client, limiter, now), admins, use, nil}, nil
}

// openRedis opens the Redis of the settings, if there is one, and returns the limiter that calls keep to.
func openRedis(cfg config.Config) (*redisstore.Redis, store.Limiter, error) {
	if cfg.RedisURL.IsZero() {
		return nil, memstore.NewLimiter(), nil
	}
	redis, err := redisstore.Open(cfg.RedisURL.Reveal(), redisstore.Options{Namespace: cfg.AppID})
	if err != nil {
		return nil, nil, err
	}
	return redis, redisstore.NewLimiter(redis), nil
}

// Parts are the parts of a running bot that RunOn checks.
type Parts struct {
	Config     config.Config
	Now        func() time.Time
	Redis      *redisstore.Redis // nil if none is set
	Limiter    store.Limiter
	Client     *feishu.Client
	Admins     func(context.Context) []string
	InUse      func(context.Context) (sqlstore.InUse, error) // the apps that the bot reports on, and a chat that it reports to
	Connection func() events.ConnectionState                 // nil if events come by the webhook
}

// RunOn checks a running bot with its own parts.
func RunOn(ctx context.Context, p Parts) []Finding {
	c := &Checkup{p.Config, p.Now, p.Redis, p.Client, newAsker(p.Config, p.Client, p.Limiter, p.Now), p.Admins, p.InUse, p.Connection}
	defer c.asker.Close()
	return c.Run(ctx)
}

// Run makes all checks.
func (p *Checkup) Run(ctx context.Context) []Finding { return Run(ctx, p.checks()) }

// newAsker returns a client for usage figures that keeps to the quota shared by all replicas, so that a check-up never
// makes the bot exceed it.
func newAsker(cfg config.Config, client *feishu.Client, limiter store.Limiter, now func() time.Time) *usage.Client {
	return usage.NewClient(usage.Settings{
		Source: client, Quota: store.NewCallQuota(limiter, "overview", usage.CallsPerMinute), Cache: &runCache{},
		Now: now, Zone: cfg.PlatformTimeZone, NotPublishedTTL: cfg.ReadinessPoll,
	})
}

// runCache is a cache for one run of the checks: every question goes to the platform once, because an older answer says
// nothing about the present state.
type runCache struct{ entries sync.Map }

func (c *runCache) Get(_ context.Context, key string) ([]byte, bool) {
	kept, ok := c.entries.Load(key)
	value, _ := kept.([]byte)
	return value, ok
}

func (c *runCache) Put(_ context.Context, key string, value []byte, _ time.Duration) {
	c.entries.Store(key, value)
}

// Close closes the connections that Open made.
func (p *Checkup) Close() {
	p.asker.Close()
	if p.redis != nil {
		_ = p.redis.Close() // the findings are complete; an error changes nothing
	}
}
