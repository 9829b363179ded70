package bot

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"usagebot/usage/directory"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/templates"
	"usagebot/usage"
)

// This file decides what the person in a conversation may do: before every handler, however the command came, and for
// every department that a question names. Who may manage a chat's digests is decided in subscriptions.mayManage.

// authorize gives the conversation the rights of the person who asks, and the commands that they may use. manages reports
// whether they manage the chat's digests; it is called only if a command depends on it.
func (c conversation) authorize(ctx context.Context, req Request, manages func() bool) (conversation, error) {
	if req.Local {
		c.rights = access.Rights{Everything: true}
		c.commands = c.commands.For(answersLocally)
		return c, nil
	}
	rightsOf := c.resolver.RightsOf
	if req.External {
		rightsOf = c.resolver.RightsOfExternal
	}
	var err error
	if c.rights, err = rightsOf(ctx, req.UserID, req.ChatID); err != nil {
		return c, err
	}
	c.commands = c.commands.For(func(s *command.Spec) bool {
		return c.mayUse(s) == nil && (s.Who != command.Manager || c.rights.Any() && manages())
	})
	return c, nil
}

// answersLocally reports whether a command can be answered outside of any chat: questions for figures, and help.
func answersLocally(s *command.Spec) bool { return s.FollowUp != nil || s.Name() == "help" }

// mayUse lets a command through to its handler, or says which right is missing. A command for managers passes here: whose
// digests it is about is known only to its handler, which asks subscriptions.mayManage.
func (c conversation) mayUse(s *command.Spec) error {
	switch s.Who {
	case command.AdminOnly:
		if !c.rights.Admin {
			return notAllowed(s.Who)
		}
	case command.Viewer:
		if !c.rights.Any() {
			return notAllowed(s.Who)
		}
	case command.Anyone, command.Manager:
	}
	return nil
}

// visible returns those of the departments that the person may see.
func (c conversation) visible(ctx context.Context, departments []usage.Department) []usage.Department {
	return c.resolver.Visible(ctx, c.rights, departments)
}

// ownDepartments returns the departments that the person is narrowed to, with their names where these are known.
func (c conversation) ownDepartments(ctx context.Context) []usage.Department {
	var own []usage.Department
	for _, id := range c.rights.Departments {
		own = append(own, c.departmentOf(ctx, id))
	}
	return own
}

// maySee checks that the person may see the department that a command asks for.
func (c conversation) maySee(ctx context.Context, cmd command.Command, d usage.Department) error {
	ok, err := c.resolver.Sees(ctx, c.rights, d.ID)
	switch {
	case err != nil:
		return err
	case ok:
		return nil
	case d.ID == "":
		return closed(ctx, c, cmd, templates.WholeCompany(c.words()))
	}
	return closed(ctx, c, cmd, cmd.Args.Dept)
}

// closed says that the person may not see a department. It repeats only what they typed: the real name may tell what they
// must not know.
func closed(ctx context.Context, c conversation, cmd command.Command, typed string) error {
	if !c.rights.Any() {
		return notAllowed(command.Viewer)
	}
	if strings.HasPrefix(typed, idPrefix) {
		typed = ""
	}
	return departmentClosed(cmd, typed, c.ownDepartments(ctx))
}

// idPrefix begins every id of a department.
const idPrefix = "od-"

// seenBy returns a filter for the departments that the person may see, and where it notes that this could not be found out.
func seenBy(c conversation) (see directory.See, unread *error) {
	unread = new(error)
	return func(ctx context.Context, all []usage.Department) []usage.Department {
		return slices.DeleteFunc(slices.Clone(all), func(d usage.Department) bool {
			ok, err := c.resolver.Sees(ctx, c.rights, d.ID)
			*unread = cmp.Or(*unread, err)
			return !ok
		})
	}, unread
}

// department returns the department that a command asks for, if the person may see it.
func (c conversation) department(ctx context.Context, cmd command.Command) (usage.Department, error) {
	text := cmd.Args.Dept
	if text == "" {
		return c.defaultDepartment(ctx, cmd)
	}
	see, unread := seenBy(c)
	m, err := c.directory.FindFor(ctx, text, see)
	switch {
	case *unread != nil:
		return usage.Department{}, *unread
	case m.One != nil:
		return *m.One, nil
	case m.Closed:
		return usage.Department{}, closed(ctx, c, cmd, text)
	case strings.HasPrefix(text, idPrefix):
		// An id that is not in the directory may lie outside of what the bot may list. The platform will decide.
		d := usage.Department{ID: text, Name: text}
		return d, c.maySee(ctx, cmd, d)
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return usage.Department{}, err
	case err != nil:
		return usage.Department{}, noDirectory(err)
	}
	return usage.Department{}, whichDepartment(departmentChoice{command: cmd, match: m})
}

// defaultDepartment returns the department for a command that names none: the whole company, or the one that the person is
// narrowed to. If they are narrowed to several, they have to choose.
func (c conversation) defaultDepartment(ctx context.Context, cmd command.Command) (usage.Department, error) {
	own := c.ownDepartments(ctx)
	switch {
	case c.rights.Everything:
		return usage.Department{}, nil
	case len(own) == 0:
		return usage.Department{}, notAllowed(command.Viewer)
	case len(own) == 1:
		return own[0], nil
	}
	return usage.Department{}, whichDepartment(departmentChoice{command: cmd, match: directory.Match{Several: own}})
}

// notAllowed says which right the person lacks.
func notAllowed(needs command.Who) error {
	key := templates.NotViewer
	if needs == command.AdminOnly {
		key = templates.NotAdmin
	}
	return saying("only for a "+string(needs), templates.ProblemView{Key: key})
}

// departmentClosed says that the person may not see a department, and which ones they may. typed is empty if there is
// nothing but an id.
func departmentClosed(cmd command.Command, typed string, open []usage.Department) error {
	return &userError{err: errors.New("the department may not be seen"), problem: func(c conversation) templates.ProblemView {
		v := templates.ProblemView{Key: templates.DepartmentClosed, Args: map[string]string{"word": typed}}
		if typed == "" {
			v.Key = templates.ThisDepartmentClosed
		}
		for _, d := range open {
			d = c.local(d)
			if cmd.Args.ID != "" { // the department of an existing subscription cannot be changed
				v.Allowed = append(v.Allowed, pathOrName(d))
				continue
			}
			v.Choices = append(v.Choices, templates.Button{Label: pathOrName(d), Command: inDepartment(cmd, d)})
		}
		return v
	}}
}

// notLocal says that a command works only in a chat: on a terminal there is nobody with rights, no chat to send digests
// to, and no running bot whose state could be shown.
func notLocal(cmd command.Command) error {
	return &userError{err: errors.New("the command is for a chat"), usageError: true, problem: func(c conversation) templates.ProblemView {
		if cmd.Name == "admin doctor" {
			return templates.ProblemView{Key: templates.ForTerminal, Example: "usagebot doctor"}
		}
		return templates.ProblemView{Key: templates.ForChat, Example: c.commands.Line(cmd, c.language)}
	}}
}

// unresolvedRights words that the person's rights cannot be found out. If a missing scope is the cause, it is named for an
// administrator.
func (c conversation) unresolvedRights(err *access.UnresolvedError) templates.ProblemView {
	c.log.Error("could not resolve a person's rights", "error", err.Err)
	v := templates.ProblemView{Key: templates.RightsUnread}
	refusal, failure := new(feishu.Error), new(usage.Failure)
	switch {
	case errors.As(err, &refusal):
		v.Scopes, v.LogID = refusal.Scopes, refusal.LogID
	case errors.As(err, &failure):
		v.Scopes, v.LogID = failure.Scopes, failure.LogID
	}
	return v
}
