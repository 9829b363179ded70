package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// glimpse is how long an answer waits for its chart before it goes out without the points that are missing; with the
// figures before it stays below hurry.
const (
	glimpse      = 1200 * time.Millisecond
	leastGlimpse = 200 * time.Millisecond
	refill       = 10 * time.Second // how long a card that lacks points waits for more of them
)

// usage answers with the figures of one period, beside the period before, and how they came about.
func (b speaker) usage(ctx context.Context, req Request, c command.Command) (Answer, error) {
	q, err := b.query(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	b.rememberSession(ctx, req, c) // also a question without an answer may be followed up
	began := b.Now()
	r, err := b.Asker.Report(ctx, q, b.share)
	if err != nil {
		return Answer{}, withQuestion(c, err)
	}
	within := max(glimpse-b.Now().Sub(began), leastGlimpse)
	trend, err := b.Asker.TrendTo(ctx, r, usage.DefaultPoints(q.Cycle), b.share, within)
	if err != nil {
		return Answer{}, err
	}
	return b.dashboard(ctx, c, r, trend), nil
}

// dashboard draws a report with its trend. While points of the trend are missing the card is filled up with them; the
// report stays, and the trend is that of the report's moment.
func (b speaker) dashboard(ctx context.Context, c command.Command, r usage.Report, trend usage.Trend) Answer {
	o := b.usageOptions(ctx, c, r)
	r.Query.Department = b.known(r.Query.Department)
	o.Trend = &trend
	a := Answer{Card: b.templates.Usage(b.language, r, o)}
	if trend.Pending() > 0 {
		a.More = func(ctx context.Context) (Answer, error) {
			fuller, err := b.Asker.Resume(ctx, trend, b.share, refill)
			if err != nil {
				return Answer{}, err
			}
			return b.dashboard(ctx, c, r, fuller), nil
		}
	}
	return a
}

func (b speaker) usageOptions(ctx context.Context, c command.Command, r usage.Report) templates.UsageOptions {
	v := b.controls(c, r.Query, r.Period)
	departments := v.department(ctx) // after it the department's name is known, as far as it can be
	return templates.UsageOptions{
		DepartmentPath: b.current(r.Query.Department).Path, TimeZone: b.PlatformZone.String(), Narrowed: b.narrowed(c),
		Cycles: v.cycles(), Ability: v.ability(append(usage.Abilities(), usage.All)), Department: departments,
		MetricPick: v.metric(), Date: v.date(), Previous: v.previous(), Next: v.next(), Metric: inView(c.Args.Metric),
		ShowTrend: v.line("trend", nil), ShowTop: v.line("top", nil), Subscribe: v.subscribe(), Refresh: v.same(nil),
		AskAnew: v.askAnew(r.Period.Start, r.Period.End()),
	}
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
	word  string
	apps  directory.Apps
	added bool // it was to be added to them
}

func (e *unknownApp) Error() string { return "no such app" }

func (e *unknownApp) view(b speaker) templates.ProblemView {
	if e.added {
		add := command.Command{Name: "admin apps", Args: command.Args{Do: "add", App: command.SampleApp}}
		return templates.ProblemView{
			Key: templates.AppIDNeeded, Args: map[string]string{"word": e.word}, Example: b.commands.Line(add, b.lang()),
		}
	}
	return templates.ProblemView{Key: templates.AppUnknown, Args: map[string]string{"word": e.word}, Allowed: b.appNames(e.apps)}
}

func (*unknownApp) mistaken() {}

func (b speaker) findApp(text string) (usage.App, error) {
	apps := *b.apps.Load()
	if text == "" {
		return b.app, nil
	}
	if app, ok := apps.Find(text); ok {
		return app, nil
	}
	return usage.App{}, &unknownApp{word: text, apps: apps}
}

// whichDepartment says that no department is called so, or several are.
type whichDepartment struct {
	command command.Command
	match   directory.Match
	subject bool // it is whom something is granted to, not where to look
}

// view: there is none of that name, but others like it.
func (e *whichDepartment) view(b speaker) templates.ProblemView {
	v := templates.ProblemView{Key: templates.DepartmentUnknown, Args: map[string]string{"word": e.word()}}
	if e.subject {
		examples := b.commands.Find(e.command.Name).Examples.In(b.lang())
		v.Key, v.Example = templates.SubjectUnknown, examples[len(examples)-1] // of a department's members
	}
	for _, d := range e.match.Near {
		v.Choices = append(v.Choices, templates.Button{Label: b.local(d).Path, Command: e.in(d)})
	}
	return v
}

func (*whichDepartment) mistaken() {}

// word is what was typed.
func (e *whichDepartment) word() string {
	if e.subject {
		return e.command.Args.Subject
	}
	return e.command.Args.Dept
}

// in returns the command with one department in the place of what was typed.
func (e *whichDepartment) in(d usage.Department) string {
	c := e.command
	if e.subject {
		c.Args.Subject = d.ID
		return c.String()
	}
	return inDepartment(c, d)
}

func (e *whichDepartment) Error() string { return "no single such department" }

// noDirectory says that names cannot be looked up.
type noDirectory struct{ err error }

func (e *noDirectory) Error() string { return "no departments to look a name up in: " + e.err.Error() }
func (e *noDirectory) Unwrap() error { return e.err }

// view: without an index only open_department_ids can be asked for. What keeps it away is for an administrator, who is
// told as for any other refusal; a missing scope is told by what it keeps from the asker.
func (e *noDirectory) view(b speaker) templates.ProblemView {
	failure := new(usage.Failure)
	if !errors.As(e.err, &failure) {
		return templates.ProblemView{Key: templates.Internal, Reference: b.reference(e)}
	}
	if failure.Reason != usage.MissingScope {
		return b.refused(failure)
	}
	b.Log.Warn("departments cannot be listed", "error", e.err)
	return templates.ProblemView{Key: templates.DepartmentsUnavailable, Scopes: failure.Scopes, LogID: failure.LogID}
}

func (b speaker) department(ctx context.Context, c command.Command) (usage.Department, error) {
	text := c.Args.Dept
	if text == "" {
		return b.standard(ctx, c)
	}
	m, err := b.Directory.Find(ctx, text)
	several := len(m.Several)
	if m.Several = b.visible(ctx, m.Several); len(m.Several) == 1 {
		m.One = &m.Several[0] // of the others he may see none
	}
	switch {
	case m.One != nil:
		return *m.One, b.open(ctx, c, *m.One)
	case strings.HasPrefix(text, "od-"):
		// An id that the directory does not have may lie outside of what the bot may list: the platform decides.
		d := usage.Department{ID: text, Name: text}
		return d, b.open(ctx, c, d)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return usage.Department{}, err
	case err != nil:
		return usage.Department{}, &noDirectory{err}
	}
	if several > 0 && len(m.Several) == 0 {
		return usage.Department{}, &departmentClosed{c, text, b.ownDepartments(ctx)}
	}
	m.Near = b.visible(ctx, m.Near)
	return usage.Department{}, &whichDepartment{command: c, match: m}
}
