package app

import (
	"context"
	"crypto/rand"
	"errors"
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
	self := &replica{id: rand.Text(), started: a.now()}
	defer a.removeReplica(ctx, self.id)
	tick := time.NewTicker(heartbeatInterval)
	defer tick.Stop()
	for {
		now := a.now()
		a.heartbeat(ctx, self, now)
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
	id      string
	started time.Time
	warned  bool // that others run beside it and nothing is shared
}

// heartbeat records that this replica is alive. Without Redis it warns, once, when another one is alive as well.
func (a *App) heartbeat(ctx context.Context, self *replica, now time.Time) {
	err := a.SQL.Housekeeping.Heartbeat(ctx, sqlstore.Replica{ID: self.id, Version: a.version, Seen: now}, now.Add(-replicaRetention))
	if err == nil && a.shared.redis == nil && !a.Config.DatabaseURL.IsZero() && !self.warned {
		err = a.warnUnshared(ctx, self)
	}
	if err != nil && ctx.Err() == nil {
		a.Log.Warn("a replica could not be noted", "error", err)
	}
}

// warnUnshared looks for replicas that were seen since this one started: an earlier one may be the process before a restart.
func (a *App) warnUnshared(ctx context.Context, self *replica) error {
	replicas, err := a.SQL.Housekeeping.Replicas(ctx, self.started)
	if err != nil {
		return err
	}
	others := slices.DeleteFunc(replicas, func(r sqlstore.Replica) bool { return r.ID == self.id })
	if len(others) > 0 {
		self.warned = true
		a.Log.Warn("several processes use this database and REDIS_URL is not set: together they can exceed the platform's limits, and they do not know each other's conversations", "others", len(others))
	}
	return nil
}

// removeTimeout bounds the write with which a replica that stops is forgotten.
const removeTimeout = time.Second

// removeReplica forgets a replica that stops, so that the next start does not take it for another one.
func (a *App) removeReplica(ctx context.Context, id string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), removeTimeout)
	defer cancel()
	if err := a.SQL.Housekeeping.RemoveReplica(ctx, id); err != nil {
		a.Log.Debug("a replica that stops is still noted", "error", err)
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
