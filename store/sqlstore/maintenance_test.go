package sqlstore

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
)

func housekeepingBehaviours() []behaviour {
	return []behaviour{
		{"housekeeping: many rows go in steps", func(t *testing.T, db *database) {
			const rows = 3*expiryBatch + 7
			numbers := fmt.Sprintf("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) ", rows)
			execute(t, db.Store, "INSERT INTO changes (id, at_ms, by_id, chat_id, act, subject, before, after) "+numbers+"SELECT 'c' || n, n, '', '', '', '', '', '' FROM numbers")
			r := Retention{Changes: time.UnixMilli(rows)}
			stopped, cancel := context.WithCancel(t.Context())
			cancel()
			if done, err := db.Housekeeping.DeleteExpired(stopped, r); done || err != nil {
				t.Errorf("without time: done %v, %v", done, err)
			}
			same(t, "without time", rows, left(t, db, "changes"))
			if done, err := db.Housekeeping.DeleteExpired(t.Context(), r); !done || err != nil {
				t.Errorf("done %v, %v", done, err)
			}
			same(t, "left", 1, left(t, db, "changes"))
		}},
		{"housekeeping: chats that are gone, and people, have an end", func(t *testing.T, db *database) {
			gone, back, unused := order("oc_gone", 1), order("oc_back", 2), order("oc_active", 3)
			for _, sub := range []reports.Subscription{gone, back, unused} {
				subscribe(t, db.Store, sub)
				if err := db.Chats.RenameChat(t.Context(), sub.ChatID, "群"); err != nil {
					t.Fatal(err)
				}
			}
			change(t, db.Store, gone.ID, func(s *reports.Subscription) {
				s.State, s.Reason, s.UpdatedAt = reports.Paused, reports.ChatGone, minute(0)
			})
			for _, chat := range []string{"oc_gone", "oc_back"} {
				if err := db.Chats.LeaveChat(t.Context(), chat, minute(0)); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Chats.JoinChat(t.Context(), "oc_back"); err != nil {
				t.Fatal(err)
			}
			for person, at := range map[string]int{"ou_away": 0, "ou_here": 9} {
				if err := db.People.Greet(t.Context(), person, minute(at)); err != nil {
					t.Fatal(err)
				}
				if err := db.People.Meet(t.Context(), person, "oc_p2p_"+person, minute(at)); err != nil {
					t.Fatal(err)
				}
			}
			for before, want := range [][]int{0: {3, 3, 2, 2}, 5: {2, 2, 1, 1}} {
				if want == nil {
					continue
				}
				if done, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Gone: minute(before)}); !done || err != nil {
					t.Fatalf("done %v, %v", done, err)
				}
				same(t, "subscriptions, chats, direct chats, greeted people", want, []int{
					left(t, db, "subscriptions WHERE state <> 'removed'"), left(t, db, "chats"), left(t, db, "direct_chats"), left(t, db, "greeted_people"),
				})
			}
		}},
		{"housekeeping: what a person paused in a chat that is gone does not count, and has an end", func(t *testing.T, db *database) {
			sub := subscribe(t, db.Store, order("oc_gone", 1))
			change(t, db.Store, sub.ID, func(s *reports.Subscription) { s.State, s.Reason = reports.Paused, reports.ByPerson })
			counted := func() int {
				n, err := db.Overview.Count(t.Context(), reports.SubscriptionFilter{Reachable: true})
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			same(t, "counted before", 1, counted())
			if err := db.Chats.LeaveChat(t.Context(), "oc_gone", minute(0)); err != nil {
				t.Fatal(err)
			}
			same(t, "counted afterwards", 0, counted())
			if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Gone: minute(5)}); err != nil {
				t.Fatal(err)
			}
			same(t, "subscriptions and chats that are left", []int{0, 0}, []int{left(t, db, "subscriptions WHERE state <> 'removed'"), left(t, db, "chats")})
		}},
		{"housekeeping: a person who writes is not forgotten", func(t *testing.T, db *database) {
			if err := db.People.Greet(t.Context(), "ou_a", noon()); err != nil {
				t.Fatal(err)
			}
			later := noon().Add(seenEvery + time.Hour)
			for _, now := range []time.Time{noon(), noon().Add(time.Hour), later} {
				if err := db.People.Meet(t.Context(), "ou_a", "oc_p2p", now); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Gone: later}); err != nil {
				t.Fatal(err)
			}
			same(t, "direct chats, greeted people", []int{1, 1}, []int{left(t, db, "direct_chats"), left(t, db, "greeted_people")})
		}},
		{"housekeeping: tasks that nobody claims have an end", func(t *testing.T, db *database) {
			for name, until := range map[string]int{"old": 1, "new": 9} {
				if err := db.Tasks.ExtendTask(t.Context(), name, minute(until)); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Tasks: minute(5)}); err != nil {
				t.Fatal(err)
			}
			for name, want := range map[string]time.Time{"old": {}, "new": minute(9)} {
				until, err := db.Tasks.TaskUntil(t.Context(), name)
				if err != nil || !until.Equal(want) {
					t.Errorf("%s: until %v, %v", name, until, err)
				}
			}
		}},
	}
}

// expiriesUseIndexes explains each statement of DeleteExpired: none may read a large table whole.
func expiriesUseIndexes(t *testing.T, s *Store, explainPrefix, whole string) {
	t.Helper()
	all := minute(0)
	for _, e := range expiries(Retention{Deliveries: all, Changes: all, History: all, Gone: all, Tasks: all}) {
		lines := explain(t, s, explainPrefix+e.statement, []any{e.before, int64(expiryBatch)})
		for scan := range strings.SplitSeq(whole, "|") {
			if strings.Contains(lines, scan+"\n") || strings.HasSuffix(lines, scan) || strings.Contains(lines, scan+"  ") {
				t.Errorf("%s\nreads a whole table:\n%s", e.statement, lines)
			}
		}
	}
}
