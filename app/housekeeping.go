package app

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"slices"
	"time"

	"usagebot/bot"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

const (
	heartbeatInterval = 30 * time.Second     // how often a replica records that it is alive
	replicaTimeout    = 100 * time.Second    // a replica that was not seen for this long is not shown any more
	deleteInterval    = 24 * time.Hour       // how often one of the replicas deletes expired records
	deleteStep        = 15 * time.Second     // how long it does so at a time
	deleteLease       = time.Minute          // after which another replica goes on if this one has died
	goneRetention     = 180 * 24 * time.Hour // how long a chat without the bot, and a person who does not write, are remembered
	taskRetention     = 30 * 24 * time.Hour
	replicaRetention  = 7 * 24 * time.Hour // how long the record of a replica that is gone is kept
)

// runHousekeeping records in the database that this replica is alive, and deletes expired records, until ctx ends.
func (a *App) runHousekeeping(ctx context.Context) {
	self := &replica{
		store: a.SQL.Housekeeping, log: a.Log, id: rand.Text(), version: a.version, started: a.now(),
		unshared: a.shared.redis == nil && !a.Config.DatabaseURL.IsZero(),
	}
	defer self.remove(ctx)
	tick := time.NewTicker(heartbeatInterval)
	defer tick.Stop()
	for {
		now := a.now()
		self.heartbeat(ctx, now)
		if err := a.deleteExpired(ctx, now); err != nil && ctx.Err() == nil {
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

// replica is this process among those that use the same database.
type replica struct {
	store    sqlstore.Housekeeping
	log      *slog.Logger
	id       string
	version  string
	started  time.Time
	unshared bool // other processes may use the database, and would share nothing else
	warned   bool // that others do
}

// heartbeat records that this replica is alive. Without Redis it warns, once, when another one is alive as well.
func (r *replica) heartbeat(ctx context.Context, now time.Time) {
	err := r.store.Heartbeat(ctx, sqlstore.Replica{ID: r.id, Version: r.version, Seen: now}, now.Add(-replicaRetention))
	if err == nil && r.unshared && !r.warned {
		err = r.warnUnshared(ctx)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Warn("a replica could not be noted", "error", err)
	}
}

// warnUnshared looks for replicas that were seen since this one started: an earlier one may be the process before a restart.
func (r *replica) warnUnshared(ctx context.Context) error {
	replicas, err := r.store.Replicas(ctx, r.started)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(replicas, func(other sqlstore.Replica) bool { return other.ID == r.id })
	if len(others) > 0 {
		r.warned = true
		r.log.Warn("several processes use this database and REDIS_URL is not set: together they can exceed the platform's limits, and they do not know each other's conversations", "others", len(others))
	}
	return nil
}

// removeTimeout bounds the write with which a replica that stops is forgotten.
const removeTimeout = time.Second

// remove forgets a replica that stops, so that the next start does not take it for another one.
func (r *replica) remove(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	if err := r.store.RemoveReplica(ctx, r.id); err != nil {
		r.log.Debug("a replica that stops is still noted", "error", err)
	}
}

const (
	deleteTask     = "housekeeping"      // until when it is left to one replica, or until the next day
	deleteDoneTask = "housekeeping done" // when nothing was left the last time
)

// deleteExpired deletes the records that are past their retention, once a day on one of the replicas. What is not done
// after a step is done in the next one.
func (a *App) deleteExpired(ctx context.Context, now time.Time) error {
	mine, err := a.SQL.Tasks.ClaimTask(ctx, deleteTask, now, now.Add(deleteLease))
	if err != nil || !mine {
		return err
	}
	r := sqlstore.Retention{Gone: now.Add(-goneRetention), Tasks: now.Add(-taskRetention)}
	if before, ok := a.Config.RetentionDeliveries.Before(now); ok {
		r.Deliveries = before
	}
	if before, ok := a.Config.RetentionAudit.Before(now); ok {
		r.Changes = before
	}
	if before, ok := a.Config.RetentionHistory.Before(now); ok {
		r.History = before
	}
	step, cancel := context.WithTimeout(ctx, deleteStep)
	defer cancel()
	switch done, err := a.SQL.Housekeeping.DeleteExpired(step, r); {
	case err != nil && step.Err() == nil:
		return err
	case !done:
		return a.SQL.Tasks.ExtendTask(ctx, deleteTask, now) // it goes on at the next look
	}
	return errors.Join(a.SQL.Tasks.ExtendTask(ctx, deleteDoneTask, now), a.SQL.Tasks.ExtendTask(ctx, deleteTask, now.Add(deleteInterval)))
}

// systemStatus returns the state of the stores, the quota and the replicas, for administrators.
func (a *App) systemStatus(ctx context.Context) bot.Status {
	s := bot.Status{
		Version: a.version, Redis: bot.OK, Database: bot.OK, DatabaseKind: "PostgreSQL",
		QuotaLeft: a.quota.Left(ctx), QuotaAll: usage.CallsPerMinute, RecentErrors: a.recentErrors.list(),
	}
	if a.Config.DatabaseURL.Reveal() == "" {
		s.DatabaseKind = "SQLite"
	}
	switch {
	case a.shared.redis == nil:
		s.Redis = bot.Embedded
	case a.shared.ping(ctx) != nil:
		s.Redis = bot.Away
	}
	replicas, err := a.SQL.Housekeeping.Replicas(ctx, a.now().Add(-replicaTimeout))
	if err != nil {
		s.Database = bot.Away
	}
	for _, r := range replicas {
		s.Replicas = append(s.Replicas, r.Version)
	}
	return s
}
