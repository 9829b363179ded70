package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// told is an error of this package that finds its own words.
type told interface {
	error
	view(b speaker) templates.ProblemView
}

// mistake is one that is mended by typing something else.
type mistake interface {
	told
	mistaken()
}

// problem turns an error into an answer: what was wrong, what is allowed, what to do, and whom to ask. An error that says
// nothing to a person goes to the log, under a reference that the person gets.
func (b speaker) problem(ctx context.Context, err error) Answer {
	if choice, ok := b.choice(err); ok {
		return choice
	}
	v := b.view(err)
	if len(v.Ask) == 0 && v.Key.NeedsAdministrator() && !b.rights.Admin {
		v.Ask = b.Administrators(ctx)
	}
	return Answer{
		Problem: true, Misuse: errors.As(err, new(mistake)) || errors.As(err, new(*command.Error)),
		Card: b.templates.Problem(b.language, v), Toast: b.templates.ProblemToast(b.language, v),
	}
}

// view finds the words for an error.
func (b speaker) view(err error) templates.ProblemView {
	var (
		own     told
		typed   *command.Error
		failure *usage.Failure
	)
	switch {
	case errors.As(err, &own):
		return own.view(b)
	case errors.As(err, &typed):
		return b.misuse(typed)
	case errors.As(err, &failure):
		return b.refused(failure)
	case errors.Is(err, reports.ErrUnavailable):
		b.Log.Error("the database did not do what was asked for", "error", err)
		return templates.ProblemView{Key: templates.DatabaseAway}
	case errors.Is(err, context.Canceled):
		return templates.ProblemView{Key: templates.Restarting}
	case errors.Is(err, context.DeadlineExceeded):
		return templates.ProblemView{Key: templates.ReasonKey(usage.Throttled)}
	}
	return templates.ProblemView{Key: templates.Internal, Reference: b.reference(err)}
}

func newReference() string { return "E-" + rand.Text()[:8] }

// reference logs an error under a short name that a person can pass on.
func (b speaker) reference(err error) string {
	id := newReference()
	b.Log.Error("a question could not be answered", "reference", id, "error", err)
	return id
}

func (b speaker) misuse(e *command.Error) templates.ProblemView {
	kind := e.Kind
	if kind == command.NotCommand { // of a button that carries something else
		kind = command.UnknownCommand
	}
	v := templates.ProblemView{
		Key:     templates.ProblemKey(kind),
		Args:    map[string]string{"word": e.Word, "arg": e.Arg, "other": e.Other, "limit": strconv.Itoa(command.MaxRunes)},
		Allowed: e.Allowed(b.lang()), Example: e.Example(b.lang()),
	}
	if e.Arg == "app" && len(v.Allowed) > 0 {
		v.Allowed = b.appNames(*b.apps.Load())
	}
	if e.Suggestion != "" {
		v.Suggestion = &templates.Button{Label: e.Suggestion, Command: e.Corrected}
	}
	return v
}

// choice asks which department is meant, when there are several.
func (b speaker) choice(err error) (Answer, bool) {
	var e *whichDepartment
	if !errors.As(err, &e) || len(e.match.Several) == 0 {
		return Answer{}, false
	}
	v := templates.ChoiceView{Word: e.word()}
	for _, d := range e.match.Several {
		d = b.local(d)
		v.Options = append(v.Options, templates.ChoiceOption{Name: d.Name, Path: d.Path, Command: e.in(d)})
	}
	return Answer{Card: b.templates.Choice(b.language, v), Misuse: true}, true
}

func inDepartment(c command.Command, d usage.Department) string {
	c.Args.Dept = d.ID
	return c.String()
}

func (b speaker) appNames(apps directory.Apps) (names []string) {
	for _, app := range apps {
		name := app.Name
		if name == "" {
			name = app.ID
		}
		names = append(names, name)
	}
	return names
}

// unanswered is a question that was understood, and of which there are no figures.
type unanswered struct {
	command command.Command
	err     error
}

func (e *unanswered) Error() string { return e.err.Error() }
func (e *unanswered) Unwrap() error { return e.err }

// withQuestion makes an unanswered of an error that says that there are no figures.
func withQuestion(c command.Command, err error) error {
	if errors.As(err, new(*usage.TimeError)) || errors.As(err, new(*usage.NoFigures)) {
		return &unanswered{c, err}
	}
	return err
}

func (e *unanswered) view(b speaker) templates.ProblemView {
	if none := new(usage.NoFigures); errors.As(e.err, &none) {
		return b.nothingFor(none)
	}
	early := new(usage.TimeError)
	errors.As(e.err, &early)
	return b.notYet(e.command, early)
}

// notYet offers the same question of the newest period that there is.
func (b speaker) notYet(c command.Command, e *usage.TimeError) templates.ProblemView {
	c.Args.When = usage.When{}
	if !e.Newest.IsZero() {
		c.Args.When = onDay(e.Newest)
	}
	if e.Period.Cycle != usage.Daily {
		c.Args.Cycle = e.Period.Cycle // which this-week had implied
	}
	v := templates.ProblemView{
		Key: templates.DayNotOut, Args: map[string]string{"date": e.Period.Start.String(), "newest": e.Newest.String()},
		Example: b.commands.Line(c, b.lang()),
	}
	switch {
	case e.Future:
		v.Key = templates.DateInFuture
	case e.Period.Cycle == usage.Weekly:
		v.Key = templates.WeekNotBegun
	case e.Period.Cycle == usage.Monthly:
		v.Key = templates.MonthNotBegun
	case e.Newest.IsZero():
		v.Key = templates.NoDayOut
	}
	return v
}

func (b speaker) nothingFor(e *usage.NoFigures) templates.ProblemView {
	v := templates.ProblemView{
		Key: templates.NothingFor, LogID: e.Failure.LogID,
		Args: map[string]string{
			"what": b.templates.SelectionName(b.language, e.Query.Ability, b.local(e.Query.Department)),
			"days": b.templates.Days(b.language, e.First, e.Last),
		},
	}
	if e.Counting {
		v.Key = templates.NothingForYet
	}
	return v
}

func (b speaker) refused(f *usage.Failure) templates.ProblemView {
	v := templates.ProblemView{
		Key: reasonKey(f.Reason, f.Code), Args: map[string]string{"code": strconv.Itoa(f.Code)}, Scopes: f.Scopes, LogID: f.LogID,
	}
	attrs := []any{"reason", f.Reason, "error", f.Err}
	switch {
	case f.LogID != "":
		attrs = append(attrs, "code", f.Code, "log_id", f.LogID)
	case v.Key != templates.ReasonKey(usage.Unavailable): // the words ask for a reference to pass on
		v.Reference = newReference()
		attrs = append(attrs, "code", f.Code, "reference", v.Reference)
	}
	b.Log.Warn("the platform gave no figures", attrs...)
	return v
}

// reasonKey finds the words for why there are no figures. A refusal without a code is no proper answer.
func reasonKey(r usage.Reason, code int) templates.ProblemKey {
	if r == usage.Rejected && code == 0 {
		r = usage.Unavailable
	}
	return templates.ReasonKey(r)
}
