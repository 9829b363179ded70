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

func (e *rightsUnread) Error() string { return "reading what is granted: " + e.err.Error() }
func (e *rightsUnread) Unwrap() error { return e.err }

func (e *rightsUnread) view(b speaker) templates.ProblemView {
	b.Log.Error("what somebody may see could not be read", "error", e.err)
	return templates.ProblemView{Key: templates.RightsUnread}
}

// rightsOf returns what a person may do who asks in a chat.
func (b *Bot) rightsOf(ctx context.Context, openID, chatID string) (access.Rights, error) {
	if openID != "" && slices.Contains(b.Admins, openID) {
		return access.Of(b.Access, true, nil), nil
	}
	granted, err := b.Grants.GrantsFor(ctx, openID, chatID)
	if err != nil {
		return access.Rights{}, &rightsUnread{err}
	}
	held, err := b.holding(ctx, openID, granted)
	if err != nil {
		return access.Rights{}, &rightsUnread{err}
	}
	return access.Of(b.Access, false, held), nil
}

// holding leaves out the grants of departments that the person does not belong to. The platform is asked only where its
// answer can make a difference; where it cannot be asked it is not known what holds, which is not the same as nothing.
func (b *Bot) holding(ctx context.Context, openID string, granted []access.Grant) ([]access.Grant, error) {
	byDepartment := func(g access.Grant) bool { return g.Subject.Kind == access.Department }
	byName := func(g access.Grant) bool { return g.Subject.Kind == access.Person }
	others := slices.DeleteFunc(slices.Clone(granted), byDepartment)
	if len(others) == len(granted) || b.Access != access.Listed || b.Belongs == nil ||
		slices.ContainsFunc(others, byName) || access.Of(b.Access, false, others).Everything {
		return others, nil
	}
	within, err := b.within(ctx, openID)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(slices.Clone(granted), func(g access.Grant) bool {
		return byDepartment(g) && !slices.Contains(within, g.Subject.ID)
	}), nil
}

// within returns the departments that the person belongs to, with all above them. Where the bot may not list departments
// they are those to which he belongs directly.
func (b *Bot) within(ctx context.Context, openID string) (ids []string, err error) {
	direct, err := b.belongs(ctx, openID)
	if err != nil {
		return nil, err
	}
	for _, id := range direct {
		trail, err := b.trail(ctx, id)
		switch failure := new(usage.Failure); {
		case errors.As(err, &failure) && failure.Reason == usage.MissingScope:
			trail = []string{id}
		case err != nil:
			return nil, err
		}
		ids = append(ids, trail...)
	}
	return ids, nil
}

// belongFresh is how long it is taken as it is which departments somebody belongs to.
const belongFresh = 10 * time.Minute

// belongs returns the departments that the person belongs to directly: none if the platform knows of no such person.
func (b *Bot) belongs(ctx context.Context, openID string) (ids []string, err error) {
	key := "belongs:" + openID
	if known, ok := b.Sessions.Get(ctx, key); ok && json.Unmarshal(known, &ids) == nil {
		return ids, nil
	}
	ids, err = b.Belongs(ctx, openID)
	if refusal := new(feishu.Error); errors.As(err, &refusal) && refusal.NoPerson() {
		b.Log.Warn("the platform shows the bot no such person", "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking for a person's departments: %w", err)
	}
	if known, err := json.Marshal(ids); err == nil {
		b.Sessions.Put(ctx, key, known, belongFresh)
	}
	return ids, nil
}

// trail returns a department and all above it. It waits for the list of departments: without it nothing is known to be
// below another.
func (b *Bot) trail(ctx context.Context, id string) ([]string, error) {
	if _, err := b.Directory.Children(ctx, usage.RootID); err != nil {
		return nil, &noDirectory{err}
	}
	ids := []string{id}
	for _, d := range b.Directory.Trail(ctx, id) {
		ids = append(ids, d.ID)
	}
	return ids, nil
}
