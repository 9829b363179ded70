package store

import (
	"testing"

	"usagebot/reports"
)

// anEventChangesOnce works on the same events again, as whoever takes over from a process that was killed, after others
// have changed the same.
func anEventChangesOnce(t *testing.T, db *database) {
	event := func(key string) func(*SQL, func(*reports.Subscription)) reports.Subscription {
		return func(s *SQL, f func(*reports.Subscription)) reports.Subscription {
			t.Helper()
			got, err := s.Change((&Parking{}).Once(t.Context(), key), reports.Edit{ID: "oc_a1", Change: func(sub *reports.Subscription) error { f(sub); return nil }})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	order1 := order("oc_a", 1)
	for range 2 {
		kept, created, err := db.Subscribe((&Parking{}).Once(t.Context(), "message:1"), order1, nil)
		if err != nil || !created || kept.ID != order1.ID {
			t.Fatalf("Subscribe = %+v, %v, %v", kept, created, err)
		}
	}
	removed := event("click:2")(db.SQL, func(s *reports.Subscription) { s.State = reports.Removed })
	kept, created, err := db.Subscribe((&Parking{}).Once(t.Context(), "message:1"), order1, nil)
	if err != nil || !created || kept.State != reports.Removed {
		t.Errorf("an order that was carried out before its removal came to %+v, %v, %v", kept, created, err)
	}
	again := event("click:2")(db.another(t), func(s *reports.Subscription) { s.Schedule.Hour = 23 })
	same(t, "the same click in another process", removed, again)
	if _, created, err = db.Subscribe((&Parking{}).Once(t.Context(), "message:3"), order1, nil); err != nil || !created {
		t.Errorf("a new order: %v, %v", created, err)
	}
	other := order("oc_a", 2)
	if _, created, err = db.Subscribe(t.Context(), other, nil); err != nil || !created {
		t.Fatal(created, err)
	}
	both := (&Parking{}).Once(t.Context(), "message:6")
	for _, id := range []string{order1.ID, other.ID} { // one event that changes two
		if got, err := db.Change(both, reports.Edit{ID: id, Change: func(s *reports.Subscription) error { s.Refusals = 7; return nil }}); err != nil || got.Refusals != 7 {
			t.Errorf("%s: %+v, %v", id, got, err)
		}
	}
	event("message:4")(db.SQL, func(s *reports.Subscription) { s.Schedule.Hour = 12 })
	event("message:5")(db.SQL, func(s *reports.Subscription) { s.Schedule.Hour = 13 })
	if got := event("message:4")(db.SQL, func(s *reports.Subscription) { s.Schedule.Hour = 12 }); got.Schedule.Hour != 13 {
		t.Errorf("an earlier change was made again over a later one: %+v", got.Schedule)
	}
}
