package bot

import (
	"context"
	"errors"
	"slices"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
)

// grants stores what administrators have granted.
type grants interface {
	// Grants returns all grants, oldest first.
	Grants(ctx context.Context, limit int) ([]access.Grant, error)
	// Grant stores a grant and reports whether it is new. Revoke removes a subject's grants: all, or those of the role and
	// the department if these are not empty. Both write the audit log. For an idempotency key that was used before, they
	// change nothing and return the same again.
	Grant(ctx context.Context, key string, g access.Grant, c access.Change) (added bool, err error)
	Revoke(ctx context.Context, key string, which access.Grant, entry func(access.Grant) access.Change) (taken []access.Change, err error)
}

// grantCommands grant, revoke and list roles.
type grantCommands struct{ grants grants }

// grant grants a role.
func (h *grantCommands) grant(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	g, err := grantOf(ctx, c, req, cmd)
	if err != nil {
		return Answer{}, err
	}
	g.By, g.At = req.UserID, c.now()
	added, err := h.grants.Grant(ctx, req.Key, g, auditEntry(g.At, req, access.Granted, g.Subject.ID, "", grantSummary(g)))
	if err != nil {
		return Answer{}, err
	}
	kind := templates.RoleHeld
	if added {
		kind = templates.RoleGranted
	}
	return rolesCard(ctx, c, kind, g.Subject, []access.Grant{g}), nil
}

// revoke revokes the roles that match the command, once the person has confirmed it.
func (h *grantCommands) revoke(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	which, err := grantOf(ctx, c, req, cmd)
	if err != nil {
		return Answer{}, err
	}
	if !cmd.Args.Confirm {
		return h.askToRevoke(ctx, c, req, cmd, which)
	}
	taken, err := h.grants.Revoke(ctx, req.Key, which, func(g access.Grant) access.Change {
		return auditEntry(c.now(), req, access.Revoked, which.Subject.ID, grantSummary(g), "")
	})
	if err != nil {
		return Answer{}, err
	}
	kind := templates.RoleRevoked
	if len(taken) == 0 {
		kind = templates.RoleNotThere
	}
	return rolesCard(ctx, c, kind, which.Subject, revokedGrants(which.Subject, taken)), nil
}

// askToRevoke shows the roles that a command would revoke, with a button that does it.
func (h *grantCommands) askToRevoke(ctx context.Context, c conversation, req Request, cmd command.Command, which access.Grant) (Answer, error) {
	list, err := h.grants.Grants(ctx, maxRoles)
	if err != nil {
		return Answer{}, err
	}
	matching := slices.DeleteFunc(slices.Clone(list), func(g access.Grant) bool {
		return g.Subject != which.Subject || which.Role != "" && g.Role != which.Role || which.Department != "" && g.Department != which.Department
	})
	if len(matching) == 0 && len(list) < maxRoles { // otherwise there may be one that was not read
		return rolesCard(ctx, c, templates.RoleNotThere, which.Subject, nil), nil
	}
	v := templates.RolesView{Kind: templates.RoleToRevoke, Subject: which.Subject, Asked: req.UserID, Keep: "/admin roles"}
	for _, g := range matching {
		role := roleView(ctx, c, g)
		role.Revoke = ""
		v.Roles = append(v.Roles, role)
	}
	cmd.Args.Subject, cmd.Args.Dept, cmd.Args.Confirm = which.Subject.ID, which.Department, true
	v.Yes = cmd.String()
	return Answer{Card: templates.Roles(c.words(), v)}, nil
}

// revokedGrants returns the grants that were revoked, with who did it and when, as the audit log tells.
func revokedGrants(subject access.Subject, taken []access.Change) []access.Grant {
	list := make([]access.Grant, len(taken))
	for i, entry := range taken {
		was, _ := decode[grantState](entry.Before)
		list[i] = access.Grant{Subject: subject, Role: was.Role, Department: was.Department, By: entry.By, At: entry.At}
	}
	return list
}

// grantOf returns the subject, the role and the department that a command names.
func grantOf(ctx context.Context, c conversation, req Request, cmd command.Command) (access.Grant, error) {
	subject, err := subjectOf(ctx, c, req, cmd)
	g := access.Grant{Subject: subject, Role: access.Role(cmd.Args.Role)}
	if err != nil || cmd.Args.Dept == "" {
		return g, err
	}
	d, err := c.department(ctx, cmd)
	g.Department = d.ID
	return g, err
}

// subjectOf returns whom a command means: a person, a chat, or everybody in a department.
func subjectOf(ctx context.Context, c conversation, req Request, cmd command.Command) (access.Subject, error) {
	switch id := cmd.Args.Subject; {
	case command.IsPerson(id):
		return access.Subject{Kind: access.Person, ID: id}, nil
	case id == command.ThisChat:
		return access.Subject{Kind: access.Chat, ID: req.ChatID}, nil
	case command.IsChat(id):
		return access.Subject{Kind: access.Chat, ID: id}, nil
	}
	named := cmd
	named.Args.Dept = cmd.Args.Subject
	d, err := c.department(ctx, named)
	if choice := new(departmentChoice); errors.As(err, &choice) {
		err = whichDepartment(departmentChoice{command: cmd, match: choice.match, subject: true})
	}
	return access.Subject{Kind: access.Department, ID: d.ID}, err
}

// rolesCard shows what was done, and what a person may do now.
func rolesCard(ctx context.Context, c conversation, kind templates.RolesKind, subject access.Subject, list []access.Grant) Answer {
	v := templates.RolesView{Kind: kind, Subject: subject}
	for _, g := range list {
		role := roleView(ctx, c, g)
		if kind == templates.RoleRevoked {
			role.Revoke = ""
		}
		v.Roles = append(v.Roles, role)
	}
	if subject.Kind == access.Person {
		addRights(ctx, c, subject.ID, &v)
	}
	return Answer{Card: templates.Roles(c.words(), v)}
}

// addRights adds what a person may do now. If that cannot be found out the card does without: the change was made.
func addRights(ctx context.Context, c conversation, openID string, v *templates.RolesView) {
	now, err := c.resolver.RightsOf(ctx, openID, "")
	if err != nil {
		c.log.Warn("could not resolve the rights that a person has now", "error", err)
		return
	}
	v.Now = &now
	for _, id := range now.Departments {
		v.Sees = append(v.Sees, c.departmentName(ctx, id))
	}
}

// maxRoles is how many roles are read. A card shows fewer.
const maxRoles = 200

// list lists who has which role.
func (h *grantCommands) list(ctx context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
	list, err := h.grants.Grants(ctx, maxRoles)
	if err != nil {
		return Answer{}, err
	}
	v := templates.RolesView{Kind: templates.RolesListed, Access: c.resolver.Mode, Admins: c.resolver.Admins}
	for _, g := range list {
		v.Roles = append(v.Roles, roleView(ctx, c, g))
	}
	return Answer{Private: true, Card: templates.Roles(c.words(), v)}, nil
}

// roleView is a grant as a card shows it.
func roleView(ctx context.Context, c conversation, g access.Grant) templates.Role {
	r := templates.Role{Grant: g, At: g.At.In(c.zone)}
	r.Revoke = command.Command{Name: "admin revoke", Args: command.Args{
		Subject: g.Subject.ID, Role: string(g.Role), Dept: g.Department,
	}}.String()
	switch g.Subject.Kind {
	case access.Department:
		r.SubjectName = c.departmentName(ctx, g.Subject.ID)
	case access.Chat:
		r.SubjectName = c.chatName(ctx, g.Subject.ID)
	case access.Person:
	}
	if g.Department != "" {
		r.DepartmentName = c.departmentName(ctx, g.Department)
	}
	return r
}
