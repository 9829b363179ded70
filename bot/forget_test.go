package bot

import (
	"errors"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/reports"
)

// TestReleaseSubscription gives a subscription to an heir, removes one, and leaves one alone that is somebody else's meanwhile.
func TestReleaseSubscription(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		owner, heir string
		want        string // whose it is then, and whether digests go out
		act         access.Act
		told        int // notices
	}{
		"there is an heir":     {"ou_1", "ou_heir", "ou_heir active", access.HandedOver, 1},
		"there is none":        {"ou_1", "", "ou_1 removed", access.Removed, 0},
		"somebody else has it": {"ou_2", "", "", "", 0},
	} {
		was := reports.Subscription{ID: "k7q2mw", OwnerID: tt.owner, State: reports.Active}
		is, e := was, releaseSubscription(time.Now(), Request{UserID: "ou_1", ChatID: "oc_1"}, was.ID, tt.heir)
		err := e.Change(&is)
		if tt.want == "" {
			if !errors.Is(err, reports.ErrUnchanged) || is != was {
				t.Errorf("%s: %v, %+v", name, err, is)
			}
			continue
		}
		if got := is.OwnerID + " " + string(is.State); err != nil || got != tt.want {
			t.Errorf("%s: %s, %v, want %s", name, got, err, tt.want)
		}
		entry := e.Entry(was, is)
		if entry.Act != tt.act || entry.By != "ou_1" || entry.Of != was.ID || entry.ChatID != "oc_1" || entry.Before == entry.After || entry.At.IsZero() {
			t.Errorf("%s: recorded as %+v", name, entry)
		}
		if len(e.Tell) != tt.told {
			t.Errorf("%s: %d notices", name, len(e.Tell))
		}
	}
}
