package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"usagebot/usage"
	"usagebot/usage/directory"
)

// grants reads what administrators have granted.
type grants interface {
	// GrantsFor returns the grants of the person and of the chat, and those of all departments.
	GrantsFor(ctx context.Context, openID, chatID string) ([]Grant, error)
	// Grants returns all grants, oldest first.
	Grants(ctx context.Context, limit int) ([]Grant, error)
}

// departmentTree tells which departments lie above one.
type departmentTree interface {
	Lineage(ctx context.Context, id string, maxAge time.Duration) (directory.Lineage, error)
}

// cache remembers for a while which departments a person belongs to.
type cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
}

// unknownPerson is an error of the platform that can say that it knows no such person.
type unknownPerson interface{ NoPerson() bool }

// ResolverSettings are what a Resolver is made of.
type ResolverSettings struct {
	Mode      Mode
	Admins    []string // open_ids that the configuration makes administrators
	Grants    grants
	Directory departmentTree
	Cache     cache
	Log       *slog.Logger

	// MemberOf asks the platform for the departments that a person belongs to directly. Nil: the platform cannot be asked.
	MemberOf func(ctx context.Context, openID string) ([]string, error)
}

// Resolver finds out what a person may see and do.
type Resolver struct{ ResolverSettings }

// NewResolver returns a Resolver.
func NewResolver(s ResolverSettings) *Resolver { return &Resolver{s} }

// UnresolvedError says that it cannot be found out what a person may see. That is not the same as a refusal: the next
// attempt may find it out.
type UnresolvedError struct{ Err error }

func (e *UnresolvedError) Error() string {
	return "finding out what somebody may see: " + e.Err.Error()
}

// Unwrap returns what went wrong.
func (e *UnresolvedError) Unwrap() error { return e.Err }

var (
	// errPartial says that a person may see more than could be found out.
	errPartial = errors.New("a person's rights are known in part")
	// errAbove says that the platform does not show everything above a department.
	errAbove = errors.New("it is not known what is above a department")
	// errNoDepartments says that the platform returned a person without departments. Everybody belongs to at least one, if
	// only to the tenant itself ("0"), so the bot lacks the scope to see them.
	errNoDepartments = &usage.Failure{
		Reason: usage.MissingScope, Scopes: []string{"contact:user.department:readonly"}, Err: errors.New("the platform tells no departments of a person"),
	}
)

const (
	// allGrants is a limit above any number of grants there can be.
	allGrants = 10_000
	// directoryMaxAge is how old the tree of departments may be when rights depend on it. It is fetched every hour and after
	// each change; an older one may not know that a department was moved.
	directoryMaxAge = 24 * time.Hour
	// membershipTTL is how long a person's departments are remembered.
	membershipTTL = 10 * time.Minute
)

// RightsOf returns what a person may do who asks in a chat.
func (r *Resolver) RightsOf(ctx context.Context, openID, chatID string) (Rights, error) {
	return r.rights(ctx, openID, chatID, r.membership)
}

// RightsOfExternal returns what a person of another organisation may do who asks in a chat. They belong to no department
// of this one, so the platform is not asked.
func (r *Resolver) RightsOfExternal(ctx context.Context, openID, chatID string) (Rights, error) {
	return r.rights(ctx, openID, chatID, func(context.Context, string) (membership, error) { return membership{whole: true}, nil })
}

func (r *Resolver) rights(ctx context.Context, openID, chatID string, memberOf func(context.Context, string) (membership, error)) (Rights, error) {
	if openID != "" && slices.Contains(r.Admins, openID) {
		return Of(r.Mode, true, nil), nil
	}
	granted, err := r.Grants.GrantsFor(ctx, openID, chatID)
	if err != nil {
		return Rights{}, &UnresolvedError{err}
	}
	held, open, err := r.applicable(ctx, openID, granted, memberOf)
	if err != nil {
		return Rights{}, &UnresolvedError{err}
	}
	rights := Of(r.Mode, false, held)
	if open == nil || rights.Everything {
		return rights, nil
	}
	if rights.Partial = true; !rights.Any() {
		return Rights{}, &UnresolvedError{open}
	}
	r.Log.Warn("a person's rights are known in part", "error", open)
	return rights, nil
}

// applicable drops the grants of departments that the person does not belong to. It asks the platform only if the answer
// can make a difference. open says why a dropped grant may apply all the same; nil where none does.
func (r *Resolver) applicable(
	ctx context.Context, openID string, granted []Grant, memberOf func(context.Context, string) (membership, error),
) (held []Grant, open, err error) {
	byDepartment := func(g Grant) bool { return g.Subject.Kind == Department }
	byName := func(g Grant) bool { return g.Subject.Kind == Person }
	others := slices.DeleteFunc(slices.Clone(granted), byDepartment)
	if len(others) == len(granted) || r.Mode != Listed || slices.ContainsFunc(others, byName) || Of(r.Mode, false, others).Everything {
		return others, nil, nil
	}
	member, err := memberOf(ctx, openID)
	if err != nil {
		return nil, nil, err
	}
	held = slices.DeleteFunc(slices.Clone(granted), func(g Grant) bool {
		return byDepartment(g) && !slices.Contains(member.ids, g.Subject.ID)
	})
	if len(held) < len(granted) && !member.whole {
		open = member.why
	}
	return held, open, nil
}

// membership is where a person belongs.
type membership struct {
	ids []string // their departments, with all departments above as far as these are known

	whole bool  // no department is missing from ids
	why   error // otherwise: why some may be missing
}

// membership returns the departments that a person belongs to, with everything above. If what is above cannot be found
// out, it still returns the departments that they belong to directly.
func (r *Resolver) membership(ctx context.Context, openID string) (membership, error) {
	direct, err := r.directMembership(ctx, openID)
	if err != nil {
		return membership{}, err
	}
	m := membership{whole: true}
	for _, id := range direct {
		lineage, err := r.Directory.Lineage(ctx, id, directoryMaxAge)
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

// directMembership returns the departments that a person belongs to directly; none if the platform does not know them.
func (r *Resolver) directMembership(ctx context.Context, openID string) (ids []string, err error) {
	if r.MemberOf == nil {
		return nil, errors.New("nobody can be asked for a person's departments")
	}
	key := "belongs:" + openID
	if known, ok := r.Cache.Get(ctx, key); ok && json.Unmarshal(known, &ids) == nil && len(ids) > 0 {
		return ids, nil
	}
	ids, err = r.MemberOf(ctx, openID)
	var refusal unknownPerson
	if errors.As(err, &refusal) && refusal.NoPerson() {
		r.Log.Warn("the platform knows no such person", "error", err)
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("asking for a person's departments: %w", err)
	}
	if ids = slices.DeleteFunc(ids, func(id string) bool { return id == "" }); len(ids) == 0 {
		return nil, errNoDepartments
	}
	if known, err := json.Marshal(ids); err == nil {
		r.Cache.Put(ctx, key, known, membershipTTL)
	}
	return ids, nil
}

// Sees reports whether rights cover a department's figures; an empty id is the whole tenant. It fails if that depends on
// something that cannot be found out now.
func (r *Resolver) Sees(ctx context.Context, rights Rights, departmentID string) (bool, error) {
	switch {
	case rights.Everything, departmentID != "" && rights.Sees([]string{departmentID}): // no need for the tree
		return true, nil
	case !rights.Any():
		return false, nil
	}
	var open error
	if rights.Partial {
		open = errPartial
	}
	if departmentID != "" {
		lineage, err := r.Directory.Lineage(ctx, departmentID, directoryMaxAge)
		switch {
		case err != nil:
			return false, &UnresolvedError{err}
		case rights.Sees(lineage.IDs):
			return true, nil
		case !lineage.Whole:
			open = errAbove
		}
	}
	if open != nil {
		return false, &UnresolvedError{open}
	}
	return false, nil
}

// PersonSees reports whether a person may see a department's figures in a chat. Digests ask it for the subscription's
// owner each time before they gather figures.
func (r *Resolver) PersonSees(ctx context.Context, openID, chatID, departmentID string) (bool, error) {
	rights, err := r.RightsOf(ctx, openID, chatID)
	if err != nil {
		return false, err
	}
	return r.Sees(ctx, rights, departmentID)
}

// Visible returns those of the departments that rights cover.
func (r *Resolver) Visible(ctx context.Context, rights Rights, departments []usage.Department) []usage.Department {
	return slices.DeleteFunc(slices.Clone(departments), func(d usage.Department) bool {
		ok, err := r.Sees(ctx, rights, d.ID)
		return err != nil || !ok
	})
}

// Administrators returns the open_ids of all administrators, the configured ones first. If the grants cannot be read, it
// returns the configured ones alone.
func (r *Resolver) Administrators(ctx context.Context) []string {
	all := slices.Clone(r.Admins)
	list, err := r.Grants.Grants(ctx, allGrants)
	if err != nil {
		r.Log.Warn("could not read the grants", "error", err)
	}
	for _, g := range list {
		if g.Role == Admin && g.Subject.Kind == Person && !slices.Contains(all, g.Subject.ID) {
			all = append(all, g.Subject.ID)
		}
	}
	return all
}

// IsAdmin reports whether a person is an administrator, by configuration or by a grant. It answers no if the grants cannot
// be read.
func (r *Resolver) IsAdmin(ctx context.Context, openID string) bool {
	if slices.Contains(r.Admins, openID) {
		return true
	}
	granted, err := r.Grants.GrantsFor(ctx, openID, "")
	return err == nil && slices.ContainsFunc(granted, func(g Grant) bool {
		return g.Subject.Kind == Person && g.Role == Admin
	})
}
