package access_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/usage/directory"

	"usagebot/access"
	"usagebot/usage"
)

// world is what a Resolver asks: grants, the tree of departments, and a cache.
type world struct {
	grants     []access.Grant
	grantsErr  error
	lineage    map[string][]string // by department; missing: the directory cannot tell
	memberOf   []string
	memberErr  error
	membership int               // how often the platform was asked
	cut        map[string]bool   // departments above which the platform shows nothing
	cached     map[string][]byte // nil: the cache remembers nothing
	log        strings.Builder
}

func (w *world) GrantsFor(_ context.Context, openID, chatID string) (found []access.Grant, err error) {
	for _, g := range w.grants {
		of := map[access.Kind]string{access.Person: openID, access.Chat: chatID, access.Department: g.Subject.ID}
		if g.Subject.ID == of[g.Subject.Kind] {
			found = append(found, g)
		}
	}
	return found, w.grantsErr
}

func (w *world) Grants(_ context.Context, limit int) ([]access.Grant, error) {
	return w.grants[:min(limit, len(w.grants))], w.grantsErr
}

func (w *world) Lineage(_ context.Context, id string, _ time.Duration) (directory.Lineage, error) {
	ids, ok := w.lineage[id]
	if !ok {
		return directory.Lineage{}, errors.New("no directory")
	}
	return directory.Lineage{IDs: ids, Whole: !w.cut[id]}, nil
}

func (w *world) Get(_ context.Context, key string) ([]byte, bool) {
	value, ok := w.cached[key]
	return value, ok
}

func (w *world) Put(_ context.Context, key string, value []byte, _ time.Duration) {
	if w.cached != nil {
		w.cached[key] = value
	}
}

func (w *world) departments(context.Context, string) (ids []string, err error) {
	w.membership++
	return w.memberOf, w.memberErr
}

func (w *world) resolver(mode access.Mode, admins ...string) *access.Resolver {
	return access.NewResolver(access.ResolverSettings{
		Mode: mode, Admins: admins, Grants: w, Directory: w, Cache: w, Log: slog.New(slog.NewTextHandler(&w.log, nil)), MemberOf: w.departments,
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
		world      *world
		department string
		want       string // yes, no, or unresolved
		asked      int    // how often the platform
	}{
		"everyone":                          {access.Everyone, &world{}, "", "yes", 0},
		"listed, without a grant":           {access.Listed, &world{}, "", "no", 0},
		"a personal grant":                  {access.Listed, &world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}, lineage: tree}, "od-be", "yes", 0},
		"another department":                {access.Everyone, &world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}, lineage: tree}, "od-mk", "no", 0},
		"the granted one, no directory":     {access.Listed, &world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}}, "od-rd", "yes", 0},
		"one below it, no directory":        {access.Listed, &world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}}, "od-be", "unresolved", 0},
		"a member's grant":                  {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, lineage: tree, memberOf: []string{"od-be"}}, "", "yes", 1},
		"not a member":                      {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, lineage: tree, memberOf: []string{"od-mk"}}, "", "no", 1},
		"the platform does not answer":      {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, memberErr: errors.New("HTTP 503")}, "", "unresolved", 1},
		"the chat sees everything already":  {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "od-rd"), viewer(access.Chat, "oc_1", "")}, memberErr: errors.New("HTTP 503")}, "", "yes", 0},
		"another person's grant":            {access.Listed, &world{grants: []access.Grant{viewer(access.Person, "oc_1", ""), viewer(access.Chat, "ou_1", "")}}, "", "no", 0},
		"a chat's grant":                    {access.Listed, &world{grants: []access.Grant{viewer(access.Chat, "oc_1", "")}}, "", "yes", 0},
		"a part is above what is shown":     {access.Listed, &world{grants: []access.Grant{viewer(access.Person, "ou_1", "od-rd")}, lineage: map[string][]string{"od-x": {"od-x"}}, cut: map[string]bool{"od-x": true}}, "od-x", "unresolved", 0},
		"a member of what is cut off":       {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, lineage: map[string][]string{"od-x": {"od-x"}}, cut: map[string]bool{"od-x": true}, memberOf: []string{"od-x"}}, "", "unresolved", 1},
		"a member where no directory is":    {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, memberOf: []string{"od-rd"}}, "", "yes", 1},
		"all grants are held":               {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-x", "od-rd")}, lineage: map[string][]string{"od-x": {"od-x"}, "od-mk": {"od-mk"}}, cut: map[string]bool{"od-x": true}, memberOf: []string{"od-x"}}, "od-mk", "no", 1},
		"partly known, the known part":      {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", ""), viewer(access.Chat, "oc_1", "od-mk")}, memberOf: []string{"od-be"}}, "od-mk", "yes", 1},
		"partly known, the rest":            {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", ""), viewer(access.Chat, "oc_1", "od-mk")}, memberOf: []string{"od-be"}}, "", "unresolved", 1},
		"no departments are told":           {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, memberOf: []string{""}}, "", "unresolved", 1},
		"the platform knows no such person": {access.Listed, &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, memberErr: noPerson{}}, "", "no", 1},
		"the grants cannot be read":         {access.Everyone, &world{grantsErr: errors.New("away")}, "", "unresolved", 0},
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
	chat := access.Grant{Subject: access.Subject{Kind: access.Chat, ID: "oc_1"}, Role: access.Admin}
	both := access.Grant{Subject: access.Subject{Kind: access.Person, ID: "ou_set"}, Role: access.Admin}
	w := world{grants: []access.Grant{viewer(access.Person, "ou_viewer", ""), chat, both, admin}}
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
	w.grants = nil
	if got, want := r.Administrators(t.Context()), []string{"ou_set"}; !slices.Equal(got, want) || !strings.Contains(w.log.String(), "away") {
		t.Errorf("administrators without grants: got %v, want %v; logged %q", got, want, w.log.String())
	}
}

// noPerson is the platform's answer about somebody whom it does not know.
type noPerson struct{}

func (noPerson) Error() string  { return "no such person" }
func (noPerson) NoPerson() bool { return true }

// TestUnresolvedError keeps its cause, by which a card names a missing scope.
func TestUnresolvedError(t *testing.T) {
	t.Parallel()
	w := &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, memberOf: []string{}}
	_, err := w.resolver(access.Listed).RightsOf(t.Context(), "ou_1", "oc_1")
	failure := new(usage.Failure)
	if !errors.As(err, &failure) || failure.Reason != usage.MissingScope || len(failure.Scopes) == 0 || !strings.Contains(err.Error(), failure.Error()) {
		t.Errorf("got %v, want the missing scope", err)
	}
}

// TestResolver_Membership_Remembered asks the platform once for a person's departments, and for each person by themselves.
func TestResolver_Membership_Remembered(t *testing.T) {
	t.Parallel()
	w := &world{grants: []access.Grant{viewer(access.Department, "od-rd", "")}, lineage: map[string][]string{"od-rd": {"od-rd"}}, memberOf: []string{"od-rd"}, cached: map[string][]byte{}}
	r := w.resolver(access.Listed)
	for range 2 {
		if ok, err := r.PersonSees(t.Context(), "ou_1", "", ""); err != nil || !ok {
			t.Errorf("sees: %t, %v", ok, err)
		}
	}
	w.memberOf = []string{"od-mk"}
	w.lineage["od-mk"] = []string{"od-mk"}
	if ok, err := r.PersonSees(t.Context(), "ou_2", "", ""); err != nil || ok || w.membership != 2 {
		t.Errorf("somebody else sees: %t, %v, after %d questions", ok, err, w.membership)
	}
}

// TestResolver_External_BelongsNowhere asks the platform for no departments of a person of another organisation.
func TestResolver_External_BelongsNowhere(t *testing.T) {
	t.Parallel()
	w := &world{grants: []access.Grant{viewer(access.Department, "od-rd", ""), viewer(access.Chat, "oc_1", "od-mk")}, memberOf: []string{"od-rd"}}
	rights, err := w.resolver(access.Listed).RightsOfExternal(t.Context(), "ou_1", "oc_1")
	if err != nil || w.membership != 0 || rights.Everything || rights.Partial || !slices.Equal(rights.Departments, []string{"od-mk"}) {
		t.Errorf("%+v, %v, after %d questions", rights, err, w.membership)
	}
}

// TestResolver_Visible leaves out what the person may not see, and what cannot be found out.
func TestResolver_Visible(t *testing.T) {
	t.Parallel()
	w := &world{lineage: map[string][]string{"od-be": {"od-be", "od-rd"}, "od-mk": {"od-mk"}}}
	list := []usage.Department{{ID: "od-rd"}, {ID: "od-be"}, {ID: "od-mk"}, {ID: "od-unknown"}}
	var got []string
	for _, d := range w.resolver(access.Listed).Visible(t.Context(), access.Rights{Departments: []string{"od-rd"}}, list) {
		got = append(got, d.ID)
	}
	if want := []string{"od-rd", "od-be"}; !slices.Equal(got, want) || list[2].ID != "od-mk" {
		t.Errorf("got %v, want %v; the list is now %v", got, want, list)
	}
}
