package bot

import (
	"context"
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/usage/directory"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// away are grants that cannot be read.
type away struct{ *notes }

func (away) GrantsFor(context.Context, string, string) ([]access.Grant, error) {
	return nil, reports.ErrUnavailable
}

func TestRights_GrantsUnreadable_NothingIsShown(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Grants = away{s.notes}
	for _, line := range []string{"/usage", "/help", "/admin", "weekly"} {
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
		if card := string(a.Card.JSON()); !a.Problem || !strings.Contains(card, "查不到你的权限") {
			t.Errorf("%q was answered:\n%s", line, card)
		}
	}
	if ok, err := s.rights.PersonSees(t.Context(), "ou_1", "", ""); ok || err == nil {
		t.Errorf("a digest would go out: %v, %v", ok, err)
	}
	s.rights.Admins = []string{"ou_1"} // of the settings: nothing has to be read
	a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/help", Single: true})
	if a.Problem {
		t.Errorf("an administrator of the settings gets:\n%s", a.Card.JSON())
	}
}

// members are grants by which the members of a department may see it.
type members struct{ *notes }

func (members) GrantsFor(context.Context, string, string) ([]access.Grant, error) {
	return []access.Grant{{Subject: access.Subject{Kind: access.Department, ID: "od-1"}, Role: access.Viewer, Department: "od-1"}}, nil
}

// TestRights_MembershipUnknown has the platform return a person's departments, fail, and not know the person.
func TestRights_MembershipUnknown(t *testing.T) {
	t.Parallel()
	unknown := &feishu.Error{Status: http.StatusBadRequest, Code: 41012, Class: feishu.Invalid}
	throttled := &feishu.Error{Status: http.StatusTooManyRequests, Code: 99991400, Class: feishu.Retry}
	noScope := &feishu.Error{Status: http.StatusBadRequest, Code: 99991672, Class: feishu.AppRejected}
	for name, tt := range map[string]struct {
		err     error
		allowed bool
		unread  bool
		says    string
	}{
		"told":           {nil, true, false, `"42"`},
		"no answer":      {errors.New("HTTP 503"), false, true, "查不到你的权限"},
		"throttled":      {throttled, false, true, "查不到你的权限"},
		"no scope":       {noScope, false, true, "查不到你的权限"},
		"no such person": {unknown, false, false, "还没有查看用量数据的权限"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.rights.Mode, s.rights.Grants = access.Listed, members{s.notes}
			s.rights.MemberOf = func(context.Context, string) ([]string, error) { return []string{"od-1"}, tt.err }
			allowed, err := s.rights.PersonSees(t.Context(), "ou_1", "oc_1", "od-1")
			if allowed != tt.allowed || (err != nil) != tt.unread {
				t.Errorf("%s: a digest may go out: %v, %v", name, allowed, err)
			}
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/usage weekly", Single: true})
			if card := string(a.Card.JSON()); !strings.Contains(card, tt.says) {
				t.Errorf("%s: the answer lacks %q:\n%s", name, tt.says, card)
			}
		})
	}
}

// TestRights_MembershipIrrelevant_NotAsked grants a chat everything, so that a person's departments make no difference.
func TestRights_MembershipIrrelevant_NotAsked(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Mode = access.Listed
	s.rights.MemberOf = func(context.Context, string) ([]string, error) { return nil, errors.New("asked") }
	granted, _ := members{}.GrantsFor(t.Context(), "", "")
	chat := access.Grant{Subject: access.Subject{Kind: access.Chat, ID: "oc_1"}, Role: access.Viewer}
	s.notes.grants = append(granted, chat)
	if ok, err := s.rights.PersonSees(t.Context(), "ou_1", "oc_1", ""); err != nil || !ok {
		t.Errorf("the whole company may be seen: %v, %v", ok, err)
	}
}

// TestRefusal_SaysWhomToAsk has a person use commands for which they lack the right.
func TestRefusal_SaysWhomToAsk(t *testing.T) {
	t.Parallel()
	admins := []string{"ou_set", "ou_granted"}
	for _, tt := range []struct {
		line string
		mode access.Mode
		ask  []string
	}{
		{"/admin status", access.Everyone, admins},
		{"/usage weekly", access.Listed, admins},
		{"/subscribe weekly", access.Everyone, []string{"ou_owner", "ou_manager"}},
		{"/usge", access.Everyone, nil},
	} {
		s := newScene(t)
		s.rights.Admins, s.rights.Mode = []string{"ou_set"}, tt.mode
		s.notes.grants = []access.Grant{
			{Subject: access.Subject{Kind: access.Person, ID: "ou_viewer"}, Role: access.Viewer},
			{Subject: access.Subject{Kind: access.Person, ID: "ou_granted"}, Role: access.Admin},
		}
		s.notes.info = feishu.ChatInfo{OwnerID: "ou_owner", Managers: []string{"ou_manager"}}
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: tt.line})
		var shown []string
		for _, match := range regexp.MustCompile(`"id":"(ou_[a-z]+)"`).FindAllStringSubmatch(string(a.Card.JSON()), -1) {
			shown = append(shown, match[1])
		}
		if !a.Problem || !slices.Equal(shown, tt.ask) {
			t.Errorf("%s: to ask are %q, want %q:\n%s", tt.line, shown, tt.ask, a.Card.JSON())
		}
	}
}

func viewerGrant(kind access.Kind, id, department string) access.Grant {
	return access.Grant{Subject: access.Subject{Kind: kind, ID: id}, Role: access.Viewer, Department: department}
}

// organise gives the scene a tree of departments. With fail the departments cannot be listed from then on.
func (s *scene) organise(t *testing.T, list []usage.Department) (fail func(error)) {
	t.Helper()
	var failure error
	d := directory.New(func(context.Context) ([]usage.Department, error) { return list, failure }, s.notes, time.Now)
	t.Cleanup(d.Close)
	s.rights.Directory = d
	s.set(func(o *Settings) { o.Directory = d })
	return func(err error) { failure = err }
}

func tree() []usage.Department {
	return []usage.Department{
		{ID: "od-rd", ParentID: "0", Name: "研发部"},
		{ID: "od-be", ParentID: "od-rd", Name: "后端组"},
		{ID: "od-mk", ParentID: "0", Name: "市场部"},
		{ID: "od-orphan", ParentID: "od-unseen", Name: "外包组"},
	}
}

// allowed reports whether a digest may go out: "yes", "no", or "unknown".
func (s *scene) allowed(t *testing.T, owner, department string) string {
	t.Helper()
	ok, err := s.rights.PersonSees(t.Context(), owner, "oc_1", department)
	switch {
	case err != nil:
		return "unknown"
	case ok:
		return "yes"
	}
	return "no"
}

// TestMembership_UnknownIsNotNone grants 研发部 to its members, and lets the platform and the directory know more or less.
func TestMembership_UnknownIsNotNone(t *testing.T) {
	t.Parallel()
	refused := func(code int, class feishu.Class) error {
		return &feishu.Error{Status: http.StatusBadRequest, Code: code, Class: class}
	}
	listing := &usage.Failure{Reason: usage.MissingScope, Code: 40004}
	for name, tt := range map[string]struct {
		departments []string
		err         error
		listing     error
		list        []usage.Department
		want, says  string
	}{
		"a member":                           {departments: []string{"od-rd"}, want: "yes", says: `"42"`},
		"a member of a department below":     {departments: []string{"od-be"}, want: "yes", says: `"42"`},
		"a member of two":                    {departments: []string{"od-mk", "od-be"}, want: "yes", says: `"42"`},
		"a member of another":                {departments: []string{"od-mk"}, want: "no", says: "还没有查看用量数据的权限"},
		"a member of the tenant itself":      {departments: []string{"0"}, want: "no", says: "还没有查看用量数据的权限"},
		"no departments told":                {departments: nil, want: "unknown", says: "查不到你的权限"},
		"an empty list":                      {departments: []string{}, want: "unknown", says: "查不到你的权限"},
		"an empty id":                        {departments: []string{""}, want: "unknown", says: "查不到你的权限"},
		"out of the contact range":           {err: refused(41050, feishu.Invalid), want: "unknown", says: "查不到你的权限"},
		"the scope is missing":               {err: refused(99991672, feishu.AppRejected), want: "unknown", says: "查不到你的权限"},
		"no answer":                          {err: errors.New("HTTP 503"), want: "unknown", says: "查不到你的权限"},
		"no such person":                     {err: refused(41012, feishu.Invalid), want: "no", says: "还没有查看用量数据的权限"},
		"an id of no person":                 {err: refused(99992351, feishu.Invalid), want: "no", says: "还没有查看用量数据的权限"},
		"a department that is not listed":    {departments: []string{"od-new"}, want: "unknown", says: "查不到你的权限"},
		"one below what is not listed":       {departments: []string{"od-orphan"}, want: "unknown", says: "查不到你的权限"},
		"parents are not told":               {departments: []string{"od-be"}, list: []usage.Department{{ID: "od-rd", Name: "研发部"}, {ID: "od-be", Name: "后端组"}}, want: "unknown", says: "查不到你的权限"},
		"no list, a member":                  {departments: []string{"od-rd"}, listing: listing, want: "yes", says: `"42"`},
		"no list, a member of some other":    {departments: []string{"od-be"}, listing: listing, want: "unknown", says: "查不到你的权限"},
		"no list for now, a member":          {departments: []string{"od-rd"}, listing: errors.New("HTTP 503"), want: "yes", says: `"42"`},
		"no list for now, of some other":     {departments: []string{"od-be"}, listing: errors.New("HTTP 503"), want: "unknown", says: "查不到你的权限"},
		"one that is not listed, and a good": {departments: []string{"od-new", "od-rd"}, want: "yes", says: `"42"`},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			list := tree()
			if tt.list != nil {
				list = tt.list
			}
			s.organise(t, list)(tt.listing)
			s.rights.Mode = access.Listed
			s.notes.grants = []access.Grant{viewerGrant(access.Department, "od-rd", "od-rd")}
			s.rights.MemberOf = func(context.Context, string) ([]string, error) { return tt.departments, tt.err }
			for range 2 { // the second time from memory, as far as that is kept
				if got := s.allowed(t, "ou_1", "od-rd"); got != tt.want {
					t.Errorf("%s: a digest may go out: %s, want %s", name, got, tt.want)
				}
			}
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/usage weekly", Single: true})
			if card := string(a.Card.JSON()); !strings.Contains(card, tt.says) {
				t.Errorf("%s: the answer lacks %q:\n%s", name, tt.says, card)
			}
		})
	}
}

// TestMembership_KnownInPart_RestIsUnknown has a person belong to 研发部 and to a department that is not in the directory.
func TestMembership_KnownInPart_RestIsUnknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.organise(t, tree())
		s.rights.Mode = access.Listed
		s.notes.grants = []access.Grant{
			viewerGrant(access.Department, "od-rd", "od-rd"), viewerGrant(access.Department, "od-mk", "od-mk"),
		}
		s.rights.MemberOf = func(context.Context, string) ([]string, error) { return []string{"od-rd", "od-new"}, nil }
		for department, want := range map[string]string{"od-rd": "yes", "od-be": "yes", "od-mk": "unknown", "": "unknown"} {
			if got := s.allowed(t, "ou_1", department); got != want {
				t.Errorf("a digest of %q may go out: %s, want %s", department, got, want)
			}
		}
	})
}

func TestMembership_PerPerson(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.organise(t, tree())
		s.rights.Mode = access.Listed
		s.notes.grants = []access.Grant{viewerGrant(access.Department, "od-rd", "od-rd")}
		s.rights.MemberOf = func(_ context.Context, openID string) ([]string, error) {
			return map[string][]string{"ou_in": {"od-rd"}, "ou_out": {"od-mk"}}[openID], nil
		}
		for _, tt := range []struct{ who, want string }{{"ou_in", "yes"}, {"ou_out", "no"}, {"ou_in", "yes"}, {"ou_out", "no"}} {
			if got := s.allowed(t, tt.who, "od-rd"); got != tt.want {
				t.Errorf("%s: %s, want %s", tt.who, got, tt.want)
			}
		}
	})
}

// TestMembership_Moved_SeenAfterTTL has a person leave 研发部.
func TestMembership_Moved_SeenAfterTTL(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.organise(t, tree())
		s.rights.Mode = access.Listed
		s.notes.grants = []access.Grant{viewerGrant(access.Department, "od-rd", "od-rd")}
		in, asked := "od-rd", 0
		s.rights.MemberOf = func(context.Context, string) ([]string, error) { asked++; return []string{in}, nil }
		if got := s.allowed(t, "ou_1", "od-rd"); got != "yes" {
			t.Fatal(got)
		}
		in = "od-mk"
		time.Sleep(9 * time.Minute)
		if got := s.allowed(t, "ou_1", "od-rd"); got != "yes" || asked != 1 {
			t.Errorf("%s after %d questions", got, asked)
		}
		time.Sleep(time.Minute)
		if got := s.allowed(t, "ou_1", "od-rd"); got != "no" {
			t.Error(got)
		}
	})
}

// TestRights_DirectoryTooOld_Unknown narrows a person to 研发部. 后端组 moves out of it while departments cannot be listed.
func TestRights_DirectoryTooOld_Unknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		list := tree()
		fail := s.organise(t, list)
		s.notes.grants = []access.Grant{viewerGrant(access.Person, "ou_1", "od-rd")}
		ask := func() string {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/usage weekly dept:od-be", Single: true})
			return string(a.Card.JSON())
		}
		if got := s.allowed(t, "ou_1", "od-be"); got != "yes" || !strings.Contains(ask(), `"42"`) {
			t.Fatalf("before: %s", got)
		}
		fail(errors.New("HTTP 503"))
		list[1].ParentID = "od-mk"
		time.Sleep(23 * time.Hour)
		if got := s.allowed(t, "ou_1", "od-be"); got != "yes" {
			t.Errorf("within a day: %s", got)
		}
		time.Sleep(time.Hour)
		for range 3 {
			time.Sleep(10 * time.Minute)
			if got := s.allowed(t, "ou_1", "od-be"); got != "unknown" {
				t.Errorf("after a day: %s", got)
			}
			if card := ask(); !strings.Contains(card, "查不到你的权限") {
				t.Errorf("after a day the answer is:\n%s", card)
			}
		}
		if got := s.allowed(t, "ou_1", "od-rd"); got != "yes" {
			t.Errorf("the department itself needs no index: %s", got)
		}
		if got := s.allowed(t, "ou_1", ""); got != "no" {
			t.Errorf("the whole company needs none either: %s", got)
		}
		fail(nil)
		time.Sleep(2 * time.Minute)
		if got := s.allowed(t, "ou_1", "od-be"); got != "no" {
			t.Errorf("when it is known where it went: %s", got)
		}
	})
}

// TestRights_DepartmentNotListed_Unknown narrows a person to 研发部, and asks for departments whose parents are unknown.
func TestRights_DepartmentNotListed_Unknown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.organise(t, tree())
		s.notes.grants = []access.Grant{viewerGrant(access.Person, "ou_1", "od-rd")}
		for department, want := range map[string]string{"od-be": "yes", "od-mk": "no", "od-orphan": "unknown", "od-deleted": "unknown"} {
			if got := s.allowed(t, "ou_1", department); got != want {
				t.Errorf("%s: %s, want %s", department, got, want)
			}
		}
	})
}

// TestRights_External_NoDepartments lets people of other organisations ask. They belong to no department, so the platform is not
// asked.
func TestRights_External_NoDepartments(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.rights.Mode = access.Listed
		s.set(func(o *Settings) { o.AnswerExternal = true })
		s.notes.grants = []access.Grant{viewerGrant(access.Department, "od-rd", "")}
		s.rights.MemberOf = func(context.Context, string) ([]string, error) { return nil, errors.New("asked") }
		for external, says := range map[bool]string{true: "还没有查看用量数据的权限", false: "查不到你的权限"} {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/usage weekly", Single: true, External: external})
			if card := string(a.Card.JSON()); !strings.Contains(card, says) {
				t.Errorf("of another organisation: %v, gets:\n%s", external, card)
			}
		}
	})
}

// TestRights_Unresolved_NamesScope names the missing scope for an administrator.
func TestRights_Unresolved_NamesScope(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.rights.Mode = access.Listed
		s.notes.grants = []access.Grant{viewerGrant(access.Department, "od-rd", "")}
		s.rights.MemberOf = func(context.Context, string) ([]string, error) { return nil, nil }
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/usage weekly", Single: true})
		if card := string(a.Card.JSON()); !strings.Contains(card, "contact:user.department:readonly") {
			t.Errorf("the scope is not named:\n%s", card)
		}
	})
}
