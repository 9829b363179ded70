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
	added, err := b.Grants.Grant(ctx, g)
	if err != nil {
		return Answer{}, err
	}
	kind := templates.RoleHeld
	if added {
		kind = templates.RoleGranted
		b.changedBy(ctx, req, access.Granted, subject.ID, "", granted(g))
	}
	return b.rolesAfter(ctx, kind, subject, []access.Grant{g})
}

// revoke takes roles: those that the command does not say more of.
func (b speaker) revoke(ctx context.Context, req Request, c command.Command) (Answer, error) {
	subject, err := b.subject(ctx, req, c)
	if err != nil {
		return Answer{}, err
	}
	department := ""
	if c.Args.Dept != "" {
		d, err := b.department(ctx, c)
		if err != nil {
			return Answer{}, err
		}
		department = d.ID
	}
	held, err := b.heldBy(ctx, subject)
	if err != nil {
		return Answer{}, err
	}
	var taken []access.Grant
	for _, g := range held {
		if c.Args.Role != "" && g.Role != access.Role(c.Args.Role) || department != "" && g.Department != department {
			continue
		}
		removed, err := b.Grants.Revoke(ctx, g)
		if err != nil {
			return Answer{}, err
		}
		if removed {
			b.changedBy(ctx, req, access.Revoked, subject.ID, granted(g), "")
			taken = append(taken, g)
		}
	}
	kind := templates.RoleRevoked
	if len(taken) == 0 {
		kind = templates.RoleNotThere
	}
	return b.rolesAfter(ctx, kind, subject, taken)
}

// granted is a grant in one line, in no language but the grammar's.
func granted(g access.Grant) string {
	if g.Department == "" {
		return string(g.Role)
	}
	return string(g.Role) + " dept:" + g.Department
}

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

func (b speaker) heldBy(ctx context.Context, s access.Subject) ([]access.Grant, error) {
	list, err := b.Grants.GrantsFor(ctx, s.ID, s.ID)
	if err != nil {
		return nil, err
	}
	var held []access.Grant
	for _, g := range list {
		if g.Subject == s {
			held = append(held, g)
		}
	}
	return held, nil
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
		now, err := b.rightsOf(ctx, subject.ID, "")
		if err != nil {
			return Answer{}, err
		}
		v.Now = &now
		for _, id := range now.Departments {
			v.Sees = append(v.Sees, departmentName(b.departmentOf(ctx, id)))
		}
	}
	return Answer{Card: b.templates.Roles(b.language, v)}, nil
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
		r.SubjectName = departmentName(b.departmentOf(ctx, g.Subject.ID))
	case access.Chat:
		r.SubjectName = b.chatName(ctx, g.Subject.ID)
	case access.Person:
	}
	if g.Department != "" {
		r.DepartmentName = departmentName(b.departmentOf(ctx, g.Department))
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
