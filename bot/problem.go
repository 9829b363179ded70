package bot

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// problem turns an error into an answer: what was wrong, what is allowed, what to do. An error that says nothing to a
// person goes to the log, under a reference that the person gets.
func (b speaker) problem(err error) Answer {
	if choice, ok := b.choice(err); ok {
		return choice
	}
	v, a := b.view(err)
	a.Problem = true
	a.Card = b.templates.Problem(b.language, v)
	a.Toast = b.templates.ProblemToast(b.language, v)
	return a
}

// view finds the words for an error.
func (b speaker) view(err error) (templates.ProblemView, Answer) {
	var (
		misuse    *command.Error
		which     *whichDepartment
		app       *unknownApp
		directory *noDirectory
		when      *usage.TimeError
		failure   *usage.Failure
		unknown   *unknownSubscription
		chat      *chatUnreadable
		past      *pastDay
		unread    *rightsUnread
		allowed   *notAllowed
		closed    *departmentClosed
		paused    *subscriptionPaused
		full      *tooMany
		fast      *excess
	)
	switch {
	case errors.As(err, &unread):
		b.Log.Error("what somebody may see could not be read", "error", unread.err)
		return templates.ProblemView{Key: templates.RightsUnread}, Answer{}
	case errors.As(err, &allowed):
		return b.lacking(allowed), Answer{}
	case errors.As(err, &closed):
		return b.closed(closed), Answer{}
	case errors.As(err, &unknown):
		return templates.ProblemView{Key: templates.SubscriptionUnknown, Args: map[string]string{"word": unknown.id}}, Answer{Misuse: true}
	case errors.As(err, new(notManager)):
		return templates.ProblemView{Key: templates.NotManager}, Answer{}
	case errors.As(err, &chat):
		return b.unreadable(chat), Answer{}
	case errors.As(err, &paused):
		return templates.ProblemView{Key: templates.SubscriptionPaused, Args: map[string]string{"word": paused.id}}, Answer{}
	case errors.As(err, &fast):
		return fast.view(), Answer{}
	case errors.As(err, new(notAsked)):
		return templates.ProblemView{Key: templates.NotAsked}, Answer{}
	case errors.As(err, new(outsider)):
		return templates.ProblemView{Key: templates.Outsider}, Answer{}
	case errors.As(err, &full):
		return full.view(), Answer{}
	case errors.As(err, &past):
		return templates.ProblemView{Key: templates.DateInPast, Args: map[string]string{"date": past.day.String()}}, Answer{Misuse: true}
	case errors.Is(err, reports.ErrAway):
		b.Log.Error("the database did not answer", "error", err)
		return templates.ProblemView{Key: templates.DatabaseAway}, Answer{}
	case errors.As(err, &misuse):
		return b.misuse(misuse), Answer{Misuse: true}
	case errors.As(err, &which):
		return b.departmentUnknown(which), Answer{Misuse: true}
	case errors.As(err, &app):
		return b.appUnknown(app), Answer{Misuse: true}
	case errors.As(err, &when):
		return notYet(when), Answer{}
	case errors.As(err, &directory):
		return b.directoryMissing(directory), Answer{}
	case errors.As(err, &failure):
		return b.refused(failure), Answer{}
	case errors.Is(err, context.Canceled):
		return templates.ProblemView{Key: templates.Restarting}, Answer{}
	case errors.Is(err, context.DeadlineExceeded):
		return templates.ProblemView{Key: templates.ReasonKey(usage.Throttled)}, Answer{}
	}
	return templates.ProblemView{Key: templates.Internal, Reference: b.reference(err)}, Answer{}
}

// reference logs an error under a short name that a person can pass on.
func (b speaker) reference(err error) string {
	id := "E-" + rand.Text()[:8]
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
	if e.Arg == "app" {
		v.Allowed = b.appNames(*b.apps.Load())
	}
	if e.Corrected != "" {
		v.Suggestion = &templates.Button{Label: e.Suggestion, Command: e.Corrected}
	}
	return v
}

func (b speaker) lacking(e *notAllowed) templates.ProblemView {
	if e.needs == command.AdminOnly {
		return templates.ProblemView{Key: templates.NotAdmin}
	}
	return templates.ProblemView{Key: templates.NotViewer}
}

func (b speaker) closed(e *departmentClosed) templates.ProblemView {
	v := templates.ProblemView{Key: templates.DepartmentClosed, Args: map[string]string{"word": e.name}}
	if e.name == "" {
		v.Args["word"] = b.templates.WholeCompany(b.language)
	}
	for _, d := range e.open {
		v.Allowed = append(v.Allowed, departmentName(d))
		if e.command.Args.ID == "" { // of a subscription the department cannot be changed
			v.Choices = append(v.Choices, templates.Button{Label: departmentName(d), Command: inDepartment(e.command, d)})
		}
	}
	return v
}

func (b speaker) departmentUnknown(e *whichDepartment) templates.ProblemView {
	v := templates.ProblemView{Key: templates.DepartmentUnknown, Args: map[string]string{"word": e.word()}}
	for _, d := range e.match.Near {
		v.Choices = append(v.Choices, templates.Button{Label: d.Path, Command: e.in(d)})
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
		v.Options = append(v.Options, templates.ChoiceOption{Name: d.Name, Path: d.Path, Command: e.in(d)})
	}
	return Answer{Card: b.templates.Choice(b.language, v), Misuse: true}, true
}

func inDepartment(c command.Command, d usage.Department) string {
	c.Args.Dept = d.ID
	return c.String()
}

func (b speaker) appUnknown(e *unknownApp) templates.ProblemView {
	return templates.ProblemView{Key: templates.AppUnknown, Args: map[string]string{"word": e.word}, Allowed: b.appNames(e.apps)}
}

func (b speaker) appNames(apps usage.Apps) (names []string) {
	for _, app := range apps {
		name := app.Name
		if name == "" {
			name = app.ID
		}
		names = append(names, name)
	}
	return names
}

func notYet(e *usage.TimeError) templates.ProblemView {
	v := templates.ProblemView{Key: templates.DayNotOut, Args: map[string]string{"date": e.Period.Start.String()}}
	switch {
	case e.Future:
		v.Key = templates.DateInFuture
	case e.Period.Cycle == usage.Weekly:
		v.Key = templates.WeekNotBegun
	case e.Period.Cycle == usage.Monthly:
		v.Key = templates.MonthNotBegun
	}
	return v
}

// directoryMissing: without an index only open_department_ids can be asked for. What keeps it away is for an
// administrator, who is told as for any other refusal; a missing scope is told by what it keeps from the asker.
func (b speaker) directoryMissing(e *noDirectory) templates.ProblemView {
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

// unreadable: without the scope nobody's office in the chat can be known. What may pass is not for an administrator.
func (b speaker) unreadable(e *chatUnreadable) templates.ProblemView {
	b.Log.Warn("a chat cannot be read", "error", e.err)
	v := templates.ProblemView{Key: templates.ChatUnreadable}
	if passing(e.err) {
		v.Key = templates.ReasonKey(usage.Unavailable)
	}
	if refusal := new(feishu.Error); errors.As(e.err, &refusal) {
		v.Scopes, v.LogID = refusal.Scopes, refusal.LogID
	}
	return v
}

func (b speaker) refused(f *usage.Failure) templates.ProblemView {
	b.Log.Warn("the platform gave no figures", "reason", f.Reason, "code", f.Code, "log_id", f.LogID, "error", f.Err)
	return templates.ProblemView{
		Key: templates.ReasonKey(f.Reason), Args: map[string]string{"code": strconv.Itoa(f.Code)}, Scopes: f.Scopes, LogID: f.LogID,
	}
}
