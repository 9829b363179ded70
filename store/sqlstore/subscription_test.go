package sqlstore

import (
	"errors"
	"sync/atomic"
	"testing"

	"usagebot/reports"
	"usagebot/usage"
)

func orderBehaviours() []behaviour {
	return []behaviour{
		{"a new subscription is kept as it is", func(t *testing.T, db *database) {
			want := order("oc_a", 1)
			want.State, want.Reason, want.PausedUntil, want.Refusals = reports.Paused, reports.ChatForbids, minute(7), 3
			same(t, "created", want, subscribe(t, db.Store, want))
			same(t, "read", want, subscription(t, db.Store, want.ID))
		}},
		{"subscribing to the same thing again changes nothing", func(t *testing.T, db *database) {
			want := subscribe(t, db.Store, order("oc_a", 1))
			other := order("oc_a", 1)
			other.ID, other.OwnerID, other.Schedule.Hour, other.NextDue = "other", "ou_other", 23, minute(5)
			kept, created, err := db.Subscriptions.Subscribe(t.Context(), "", other, nil)
			if err != nil || created {
				t.Errorf("created %v, %v", created, err)
			}
			same(t, "kept", want, kept)
			same(t, "read", want, subscription(t, db.Store, want.ID))
		}},
		{"the same subscription entered twice is one", func(t *testing.T, db *database) {
			want := subscribe(t, db.Store, order("oc_a", 1))
			kept, created, err := db.Subscriptions.Subscribe(t.Context(), "", order("oc_a", 1), nil)
			if err != nil || created {
				t.Errorf("created %v, %v", created, err)
			}
			same(t, "kept", want, kept)
		}},
		{"chat, app, ability, cycle and department each tell things apart", tellsThingsApart},
		{"two who subscribe to the same at once create one", subscribeAtOnce},
		{"a removed one comes back under its own id", func(t *testing.T, db *database) {
			was := subscribe(t, db.Store, order("oc_a", 1))
			change(t, db.Store, was.ID, func(s *reports.Subscription) {
				s.State, s.Reason, s.Refusals, s.PausedUntil = reports.Removed, reports.ByPerson, 2, minute(9)
			})
			want := order("oc_a", 1)
			want.ID, want.OwnerID, want.Schedule.Hour, want.Schedule.On, want.NextDue = "new", "ou_new", 8, reports.EveryDay, minute(60)
			want.UpdatedAt, want.Single, want.DepartmentName = minute(1), false, "研发"
			got := subscribe(t, db.Store, want)
			want.ID = was.ID
			same(t, "kept", want, got)
			same(t, "read", want, subscription(t, db.Store, was.ID))
		}},
		{"an id that is another's is replaced", func(t *testing.T, db *database) {
			one := subscribe(t, db.Store, order("oc_a", 1))
			two := order("oc_b", 2)
			two.ID = one.ID
			kept := subscribe(t, db.Store, two)
			if kept.ID == one.ID || kept.ID == "" {
				t.Errorf("kept under the id %q", kept.ID)
			}
			same(t, "the other", one, subscription(t, db.Store, one.ID))
		}},
		{"what is not there is not found", func(t *testing.T, db *database) {
			_, err := db.Subscriptions.Subscription(t.Context(), "nobody")
			wantErr(t, "Subscription", reports.ErrNotFound, err)
			_, err = db.Subscriptions.Change(t.Context(), reports.Edit{ID: "nobody", Change: func(*reports.Subscription) error { t.Error("changed nobody"); return nil }})
			wantErr(t, "Change", reports.ErrNotFound, err)
			_, err = db.Deliveries.Delivery(t.Context(), "nobody", daily(1))
			wantErr(t, "Delivery", reports.ErrNotFound, err)
		}},
		{"a chat's subscriptions are listed oldest first, without the removed", func(t *testing.T, db *database) {
			for _, n := range []int{3, 1, 4, 2} {
				subscribe(t, db.Store, order("oc_a", n))
			}
			subscribe(t, db.Store, order("oc_b", 1))
			change(t, db.Store, "oc_a2", func(s *reports.Subscription) { s.State = reports.Removed })
			change(t, db.Store, "oc_a3", func(s *reports.Subscription) { s.State = reports.Paused })
			same(t, "removed", reports.Removed, subscription(t, db.Store, "oc_a2").State)
			got, err := db.Subscriptions.InChat(t.Context(), "oc_a")
			if err != nil {
				t.Fatal(err)
			}
			ids := []string{}
			for _, s := range got {
				ids = append(ids, s.ID)
			}
			same(t, "listed", []string{"oc_a1", "oc_a3", "oc_a4"}, ids)
		}},
		{"a change rewrites what may change", func(t *testing.T, db *database) {
			want := subscribe(t, db.Store, order("oc_a", 1))
			want.Single, want.OwnerID, want.DepartmentName = false, "ou_heir", "后端组"
			want.Schedule = reports.Schedule{Cycle: usage.Daily, Hour: 0, Min: 59, On: reports.EveryDay, Zone: "Europe/London"}
			want.State, want.Reason, want.PausedUntil = reports.Paused, reports.ByPerson, minute(3)
			want.NextDue, want.Refusals, want.UpdatedAt = minute(4), 5, minute(6)
			same(t, "returned", want, change(t, db.Store, want.ID, func(s *reports.Subscription) { *s = want }))
			same(t, "read", want, subscription(t, db.Store, want.ID))
		}},
		{"a change that fails changes nothing and says why", func(t *testing.T, db *database) {
			want, why := subscribe(t, db.Store, order("oc_a", 1)), errors.New("not yours")
			_, err := db.Subscriptions.Change(t.Context(), reports.Edit{ID: want.ID, Change: func(s *reports.Subscription) error { s.State = reports.Removed; return why }})
			wantErr(t, "Change", why, err)
			same(t, "read", want, subscription(t, db.Store, want.ID))
		}},
		{"what a subscription is for does not change", func(t *testing.T, db *database) {
			want := subscribe(t, db.Store, order("oc_a", 1))
			_, err := db.Subscriptions.Change(t.Context(), reports.Edit{ID: want.ID, Change: func(s *reports.Subscription) error { s.Schedule.Cycle = usage.Weekly; return nil }})
			if err == nil {
				t.Error("the cycle was changed")
			}
			same(t, "read", want, subscription(t, db.Store, want.ID))
		}},
		{"no change is lost when many change at once", func(t *testing.T, db *database) {
			sub := subscribe(t, db.Store, order("oc_a", 1))
			other := db.another(t)
			atOnce(8, func(i int) {
				s := []*Store{db.Store, other}[i%2]
				for range 5 {
					if _, err := s.Subscriptions.Change(t.Context(), reports.Edit{ID: sub.ID, Change: func(s *reports.Subscription) error { s.Refusals++; return nil }}); err != nil {
						t.Errorf("Change: %v", err)
					}
				}
			})
			same(t, "changes", 40, subscription(t, db.Store, sub.ID).Refusals)
		}},
	}
}

func tellsThingsApart(t *testing.T, db *database) {
	subscribe(t, db.Store, order("oc_a", 1))
	for name, differ := range map[string]func(*reports.Subscription){
		"chat":       func(s *reports.Subscription) { s.ChatID = "oc_b" },
		"app":        func(s *reports.Subscription) { s.AppID = "cli_other" },
		"ability":    func(s *reports.Subscription) { s.Ability = usage.All },
		"cycle":      func(s *reports.Subscription) { s.Schedule.Cycle = usage.Weekly },
		"department": func(s *reports.Subscription) { s.DepartmentID = "" },
	} {
		sub := order("oc_a", 1)
		sub.ID = name
		differ(&sub)
		same(t, name, sub, subscribe(t, db.Store, sub))
	}
}

func subscribeAtOnce(t *testing.T, db *database) {
	other := db.another(t)
	for round := range 5 {
		var created atomic.Int32
		ids := make([]string, 6)
		atOnce(len(ids), func(i int) {
			sub := order("oc_a", round)
			sub.ID = string(rune('a'+i)) + string(rune('a'+round))
			kept, isNew, err := []*Store{db.Store, other}[i%2].Subscriptions.Subscribe(t.Context(), "", sub, nil)
			if err != nil {
				t.Errorf("Subscribe: %v", err)
			}
			if ids[i] = kept.ID; isNew {
				created.Add(1)
			}
		})
		same(t, "created", int32(1), created.Load())
		for _, id := range ids {
			same(t, "id", ids[0], id)
		}
	}
}
