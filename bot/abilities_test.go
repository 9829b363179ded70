package bot

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"usagebot/usage"
)

// TestOffered: a card offers the abilities that the app has, and all of them if that is not known. The one that is shown stays.
func TestOffered(t *testing.T) {
	t.Parallel()
	every := append(usage.Abilities(), usage.All)
	for name, tt := range map[string]struct {
		has   []usage.Ability
		err   error
		shown usage.Ability
		want  []usage.Ability
	}{
		"two of three":         {has: []usage.Ability{usage.Web, usage.Bot}, shown: usage.AppAbility, want: []usage.Ability{usage.AppAbility, usage.Web, usage.Bot, usage.All}},
		"one that it lacks":    {has: []usage.Ability{usage.Bot}, shown: usage.Web, want: []usage.Ability{usage.AppAbility, usage.Web, usage.Bot, usage.All}},
		"the platform refuses": {err: errors.New("refused"), shown: usage.AppAbility, want: every},
		"nothing is online":    {shown: usage.AppAbility, want: every},
	} {
		a := &appAbilities{
			ask:   func(context.Context, string) ([]usage.Ability, error) { return tt.has, tt.err },
			cache: &notes{m: map[string][]byte{}, ttl: map[string]time.Duration{}, until: map[string]time.Time{}, ledger: &ledger{}}, log: slog.New(slog.DiscardHandler),
		}
		if got := a.offered(t.Context(), usage.Query{App: usage.App{ID: "cli_a"}, Ability: tt.shown}, every); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
	}
}
