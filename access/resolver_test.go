package access_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"usagebot/usage/directory"

	"usagebot/access"
)

// world is what a Resolver asks: grants, the tree of departments, and a cache that remembers nothing.
type world struct {
	grants     []access.Grant
	grantsErr  error
	lineage    map[string][]string // by department; missing: the directory cannot tell
	memberOf   []string
	memberErr  error
	membership int // how often the platform was asked
}

func (w *world) GrantsFor(_ context.Context, openID, chatID string) (found []access.Grant, err error) {
	for _, g := range w.grants {
		if g.Subject.Kind == access.Department || g.Subject.ID == openID || g.Subject.ID == chatID {
			found = append(found, g)
		}
	}
	return found, w.grantsErr
}

func (w *world) Grants(context.Context, int) ([]access.Grant, error) { return w.grants, w.grantsErr }

func (w *world) Lineage(_ context.Context, id string, _ time.Duration) (directory.Lineage, error) {
	ids, ok := w.lineage[id]
	if !ok {
		return directory.Lineage{}, errors.New("no directory")
	}
	return directory.Lineage{IDs: ids, Whole: true}, nil
}

func (w *world) Get(context.Context, string) ([]byte, bool)         { return nil, false }
func (w *world) Put(context.Context, string, []byte, time.Duration) {}
func (w *world) departments(context.Context, string) (ids []string, err error) {
	w.membership++
	return w.memberOf, w.memberErr
}

func (w *world) resolver(mode access.Mode, admins ...string) *access.Resolver {
	return access.NewResolver(access.ResolverSettings{
		Mode: mode, Admins: admins, Grants: w, Directory: w, Cache: w, Log: slog.New(slog.DiscardHandler), MemberOf: w.departments,
	})
}

func viewer(kind access.Kind, subject, department string) access.Grant {
	return access.Grant{Subject: access.Subject{Kind: kind, ID: subject}, Role: access.Viewer, Department: department}
}

func TestResolver_PersonSees(t *testing.T) {
	t.Parallel()
	tree := map[string][]string{"od-rd": {"od-rd"}, "od-be": {"od-be", "od-rd"}, "od-mk": {"od-mk"}}
	for name, tt := range map[string]struct {
		mode       access.Mode
		world      world
		department string
		want       string // yes, no, or unresolved
		asked      int    // how often the platform
	}{
		"everyone":                         {access.Everyone, world{}, "", "yes", 0},
		"listed, without a grant":          {access.Listed, world{}, "", "no", 0},
		"a personal grant":                 {access.Listed, world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}, lineage: tree}, "od-be", "yes", 0},
		"another department":               {access.Everyone, world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}, lineage: tree}, "od-mk", "no", 0},
		"the granted one, no directory":    {access.Listed, world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}}, "od-rd", "yes", 0},
		"one below it, no directory":       {access.Listed, world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}}, "od-be", "unresolved", 0},
		"a member's grant":                 {access.Listed, world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, lineage: tree, memberOf: []string{"od-be"}}, "", "yes", 1},
		"not a member":                     {access.Listed, world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, lineage: tree, memberOf: []string{"od-mk"}}, "", "no", 1},
		"the platform does not answer":     {access.Listed, world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, memberErr: errors.New("HTTP 503")}, "", "unresolved", 1},
		"the chat sees everything already": {access.Listed, world{grants: []access.Grant{viewer(access.Department, "od-rd", "od-rd"), viewer(access.Chat, "oc_1", "")}, memberErr: errors.New("HTTP 503")}, "", "yes", 0},
		"the grants cannot be read":        {access.Everyone, world{grantsErr: errors.New("away")}, "", "unresolved", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := tt.world
			ok, err := w.resolver(tt.mode).PersonSees(t.Context(), "ou_1", "oc_1", tt.department)
			got := map[bool]string{true: "yes", false: "no"}[ok]
			if errors.As(err, new(*access.UnresolvedError)) {
				got = "unresolved"
			}
			if got != tt.want || w.membership != tt.asked {
				t.Errorf("got %s (%v) after asking the platform %d times, want %s after %d", got, err, w.membership, tt.want, tt.asked)
			}
		})
	}
}

func TestResolver_Administrators(t *testing.T) {
	t.Parallel()
	admin := access.Grant{Subject: access.Subject{Kind: access.Person, ID: "ou_granted"}, Role: access.Admin}
	w := world{grants: []access.Grant{viewer(access.Person, "ou_viewer", ""), admin}}
	r := w.resolver(access.Everyone, "ou_set")
	if got, want := r.Administrators(t.Context()), []string{"ou_set", "ou_granted"}; !slices.Equal(got, want) {
		t.Errorf("administrators: got %v, want %v", got, want)
	}
	for id, want := range map[string]bool{"ou_set": true, "ou_granted": true, "ou_viewer": false, "": false} {
		if got := r.IsAdmin(t.Context(), id); got != want {
			t.Errorf("IsAdmin(%q): got %v, want %v", id, got, want)
		}
	}
	w.grantsErr = errors.New("away")
	if got, want := r.IsAdmin(t.Context(), "ou_granted"), false; got != want {
		t.Errorf("IsAdmin without grants: got %v, want %v", got, want)
	}
}
