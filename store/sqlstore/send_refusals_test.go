package sqlstore

import (
	"sync/atomic"
	"testing"
	"time"

	"usagebot/reports"
)

func holdBehaviours() []behaviour {
	return []behaviour{
		{"chats that keep refusing are counted, over all processes", refusalsCounted},
		{"a refusal of the whole app is told from one chat's", func(t *testing.T, db *database) {
			same(t, "nothing", reports.Refusals{}, refusals(t, db.Store, ""))
			refuse(t, db.Store, "a", noon())
			same(t, "a chat", reports.Refusals{Last: noon(), Since: noon()}, refusals(t, db.Store, "a"))
			refuse(t, db.Store, "", minute(1))
			same(t, "the app", reports.Refusals{App: true, Last: minute(1)}, refusals(t, db.Store, "b"))
		}},
		{"an accepted message ends all refusals", func(t *testing.T, db *database) {
			for range 2 {
				refuse(t, db.Store, "a", noon())
				refuse(t, db.Store, "", noon())
				if err := db.SendRefusals.ClearRefusals(t.Context()); err != nil {
					t.Fatal(err)
				}
				same(t, "afterwards", reports.Refusals{}, refusals(t, db.Store, "a"))
			}
		}},
		{"what was refused long ago counts no more, and begins anew", func(t *testing.T, db *database) {
			refuse(t, db.Store, "a", minute(-61))
			same(t, "afterwards", reports.Refusals{}, refusals(t, db.Store, "a"))
			refuse(t, db.Store, "a", noon())
			same(t, "again", reports.Refusals{Last: noon(), Since: noon()}, refusals(t, db.Store, "a"))
			refuse(t, db.Store, "a", minute(-10)) // the clock was put back
			same(t, "put back", reports.Refusals{Last: minute(-10), Since: minute(-10)}, refusals(t, db.Store, "a"))
		}},
		{"one of those who saw the same may try", func(t *testing.T, db *database) {
			other := db.another(t)
			refuse(t, db.Store, "", noon())
			var tries atomic.Int32
			atOnce(8, func(i int) {
				mine, err := []*Store{db.Store, other}[i%2].SendRefusals.ClaimProbe(t.Context(), noon(), minute(1))
				if err != nil {
					t.Error(err)
				}
				if mine {
					tries.Add(1)
				}
			})
			same(t, "tries", int32(1), tries.Load())
			same(t, "afterwards", reports.Refusals{App: true, Last: minute(1)}, refusals(t, other, "a"))
		}},
	}
}

func refuse(t *testing.T, s *Store, target string, now time.Time) {
	t.Helper()
	if err := s.SendRefusals.RecordRefusal(t.Context(), target, now, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func refusals(t *testing.T, s *Store, target string) reports.Refusals {
	t.Helper()
	r, err := s.SendRefusals.Refusals(t.Context(), target, minute(-60), 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refusalsCounted has three chats refuse, and refuse again after a while.
func refusalsCounted(t *testing.T, db *database) {
	other := db.another(t)
	for i, chat := range []string{"a", "b", "c"} {
		refuse(t, []*Store{db.Store, other}[i%2], chat, noon())
	}
	same(t, "at once", reports.Refusals{Last: noon(), Since: noon()}, refusals(t, db.Store, "b"))
	for i, chat := range []string{"a", "b", "c"} {
		soon := noon().Add(1999*time.Millisecond + time.Duration(i)*time.Millisecond)
		refuse(t, []*Store{other, db.Store}[i%2], chat, soon)
		same(t, chat, reports.Refusals{Chats: i, Last: soon, Since: noon()}, refusals(t, other, chat))
	}
}
