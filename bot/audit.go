package bot

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"time"

	"usagebot/locale"
	"usagebot/usage/directory"

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

// The audit log stores what something was and is as JSON, by ids: names may change, and a card shows the present ones.

// subscriptionState is a subscription in the audit log.
type subscriptionState struct {
	App        string        `json:"app"`
	Ability    usage.Ability `json:"ability"`
	Cycle      string        `json:"cycle"`
	Department string        `json:"dept,omitempty"`
	Hour       int           `json:"hour"`
	Minute     int           `json:"minute"`
	On         string        `json:"on,omitempty"`
	Zone       string        `json:"zone"`
	State      string        `json:"state"`
	Owner      string        `json:"owner"`
	Until      string        `json:"until,omitempty"` // the day on which a pause ends
}

// grantState is a grant in the audit log, beside its subject.
type grantState struct {
	Role       access.Role `json:"role"`
	Department string      `json:"dept,omitempty"`
}

// appState is one of the apps in the audit log.
type appState struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// settingsState are a chat's settings in the audit log.
type settingsState struct {
	Language string `json:"lang,omitempty"`
	App      string `json:"app,omitempty"`
}

// encode writes a state.
func encode(state any) string {
	written, err := json.Marshal(state)
	if err != nil { // strings and numbers cannot fail
		return ""
	}
	return string(written)
}

// decode reads a state. ok is false if there was none, or if it is not one of this kind.
func decode[S any](text string) (state S, ok bool) {
	return state, text != "" && json.Unmarshal([]byte(text), &state) == nil
}

// summary writes a subscription; empty for none.
func summary(s reports.Subscription) string {
	if s.ID == "" {
		return ""
	}
	state := subscriptionState{
		App: s.AppID, Ability: s.Ability, Cycle: s.Schedule.Cycle.String(), Department: s.DepartmentID,
		Hour: s.Schedule.Hour, Minute: s.Schedule.Min, On: string(s.Schedule.On), Zone: s.Schedule.Zone,
		State: string(s.State), Owner: s.OwnerID,
	}
	if !s.PausedUntil.IsZero() {
		state.Until = usage.DateOf(s.PausedUntil).String()
	}
	return encode(state)
}

func grantSummary(g access.Grant) string {
	return encode(grantState{Role: g.Role, Department: g.Department})
}

func appsSummary(apps directory.Apps) string {
	states := make([]appState, len(apps))
	for i, app := range apps {
		states[i] = appState{ID: app.ID, Name: app.Name}
	}
	return encode(states)
}

// settingsSummary writes a chat's settings; empty if nothing was set.
func settingsSummary(p Preferences) string {
	if p == (Preferences{}) {
		return ""
	}
	return encode(settingsState{Language: p.Language, App: p.AppID})
}

// appIDs returns the ids of an appsSummary. Names are not logged.
func appIDs(text string) string {
	apps, _ := decode[[]appState](text)
	ids := make([]string, len(apps))
	for i, app := range apps {
		ids[i] = app.ID
	}
	return strings.Join(ids, ",")
}

// changeLog words entries of the log of changes for a conversation.
type changeLog struct{ conversation }

// auditView words an audit entry for a card. The log stores ids, which outlive every name; the card shows the present
// names.
func (c changeLog) auditView(ctx context.Context, entry access.Change) templates.Change {
	return templates.Change{
		Change: entry, At: entry.At.In(c.zone), ChatName: c.chatName(ctx, entry.ChatID), OfName: c.subjectName(ctx, entry.Of),
		Was: c.readSummary(entry.Act, entry.Before), Is: c.readSummary(entry.Act, entry.After),
	}
}

// subjectName returns the name of a department, a chat or an app; empty for anything else.
func (c changeLog) subjectName(ctx context.Context, id string) string {
	switch {
	case strings.HasPrefix(id, "od-"):
		return pathOrName(c.current(usage.Department{ID: id, Name: id}))
	case command.IsChat(id):
		return c.chatName(ctx, id)
	case strings.HasPrefix(id, "cli_"):
		return c.inWords(c.apps.get(id)).Name
	}
	return ""
}

// readSummary reads a summary of the audit log. A text that it does not understand stays as it is.
func (c changeLog) readSummary(act access.Act, text string) templates.AuditState {
	p := templates.AuditState{Text: text}
	switch act {
	case access.Subscribed, access.Rescheduled, access.Paused, access.Resumed, access.Removed, access.HandedOver:
		if s, ok := decode[subscriptionState](text); ok {
			c.addSubscription(&p, s)
		}
	case access.Granted, access.Revoked:
		if g, ok := decode[grantState](text); ok {
			p.Role = g.Role
			if g.Department != "" {
				p.Department = pathOrName(c.current(usage.Department{ID: g.Department, Name: g.Department}))
			}
		}
	case access.AppsChanged:
		apps, _ := decode[[]appState](text)
		for _, app := range apps {
			p.Apps = append(p.Apps, usage.App{ID: app.ID, Name: app.Name})
		}
	case access.SettingsSaved:
		if s, ok := decode[settingsState](text); ok {
			p.Language = locale.Language(s.Language)
			p.App = c.inWords(c.apps.get(s.App))
		}
	}
	return p
}

// addSubscription adds a subscription under its present names.
func (c changeLog) addSubscription(p *templates.AuditState, s subscriptionState) {
	p.Topic = &templates.Topic{
		App: c.inWords(c.apps.get(s.App)), Ability: s.Ability,
		Department: c.current(usage.Department{ID: s.Department, Name: s.Department}),
	}
	p.Topic.DepartmentPath = p.Topic.Department.Path
	for _, cycle := range usage.Cycles() {
		if cycle.String() == s.Cycle {
			p.Topic.Cycle = cycle
		}
	}
	p.Timing = templates.Timing{Hour: s.Hour, Minute: s.Minute, On: s.On, Zone: c.otherZone(s.Zone)}
	p.State, p.Owner, p.Until = s.State, s.Owner, s.Until
}
