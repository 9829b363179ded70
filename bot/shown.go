package bot

import (
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
	v.Next = b.nextRuns(s, 3)
	return v
}

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

// digestCard draws a digest. It holds nothing of the subscription but its id, so that equal ones are one card.
func (b speaker) digestCard(story usage.Story, o reports.Looks) templates.Card {
	r := story.Report
	v := b.controls(command.Command{Name: "usage"}, r.Query, r.Period)
	return b.templates.Digest(b.language, r, templates.DigestOptions{
		DepartmentPath: b.current(r.Query.Department).Path, TimeZone: b.Zone.String(), Trend: &story.Trend, Remark: story.Remark,
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
