package app

import (
	"context"
	"crypto/rand"
	"time"

	"usagebot/bot"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

const (
	appearEvery = 30 * time.Second   // how often a replica says that it is there
	goneAfter   = 100 * time.Second  // when one that said nothing is taken for gone
	purgeEvery  = 24 * time.Hour     // how often what is too old is forgotten, by one of them
	forgotten   = 7 * 24 * time.Hour // how long one that is gone is remembered
)

// keepHouse lets the others know of this replica, and forgets what is too old.
func (a *App) keepHouse(ctx context.Context) {
	id := rand.Text()
	tick := time.NewTicker(appearEvery)
	defer tick.Stop()
	for {
		now := a.now()
		if err := a.SQL.Housekeeping.Appear(ctx, sqlstore.Replica{ID: id, Version: a.version, Seen: now}, now.Add(-forgotten)); err != nil && ctx.Err() == nil {
			a.Log.Warn("a replica could not be noted", "error", err)
		}
		if err := a.purge(ctx, now); err != nil && ctx.Err() == nil {
			a.Log.Warn("what is too old could not be forgotten", "error", err)
		}
		if err := a.SQL.Scrub(ctx); err != nil && ctx.Err() == nil {
			a.Log.Debug("deleted rows are still in the database's log", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// purge forgets what is too old, once a day and on one replica.
func (a *App) purge(ctx context.Context, now time.Time) error {
	mine, err := a.SQL.Tasks.ClaimTask(ctx, "purge", now, now.Add(purgeEvery))
	if err != nil || !mine {
		return err
	}
	var r sqlstore.Retention
	if before, ok := a.Config.RetentionDeliveries.Before(now); ok {
		r.Deliveries = before
	}
	if before, ok := a.Config.RetentionAudit.Before(now); ok {
		r.Changes = before
	}
	if before, ok := a.Config.RetentionHistory.Before(now); ok {
		r.History = before
	}
	return a.SQL.Housekeeping.Purge(ctx, r)
}

// standing is how the parts do.
func (a *App) standing(ctx context.Context) bot.Status {
	s := bot.Status{
		Version: a.version, Redis: bot.OK, Database: bot.OK, DatabaseKind: "PostgreSQL",
		QuotaLeft: a.quota.Left(ctx), QuotaAll: usage.CallsPerMinute, RecentErrors: a.slips.list(),
	}
	if a.Config.DatabaseURL.Reveal() == "" {
		s.DatabaseKind = "SQLite"
	}
	switch {
	case a.redis.Embedded():
		s.Redis = bot.Embedded
	case a.redis.Ping(ctx) != nil:
		s.Redis = bot.Away
	}
	replicas, err := a.SQL.Housekeeping.Replicas(ctx, a.now().Add(-goneAfter))
	if err != nil {
		s.Database = bot.Away
	}
	for _, r := range replicas {
		s.Replicas = append(s.Replicas, r.Version)
	}
	return s
}
