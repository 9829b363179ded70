package bot

import (
	"context"
	"errors"
	"slices"
	"sync"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// This file is the one place where it is decided who may do what: before every handler, however the command came; for
// every department that a question names; for a chat's digests; and for every digest before its figures are gathered.

// notAllowed says what somebody lacks.
type notAllowed struct{ needs command.Who }

func (e *notAllowed) Error() string { return "only for a " + string(e.needs) }

func (e *notAllowed) view(speaker) templates.ProblemView {
	if e.needs == command.AdminOnly {
		return templates.ProblemView{Key: templates.NotAdmin}
	}
	return templates.ProblemView{Key: templates.NotViewer}
}

// departmentClosed says that somebody may not see a department, or the whole company, but others.
type departmentClosed struct {
	command command.Command
	name    string // empty for the whole company
	open    []usage.Department
}

func (e *departmentClosed) Error() string { return "the department may not be seen" }

func (e *departmentClosed) view(b speaker) templates.ProblemView {
	v := templates.ProblemView{Key: templates.DepartmentClosed, Args: map[string]string{"word": e.name}}
	if e.name == "" {
		v.Args["word"] = b.templates.WholeCompany(b.language)
	}
	for _, d := range e.open {
		d = b.local(d)
		v.Allowed = append(v.Allowed, departmentName(d))
		if e.command.Args.ID == "" { // of a subscription the department cannot be changed
			v.Choices = append(v.Choices, templates.Button{Label: departmentName(d), Command: inDepartment(e.command, d)})
		}
	}
	return v
}

// serving returns the speaker with the rights of whoever asks, and with the commands that he may use.
func (b speaker) serving(ctx context.Context, req Request) (speaker, error) {
	if req.Local {
		b.rights = access.Rights{Everything: true}
		b.commands = b.commands.For(answersLocally)
		return b, nil
	}
	rights := b.rightsOf
	if req.Stranger {
		rights = b.rightsOfStranger
	}
	var err error
	if b.rights, err = rights(ctx, req.UserID, req.ChatID); err != nil {
		return b, err
	}
	manages := sync.OnceValue(func() bool { return b.mayManage(ctx, b.placed(ctx, req), nil) == nil })
	b.commands = b.commands.For(func(s *command.Spec) bool {
		return b.guard(s) == nil && (s.Who != command.Manager || b.rights.Any() && manages())
	})
	return b, nil
}

// answersLocally reports whether a command can be answered outside of any chat: questions for figures, and help.
func answersLocally(s *command.Spec) bool { return s.FollowUp != nil || s.Name() == "help" }

// notLocal says that a command is for a chat: outside of any there is nobody with rights, nothing to send digests to, and
// none of what the running bot keeps.
type notLocal struct{ command command.Command }

func (e *notLocal) Error() string { return "the command is for a chat" }

func (e *notLocal) view(b speaker) templates.ProblemView {
	v := templates.ProblemView{Key: templates.ForChat, Example: b.commands.Line(e.command, b.lang())}
	if e.command.Name == "admin doctor" {
		v.Key, v.Example = templates.ForTerminal, "usagebot doctor"
	}
	return v
}

func (*notLocal) mistaken() {}

// guard lets a command through to its handler, or says what is missing. Whose digests a Manager may manage is known only
// when it is known which: managed and mayManage ask.
func (b speaker) guard(s *command.Spec) error {
	switch s.Who {
	case command.AdminOnly:
		if !b.rights.Admin {
			return &notAllowed{s.Who}
		}
	case command.Viewer:
		if !b.rights.Any() {
			return &notAllowed{s.Who}
		}
	case command.Anyone, command.Manager:
	}
	return nil
}

// sees reports whether the person may see a department's figures; an empty id is the whole company. It fails where that
// cannot be found out.
func (b speaker) sees(ctx context.Context, id string) (bool, error) {
	switch r := b.rights; {
	case r.Everything, id != "" && r.Sees([]string{id}): // known without the index
		return true, nil
	case !r.Any():
		return false, nil
	}
	var open error
	if b.rights.Partial {
		open = errPartial
	}
	if id != "" {
		lineage, err := b.Directory.Lineage(ctx, id, directoryBound)
		switch {
		case err != nil:
			return false, &rightsUnread{err}
		case b.rights.Sees(lineage.IDs):
			return true, nil
		case !lineage.Whole:
			open = errAbove
		}
	}
	if open != nil {
		return false, &rightsUnread{open}
	}
	return false, nil
}

// visible returns those of the departments that the person may see.
func (b speaker) visible(ctx context.Context, departments []usage.Department) []usage.Department {
	return slices.DeleteFunc(slices.Clone(departments), func(d usage.Department) bool {
		ok, err := b.sees(ctx, d.ID)
		return err != nil || !ok
	})
}

// ownDepartments are those that the person was narrowed to, by name where that is known.
func (b speaker) ownDepartments(ctx context.Context) []usage.Department {
	var own []usage.Department
	for _, id := range b.rights.Departments {
		own = append(own, b.departmentOf(ctx, id))
	}
	return own
}

func (b speaker) departmentOf(ctx context.Context, id string) usage.Department {
	if m, err := b.Directory.Find(ctx, id); err == nil && m.One != nil {
		return *m.One
	}
	return usage.Department{ID: id, Name: id}
}

// open checks that the person may see the department that a command asks for.
func (b speaker) open(ctx context.Context, c command.Command, d usage.Department) error {
	ok, err := b.sees(ctx, d.ID)
	switch {
	case err != nil:
		return err
	case ok:
		return nil
	case !b.rights.Any():
		return &notAllowed{command.Viewer}
	}
	return &departmentClosed{c, departmentName(b.local(d)), b.ownDepartments(ctx)}
}

// standard is the department that is asked for when none is named: the whole company, or where somebody was narrowed to
// one, that. Where it was to several, he has to choose.
func (b speaker) standard(ctx context.Context, c command.Command) (usage.Department, error) {
	own := b.ownDepartments(ctx)
	switch {
	case b.rights.Everything:
		return usage.Department{}, nil
	case len(own) == 0:
		return usage.Department{}, &notAllowed{command.Viewer}
	case len(own) == 1:
		return own[0], nil
	}
	return usage.Department{}, &whichDepartment{command: c, match: directory.Match{Several: own}}
}

// Allowed reports whether whoever answers for a subscription still may see what its digests carry.
func (b *Bot) Allowed(ctx context.Context, s reports.Subscription) (bool, error) {
	rights, err := b.rightsOf(ctx, s.OwnerID, s.ChatID)
	if err != nil {
		return false, err
	}
	return speaker{Bot: b, rights: rights}.sees(ctx, s.DepartmentID)
}

// groups tells about chats on the platform.
type groups interface {
	Chat(ctx context.Context, chatID string) (feishu.ChatInfo, error)
}

// notManager says that somebody may not manage digests here, and who may.
type notManager struct{ ask []string }

func (*notManager) Error() string { return "not a manager of this chat's digests" }

func (e *notManager) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.NotManager, Ask: e.ask}
}

// chatUnreadable says that it cannot be found out who may.
type chatUnreadable struct{ err error }

func (e *chatUnreadable) Error() string { return "the chat cannot be read: " + e.err.Error() }
func (e *chatUnreadable) Unwrap() error { return e.err }

// view: without the scope nobody's office in the chat can be known. What may pass is not for an administrator.
func (e *chatUnreadable) view(b speaker) templates.ProblemView {
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

// unknownSubscription says that there is no such subscription in this chat.
type unknownSubscription struct{ id string }

func (e *unknownSubscription) Error() string { return "no such subscription" }

func (e *unknownSubscription) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.SubscriptionUnknown, Args: map[string]string{"word": e.id}}
}

func (*unknownSubscription) mistaken() {}

// mayManage checks that the person may manage a subscription of the chat, or, with none, the chat's digests: its owner,
// the chat's owner and managers, and administrators; in a single chat whoever speaks there.
func (b speaker) mayManage(ctx context.Context, req Request, s *reports.Subscription) error {
	if req.Single || s != nil && s.OwnerID == req.UserID || b.rights.Admin {
		return nil
	}
	info, err := b.chat(ctx, req.ChatID)
	if err != nil {
		return err
	}
	if !info.Single && !info.Manages(req.UserID) {
		return &notManager{ask: info.Offices()}
	}
	return nil
}

// own returns the chat's subscription with the id, or the person's own in another chat, which notices speak of. An
// administrator reaches every chat's.
func (b speaker) own(ctx context.Context, req Request, id string) (reports.Subscription, error) {
	s, err := b.Ledger.Subscription(ctx, id)
	elsewhere := s.ChatID != req.ChatID && s.OwnerID != req.UserID && !b.rights.Admin
	if errors.Is(err, reports.ErrNotFound) || err == nil && (s.State == reports.Removed || elsewhere) {
		return s, &unknownSubscription{id}
	}
	return s, err
}

// managed returns the chat's subscription with the id if the person may manage it.
func (b speaker) managed(ctx context.Context, req Request, id string) (reports.Subscription, error) {
	s, err := b.own(ctx, req, id)
	if err != nil {
		return s, err
	}
	if req.Single = req.Single || s.Single; req.Single {
		return s, nil
	}
	return s, b.mayManage(ctx, req, &s)
}
