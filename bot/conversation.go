package bot

import (
	"context"
	"log/slog"
	"slices"
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

// shared is what all conversations use.
type shared struct {
	templates       *templates.Templates
	grammar         *command.Registry // all commands that have a handler
	directory       *directory.Directory
	resolver        *access.Resolver
	apps            *appList
	abilities       *appAbilities
	chatNames       chatNames
	defaultLanguage locale.Language
	zone            *time.Location
	platformZone    *time.Location
	calendar        reports.Calendar
	now             func() time.Time
	log             *slog.Logger
}

// chatNames knows the names of chats.
type chatNames interface {
	Name(ctx context.Context, chatID string) (string, error)
}

// platformToday returns the current day where the platform counts its days.
func (s *shared) platformToday() usage.Date { return usage.DateOf(s.now().In(s.platformZone)) }

// scheduleZone returns the time zone of a subscription's schedule.
func (s *shared) scheduleZone(sub reports.Subscription) *time.Location {
	zone, err := time.LoadLocation(sub.Schedule.Zone)
	if err != nil {
		return s.zone
	}
	return zone
}

// chatName returns the name of a chat; empty if it is not known.
func (s *shared) chatName(ctx context.Context, chatID string) string {
	if chatID == "" {
		return ""
	}
	name, err := s.chatNames.Name(ctx, chatID)
	if err != nil {
		s.log.Warn("could not read a chat's name", "error", err)
	}
	return strings.TrimSpace(name)
}

// departmentOf looks a department up by its id. An unknown one has its id for a name.
func (s *shared) departmentOf(ctx context.Context, id string) usage.Department {
	if m, err := s.directory.Find(ctx, id); err == nil && m.One != nil {
		return *m.One
	}
	return usage.Department{ID: id, Name: id}
}

// known returns a department with its present names, if the directory has it at hand. A subscription, for example, stores
// only the name that its department had when it was chosen.
func (s *shared) known(d usage.Department) usage.Department {
	if known, ok := s.directory.Known(d.ID); ok {
		return known
	}
	return d
}

// defaultSchedule returns the schedule of a subscription for which only the cycle is given.
func (s *shared) defaultSchedule(c usage.Cycle) reports.Schedule {
	return reports.Schedule{Cycle: c, Hour: defaultHour, Min: defaultMinute, On: reports.DefaultOn(c), Zone: s.zone.String()}
}

// subscriptionQuery returns the query for the figures that a subscription's digests carry.
func (s *shared) subscriptionQuery(sub reports.Subscription) usage.Query {
	return usage.Query{
		App: s.apps.get(sub.AppID), Ability: sub.Ability, Cycle: sub.Schedule.Cycle,
		Department: usage.Department{ID: sub.DepartmentID, Name: sub.DepartmentName},
	}
}

// Preferences are what a chat has set for itself; empty fields are not set.
type Preferences struct {
	Language string
	AppID    string // of the default app
}

// conversations begins conversations.
type conversations struct {
	*shared
	preferences preferences
}

// preferences reads what a chat has set for itself.
type preferences interface {
	Preferences(ctx context.Context, chatID string) (Preferences, error)
}

// in returns a conversation in the chat's language and with its default app. If the chat's preferences cannot be read, it
// uses the defaults. Nobody takes part in it yet, so it has no rights.
func (s *conversations) in(ctx context.Context, chatID string) conversation {
	apps := s.apps.all()
	c := conversation{shared: s.shared, language: s.defaultLanguage, app: apps[0], share: usage.People, commands: s.grammar}
	if chatID == "" { // outside of any chat
		c.app = c.inWords(c.app)
		return c
	}
	set, err := s.preferences.Preferences(ctx, chatID)
	if err != nil {
		s.log.Warn("could not read a chat's preferences", "error", err)
		c.app = c.inWords(c.app)
		return c
	}
	if set.Language != "" {
		c.language = locale.Language(set.Language)
	}
	for _, app := range apps {
		if app.ID == set.AppID {
			c.app = app
		}
	}
	c.app = c.inWords(c.app)
	return c
}

// inWords returns an app with its name in the conversation's language.
func (c conversation) inWords(app usage.App) usage.App { return app.In(templates.Locale(c.words())) }

// conversation is one exchange with one person: their language, their rights, and how to word things for them.
type conversation struct {
	*shared
	language locale.Language
	app      usage.App // the chat's default
	rights   access.Rights
	share    usage.Share       // whose part of the platform's quota is used
	commands *command.Registry // suggests only what the person may use
}

// words returns the texts of cards in the reader's language.
func (c conversation) words() templates.Catalog { return c.templates.In(c.language) }

// local returns a department under the names that it has in the reader's language. Its path begins with the first
// department that the reader may see.
func (c conversation) local(d usage.Department) usage.Department {
	local := d.In(templates.Locale(c.words()))
	if c.rights.Everything || len(c.rights.Departments) == 0 {
		return local
	}
	trail := c.directory.KnownTrail(d.ID)
	first := slices.IndexFunc(trail, func(above usage.Department) bool { return slices.Contains(c.rights.Departments, above.ID) })
	if first < 1 {
		return local
	}
	var names []string
	for _, at := range trail[first:] {
		names = append(names, at.In(templates.Locale(c.words())).Name)
	}
	local.Path = strings.Join(names, "/")
	return local
}

// current returns a department under its present names in the reader's language.
func (c conversation) current(d usage.Department) usage.Department { return c.local(c.known(d)) }

// departmentName returns the name of the department with an id.
func (c conversation) departmentName(ctx context.Context, id string) string {
	return pathOrName(c.local(c.departmentOf(ctx, id)))
}

// pathOrName returns a department's path of names, or its name if it has no path.
func pathOrName(d usage.Department) string {
	if d.Path != "" {
		return d.Path
	}
	return d.Name
}

// narrowed reports whether a command that names no department is answered for one all the same, since the person may not
// see the whole company.
func (c conversation) narrowed(cmd command.Command) bool {
	return cmd.Args.Dept == "" && !c.rights.Everything
}

// topic returns what a subscription's digests are about.
func (c conversation) topic(s reports.Subscription) templates.Topic {
	q := c.subscriptionQuery(s)
	d := c.current(q.Department)
	return templates.Topic{App: c.inWords(q.App), Ability: q.Ability, Cycle: q.Cycle, Department: d, DepartmentPath: d.Path}
}

// findApp returns the app with a name or id; the chat's default if the text is empty.
func (c conversation) findApp(text string) (usage.App, error) {
	apps := c.apps.all()
	if text == "" {
		return c.app, nil
	}
	if app, ok := apps.Find(text); ok {
		return c.inWords(app), nil
	}
	return usage.App{}, unknownApp(text, apps, false)
}

// query resolves the names in a command.
func (c conversation) query(ctx context.Context, cmd command.Command) (usage.Query, error) {
	q := usage.Query{Ability: cmd.Args.Ability, Cycle: cmd.Args.ResolvedCycle(), When: cmd.Args.When}
	if q.Ability == "" {
		q.Ability = usage.AppAbility
	}
	var err error
	if q.App, err = c.findApp(cmd.Args.App); err != nil {
		return q, err
	}
	q.Department, err = c.department(ctx, cmd)
	return q, err
}
