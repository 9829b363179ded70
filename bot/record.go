package bot

import (
	"context"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/usage"
)

// record keeps who changed what.
type record interface {
	Note(ctx context.Context, c access.Change) error
	// Changes returns the newest, newest first; with about, those by that person or of that subject.
	Changes(ctx context.Context, about string, limit int) ([]access.Change, error)
}

// noting is how long writing an entry may take.
const noting = 5 * time.Second

// changed records a change that has been made. What the database does not take is in the log at least.
func (b *Bot) changed(ctx context.Context, c access.Change) {
	c.At = b.Now()
	b.Log.Info("changed", "act", c.Act, "by", c.By, "of", c.Of, "before", c.Before, "after", c.After, "chat", c.ChatID)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noting)
	defer cancel()
	if err := b.Record.Note(ctx, c); err != nil {
		b.Log.Error("a change could not be recorded", "act", c.Act, "of", c.Of, "error", err)
	}
}

func (b *Bot) changedBy(ctx context.Context, req Request, act access.Act, of, before, after string) {
	b.changed(ctx, access.Change{By: req.UserID, ChatID: req.ChatID, Act: act, Of: of, Before: before, After: after})
}

// change rewrites a subscription, and records who did.
func (b speaker) change(ctx context.Context, req Request, act access.Act, id string, change func(*reports.Subscription) error, tell ...reports.Notice) (reports.Subscription, error) {
	var was reports.Subscription
	s, err := b.Ledger.Change(ctx, id, func(s *reports.Subscription) error {
		was = *s
		s.UpdatedAt = b.Now()
		return change(s)
	}, tell...)
	if err == nil {
		b.changedBy(ctx, req, act, id, described(was), described(s))
	}
	return s, err
}

// described is a subscription in one line, in no language but the grammar's.
func described(s reports.Subscription) string {
	parts := []string{
		order(s, func(a *command.Args) { a.Time, a.On, a.Zone = clock(s.Schedule), onWord(s.Schedule), s.Schedule.Zone }),
		"state:" + string(s.State), "owner:" + s.OwnerID,
	}
	if !s.PausedUntil.IsZero() {
		parts = append(parts, "until:"+usage.DateOf(s.PausedUntil).String())
	}
	return strings.Join(parts, " ")
}

// onWord is the grammar's word for the days of a schedule.
func onWord(s reports.Schedule) string {
	if s.On == reports.EveryDay && s.Cycle == usage.Daily {
		return command.EveryDay
	}
	return string(s.On)
}
