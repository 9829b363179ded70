package bot

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/access"
)

// TestWhatWasRevokedIsReadOutOfTheRecord holds that the record's line says all of a grant that a card shows.
func TestWhatWasRevokedIsReadOutOfTheRecord(t *testing.T) {
	t.Parallel()
	subject, at := access.Subject{Kind: access.Person, ID: "ou_1"}, time.Unix(1_790_000_000, 0)
	for _, want := range []access.Grant{
		{Subject: subject, Role: access.Admin, By: "ou_admin", At: at},
		{Subject: subject, Role: access.Viewer, By: "ou_admin", At: at},
		{Subject: subject, Role: access.Viewer, Department: "od-1 dept:od-2", By: "ou_admin", At: at},
	} {
		got := revoked(subject, []access.Change{{By: "ou_admin", At: at, Before: granted(want)}})
		if diff := cmp.Diff([]access.Grant{want}, got); diff != "" {
			t.Errorf("grants (-want +got):\n%s", diff)
		}
	}
}
