package bot

import (
	"context"
	"slices"
	"time"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// Health is how a part of the program does.
type Health = templates.Health

// The ways.
const (
	Well     = templates.Well
	Away     = templates.Away
	Embedded = templates.Embedded // the process's own
)

// Standing is how the parts of the program do, which administrators ask for.
type Standing struct {
	Version      string
	Replicas     []string // their versions
	Redis        Health
	Database     Health
	DatabaseKind string
	QuotaLeft    int
	QuotaAll     int
	Slips        []Slip // the last errors of this process, newest first
}

// Slip is an error that was logged: what was said, and under which reference the log has more of it.
type Slip = templates.Slip

// status tells whether all is well.
func (b speaker) status(ctx context.Context, _ Request, _ command.Command) (Answer, error) {
	s := b.Standing(ctx)
	v := templates.StatusView{
		Version: s.Version, Replicas: s.Replicas, Redis: s.Redis, Database: s.Database, DatabaseKind: s.DatabaseKind,
		QuotaLeft: s.QuotaLeft, QuotaAll: s.QuotaAll, Wait: b.Asker.Backlog(usage.People),
		ShowSubs: "/admin subs", ShowFailed: "/admin history failed", ShowRoles: "/admin roles", ShowRecord: "/admin audit",
	}
	var err error
	var since time.Time
	if v.Overdue, since, err = b.Ledger.Overdue(ctx, b.Now()); err != nil {
		return Answer{}, err
	}
	v.OverdueSince = since.In(b.Zone)
	for _, slip := range s.Slips {
		slip.At = slip.At.In(b.Zone)
		v.Slips = append(v.Slips, slip)
	}
	next, err := b.Overview.Next(ctx, few)
	if err != nil {
		return Answer{}, err
	}
	for _, s := range next {
		at := s.NextDue
		runs, err := reports.NextRuns(ctx, b.Ledger, s, b.PlatformZone, b.Now(), 1)
		if err == nil && runs.Sent != (usage.Period{}) && at.Before(runs.At[0]) {
			at = runs.At[0]
		}
		v.Next = append(v.Next, templates.Due{ID: s.ID, Topic: b.topic(s), At: at.In(b.Zone)})
	}
	slices.SortStableFunc(v.Next, func(a, b templates.Due) int { return a.At.Compare(b.At) })
	failed, err := b.Overview.Latest(ctx, reports.Failed, few)
	if err != nil {
		return Answer{}, err
	}
	if v.Failed, err = b.historyEntries(ctx, failed); err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.Status(b.language, v)}, nil
}

// few is how many of anything stand in an overview of several things.
const few = 5
