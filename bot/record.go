package bot

import (
	"context"
	"strings"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/usage"
)

// record keeps who changed what. The entries are made with the changes.
type record interface {
	// Changes returns the newest, newest first; with about, those by that person or of that subject.
	Changes(ctx context.Context, about string, limit int) ([]access.Change, error)
}

// Changed logs an entry of the record of changes, by ids and without names.
func (b *Bot) Changed(c access.Change) {
	before, after := c.Before, c.After
	if c.Act == access.AppsChanged {
		before, after = appIDsLine(before), appIDsLine(after)
	}
	b.Log.Info("changed", "act", c.Act, "by", c.By, "of", c.Of, "before", before, "after", after, "chat", c.ChatID)
}

// entry is what is recorded of what somebody does.
func (b *Bot) entry(req Request, act access.Act, of, before, after string) access.Change {
	return access.Change{At: b.Now(), By: req.UserID, ChatID: req.ChatID, Act: act, Of: of, Before: before, After: after}
}

// subscriptionEntry makes what is recorded of what somebody does to a subscription.
func (b *Bot) subscriptionEntry(req Request, act access.Act) access.Entry[reports.Subscription] {
	now := b.Now()
	return func(was, is reports.Subscription) access.Change {
		c := b.entry(req, act, is.ID, described(was), described(is))
		c.At = now // all that a command changes, it changes at one moment
		return c
	}
}

// change rewrites a subscription, and records who did. One that was removed meanwhile stays so.
func (b speaker) change(ctx context.Context, req Request, act access.Act, id string, change func(*reports.Subscription) error, tell ...reports.Notice) (reports.Subscription, error) {
	kept := func(s *reports.Subscription) error {
		if s.State == reports.Removed {
			return &unknownSubscription{id}
		}
		s.UpdatedAt = b.Now()
		return change(s)
	}
	return b.Ledger.Change(ctx, reports.Edit{ID: id, Change: kept, Entry: b.subscriptionEntry(req, act), Notices: tell})
}

// described is a subscription in one line, in no language but the grammar's; empty for none.
func described(s reports.Subscription) string {
	if s.ID == "" {
		return ""
	}
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
