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

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/reports"
)

// away is a book of grants that cannot be read.
type away struct{ *notes }

func (away) GrantsFor(context.Context, string, string) ([]access.Grant, error) {
	return nil, reports.ErrAway
}

func TestWithoutRightsThatCanBeReadNobodySeesAnything(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.rights.Grants = away{s.notes}
	for _, line := range []string{"/usage", "/help", "/admin", "weekly"} {
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
		if card := string(a.Card.JSON()); !a.Problem || !strings.Contains(card, "查不到权限") {
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

// members is a book in which those who belong to a department may see it.
type members struct{ *notes }

func (members) GrantsFor(context.Context, string, string) ([]access.Grant, error) {
	return []access.Grant{{Subject: access.Subject{Kind: access.Department, ID: "od-1"}, Role: access.Viewer, Department: "od-1"}}, nil
}

// TestWhoBelongsWhereMayBeUnknown has the platform tell of a person, not tell, and know of none.
func TestWhoBelongsWhereMayBeUnknown(t *testing.T) {
	t.Parallel()
	unknown := &feishu.Error{Status: http.StatusBadRequest, Code: 41012, Class: feishu.Invalid}
	throttled := &feishu.Error{Status: http.StatusTooManyRequests, Code: 99991400, Class: feishu.Retry}
	noScope := &feishu.Error{Status: http.StatusBadRequest, Code: 99991672, Class: feishu.Ours}
	for name, tt := range map[string]struct {
		err     error
		allowed bool
		unread  bool
		says    string
	}{
		"told":           {nil, true, false, `"42"`},
		"no answer":      {errors.New("HTTP 503"), false, true, "查不到权限"},
		"throttled":      {throttled, false, true, "查不到权限"},
		"no scope":       {noScope, false, true, "查不到权限"},
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

// TestWhereItMakesNoDifferenceNobodyIsLookedUp lets a chat see everything.
func TestWhereItMakesNoDifferenceNobodyIsLookedUp(t *testing.T) {
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

// TestRefusalsSayWhomToAsk refuses an administrator's command, a group's digests and a look at what may not be seen.
func TestRefusalsSayWhomToAsk(t *testing.T) {
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
