package sqlstore

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/inbox"
	"usagebot/reports"
)

func event(n int) inbox.Event {
	return inbox.Event{
		Key: fmt.Sprint("message:", n), Kind: inbox.Message, Queue: "a queue", Payload: fmt.Appendf(nil, `{"n":%d}`, n),
		CreatedAt: minute(n), ReceivedAt: minute(n).Add(time.Second), Attempt: 1,
	}
}

// insert stores events for an owner whose lease ends at a minute.
func insert(t *testing.T, s *Store, owner string, until int, list ...inbox.Event) []string {
	t.Helper()
	inserted, err := s.Events.Insert(t.Context(), owner, minute(until), list)
	if err != nil {
		t.Fatalf("Insert: %v", err)
	}
	return inserted
}

func claimEvents(t *testing.T, s *Store, owner string, now, limit int) []inbox.Event {
	t.Helper()
	list, err := s.Events.Claim(t.Context(), owner, minute(now), minute(now+1), limit)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return list
}

func saveResults(t *testing.T, s *Store, results ...inbox.Result) {
	t.Helper()
	if err := s.Events.Save(t.Context(), minute(50), results); err != nil {
		t.Fatalf("Save: %v", err)
	}
}

func keysOf(list []inbox.Event) []string {
	keys := []string{}
	for _, e := range list {
		keys = append(keys, e.Key)
	}
	return keys
}

func eventBehaviours() []behaviour {
	return []behaviour{
		{"events: each is inserted once", func(t *testing.T, db *database) {
			same(t, "the first time", []string{"message:1", "message:2"}, insert(t, db.Store, "a", 1, event(1), event(2), event(1)))
			same(t, "again, with a new one", []string{"message:3"}, insert(t, db.another(t), "b", 1, event(2), event(3), event(1)))
		}},
		{"events: overlapping insertions accept each once", func(t *testing.T, db *database) {
			stores := []*Store{db.Store, db.another(t)}
			accepted := make([][]string, 8)
			atOnce(len(accepted), func(i int) {
				var list []inbox.Event
				for n := range 50 {
					list = append(list, event(n))
				}
				if i%2 == 1 { // as batches collect them: in any order
					slices.Reverse(list)
				}
				for chunk := range slices.Chunk(list, 10+i) {
					inserted, err := stores[i%2].Events.Insert(t.Context(), fmt.Sprint(i), minute(60), chunk)
					if err != nil {
						t.Errorf("%d: %v", i, err)
					}
					accepted[i] = append(accepted[i], inserted...)
				}
			})
			all := slices.Concat(accepted...)
			slices.Sort(all)
			same(t, "accepted", 50, len(slices.Compact(slices.Clone(all))))
			same(t, "acceptances", 50, len(all))
		}},
		{"events: an expired lease is taken up once, by another owner", func(t *testing.T, db *database) {
			insert(t, db.Store, "a", 10, event(1), event(2))
			same(t, "before the lease has ended", []string{}, keysOf(claimEvents(t, db.Store, "b", 9, 9)))
			same(t, "by its own owner", []string{}, keysOf(claimEvents(t, db.Store, "a", 10, 9)))
			want := []inbox.Event{event(1), event(2)}
			want[0].Attempt, want[1].Attempt = 2, 2
			got := claimEvents(t, db.Store, "b", 10, 9)
			same(t, "afterwards", want, got)
			same(t, "again", []string{}, keysOf(claimEvents(t, db.Store, "c", 10, 9)))
		}},
		{"events: processes that rescue at once share the work", func(t *testing.T, db *database) {
			var list []inbox.Event
			for n := range 100 {
				list = append(list, event(n))
			}
			insert(t, db.Store, "a", 0, list...)
			stores := []*Store{db.Store, db.another(t)}
			claimed := make([][]string, 4)
			atOnce(len(claimed), func(i int) {
				for {
					got, err := stores[i%2].Events.Claim(t.Context(), fmt.Sprint("rescuer ", i), minute(1), minute(2), 7)
					if err != nil {
						t.Error(err)
					}
					if len(got) == 0 {
						return
					}
					claimed[i] = append(claimed[i], keysOf(got)...)
				}
			})
			all := slices.Concat(claimed...)
			slices.Sort(all)
			same(t, "claims", 100, len(all))
			same(t, "claimed", 100, len(slices.Compact(all)))
		}},
		{"events: a renewed lease does not end", func(t *testing.T, db *database) {
			insert(t, db.Store, "a", 10, event(1))
			insert(t, db.Store, "b", 10, event(2))
			if err := db.Events.Renew(t.Context(), "a", minute(30)); err != nil {
				t.Fatal(err)
			}
			same(t, "expired", []string{"message:2"}, keysOf(claimEvents(t, db.Store, "c", 20, 9)))
			same(t, "expired later", []string{"message:1", "message:2"}, keysOf(claimEvents(t, db.Store, "d", 30, 9)))
		}},
		{"events: only the last attempt ends one", func(t *testing.T, db *database) {
			insert(t, db.Store, "a", 0, event(1))
			second := claimEvents(t, db.Store, "b", 1, 9)[0]
			saveResults(t, db.Store, inbox.Result{Event: event(1), State: inbox.Answered})
			same(t, "finished by the attempt before", 0, left(t, db, "events WHERE done_at > 0"))
			other := second
			other.ReceivedAt = other.ReceivedAt.Add(time.Second)
			saveResults(t, db.Store, inbox.Result{Event: other, State: inbox.Answered})
			same(t, "finished by the attempt of a row that was replaced", 0, left(t, db, "events WHERE done_at > 0"))
			saveResults(t, db.Store, inbox.Result{Event: event(7), State: inbox.Answered}, inbox.Result{Event: second, State: inbox.Unconfirmed})
			same(t, "finished by the last", 1, left(t, db, "events WHERE done_at > 0 AND state = 'unconfirmed' AND payload = ''"))
			same(t, "taken up after that", []string{}, keysOf(claimEvents(t, db.Store, "c", 60, 9)))
			same(t, "delivered again", 0, len(insert(t, db.Store, "a", 90, event(1))))
		}},
		{"events: a released one waits for its time, and then behind nobody", func(t *testing.T, db *database) {
			insert(t, db.Store, "a", 0, event(1), event(2))
			got := claimEvents(t, db.Store, "b", 1, 1)
			saveResults(t, db.Store, inbox.Result{Event: got[0], State: inbox.Open, RetryAt: minute(5)})
			same(t, "before its time", []string{"message:2"}, keysOf(claimEvents(t, db.Store, "b", 4, 9)))
			same(t, "at its time, by the process that released it", []string{"message:1"}, keysOf(claimEvents(t, db.Store, "b", 5, 9)))
		}},
		{"events: an earlier one of the queue in another process blocks", func(t *testing.T, db *database) {
			insert(t, db.Store, "a", 10, event(1))
			insert(t, db.Store, "b", 10, event(2))
			blocked := func(owner string, now int, e inbox.Event) bool {
				t.Helper()
				b, err := db.Events.Blocked(t.Context(), owner, minute(now), e)
				if err != nil {
					t.Fatal(err)
				}
				return b
			}
			elsewhere := event(2)
			elsewhere.Queue = "another queue"
			same(t, "blocked: the later, the earlier, by its own process, in another queue, by a lease that has ended",
				[]bool{true, false, false, false, false},
				[]bool{blocked("b", 5, event(2)), blocked("a", 5, event(1)), blocked("a", 5, event(2)), blocked("b", 5, elsewhere), blocked("b", 10, event(2))})
			saveResults(t, db.Store, inbox.Result{Event: event(1), State: inbox.Answered})
			same(t, "blocked by one that is finished", false, blocked("b", 5, event(2)))
		}},
		{"events: forgetting deletes open ones that contain an id", func(t *testing.T, db *database) {
			mine, asks, others := event(1), event(2), event(3)
			mine.Payload, asks.Payload, others.Payload = []byte(`{"user":"ou_me"}`), []byte(`{"user":"ou_me"}`), []byte(`{"user":"ou_me2x"}`)
			others.Payload = []byte(`{"user":"ou_other"}`)
			insert(t, db.Store, "a", 10, mine, asks, others)
			if err := db.Events.Forget(t.Context(), []string{"ou_me", "oc_me"}, asks.Key); err != nil {
				t.Fatal(err)
			}
			same(t, "left", []string{"message:2", "message:3"}, keysOf(claimEvents(t, db.Store, "b", 20, 9)))
		}},
		{"events: finished ones are deleted in steps", func(t *testing.T, db *database) {
			for n := range 5 {
				insert(t, db.Store, "a", 99, event(n))
				if n < 4 {
					saveResults(t, db.Store, inbox.Result{Event: event(n), State: inbox.Answered})
				}
			}
			var deleted []int
			for _, before := range []int{50, 51, 51, 51} {
				n, err := db.Events.DeleteFinished(t.Context(), minute(before), 3)
				if err != nil {
					t.Fatal(err)
				}
				deleted = append(deleted, n)
			}
			same(t, "deleted", []int{0, 3, 1, 0}, deleted)
			same(t, "left", 1, left(t, db, "events"))
		}},
		{"events: an order that is older than the last change changes nothing", func(t *testing.T, db *database) {
			accept(t, db.Store, "message:older", "message:newer")
			subscribe(t, db.Store, order("oc_a", 1))
			change := func(key string, hour int) error {
				_, err := db.Subscriptions.Change(t.Context(), reports.Edit{
					IdempotencyKey: key, ID: "oc_a1",
					Change: func(s *reports.Subscription) error { s.Schedule.Hour = hour; return nil },
					Entry: func(_, is reports.Subscription) access.Change {
						return access.Change{At: noon(), By: "ou_a", Act: access.Subscribed, Of: is.ID}
					},
				})
				return err
			}
			if err := change("message:newer", 18); err != nil {
				t.Fatal(err)
			}
			before := dump(t, db.Store)
			wantErr(t, "the older order", access.ErrOutdated, change("message:older", 10))
			same(t, "what is stored", before, dump(t, db.Store))
		}},
		{"events: an event about a chat that is older than the last one is outdated", func(t *testing.T, db *database) {
			accept(t, db.Store, "chat:removed", "chat:added")
			for _, key := range []string{"chat:added", "chat:added"} { // the second attempt of the same event is not outdated
				if err := db.Events.Precede(t.Context(), key, "chat:oc_1"); err != nil {
					t.Fatal(err)
				}
			}
			wantErr(t, "the removal", access.ErrOutdated, db.Events.Precede(t.Context(), "chat:removed", "chat:oc_1"))
			if err := db.Events.Precede(t.Context(), "chat:removed", "chat:oc_2"); err != nil {
				t.Errorf("about another chat: %v", err)
			}
		}},
		{"events: one that has made a change makes no other", func(t *testing.T, db *database) {
			accept(t, db.Store, "message:1")
			subscribe(t, db.Store, order("oc_a", 1))
			hour := func(h int) reports.Edit {
				return reports.Edit{IdempotencyKey: "message:1", ID: "oc_a1", Change: func(s *reports.Subscription) error { s.Schedule.Hour = h; return nil }}
			}
			if _, err := db.Subscriptions.Change(t.Context(), hour(9)); err != nil {
				t.Fatal(err)
			}
			kept, created, err := db.Subscriptions.Subscribe(t.Context(), "message:1", order("oc_a", 1), nil)
			if err != nil || created || kept.Schedule.Hour != 9 {
				t.Errorf("subscribing: created %v, at %d, %v", created, kept.Schedule.Hour, err)
			}
			if is, err := db.Subscriptions.Change(t.Context(), hour(10)); err != nil || is.Schedule.Hour != 9 {
				t.Errorf("the change again: at %d, %v", is.Schedule.Hour, err)
			}
		}},
		{"events: nothing is changed for a finished or a forgotten one", func(t *testing.T, db *database) {
			insert(t, db.Store, "a", 9, event(1))
			saveResults(t, db.Store, inbox.Result{Event: event(1), State: inbox.GivenUp})
			for _, key := range []string{"message:1", "message:2"} {
				_, _, err := db.Subscriptions.Subscribe(t.Context(), key, order("oc_a", 1), nil)
				wantErr(t, key, access.ErrOutdated, err)
			}
			same(t, "subscriptions", 0, left(t, db, "subscriptions"))
		}},
	}
}
