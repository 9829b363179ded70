package bot

import (
	"context"
	"time"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// shown is a subscription as a card shows it.
func (b speaker) shown(s reports.Subscription) templates.Subscription {
	v := templates.Subscription{
		ID: s.ID, Topic: b.topic(s), OwnerID: s.OwnerID, Timing: timing(s.Schedule),
		Actions: templates.Actions{
			Change: b.form(s), Test: idCommand("test", s.ID), History: idCommand("history", s.ID), Remove: idCommand("unsubscribe", s.ID),
		},
	}
	if s.State == reports.Paused {
		v.Paused = &templates.Pause{Cause: templates.Cause(s.Reason)}
		if !s.PausedUntil.IsZero() {
			v.Paused.Until = s.PausedUntil.In(b.zoneOf(s))
		}
		v.Actions.Resume = idCommand("resume", s.ID)
		return v
	}
	v.Actions.Pause = idCommand("pause", s.ID)
	return v
}

// announced is a subscription as a card shows it that promises its next digests.
func (b speaker) announced(ctx context.Context, s reports.Subscription) (templates.Subscription, error) {
	v := b.shown(s)
	if s.State != reports.Active {
		return v, nil
	}
	runs, err := reports.NextRuns(ctx, b.Ledger, s, b.PlatformZone, b.Now(), nextRuns)
	v.Next, v.Sent = runs.At, runs.Sent
	return v, err
}

// nextRuns is how many of the next digests are announced.
const nextRuns = 3

func timing(s reports.Schedule) templates.Timing {
	return templates.Timing{Hour: s.Hour, Minute: s.Min, On: string(s.On), Zone: s.Zone}
}

func (b speaker) topic(s reports.Subscription) templates.Topic {
	q := b.subscriptionQuery(s)
	d := b.current(q.Department)
	return templates.Topic{App: q.App, Ability: q.Ability, Cycle: q.Cycle, Department: d, DepartmentPath: d.Path}
}

func (b speaker) zoneOf(s reports.Subscription) *time.Location {
	zone, err := time.LoadLocation(s.Schedule.Zone)
	if err != nil {
		return b.Zone
	}
	return zone
}

// platformToday is what day it is where the platform counts its days.
func (b *Bot) platformToday() usage.Date { return usage.DateOf(b.Now().In(b.PlatformZone)) }

// newestCarried is the newest period that a digest of the subscription may carry now: one that is over where the platform
// counts its days.
func (b speaker) newestCarried(s reports.Subscription, now time.Time) usage.Period {
	day := usage.DateOf(now.In(b.zoneOf(s)))
	p := s.Schedule.PeriodFor(day, b.PlatformZone)
	for p.End().Over(b.PlatformZone).After(now) {
		day = day.AddDays(-1)
		p = s.Schedule.PeriodFor(day, b.PlatformZone)
	}
	return p
}

// digestCard draws a digest. It holds nothing of the subscription but its id, so that equal ones are one card.
func (b speaker) digestCard(story usage.Story, o reports.DigestOptions) templates.Card {
	r := story.Report
	v := b.controls(command.Command{Name: "usage"}, r.Query, r.Period)
	return b.templates.Digest(b.language, r, templates.DigestOptions{
		DepartmentPath: b.current(r.Query.Department).Path, TimeZone: b.PlatformZone.String(), Trend: &story.Trend, Remark: story.Remark,
		Late: o.Late, LateFigures: o.LateFigures, Amended: o.Amended, Test: o.Test, CarriesFriday: o.CarriesFriday,
		Open: v.same(nil), ShowTrend: v.line("trend", nil), ShowTop: v.line("top", nil),
		Pause: idCommand("pause", o.SubscriptionID), Manage: "/subs",
	})
}

// openLine is the command that opens a digest as a usage card. In a chat it tells a digest from all others: no two
// subscriptions of a chat are to the same, and none has two digests of a period.
func openLine(q usage.Query, p usage.Period) string {
	c := command.Command{Name: "usage", Args: command.Args{
		Cycle: p.Cycle, Ability: q.Ability, App: q.App.ID, Dept: q.Department.ID,
		When: usage.When{Kind: usage.OnDay, Date: p.Start},
	}}
	return c.String()
}
