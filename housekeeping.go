package main

import (
	"context"
	"crypto/rand"
	"time"

	"usagebot/bot"
	"usagebot/store"
	"usagebot/usage"
)

const (
	appearEvery = 30 * time.Second   // how often a replica says that it is there
	goneAfter   = 100 * time.Second  // when one that said nothing is taken for gone
	purgeEvery  = 24 * time.Hour     // how often what is too old is forgotten, by one of them
	forgotten   = 7 * 24 * time.Hour // how long one that is gone is remembered
)

// keepHouse lets the others know of this replica, and forgets what is too old.
func (a *app) keepHouse(ctx context.Context) {
	id := rand.Text()
	tick := time.NewTicker(appearEvery)
	defer tick.Stop()
	for {
		now := a.now()
		if err := a.sql.Appear(ctx, store.Replica{ID: id, Version: version, Seen: now}, now.Add(-forgotten)); err != nil && ctx.Err() == nil {
			a.log.Warn("a replica could not be noted", "error", err)
		}
		if err := a.purge(ctx, now); err != nil && ctx.Err() == nil {
			a.log.Warn("what is too old could not be forgotten", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// purge forgets what is too old, once a day and on one replica.
func (a *app) purge(ctx context.Context, now time.Time) error {
	mine, err := a.sql.Chore(ctx, "purge", now, now.Add(purgeEvery))
	if err != nil || !mine {
		return err
	}
	var r store.Retention
	if before, ok := a.cfg.RetentionDeliveries.Before(now); ok {
		r.Deliveries = before
	}
	if before, ok := a.cfg.RetentionAudit.Before(now); ok {
		r.Changes = before
	}
	if before, ok := a.cfg.RetentionHistory.Before(now); ok {
		r.History = before
	}
	return a.sql.Purge(ctx, r)
}

// standing is how the parts do.
func (a *app) standing(ctx context.Context) bot.Standing {
	s := bot.Standing{
		Version: version, Redis: bot.Well, Database: bot.Well, DatabaseKind: "PostgreSQL",
		QuotaLeft: a.quota.Left(ctx), QuotaAll: usage.CallsPerMinute, Slips: a.slips.list(),
	}
	if a.cfg.DatabaseURL.Reveal() == "" {
		s.DatabaseKind = "SQLite"
	}
	switch {
	case a.redis.Embedded():
		s.Redis = bot.Embedded
	case a.redis.Ping(ctx) != nil:
		s.Redis = bot.Away
	}
	replicas, err := a.sql.Replicas(ctx, a.now().Add(-goneAfter))
	if err != nil {
		s.Database = bot.Away
	}
	for _, r := range replicas {
		s.Replicas = append(s.Replicas, r.Version)
	}
	return s
}
