package bot

import (
	"context"
	"errors"
	"strings"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
)

// grant gives a role.
func (b speaker) grant(ctx context.Context, req Request, c command.Command) (Answer, error) {
	subject, err := b.subject(ctx, req, c)
	if err != nil {
		return Answer{}, err
	}
	g := access.Grant{Subject: subject, Role: access.Role(c.Args.Role), By: req.UserID, At: b.Now()}
	if c.Args.Dept != "" {
		d, err := b.department(ctx, c)
		if err != nil {
			return Answer{}, err
		}
		g.Department = d.ID
	}
	added, err := b.Grants.Grant(ctx, g, b.entry(req, access.Granted, subject.ID, "", granted(g)))
	if err != nil {
		return Answer{}, err
	}
	kind := templates.RoleHeld
	if added {
		kind = templates.RoleGranted
	}
	return b.rolesAfter(ctx, kind, subject, []access.Grant{g})
}

// revoke takes roles: those that the command does not say more of.
func (b speaker) revoke(ctx context.Context, req Request, c command.Command) (Answer, error) {
	subject, err := b.subject(ctx, req, c)
	if err != nil {
		return Answer{}, err
	}
	which := access.Grant{Subject: subject, Role: access.Role(c.Args.Role)}
	if c.Args.Dept != "" {
		d, err := b.department(ctx, c)
		if err != nil {
			return Answer{}, err
		}
		which.Department = d.ID
	}
	taken, err := b.Grants.Revoke(ctx, which, func(g access.Grant) access.Change {
		return b.entry(req, access.Revoked, subject.ID, granted(g), "")
	})
	if err != nil {
		return Answer{}, err
	}
	kind := templates.RoleRevoked
	if len(taken) == 0 {
		kind = templates.RoleNotThere
	}
	return b.rolesAfter(ctx, kind, subject, revoked(subject, taken))
}

// revoked are the grants that were taken, by whom and when, as the record has them.
func revoked(subject access.Subject, taken []access.Change) []access.Grant {
	list := make([]access.Grant, len(taken))
	for i, c := range taken {
		role, department, _ := strings.Cut(c.Before, ofDepartment)
		list[i] = access.Grant{Subject: subject, Role: access.Role(role), Department: department, By: c.By, At: c.At}
	}
	return list
}

// granted is a grant in one line, in no language but the grammar's.
func granted(g access.Grant) string {
	if g.Department == "" {
		return string(g.Role)
	}
	return string(g.Role) + ofDepartment + g.Department
}

// ofDepartment stands between a role and its department in the record.
const ofDepartment = " dept:"

// subject is whom a command means: a person, a chat, or all who belong to a department.
func (b speaker) subject(ctx context.Context, req Request, c command.Command) (access.Subject, error) {
	switch id := c.Args.Subject; {
	case command.IsPerson(id):
		return access.Subject{Kind: access.Person, ID: id}, nil
	case id == command.ThisChat:
		return access.Subject{Kind: access.Chat, ID: req.ChatID}, nil
	case command.IsChat(id):
		return access.Subject{Kind: access.Chat, ID: id}, nil
	}
	named := c
	named.Args.Dept = c.Args.Subject
	d, err := b.department(ctx, named)
	if which := new(whichDepartment); errors.As(err, &which) {
		err = &whichDepartment{command: c, match: which.match, subject: true}
	}
	return access.Subject{Kind: access.Department, ID: d.ID}, err
}

// rolesAfter shows what was done, and of a person what he may do now.
func (b speaker) rolesAfter(ctx context.Context, kind templates.RolesKind, subject access.Subject, list []access.Grant) (Answer, error) {
	v := templates.RolesView{Kind: kind, Subject: subject}
	for _, g := range list {
		role := b.role(ctx, g)
		if kind == templates.RoleRevoked {
			role.Revoke = ""
		}
		v.Roles = append(v.Roles, role)
	}
	if subject.Kind == access.Person {
		b.addRights(ctx, subject.ID, &v)
	}
	return Answer{Card: b.templates.Roles(b.language, v)}, nil
}

// addRights adds what a person may do now. What was changed is changed also where that cannot be found out.
func (b speaker) addRights(ctx context.Context, openID string, v *templates.RolesView) {
	now, err := b.rightsOf(ctx, openID, "")
	if err != nil {
		b.Log.Warn("what somebody may do now could not be found out", "error", err)
		return
	}
	v.Now = &now
	for _, id := range now.Departments {
		v.Sees = append(v.Sees, b.nameOf(ctx, id))
	}
}

// rolesListed is how many roles are read at most; a card shows fewer.
const rolesListed = 200

// roles lists who has which.
func (b speaker) roles(ctx context.Context, _ Request, _ command.Command) (Answer, error) {
	list, err := b.Grants.Grants(ctx, rolesListed)
	if err != nil {
		return Answer{}, err
	}
	v := templates.RolesView{Kind: templates.RolesListed, Access: b.Access, Admins: b.Admins}
	for _, g := range list {
		v.Roles = append(v.Roles, b.role(ctx, g))
	}
	return Answer{Card: b.templates.Roles(b.language, v)}, nil
}

func (b speaker) role(ctx context.Context, g access.Grant) templates.Role {
	r := templates.Role{Grant: g, At: g.At.In(b.Zone)}
	r.Revoke = command.Command{Name: "admin revoke", Args: command.Args{
		Subject: g.Subject.ID, Role: string(g.Role), Dept: g.Department,
	}}.String()
	switch g.Subject.Kind {
	case access.Department:
		r.SubjectName = b.nameOf(ctx, g.Subject.ID)
	case access.Chat:
		r.SubjectName = b.chatName(ctx, g.Subject.ID)
	case access.Person:
	}
	if g.Department != "" {
		r.DepartmentName = b.nameOf(ctx, g.Department)
	}
	return r
}

// chatName is what a chat is called; empty where that is not known.
func (b *Bot) chatName(ctx context.Context, chatID string) string {
	if chatID == "" {
		return ""
	}
	name, err := b.Chats.Name(ctx, chatID)
	if err != nil {
		b.Log.Warn("a chat's name could not be read", "error", err)
	}
	return strings.TrimSpace(name)
}
