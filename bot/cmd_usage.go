package bot

import (
	"context"
	"errors"
	"strings"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// usage answers with the figures of one period, beside the period before.
func (b speaker) usage(ctx context.Context, req Request, c command.Command) (Answer, error) {
	q, err := b.query(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	r, err := b.Asker.Report(ctx, q, usage.People)
	if err != nil {
		return Answer{}, err
	}
	b.rememberSession(ctx, req, c)
	return Answer{Card: b.templates.Usage(b.language, r, b.usageOptions(c, r))}, nil
}

// query resolves the names in a command.
func (b speaker) query(ctx context.Context, c command.Command) (usage.Query, error) {
	q := usage.Query{Ability: c.Args.Ability, Cycle: c.Args.ResolvedCycle(), When: c.Args.When}
	if q.Ability == "" {
		q.Ability = usage.AppAbility
	}
	var err error
	if q.App, err = b.findApp(c.Args.App); err != nil {
		return q, err
	}
	q.Department, err = b.department(ctx, c)
	return q, err
}

// unknownApp says that no app, or more than one, is called so.
type unknownApp struct {
	word string
	apps usage.Apps
}

func (e *unknownApp) Error() string { return "no such app" }

func (b speaker) findApp(text string) (usage.App, error) {
	apps := *b.apps.Load()
	if text == "" {
		return b.app, nil
	}
	if app, ok := apps.Find(text); ok {
		return app, nil
	}
	return usage.App{}, &unknownApp{text, apps}
}

// whichDepartment says that no department is called so, or several are.
type whichDepartment struct {
	command command.Command
	match   usage.Match
}

func (e *whichDepartment) Error() string { return "no single such department" }

// noDirectory says that names cannot be looked up.
type noDirectory struct{ err error }

func (e *noDirectory) Error() string { return "no departments to look a name up in: " + e.err.Error() }
func (e *noDirectory) Unwrap() error { return e.err }

func (b speaker) department(ctx context.Context, c command.Command) (usage.Department, error) {
	text := c.Args.Dept
	if text == "" {
		return usage.Department{}, nil
	}
	m, err := b.Directory.Find(ctx, text)
	switch {
	case m.One != nil:
		return *m.One, nil
	case strings.HasPrefix(text, "od-"):
		// An id that the directory does not have may lie outside of what the bot may list: the platform decides.
		return usage.Department{ID: text, Name: text}, nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return usage.Department{}, err
	case err != nil:
		return usage.Department{}, &noDirectory{err}
	}
	return usage.Department{}, &whichDepartment{c, m}
}

// usageOptions gives the card's controls: the same question for another cycle or ability. They name the period and the
// ids that the card shows, so that a click means the same a week later, whatever "newest" and the names are then; only
// another cycle of a question for the newest is again for the newest.
func (b speaker) usageOptions(c command.Command, r usage.Report) templates.UsageOptions {
	o := templates.UsageOptions{
		DepartmentPath: r.Query.Department.Path, TimeZone: b.Zone.String(),
		Cycles: map[usage.Cycle]string{},
	}
	pinned := c
	pinned.Args.App, pinned.Args.Dept = r.Query.App.ID, r.Query.Department.ID
	pinned.Args.Cycle, pinned.Args.Ability = r.Query.Cycle, r.Query.Ability
	shown := usage.When{Kind: usage.OnDay, Date: r.Period.Start}
	for _, cycle := range usage.Cycles() {
		other := pinned
		other.Args.Cycle = cycle
		if cycle == r.Query.Cycle || c.Args.When.Kind != usage.Newest {
			other.Args.When = shown
		}
		o.Cycles[cycle] = other.String()
	}
	pinned.Args.When = shown
	o.Ability = templates.Pick{Line: pinned.String(), Arg: "ability", Current: string(r.Query.Ability)}
	for _, ability := range append(usage.Abilities(), usage.All) {
		name := b.templates.AbilityName(b.language, ability)
		o.Ability.Options = append(o.Ability.Options, templates.Option{Text: name, Value: string(ability)})
	}
	return o
}
