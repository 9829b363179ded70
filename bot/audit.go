package bot

import (
	"cmp"
	"context"
	"log/slog"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// audit reads the log of who changed what. Entries are written together with the changes.
type audit interface {
	// Changes returns the newest entries first; if about is not empty, only those by that person or about that subject.
	Changes(ctx context.Context, about string, limit int) ([]access.Change, error)
}

// ChangeLogger returns a function that logs audit entries, by ids and without names.
func ChangeLogger(log *slog.Logger) func(access.Change) {
	return func(c access.Change) {
		before, after := c.Before, c.After
		if c.Act == access.AppsChanged {
			before, after = appIDs(before), appIDs(after)
		}
		log.Info("changed", "act", c.Act, "by", c.By, "of", c.Of, "before", before, "after", after, "chat", c.ChatID)
	}
}

// auditEntry records what the person who asks does.
func auditEntry(at time.Time, req Request, act access.Act, of, before, after string) access.Change {
	return access.Change{At: at, By: req.UserID, ChatID: req.ChatID, Act: act, Of: of, Before: before, After: after}
}

// subscriptionEntry records what the person who asks does to subscriptions. All that one command changes is recorded with
// the same time.
func subscriptionEntry(at time.Time, req Request, act access.Act) access.Entry[reports.Subscription] {
	return func(was, is reports.Subscription) access.Change {
		return auditEntry(at, req, act, is.ID, summary(was), summary(is))
	}
}

// summary describes a subscription in one line of the grammar; empty for none. auditedSubscription reads it.
func summary(s reports.Subscription) string {
	if s.ID == "" {
		return ""
	}
	parts := []string{
		subscribeCommand(s, func(a *command.Args) {
			a.Time, a.On, a.Zone = clockTime(s.Schedule), daysWord(s.Schedule), s.Schedule.Zone
		}),
		"state:" + string(s.State), "owner:" + s.OwnerID,
	}
	if !s.PausedUntil.IsZero() {
		parts = append(parts, "until:"+usage.DateOf(s.PausedUntil).String())
	}
	return strings.Join(parts, " ")
}

// daysWord is the grammar's word for the days of a schedule.
func daysWord(s reports.Schedule) string {
	if s.On == reports.EveryDay && s.Cycle == usage.Daily {
		return command.EveryDay
	}
	return string(s.On)
}

// grantSummary describes a grant in one line. splitGrant reads it.
func grantSummary(g access.Grant) string {
	if g.Department == "" {
		return string(g.Role)
	}
	return string(g.Role) + ofDepartment + g.Department
}

// splitGrant reads the role and the department from a grantSummary.
func splitGrant(line string) (role access.Role, department string) {
	r, department, _ := strings.Cut(line, ofDepartment)
	return access.Role(r), department
}

// ofDepartment stands between a role and its department in a grantSummary.
const ofDepartment = " dept:"

// The name of an app may contain the comma that separates the apps of a summary.
var (
	escapeName   = strings.NewReplacer("%", "%25", ",", "%2C")
	unescapeName = strings.NewReplacer("%25", "%", "%2C", ",")
)

// appsSummary describes a list of apps in one line: cli_a=one name,cli_b=another. readApps reads it.
func appsSummary(apps usage.Apps) string {
	parts := make([]string, len(apps))
	for i, app := range apps {
		parts[i] = app.ID + "=" + escapeName.Replace(app.Name)
	}
	return strings.Join(parts, ",")
}

// readApps reads what appsSummary wrote.
func readApps(line string) (apps usage.Apps) {
	for app := range strings.SplitSeq(line, ",") {
		id, name, _ := strings.Cut(app, "=")
		apps = append(apps, usage.App{ID: id, Name: unescapeName.Replace(name)})
	}
	return apps
}

// appIDs is an appsSummary without the names, which are not logged.
func appIDs(line string) string {
	apps := readApps(line)
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = app.ID
	}
	return strings.Join(ids, ",")
}

// auditView words an audit entry for a card. The log stores ids, which outlive every name; the card shows the present
// names.
func (c conversation) auditView(ctx context.Context, entry access.Change) templates.Change {
	return templates.Change{
		Change: entry, At: entry.At.In(c.zone), ChatName: c.chatName(ctx, entry.ChatID), OfName: c.subjectName(ctx, entry.Of),
		Was: c.readSummary(entry.Act, entry.Before), Is: c.readSummary(entry.Act, entry.After),
	}
}

// subjectName returns the name of a department, a chat or an app; empty for anything else.
func (c conversation) subjectName(ctx context.Context, id string) string {
	switch {
	case strings.HasPrefix(id, "od-"):
		return pathOrName(c.current(usage.Department{ID: id, Name: id}))
	case command.IsChat(id):
		return c.chatName(ctx, id)
	case strings.HasPrefix(id, "cli_"):
		return c.apps.name(id)
	}
	return ""
}

// readSummary reads a summary of the audit log. What it does not understand stays as it is written.
func (c conversation) readSummary(act access.Act, line string) templates.Past {
	p := templates.Past{Text: line}
	switch act {
	case access.Subscribed, access.Rescheduled, access.Paused, access.Resumed, access.Removed, access.HandedOver:
		c.readSubscription(&p, line)
	case access.Granted, access.Revoked:
		var department string
		if p.Role, department = splitGrant(line); department != "" {
			p.Department = pathOrName(c.current(usage.Department{ID: department, Name: department}))
		}
	case access.AppsChanged:
		p.Apps = readApps(line)
	case access.SettingsSaved:
		if cmd, err := c.grammar.Parse(line); err == nil {
			p.Language = templates.Language(cmd.Args.Lang)
			p.App = usage.App{ID: cmd.Args.App, Name: c.apps.name(cmd.Args.App)}
		}
	}
	return p
}

// readSubscription reads what summary wrote.
func (c conversation) readSubscription(p *templates.Past, line string) {
	order, rest, _ := strings.Cut(line, " state:")
	cmd, err := c.grammar.Parse(order)
	if err != nil {
		return
	}
	a := cmd.Args
	p.Topic = &templates.Topic{
		App: usage.App{ID: a.App, Name: c.apps.name(a.App)}, Ability: cmp.Or(a.Ability, usage.AppAbility), Cycle: a.Cycle,
		Department: c.current(usage.Department{ID: a.Dept, Name: a.Dept}),
	}
	p.Topic.DepartmentPath = p.Topic.Department.Path
	p.Timing = timing(withSchedule(a, c.defaultSchedule(a.Cycle)))
	for word := range strings.FieldsSeq("state:" + rest) {
		name, value, _ := strings.Cut(word, ":")
		switch name {
		case "state":
			p.State = value
		case "owner":
			p.Owner = value
		case "until":
			p.Until = value
		}
	}
}
