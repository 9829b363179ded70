package usage

import (
	"errors"
	"testing"
)

// TestTimeError_NoUseWasSeen names no newest day: nothing shows that the days before the last week were published.
func TestTimeError_NoUseWasSeen(t *testing.T) {
	for name, answer := range map[string]error{"zeros": nil, "nothing": &Failure{Reason: NoData, Code: 211011, Err: errors.New("data not found")}} {
		t.Run(name, func(t *testing.T) {
			at(t, 11, 25, 11, func(t *testing.T) {
				p := &platform{newest: NewDate(2026, 11, 25), figures: func(Ask) Figures { return Figures{ActiveUsers: 0} }}
				p.fail = func(int, Ask) error { return answer }
				q := trendOf(Daily, AppAbility)
				q.When = When{OnDay, NewDate(2026, 11, 25)}
				_, err := newTestAsker(t, p).Report(t.Context(), q, People)
				early := new(TimeError)
				if !errors.As(err, &early) || !early.Newest.IsZero() {
					t.Errorf("got %v with the newest day %v, want a TimeError without one", err, early.Newest)
				}
			})
		})
	}
}
