package sqlstore

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"usagebot/reports"
)

func noticeBehaviours() []behaviour {
	return []behaviour{
		{"what an owner is to be told waits for others and comes in one letter", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			d := claim(t, db.Store, noon(), 1)[0]
			d.State, d.Reason = reports.Uncertain, reports.Lost
			if err := db.Deliveries.Save(t.Context(), d, false, reports.Notice{Reason: reports.Lost, Period: daily(1), At: minute(1)}); err != nil {
				t.Fatal(err)
			}
			paused := addNoticeOf(t, db.Store, sub.ID, reports.ChatForbids, minute(2), func(s *reports.Subscription) { s.State = reports.Paused })
			same(t, "before", []reports.NoticeBatch(nil), takeUp(t, db.Store, minute(3), minute(0)))
			got := takeUp(t, db.Store, minute(3), minute(1))
			if len(got) != 1 || got[0].ID == "" {
				t.Fatalf("letters: %+v", got)
			}
			same(t, "letter", reports.NoticeBatch{ID: got[0].ID, OwnerID: "ou_owner", Notices: []reports.Notice{
				{Subscription: paused, Reason: reports.Lost, Period: daily(1), At: minute(1)},
				{Subscription: paused, Reason: reports.ChatForbids, At: minute(2)},
			}}, got[0])
		}},
		{"a letter is held until its lease ends, and comes again as it was", func(t *testing.T, db *database) {
			sub := subscribe(t, db.Store, order("oc_a", 1))
			addNoticeOf(t, db.Store, sub.ID, reports.ChatGone, minute(0), nothing)
			want := takeUp(t, db.Store, minute(1), minute(1))[0]
			want.SentAt = minute(1)
			if err := db.Notices.SaveNoticeBatch(t.Context(), want, minute(5)); err != nil {
				t.Fatal(err)
			}
			addNoticeOf(t, db.Store, sub.ID, reports.ChatForbids, minute(2), nothing)
			other := takeUp(t, db.Store, minute(4), minute(4))
			if len(other) != 1 || other[0].ID == want.ID || len(other[0].Notices) != 1 {
				t.Errorf("what came later: %+v", other)
			}
			if err := db.Notices.DeleteNoticeBatch(t.Context(), other[0].ID); err != nil {
				t.Fatal(err)
			}
			same(t, "again", []reports.NoticeBatch{want}, takeUp(t, db.Store, minute(5), minute(5)))
		}},
		{"a letter of which all is to be told anew is dropped", func(t *testing.T, db *database) {
			sub := subscribe(t, db.Store, order("oc_a", 1))
			addNoticeOf(t, db.Store, sub.ID, reports.ChatForbids, minute(0), nothing)
			first := takeUp(t, db.Store, minute(1), minute(1))[0]
			addNoticeOf(t, db.Store, sub.ID, reports.ChatForbids, minute(2), nothing) // while the first is on its way
			got := takeUp(t, db.Store, minute(5), minute(5))
			if len(got) != 1 || got[0].ID == first.ID || len(got[0].Notices) != 1 {
				t.Errorf("letters: %+v", got)
			}
			if err := db.Notices.DeleteNoticeBatch(t.Context(), got[0].ID); err != nil {
				t.Fatal(err)
			}
			same(t, "later", []reports.NoticeBatch(nil), takeUp(t, db.Store, minute(99), minute(99)))
		}},
		{"a forgotten letter and what it told are gone", func(t *testing.T, db *database) {
			sub := subscribe(t, db.Store, order("oc_a", 1))
			addNoticeOf(t, db.Store, sub.ID, reports.ChatGone, minute(0), nothing)
			letter := takeUp(t, db.Store, minute(1), minute(1))[0]
			for range 2 {
				if err := db.Notices.DeleteNoticeBatch(t.Context(), letter.ID); err != nil {
					t.Fatal(err)
				}
			}
			same(t, "letters", []reports.NoticeBatch(nil), takeUp(t, db.Store, minute(99), minute(99)))
			addNoticeOf(t, db.Store, sub.ID, reports.ChatGone, minute(100), nothing)
			if got := takeUp(t, db.Store, minute(101), minute(101)); len(got) != 1 {
				t.Errorf("the same a second time: %+v", got)
			}
		}},
		{"notices go to whoever owns the subscription now", func(t *testing.T, db *database) {
			sub := subscribe(t, db.Store, order("oc_a", 1))
			addNoticeOf(t, db.Store, sub.ID, reports.ChatGone, minute(0), nothing)
			first := takeUp(t, db.Store, minute(1), minute(1))[0]
			addNoticeOf(t, db.Store, sub.ID, reports.ChatGone, minute(2), func(s *reports.Subscription) { s.OwnerID = "ou_new" })
			if err := db.Notices.DeleteNoticeBatch(t.Context(), first.ID); err != nil {
				t.Fatal(err)
			}
			got := takeUp(t, db.Store, minute(3), minute(3))
			if len(got) != 1 || got[0].OwnerID != "ou_new" || len(got[0].Notices) != 1 {
				t.Errorf("letters: %+v", got)
			}
		}},
		{"nobody is told of what did not come about", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			refused := errors.New("no")
			_, err := db.Subscriptions.Change(t.Context(), reports.Edit{ID: sub.ID, Change: func(*reports.Subscription) error { return refused }, Notices: []reports.Notice{{Reason: reports.ChatGone}}})
			wantErr(t, "Change", refused, err)
			former := claim(t, db.Store, noon(), 1)[0]
			claim(t, db.Store, minute(2), 1)
			wantErr(t, "Save", reports.ErrFenced, db.Deliveries.Save(t.Context(), former, false, reports.Notice{Reason: reports.Lost, Period: daily(1)}))
			same(t, "letters", []reports.NoticeBatch(nil), takeUp(t, db.Store, minute(99), minute(99)))
		}},
		{"no letter is given to two processes, and no notice is in two letters", lettersAtOnce},
	}
}

func nothing(*reports.Subscription) {}

// addNoticeOf changes a subscription and adds a notice for its owner.
func addNoticeOf(t *testing.T, s *Store, id string, reason reports.Reason, at time.Time, f func(*reports.Subscription)) reports.Subscription {
	t.Helper()
	changed, err := s.Subscriptions.Change(t.Context(), reports.Edit{ID: id, Change: func(sub *reports.Subscription) error { f(sub); return nil }, Notices: []reports.Notice{{Reason: reason, At: at}}})
	if err != nil {
		t.Fatalf("Change: %v", err)
	}
	return changed
}

func takeUp(t *testing.T, s *Store, now, ripe time.Time) []reports.NoticeBatch {
	t.Helper()
	letters, err := s.Notices.ClaimNoticeBatches(t.Context(), now, ripe, time.Minute, 9)
	if err != nil {
		t.Fatalf("Letters: %v", err)
	}
	return letters
}

func lettersAtOnce(t *testing.T, db *database) {
	const owners, each = 20, 5
	for o := range owners {
		for n := range each {
			sub := order("oc_"+string(rune('a'+o)), n)
			sub.OwnerID = "ou_" + string(rune('a'+o))
			addNoticeOf(t, db.Store, subscribe(t, db.Store, sub).ID, reports.ChatGone, minute(0), nothing)
		}
	}
	other := db.another(t)
	var mu sync.Mutex
	letters, told := map[string]int{}, map[string]int{}
	atOnce(6, func(i int) {
		for range owners {
			got, err := []*Store{db.Store, other}[i%2].Notices.ClaimNoticeBatches(context.WithoutCancel(t.Context()), minute(1), minute(1), time.Minute, 3)
			if err != nil {
				t.Errorf("Letters: %v", err)
				return
			}
			mu.Lock()
			for _, l := range got {
				letters[l.ID]++
				for _, n := range l.Notices {
					told[n.Subscription.ID]++
				}
			}
			mu.Unlock()
		}
	})
	same(t, "letters", owners, len(letters))
	same(t, "notices", owners*each, len(told))
	for id, n := range letters {
		if n != 1 {
			t.Errorf("letter %s was given %d times", id, n)
		}
	}
	for id, n := range told {
		if n != 1 {
			t.Errorf("the notice of %s is in %d letters", id, n)
		}
	}
}
