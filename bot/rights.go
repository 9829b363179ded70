package bot

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"usagebot/access"
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

// rightsUnread says that it cannot be found out what somebody may do.
type rightsUnread struct{ err error }

func (e *rightsUnread) Error() string { return "reading what is granted: " + e.err.Error() }
func (e *rightsUnread) Unwrap() error { return e.err }

// rightsOf returns what a person may do who asks in a chat.
func (b *Bot) rightsOf(ctx context.Context, openID, chatID string) (access.Rights, error) {
	if openID != "" && slices.Contains(b.Admins, openID) {
		return access.Of(b.Access, true, nil), nil
	}
	granted, err := b.Grants.GrantsFor(ctx, openID, chatID)
	if err != nil {
		return access.Rights{}, &rightsUnread{err}
	}
	return access.Of(b.Access, false, b.holding(ctx, openID, granted)), nil
}

// holding leaves out the grants of departments that the person does not belong to. The platform is asked only where it
// matters; where it does not say, the person belongs to none.
func (b *Bot) holding(ctx context.Context, openID string, granted []access.Grant) []access.Grant {
	byDepartment := func(g access.Grant) bool { return g.Subject.Kind == access.Department }
	byName := func(g access.Grant) bool { return g.Subject.Kind == access.Person }
	var belongs []string
	if b.Access == access.Listed && b.Belongs != nil && slices.ContainsFunc(granted, byDepartment) && !slices.ContainsFunc(granted, byName) {
		for _, id := range b.belongs(ctx, openID) {
			trail, err := b.trail(ctx, id)
			if err != nil {
				trail = []string{id}
			}
			belongs = append(belongs, trail...)
		}
	}
	return slices.DeleteFunc(slices.Clone(granted), func(g access.Grant) bool {
		return byDepartment(g) && !slices.Contains(belongs, g.Subject.ID)
	})
}

// belongFresh is how long it is taken as it is which departments somebody belongs to.
const belongFresh = 10 * time.Minute

// belongs returns the departments that the person belongs to directly.
func (b *Bot) belongs(ctx context.Context, openID string) []string {
	var ids []string
	key := "belongs:" + openID
	if known, ok := b.Sessions.Get(ctx, key); ok && json.Unmarshal(known, &ids) == nil {
		return ids
	}
	ids, err := b.Belongs(ctx, openID)
	if err != nil {
		b.Log.Warn("a person's departments could not be asked for", "error", err)
		return nil
	}
	if known, err := json.Marshal(ids); err == nil {
		b.Sessions.Put(ctx, key, known, belongFresh)
	}
	return ids
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
