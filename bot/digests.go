package bot

import (
	"context"
	"strings"
	"time"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/usage"
)

// The time at which a digest goes out unless something else is said: the figures of the day before are out by then.
const (
	defaultHour   = 10
	defaultMinute = 30
)

// wanted makes a subscription of what somebody asked for.
func (b speaker) wanted(ctx context.Context, req Request, c command.Command) (reports.Subscription, error) {
	q, err := b.query(ctx, c)
	if err != nil {
		return reports.Subscription{}, err
	}
	s := reports.Subscription{
		ID: reports.NewID(), ChatID: req.ChatID, Single: req.Single, OwnerID: req.UserID,
		AppID: q.App.ID, Ability: q.Ability, DepartmentID: q.Department.ID, DepartmentName: departmentName(q.Department),
		Schedule:  b.schedule(c.Args, b.standardSchedule(c.Args.Cycle)),
		CreatedAt: b.Now(), UpdatedAt: b.Now(),
	}
	return s, s.Activate(b.Now(), b.Jitter, "")
}

// standardSchedule is the one of which nothing is said but the cycle.
func (b speaker) standardSchedule(c usage.Cycle) reports.Schedule {
	return reports.Schedule{Cycle: c, Hour: defaultHour, Min: defaultMinute, On: reports.DefaultOn(c), Zone: b.Zone.String()}
}

func departmentName(d usage.Department) string {
	if d.Path != "" {
		return d.Path
	}
	return d.Name
}

// schedule is the given one, changed by what was said.
func (b speaker) schedule(a command.Args, s reports.Schedule) reports.Schedule {
	if at, err := time.Parse("15:04", a.Time); err == nil {
		s.Hour, s.Min = at.Hour(), at.Minute()
	}
	switch a.On {
	case "":
	case command.EveryDay:
		s.On = reports.EveryDay
	default:
		s.On = reports.On(a.On)
	}
	if a.Zone != "" {
		s.Zone = a.Zone
	}
	return s
}

// subscriptionQuery asks for what a subscription's digests carry.
func (b speaker) subscriptionQuery(s reports.Subscription) usage.Query {
	return usage.Query{
		App: usage.App{ID: s.AppID, Name: b.AppName(s.AppID)}, Ability: s.Ability, Cycle: s.Schedule.Cycle,
		Department: usage.Department{ID: s.DepartmentID, Name: s.DepartmentName},
	}
}

// AppName returns what an app is called.
func (b *Bot) AppName(id string) string {
	for _, app := range *b.apps.Load() {
		if app.ID == id && app.Name != "" {
			return app.Name
		}
	}
	return id
}

// line is the command that would subscribe to the same, for changing it.
func (b speaker) line(s reports.Subscription) string {
	c := command.Command{Name: "subscribe", Args: command.Args{
		Cycle: s.Schedule.Cycle, Ability: s.Ability, Dept: s.DepartmentID, App: s.AppID,
		Time: clock(s.Schedule), On: string(s.Schedule.On), Zone: s.Schedule.Zone,
	}}
	return b.commands.Line(c, b.lang())
}

func clock(s reports.Schedule) string {
	return time.Date(2000, 1, 1, s.Hour, s.Min, 0, 0, time.UTC).Format("15:04")
}

// idCommand is a command for one subscription.
func idCommand(name, id string) string { return strings.Join([]string{"/" + name, id}, " ") }
