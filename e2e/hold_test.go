package e2e

import (
	"testing"
	"time"

	"usagebot/reports"
)

// TestHold_AcceptedAnswer_EndsIt notes that the platform refuses the app. There is no digest that could find out that it does
// so no more: the accepted answer to a question shows it.
func TestHold_AcceptedAnswer_EndsIt(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	refusals := func() reports.Refusals {
		r, err := h.app.SQL.SendRefusals.Refusals(t.Context(), "", h.Now().Add(-time.Hour), 0)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	if err := h.app.SQL.SendRefusals.RecordRefusal(t.Context(), "", h.Now(), h.Now().Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
	h.settled(t)
	if r := refusals(); !r.App {
		t.Fatalf("the refusal is not known: %+v", r)
	}
	h.say(t, "/help")
	await(t, "the refusals are forgotten", func() bool { return refusals() == reports.Refusals{} })
}
