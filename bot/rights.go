package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/templates"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// grants are what administrators have granted.
type grants interface {
	// GrantsFor returns the grants of a person and of a chat, and those of all departments.
	GrantsFor(ctx context.Context, openID, chatID string) ([]access.Grant, error)
	// Grants returns every grant, oldest first.
	Grants(ctx context.Context, limit int) ([]access.Grant, error)
	// Grant keeps a grant and reports whether it is new. Revoke removes a subject's grants: those of the role and of the
	// department, where these are not empty. Both record what they do, and do it once for an event: of what it has done
	// before, they return the same again.
	Grant(ctx context.Context, g access.Grant, c access.Change) (added bool, err error)
	Revoke(ctx context.Context, which access.Grant, entry func(access.Grant) access.Change) (taken []access.Change, err error)
}

// manyGrants is more than there are.
const manyGrants = 10_000

// Administrators are those of the settings and those who were granted it. If the grants cannot be read, they are the
// former.
func (b *Bot) Administrators(ctx context.Context) []string {
	all := slices.Clone(b.Admins)
	list, err := b.Grants.Grants(ctx, manyGrants)
	if err != nil {
		b.Log.Warn("the grants could not be read", "error", err)
	}
	for _, g := range list {
		if g.Role == access.Admin && g.Subject.Kind == access.Person && !slices.Contains(all, g.Subject.ID) {
			all = append(all, g.Subject.ID)
		}
	}
	return all
}

// rightsUnread says that it cannot be found out what somebody may do.
type rightsUnread struct{ err error }

func (e *rightsUnread) Error() string { return "finding out what somebody may see: " + e.err.Error() }
func (e *rightsUnread) Unwrap() error { return e.err }

// view names the scope where a missing one is the cause: it is for an administrator to grant.
func (e *rightsUnread) view(b speaker) templates.ProblemView {
	b.Log.Error("what somebody may see could not be found out", "error", e.err)
	v := templates.ProblemView{Key: templates.RightsUnread}
	refusal, failure := new(feishu.Error), new(usage.Failure)
	switch {
	case errors.As(e.err, &refusal):
		v.Scopes, v.LogID = refusal.Scopes, refusal.LogID
	case errors.As(e.err, &failure):
		v.Scopes, v.LogID = failure.Scopes, failure.LogID
	}
	return v
}

// rightsOf returns what a person may do who asks in a chat.
func (b *Bot) rightsOf(ctx context.Context, openID, chatID string) (access.Rights, error) {
	return b.rightsWith(ctx, openID, chatID, b.membership)
}

// rightsOfStranger returns what a person of another organisation may do who asks in a chat: they belong to no department
// of this one, and the platform need not be asked.
func (b *Bot) rightsOfStranger(ctx context.Context, openID, chatID string) (access.Rights, error) {
	return b.rightsWith(ctx, openID, chatID, func(context.Context, string) (membership, error) { return membership{whole: true}, nil })
}

func (b *Bot) rightsWith(ctx context.Context, openID, chatID string, belongs func(context.Context, string) (membership, error)) (access.Rights, error) {
	if openID != "" && slices.Contains(b.Admins, openID) {
		return access.Of(b.Access, true, nil), nil
	}
	granted, err := b.Grants.GrantsFor(ctx, openID, chatID)
	if err != nil {
		return access.Rights{}, &rightsUnread{err}
	}
	held, open, err := b.holding(ctx, openID, granted, belongs)
	if err != nil {
		return access.Rights{}, &rightsUnread{err}
	}
	rights := access.Of(b.Access, false, held)
	if open == nil || rights.Everything {
		return rights, nil
	}
	if rights.Partial = true; !rights.Any() {
		return access.Rights{}, &rightsUnread{open}
	}
	b.Log.Warn("what somebody may see is known in part", "error", open)
	return rights, nil
}

// holding leaves out the grants of departments that the person does not belong to. The platform is asked only where its
// answer can make a difference; where it cannot be asked it is not known what holds, which is not the same as nothing.
// open says why a grant that was left out may hold all the same; nil where none does.
func (b *Bot) holding(
	ctx context.Context, openID string, granted []access.Grant, belongs func(context.Context, string) (membership, error),
) (held []access.Grant, open, err error) {
	byDepartment := func(g access.Grant) bool { return g.Subject.Kind == access.Department }
	byName := func(g access.Grant) bool { return g.Subject.Kind == access.Person }
	others := slices.DeleteFunc(slices.Clone(granted), byDepartment)
	if len(others) == len(granted) || b.Access != access.Listed ||
		slices.ContainsFunc(others, byName) || access.Of(b.Access, false, others).Everything {
		return others, nil, nil
	}
	member, err := belongs(ctx, openID)
	if err != nil {
		return nil, nil, err
	}
	held = slices.DeleteFunc(slices.Clone(granted), func(g access.Grant) bool {
		return byDepartment(g) && !slices.Contains(member.ids, g.Subject.ID)
	})
	if len(held) < len(granted) && !member.whole {
		open = member.why
	}
	return held, open, nil
}

// membership is where a person belongs.
type membership struct {
	ids []string // the departments, with all above them as far as that is known

	whole bool // these are all
	why   error
}

// directoryBound is how old the index of departments may be at most when rights rest on it. It is fetched every hour and
// with each change; one that is older than this does not know of a department that was moved.
const directoryBound = 24 * time.Hour

// errPartial says that somebody may see more than is known.
var errPartial = errors.New("what somebody may see is known in part")

// errAbove says that the platform does not show everything above a department.
var errAbove = errors.New("it is not known what is above a department")

// membership returns the departments that the person belongs to, with all above them. Where what is above cannot be found
// out, those to which they belong directly are known all the same.
func (b *Bot) membership(ctx context.Context, openID string) (membership, error) {
	direct, err := b.belongs(ctx, openID)
	if err != nil {
		return membership{}, err
	}
	m := membership{whole: true}
	for _, id := range direct {
		lineage, err := b.Directory.Lineage(ctx, id, directoryBound)
		switch {
		case ctx.Err() != nil:
			return membership{}, ctx.Err()
		case err != nil:
			lineage = directory.Lineage{IDs: []string{id}}
			m.whole, m.why = false, err
		case !lineage.Whole:
			m.whole, m.why = false, errAbove
		}
		m.ids = append(m.ids, lineage.IDs...)
	}
	return m, nil
}

// belongFresh is how long it is taken as it is which departments somebody belongs to.
const belongFresh = 10 * time.Minute

// errNoDepartments says that the platform told of a person without their departments. Everybody belongs to one, be it the
// tenant itself ("0"): it does not show them to the bot.
var errNoDepartments = &feishu.Error{
	Endpoint: "a person's departments", Class: feishu.Ours, Scopes: []string{"contact:user.department:readonly"},
	Err: errors.New("the platform tells none"),
}

// belongs returns the departments that the person belongs to directly: none if the platform knows of no such person.
func (b *Bot) belongs(ctx context.Context, openID string) (ids []string, err error) {
	if b.Belongs == nil {
		return nil, errors.New("nobody can be asked for a person's departments")
	}
	key := "belongs:" + openID
	if known, ok := b.Sessions.Get(ctx, key); ok && json.Unmarshal(known, &ids) == nil && len(ids) > 0 {
		return ids, nil
	}
	ids, err = b.Belongs(ctx, openID)
	if refusal := new(feishu.Error); errors.As(err, &refusal) && refusal.NoPerson() {
		b.Log.Warn("the platform knows no such person", "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking for a person's departments: %w", err)
	}
	if ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" }); len(ids) == 0 {
		return nil, errNoDepartments
	}
	if known, err := json.Marshal(ids); err == nil {
		b.Sessions.Put(ctx, key, known, belongFresh)
	}
	return ids, nil
}
