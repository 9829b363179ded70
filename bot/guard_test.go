package bot

import (
	"context"
	"strings"
	"testing"

	"usagebot/access"
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
	s.bot.Grants = away{s.notes}
	for _, line := range []string{"/usage", "/help", "/admin", "weekly"} {
		a := s.bot.speaker(t.Context(), "oc_1").answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: true})
		if card := string(a.Card.JSON()); !a.Problem || !strings.Contains(card, "查不到权限") {
			t.Errorf("%q was answered:\n%s", line, card)
		}
	}
	if ok, err := s.bot.Allowed(t.Context(), reports.Subscription{OwnerID: "ou_1"}); ok || err == nil {
		t.Errorf("a digest would go out: %v, %v", ok, err)
	}
	s.bot.Admins = []string{"ou_1"} // of the settings: nothing has to be read
	a := s.bot.speaker(t.Context(), "oc_1").answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/help", Single: true})
	if a.Problem {
		t.Errorf("an administrator of the settings gets:\n%s", a.Card.JSON())
	}
}
