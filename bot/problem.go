package bot

import (
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// userError is an error that has words for the person who asked. Functions such as notAllowed make them.
type userError struct {
	err        error // for the log, and to recognise it by
	usageError bool  // the person can mend it by typing or choosing something else
	problem    func(c conversation) templates.ProblemView
}

func (e *userError) Error() string { return e.err.Error() }
func (e *userError) Unwrap() error { return e.err }

// saying returns a userError whose words do not depend on the conversation.
func saying(what string, v templates.ProblemView) error {
	return &userError{err: errors.New(what), problem: func(conversation) templates.ProblemView { return v }}
}

// problem turns an error into an answer: what was wrong, what is allowed, what to do, and whom to ask. An error without
// words for the person goes to the log, under a reference that the person can pass on.
func (c conversation) problem(ctx context.Context, err error) Answer {
	return c.problemOf(ctx, command.Command{}, err)
}

// problemOf is problem for a question: if the same question may be answered later, the card has a button that asks it again.
func (c conversation) problemOf(ctx context.Context, question command.Command, err error) Answer {
	if choice := new(departmentChoice); errors.As(err, &choice) && len(choice.match.Several) > 0 {
		return c.departmentChoice(choice)
	}
	if choice := new(nameChoice); errors.As(err, &choice) {
		return choice.answer(c)
	}
	v := c.problemView(err)
	if len(v.Ask) == 0 && v.Key.NeedsAdministrator() && !c.rights.Admin {
		v.Ask = c.resolver.Administrators(ctx)
	}
	if question.Name != "" {
		v.Refresh = question.String()
	}
	own := new(userError)
	return Answer{
		Problem: true, Private: refuses(v.Key), UsageError: errors.As(err, &own) && own.usageError || errors.As(err, new(*command.Error)),
		Card: templates.Problem(c.words(), v), Toast: templates.ProblemToast(c.words(), v),
	}
}

// problemView finds the words for an error.
func (c conversation) problemView(err error) templates.ProblemView {
	var (
		own        *userError
		unresolved *access.UnresolvedError
		typed      *command.Error
		failure    *usage.Failure
	)
	switch {
	case errors.Is(err, context.Canceled): // the bot is stopping, and another process answers
		return templates.ProblemView{Key: templates.Restarting}
	case errors.As(err, &own):
		return own.problem(c)
	case errors.As(err, &unresolved):
		return c.unresolvedRights(unresolved)
	case errors.As(err, &typed):
		return c.syntaxError(typed)
	case errors.As(err, &failure):
		return c.platformRefusal(failure)
	case errors.Is(err, access.ErrOutdated):
		return templates.ProblemView{Key: templates.Outdated}
	case errors.Is(err, reports.ErrUnavailable):
		c.log.Error("the database did not do what was asked for", "error", err)
		return templates.ProblemView{Key: templates.DatabaseUnavailable}
	case errors.Is(err, context.DeadlineExceeded):
		return templates.ProblemView{Key: templates.ReasonKey(usage.Throttled), Args: map[string]string{"seconds": throttledSeconds(0)}}
	}
	return templates.ProblemView{Key: templates.Internal, Reference: c.reference(err)}
}

func newReference() string { return "E-" + rand.Text()[:8] }

// reference logs an error under a short name that a person can pass on.
func (c conversation) reference(err error) string {
	id := newReference()
	c.log.Error("a question could not be answered", "reference", id, "error", err)
	return id
}

// syntaxError words what the grammar does not accept.
func (c conversation) syntaxError(e *command.Error) templates.ProblemView {
	kind := e.Kind
	if kind == command.NotCommand { // a button that carries no command
		kind = command.UnknownCommand
	}
	v := templates.ProblemView{
		Key:     templates.ProblemKey(kind),
		Args:    map[string]string{"word": e.Word, "arg": e.Arg, "other": e.Other, "limit": strconv.Itoa(command.MaxRunes)},
		Allowed: e.Allowed(c.language), Example: e.Example(c.language),
	}
	if kind == command.NoSuchDay {
		noSuchDay(c.words(), &v, e.NoDay)
	}
	if e.Arg == "app" && len(v.Allowed) > 0 {
		v.Allowed = appNames(c.appsInWords(c.apps.all()))
	}
	if e.Instead != nil {
		v.Choices = []templates.Button{{Label: c.commands.Line(*e.Instead, c.language), Command: e.Instead.String()}}
	}
	if e.Suggestion != "" {
		v.Suggestion = &templates.Button{Label: e.Suggestion, Command: e.Corrected}
	}
	return v
}

// noSuchDay words that the calendar does not have a day.
func noSuchDay(words templates.Catalog, v *templates.ProblemView, d command.NoDay) {
	v.Allowed = nil
	v.Args["days"] = strconv.Itoa(d.Days)
	if d.Month == 0 {
		v.Key = templates.NoMonthHasDay
		return
	}
	v.Args["month"] = templates.MonthName(words, d.Month)
	if d.Year == 0 {
		v.Key, v.Args["word"] = templates.NeverSuchDay, fmt.Sprintf("%02d-%02d", d.Month, d.Day)
		return
	}
	v.Args["year"], v.Args["word"] = strconv.Itoa(d.Year), fmt.Sprintf("%d-%02d-%02d", d.Year, d.Month, d.Day)
}

// platformRefusal words why the platform gave no figures.
func (c conversation) platformRefusal(f *usage.Failure) templates.ProblemView {
	v := templates.ProblemView{
		Key: reasonKey(f.Reason, f.Code), Args: map[string]string{"code": strconv.Itoa(f.Code)}, Scopes: f.Scopes, LogID: f.LogID,
	}
	if f.Reason == usage.Throttled {
		v.Args["seconds"] = throttledSeconds(f.RetryAfter)
	}
	attrs := []any{"reason", f.Reason, "error", f.Err}
	switch {
	case f.LogID != "":
		attrs = append(attrs, "code", f.Code, "log_id", f.LogID)
	case v.Key != templates.ReasonKey(usage.Unavailable): // its words ask for a reference to pass on
		v.Reference = newReference()
		attrs = append(attrs, "code", f.Code, "reference", v.Reference)
	}
	c.log.Warn("the platform gave no figures", attrs...)
	return v
}

// throttledSeconds words how long the platform asks to wait: a minute if it has not said, over which it counts calls.
func throttledSeconds(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(cmp.Or(wait, time.Minute).Seconds())))
}

// reasonKey finds the words for why there are no figures. A rejection without a code means that the platform sent no
// proper answer.
func reasonKey(r usage.Reason, code int) templates.ProblemKey {
	if r == usage.Rejected && code == 0 {
		r = usage.Unavailable
	}
	return templates.ReasonKey(r)
}

// departmentChoice says that a word names no department, or several.
type departmentChoice struct {
	command command.Command
	match   directory.Match
	subject bool // the word says to whom a role is granted, not where to look
}

func (e *departmentChoice) Error() string { return "no single such department" }

// word returns what was typed.
func (e *departmentChoice) word() string {
	if e.subject {
		return e.command.Args.Subject
	}
	return e.command.Args.Dept
}

// in returns the command with a department in place of what was typed.
func (e *departmentChoice) in(d usage.Department) string {
	if e.subject {
		cmd := e.command
		cmd.Args.Subject = d.ID
		return cmd.String()
	}
	return inDepartment(e.command, d)
}

func inDepartment(cmd command.Command, d usage.Department) string {
	cmd.Args.Dept = d.ID
	return cmd.String()
}

// whichDepartment says that no department has the name, and offers similar ones. If several have it, problem asks which
// one is meant.
func whichDepartment(choice departmentChoice) error {
	e := &choice
	return &userError{err: e, usageError: true, problem: func(c conversation) templates.ProblemView {
		v := templates.ProblemView{Key: templates.DepartmentUnknown, Args: map[string]string{"word": e.word()}}
		if e.subject {
			examples := c.commands.Find(e.command.Name).Examples.In(c.language)
			v.Key, v.Example = templates.SubjectUnknown, examples[len(examples)-1] // the one about a department's members
		}
		for _, d := range e.match.Near {
			v.Choices = append(v.Choices, templates.Button{Label: pathOrName(c.local(d)), Command: e.in(d)})
		}
		return v
	}}
}

// departmentChoice asks which of several departments is meant.
func (c conversation) departmentChoice(e *departmentChoice) Answer {
	v := templates.ChoiceView{Word: e.word()}
	for _, d := range e.match.Several {
		d = c.local(d)
		v.Options = append(v.Options, templates.ChoiceOption{Name: d.Name, Path: d.Path, Command: e.in(d)})
	}
	return Answer{Card: templates.Choice(c.words(), v), UsageError: true}
}

// noDirectory says that department names cannot be looked up. The person can still use an open_department_id. If a scope
// is missing, the words name it; any other refusal is worded like one of figures.
func noDirectory(err error) error {
	e := &userError{err: &wrapped{"no departments to look a name up in", err}}
	e.problem = func(c conversation) templates.ProblemView {
		failure := new(usage.Failure)
		if !errors.As(err, &failure) {
			return templates.ProblemView{Key: templates.Internal, Reference: c.reference(e)}
		}
		if failure.Reason != usage.MissingScope {
			return c.platformRefusal(failure)
		}
		c.log.Warn("could not list departments", "error", err)
		return templates.ProblemView{Key: templates.DepartmentsUnavailable, Scopes: failure.Scopes, LogID: failure.LogID}
	}
	return e
}

// wrapped says what was attempted when an error came.
type wrapped struct {
	what string
	err  error
}

func (e *wrapped) Error() string { return e.what + ": " + e.err.Error() }
func (e *wrapped) Unwrap() error { return e.err }

// unknownApp says that no app has the name, or more than one. If it was to be added, the words ask for an app's id.
func unknownApp(word string, apps directory.Apps, added bool) error {
	return &userError{err: errUnknownApp, usageError: true, problem: func(c conversation) templates.ProblemView {
		args := map[string]string{"word": word}
		if added {
			add := command.Command{Name: "admin apps", Args: command.Args{Do: "add", App: command.SampleApp}}
			return templates.ProblemView{Key: templates.AppIDNeeded, Args: args, Example: c.commands.Line(add, c.language)}
		}
		return templates.ProblemView{Key: templates.AppUnknown, Args: args, Allowed: appNames(c.appsInWords(apps))}
	}}
}

var errUnknownApp = errors.New("no such app")

func appNames(apps directory.Apps) (names []string) {
	for _, app := range apps {
		name := app.Name
		if name == "" {
			name = app.ID
		}
		names = append(names, name)
	}
	return names
}

// appsInWords returns apps with their names in the conversation's language.
func (c conversation) appsInWords(apps directory.Apps) (named directory.Apps) {
	for _, app := range apps {
		named = append(named, c.inWords(app))
	}
	return named
}

// unknownSubscription says that the chat has no subscription with the id.
func unknownSubscription(id string) error {
	return &userError{err: errUnknownSubscription, usageError: true, problem: func(conversation) templates.ProblemView {
		return templates.ProblemView{Key: templates.SubscriptionUnknown, Args: map[string]string{"word": id}}
	}}
}

var errUnknownSubscription = errors.New("no such subscription")

// unknownIDError adds to an error about a subscription's id the ids that could have been meant, and the command that
// lists them.
func unknownIDError(err error, ids []string, list string) error {
	own := new(userError)
	usageError := !errors.As(err, &own) || own.usageError
	return &userError{err: err, usageError: usageError, problem: func(c conversation) templates.ProblemView {
		v := c.problemView(err)
		listing := command.Command{Name: list}
		v.Allowed = ids
		v.Choices = append(v.Choices, templates.Button{Label: c.commands.Line(listing, c.language), Command: listing.String()})
		switch {
		case len(ids) == 0:
			v.Example = c.commands.Line(listing, c.language)
		case v.Example != "":
			v.Example = strings.ReplaceAll(v.Example, command.SampleID, ids[0])
		}
		return v
	}}
}

// unanswered words that a question was understood and has no figures. Other errors it returns as they are.
func unanswered(cmd command.Command, err error) error {
	early, none := new(usage.TimeError), new(usage.NoFigures)
	switch {
	case errors.As(err, &none):
		return &userError{err: err, problem: func(c conversation) templates.ProblemView { return noFigures(c, none) }}
	case errors.As(err, &early):
		return &userError{err: err, problem: func(c conversation) templates.ProblemView { return tooEarly(c, cmd, early) }}
	}
	return err
}

// tooEarly offers the same question for the newest period that has figures.
func tooEarly(c conversation, cmd command.Command, e *usage.TimeError) templates.ProblemView {
	cmd.Args.When = usage.When{}
	if !e.Newest.IsZero() {
		cmd.Args.When = onDay(e.Newest)
	}
	if e.Period.Cycle != usage.Daily {
		cmd.Args.Cycle = e.Period.Cycle // `this-week` had implied it
	}
	v := templates.ProblemView{
		Key: templates.DayNotOut, Args: map[string]string{"date": e.Period.Start.String(), "newest": e.Newest.String()},
		Example: c.commands.Line(cmd, c.language),
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

// noFigures says for what there are no figures.
func noFigures(c conversation, e *usage.NoFigures) templates.ProblemView {
	v := templates.ProblemView{
		Key: templates.NothingFor, LogID: e.Failure.LogID,
		Args: map[string]string{
			"what": templates.SelectionName(c.words(), e.Query.Ability, c.local(e.Query.Department)),
			"days": templates.Days(c.words(), e.First, e.Last),
		},
	}
	if e.Counting {
		v.Key = templates.NothingForYet
	}
	return v
}
