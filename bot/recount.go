package bot

import (
	"cmp"
	"context"
	"strings"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// The record keeps ids, which outlive every name; who reads it is told the names that are known now.

// recounted is an entry of the record as a card tells it.
func (b speaker) recounted(ctx context.Context, c access.Change) templates.Change {
	told := templates.Change{
		Change: c, At: c.At.In(b.Zone), ChatName: b.chatName(ctx, c.ChatID), OfName: b.subjectName(ctx, c.Of),
	}
	told.Was, told.Is = b.past(c.Act, c.Before), b.past(c.Act, c.After)
	return told
}

// subjectName is what a department, a chat or an app is called; empty for anything else.
func (b speaker) subjectName(ctx context.Context, id string) string {
	switch {
	case strings.HasPrefix(id, "od-"):
		return departmentName(b.current(usage.Department{ID: id, Name: id}))
	case command.IsChat(id):
		return b.chatName(ctx, id)
	case strings.HasPrefix(id, "cli_"):
		return b.AppName(id)
	}
	return ""
}

// past reads what something was out of its line in the record. What it does not understand stays as it is written there.
func (b speaker) past(act access.Act, line string) templates.Past {
	p := templates.Past{Text: line}
	switch act {
	case access.Subscribed, access.Rescheduled, access.Paused, access.Resumed, access.Removed, access.HandedOver:
		b.pastSubscription(&p, line)
	case access.Granted, access.Revoked:
		role, department, _ := strings.Cut(line, ofDepartment)
		p.Role = access.Role(role)
		if department != "" {
			p.Department = departmentName(b.current(usage.Department{ID: department, Name: department}))
		}
	case access.AppsChanged:
		p.Apps = parseAppsLine(line)
	case access.SettingsSaved:
		if c, err := b.all.Parse(line); err == nil {
			p.Language = templates.Language(c.Args.Lang)
			p.App = usage.App{ID: c.Args.App, Name: b.AppName(c.Args.App)}
		}
	}
	return p
}

// pastSubscription reads the line that described writes.
func (b speaker) pastSubscription(p *templates.Past, line string) {
	order, rest, _ := strings.Cut(line, " state:")
	c, err := b.all.Parse(order)
	if err != nil {
		return
	}
	a := c.Args
	p.Topic = &templates.Topic{
		App: usage.App{ID: a.App, Name: b.AppName(a.App)}, Ability: cmp.Or(a.Ability, usage.AppAbility), Cycle: a.Cycle,
		Department: b.current(usage.Department{ID: a.Dept, Name: a.Dept}),
	}
	p.Topic.DepartmentPath = p.Topic.Department.Path
	p.Timing = timing(b.schedule(a, b.standardSchedule(a.Cycle)))
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
