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
			same(t, "nothing", reports.Refusals{}, refusals(t, db.SQL, ""))
			refuse(t, db.SQL, "a", noon())
			same(t, "a chat", reports.Refusals{Last: noon(), Since: noon()}, refusals(t, db.SQL, "a"))
			refuse(t, db.SQL, "", minute(1))
			same(t, "the app", reports.Refusals{App: true, Last: minute(1)}, refusals(t, db.SQL, "b"))
		}},
		{"an accepted message ends all refusals", func(t *testing.T, db *database) {
			for range 2 {
				refuse(t, db.SQL, "a", noon())
				refuse(t, db.SQL, "", noon())
				if err := db.ClearRefusals(t.Context()); err != nil {
					t.Fatal(err)
				}
				same(t, "afterwards", reports.Refusals{}, refusals(t, db.SQL, "a"))
			}
		}},
		{"what was refused long ago counts no more, and begins anew", func(t *testing.T, db *database) {
			refuse(t, db.SQL, "a", minute(-61))
			same(t, "afterwards", reports.Refusals{}, refusals(t, db.SQL, "a"))
			refuse(t, db.SQL, "a", noon())
			same(t, "again", reports.Refusals{Last: noon(), Since: noon()}, refusals(t, db.SQL, "a"))
			refuse(t, db.SQL, "a", minute(-10)) // the clock was put back
			same(t, "put back", reports.Refusals{Last: minute(-10), Since: minute(-10)}, refusals(t, db.SQL, "a"))
		}},
		{"one of those who saw the same may try", func(t *testing.T, db *database) {
			other := db.another(t)
			refuse(t, db.SQL, "", noon())
			var tries atomic.Int32
			atOnce(8, func(i int) {
				mine, err := []*SQL{db.SQL, other}[i%2].ClaimProbe(t.Context(), noon(), minute(1))
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

func refuse(t *testing.T, s *SQL, target string, now time.Time) {
	t.Helper()
	if err := s.RecordRefusal(t.Context(), target, now, now.Add(-time.Hour)); err != nil {
		t.Fatal(err)
	}
}

func refusals(t *testing.T, s *SQL, target string) reports.Refusals {
	t.Helper()
	r, err := s.Refusals(t.Context(), target, minute(-60), 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// refusalsCounted has three chats refuse, and refuse again after a while.
func refusalsCounted(t *testing.T, db *database) {
	other := db.another(t)
	for i, chat := range []string{"a", "b", "c"} {
		refuse(t, []*SQL{db.SQL, other}[i%2], chat, noon())
	}
	same(t, "at once", reports.Refusals{Last: noon(), Since: noon()}, refusals(t, db.SQL, "b"))
	for i, chat := range []string{"a", "b", "c"} {
		soon := noon().Add(1999*time.Millisecond + time.Duration(i)*time.Millisecond)
		refuse(t, []*SQL{other, db.SQL}[i%2], chat, soon)
		same(t, chat, reports.Refusals{Chats: i, Last: soon, Since: noon()}, refusals(t, other, chat))
	}
}
