package sqlstore

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
)

func deliveryBehaviours() []behaviour {
	return []behaviour{
		{"due is what is active or ends its pause, earliest first", dueEarliestFirst},
		{"a row that cannot be read stops nothing", aRowThatCannotBeRead},
		{"a pause does not end while its chat is external", func(t *testing.T, db *database) {
			sub := order("oc", 1)
			sub.State, sub.Reason, sub.PausedUntil = reports.Paused, reports.ChatExternal, minute(-5)
			subscribe(t, db.Store, sub)
			due, _, err := db.Deliveries.Due(t.Context(), noon(), 0, 9)
			if err != nil || len(due) != 0 {
				t.Errorf("%d are due, %v", len(due), err)
			}
		}},
		{"opening moves the subscription on and enters its deliveries", func(t *testing.T, db *database) {
			want := order("oc_a", 1)
			want.State, want.Reason, want.PausedUntil = reports.Paused, reports.ByPerson, minute(-1)
			sub := subscribe(t, db.Store, want)
			skipped := reports.Delivery{Period: daily(1), Slot: minute(-9), State: reports.Skipped, Reason: reports.Missed, DoneAt: noon()}
			open := waiting(2, 0)
			open.Late = true
			if err := db.Deliveries.Open(t.Context(), sub, minute(1440), []reports.Delivery{skipped, open}); err != nil {
				t.Fatal(err)
			}
			want.State, want.Reason, want.PausedUntil, want.NextDue = reports.Active, "", time.Time{}, minute(1440)
			same(t, "subscription", want, subscription(t, db.Store, sub.ID))
			skipped.SubscriptionID, open.SubscriptionID = sub.ID, sub.ID
			same(t, "skipped", skipped, delivery(t, db.Store, sub.ID, 1))
			same(t, "open", open, delivery(t, db.Store, sub.ID, 2))
		}},
		{"opening what has moved on is refused and enters nothing", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			wantErr(t, "Open", reports.ErrConflict, db.Deliveries.Open(t.Context(), sub, minute(9), []reports.Delivery{waiting(2, 0)}))
			_, err := db.Deliveries.Delivery(t.Context(), sub.ID, daily(2))
			wantErr(t, "Delivery", reports.ErrNotFound, err)
			same(t, "next due", minute(1440), subscription(t, db.Store, sub.ID).NextDue)
		}},
		{"opening what was paused or removed meanwhile is refused", pausedMeanwhile},
		{"opening leaves a delivery that is there as it is", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			d := claim(t, db.Store, noon(), 1)[0]
			d.State, d.Message = reports.Delivered, "om_1"
			if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
				t.Fatal(err)
			}
			want := delivery(t, db.Store, sub.ID, 1)
			if err := db.Deliveries.Open(t.Context(), subscription(t, db.Store, sub.ID), minute(2880), []reports.Delivery{waiting(1, 5), waiting(2, 5)}); err != nil {
				t.Fatal(err)
			}
			same(t, "delivered", want, delivery(t, db.Store, sub.ID, 1))
			same(t, "entered", minute(5), delivery(t, db.Store, sub.ID, 2).TryAt)
		}},
		{"opening lets what was not handed over begin anew at its new time", enterAgainDelivery},
		{"a change of schedule fences who holds a delivery that was not handed over", scheduleFences},
		{"of two who open at once one is told that it moved", func(t *testing.T, db *database) {
			sub, other := subscribe(t, db.Store, order("oc_a", 1)), db.another(t)
			var opened, moved atomic.Int32
			atOnce(6, func(i int) {
				switch err := []*Store{db.Store, other}[i%2].Deliveries.Open(t.Context(), sub, minute(1440), []reports.Delivery{waiting(i+1, 0)}); {
				case err == nil:
					opened.Add(1)
				case errors.Is(err, reports.ErrConflict):
					moved.Add(1)
				default:
					t.Errorf("Open: %v", err)
				}
			})
			same(t, "opened and moved", []int32{1, 5}, []int32{opened.Load(), moved.Load()})
			same(t, "entered", 1, len(claim(t, db.Store, noon(), 9)))
		}},
		{"a claim takes what may be tried, earliest first, up to the limit", func(t *testing.T, db *database) {
			closed := waiting(5, -5)
			closed.State = reports.Failed
			enterAll(t, db.Store, waiting(1, 0), waiting(2, -3), waiting(3, 1), waiting(4, -1), closed)
			same(t, "first", []int{2, 4}, days(claim(t, db.Store, noon(), 2)))
			same(t, "then", []int{1}, days(claim(t, db.Store, noon(), 9)))
			same(t, "then nothing", []int{}, days(claim(t, db.Store, noon(), 9)))
		}},
		{"a claim holds until its lease ends, and raises the fence", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			want := waiting(1, 0)
			want.SubscriptionID, want.Lease, want.Fence = sub.ID, minute(1), 1
			same(t, "claimed", []reports.Delivery{want}, claim(t, db.Store, noon(), 9))
			same(t, "read", want, delivery(t, db.Store, sub.ID, 1))
			same(t, "held", []int{}, days(claim(t, db.Store, minute(1).Add(-time.Millisecond), 9)))
			want.Lease, want.Fence = minute(2), 2
			same(t, "taken over", []reports.Delivery{want}, claim(t, db.Store, minute(1), 9))
		}},
		{"no delivery is given to two claimers", claimAtOnce},
		{"a holder saves what it found out and gives the claim up", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			want := claim(t, db.Store, noon(), 1)[0]
			want.State, want.Reason, want.Detail, want.TryAt = reports.Delivered, reports.Busy, "code 230020", minute(2)
			want.Tries, want.SentAt, want.LateNoticeAt, want.Late = 3, minute(3), minute(4), true
			want.Searches, want.Waited, want.ZerosFrom = 2, true, usage.NewDate(2026, 11, 20)
			want.DoneAt, want.Message, want.Lease = minute(5), "om_1", minute(6)
			if err := db.Deliveries.Save(t.Context(), want, false); err != nil {
				t.Fatal(err)
			}
			want.Lease = time.Time{}
			same(t, "saved", want, delivery(t, db.Store, sub.ID, 1))
		}},
		{"what was given up may be claimed at its next time", func(t *testing.T, db *database) {
			enterAll(t, db.Store, waiting(1, 0))
			d := claim(t, db.Store, noon(), 1)[0]
			d.TryAt = minute(5)
			if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
				t.Fatal(err)
			}
			same(t, "before", []int{}, days(claim(t, db.Store, minute(4), 9)))
			same(t, "then", []int{1}, days(claim(t, db.Store, minute(5), 9)))
		}},
		{"a holder that goes on keeps its claim", func(t *testing.T, db *database) {
			enterAll(t, db.Store, waiting(1, 0))
			d := claim(t, db.Store, noon(), 1)[0]
			d.Lease = minute(10)
			if err := db.Deliveries.Save(t.Context(), d, true); err != nil {
				t.Fatal(err)
			}
			same(t, "held", []int{}, days(claim(t, db.Store, minute(9), 9)))
			same(t, "free", []int{1}, days(claim(t, db.Store, minute(10), 9)))
		}},
		{"what was sent with zeros is claimed until nothing is left to amend", claimAmendments},
		{"a former holder is fenced", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			former := claim(t, db.Store, noon(), 1)[0]
			later := claim(t, db.Store, minute(2), 1)[0]
			former.State = reports.Failed
			for _, hold := range []bool{true, false} {
				wantErr(t, "Save", reports.ErrFenced, db.Deliveries.Save(t.Context(), former, hold))
			}
			same(t, "read", later, delivery(t, db.Store, sub.ID, 1))
			if err := db.Deliveries.Save(t.Context(), later, true); err != nil {
				t.Errorf("the holder: %v", err)
			}
		}},
		{"what ended badly may be opened again", reopenDelivery},
		{"what is not there, or ended badly, is run at once", runDelivery},
		{"history is newest first, of the chat or of one subscription", history},
		{"overdue is what is due and was never entered too", func(t *testing.T, db *database) {
			for n, differ := range []func(*reports.Subscription){
				func(s *reports.Subscription) { s.NextDue = minute(-5) },
				func(s *reports.Subscription) { s.NextDue = minute(1) },
				func(s *reports.Subscription) { s.State, s.NextDue = reports.Paused, minute(-99) },
				func(s *reports.Subscription) { s.State, s.NextDue = reports.Removed, minute(-99) },
			} {
				sub := order("oc", n)
				differ(&sub)
				subscribe(t, db.Store, sub)
			}
			count, oldest, err := db.Deliveries.Overdue(t.Context(), noon())
			if err != nil || count != 1 || !oldest.Equal(minute(-5)) {
				t.Errorf("%d, %v, %v, want 1 and %v", count, oldest, err, minute(-5))
			}
		}},
		{"overdue is what is open and past its slot", func(t *testing.T, db *database) {
			count, oldest, err := db.Deliveries.Overdue(t.Context(), noon())
			if err != nil || count != 0 || !oldest.IsZero() {
				t.Errorf("of none: %d, %v, %v", count, oldest, err)
			}
			done := waiting(4, -9)
			done.State = reports.Skipped
			later := waiting(2, 0)
			later.TryAt = minute(60)
			enterAll(t, db.Store, waiting(1, -2), later, waiting(3, 1), done)
			claim(t, db.Store, noon(), 1)
			count, oldest, err = db.Deliveries.Overdue(t.Context(), noon())
			if err != nil || count != 2 || !oldest.Equal(minute(-2)) {
				t.Errorf("%d, %v, %v, want 2 and %v", count, oldest, err, minute(-2))
			}
		}},
	}
}

func dueEarliestFirst(t *testing.T, db *database) {
	for n, differ := range []func(*reports.Subscription){
		func(s *reports.Subscription) { s.NextDue = noon() },
		func(s *reports.Subscription) { s.NextDue = noon().Add(time.Millisecond) },
		func(s *reports.Subscription) { s.NextDue = minute(-9) },
		func(s *reports.Subscription) { s.State, s.PausedUntil = reports.Paused, minute(-5) },
		func(s *reports.Subscription) { s.State, s.PausedUntil = reports.Paused, minute(1) },
		func(s *reports.Subscription) { s.State, s.NextDue = reports.Paused, minute(-99) },
		func(s *reports.Subscription) { s.State, s.NextDue = reports.Removed, minute(-99) },
		func(s *reports.Subscription) { s.State, s.PausedUntil, s.NextDue = reports.Paused, noon(), minute(9) },
	} {
		sub := order("oc", n)
		differ(&sub)
		subscribe(t, db.Store, sub)
	}
	for limit, want := range map[int][]string{9: {"oc2", "oc3", "oc0", "oc7"}, 3: {"oc2", "oc3", "oc0"}, 1: {"oc2"}} {
		due, _, err := db.Deliveries.Due(t.Context(), noon(), 0, limit)
		if err != nil {
			t.Fatal(err)
		}
		ids := []string{}
		for _, s := range due {
			ids = append(ids, s.ID)
			same(t, "subscription", subscription(t, db.Store, s.ID), s)
		}
		same(t, "due", want, ids)
	}
}

// aRowThatCannotBeRead spoils rows, which are then left out of what is due and claimed.
func aRowThatCannotBeRead(t *testing.T, db *database) {
	subscribe(t, db.Store, order("oc", 1))
	enterAll(t, db.Store, waiting(1, 0), waiting(2, 0))
	execute(t, db.Store, "UPDATE deliveries SET start = 'never' WHERE start = '2026-11-01'")
	same(t, "claimed", []int{2}, days(claim(t, db.Store, noon(), 9)))
	if db.url != "" {
		return // the columns of a subscription are typed there
	}
	subscribe(t, db.Store, order("oc", 2))
	execute(t, db.Store, "UPDATE subscriptions SET hour = 'ten' WHERE id = 'oc1'")
	for skip, want := range []struct {
		ids  []string
		more bool
	}{{[]string{}, true}, {[]string{"oc2"}, true}, {[]string{}, false}} {
		due, more, err := db.Deliveries.Due(t.Context(), noon(), skip, 1)
		if err != nil {
			t.Fatal(err)
		}
		ids := []string{}
		for _, s := range due {
			ids = append(ids, s.ID)
		}
		same(t, "due", want.ids, ids)
		same(t, "more", want.more, more)
	}
}

func pausedMeanwhile(t *testing.T, db *database) {
	for n, meanwhile := range []func(*reports.Subscription){
		func(s *reports.Subscription) { s.State = reports.Removed },
		func(s *reports.Subscription) { s.State = reports.Paused },
		func(s *reports.Subscription) { s.State, s.PausedUntil = reports.Paused, minute(9999) },
		func(s *reports.Subscription) { s.State, s.PausedUntil = reports.Paused, minute(1) }, // ends before it is due next
	} {
		sub := subscribe(t, db.Store, order("oc_a", n))
		want := change(t, db.Store, sub.ID, meanwhile)
		wantErr(t, "Open", reports.ErrConflict, db.Deliveries.Open(t.Context(), sub, minute(1440), []reports.Delivery{waiting(1, 0)}))
		same(t, "read", want, subscription(t, db.Store, sub.ID))
		_, err := db.Deliveries.Delivery(t.Context(), sub.ID, daily(1))
		wantErr(t, "Delivery", reports.ErrNotFound, err)
	}
	paused := order("oc_b", 1)
	paused.State, paused.PausedUntil = reports.Paused, minute(-1)
	paused = subscribe(t, db.Store, paused)
	change(t, db.Store, paused.ID, func(s *reports.Subscription) { s.PausedUntil = minute(100) })
	wantErr(t, "Open of what is paused for longer now", reports.ErrConflict, db.Deliveries.Open(t.Context(), paused, minute(1440), nil))
}

// claimAmendments claims what was delivered with zeros, as Claim does, and nothing else.
func claimAmendments(t *testing.T, db *database) {
	sub := enterAll(t, db.Store, waiting(1, 0), waiting(2, 0), waiting(3, 0), waiting(4, 0), waiting(5, 0))
	for i, d := range claim(t, db.Store, noon(), 9) {
		d.State, d.Message, d.TryAt, d.ZerosFrom = reports.Delivered, "om_1", minute(10+i), d.Period.Start
		switch i {
		case 1:
			d.ZerosFrom = usage.Date{}
		case 3:
			d.State = reports.Uncertain
		case 4:
			d.State = reports.Waiting
		}
		if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
			t.Fatal(err)
		}
	}
	amend := func(at time.Time, limit int) []reports.Delivery {
		t.Helper()
		claimed, err := db.Deliveries.ClaimAmendments(t.Context(), at, time.Minute, limit)
		if err != nil {
			t.Fatal(err)
		}
		return claimed
	}
	same(t, "too early", []int{}, days(amend(minute(9), 9)))
	same(t, "none", []int{}, days(amend(minute(60), 0)))
	same(t, "the first", []int{1}, days(amend(minute(60), 1)))
	same(t, "the other", []int{3}, days(amend(minute(60), 9)))
	same(t, "held", []int{}, days(amend(minute(60), 9)))
	again := amend(minute(61), 9)
	same(t, "taken over", []int{1, 3}, days(again))
	same(t, "fence", int64(3), again[0].Fence)
	again[0].ZerosFrom = usage.Date{}
	if err := db.Deliveries.Save(t.Context(), again[0], false); err != nil {
		t.Fatal(err)
	}
	same(t, "what is amended", usage.Date{}, delivery(t, db.Store, sub.ID, 1).ZerosFrom)
	same(t, "what is left", []int{3}, days(amend(minute(63), 9)))
	same(t, "what was not sent", []int{5}, days(claim(t, db.Store, minute(63), 9)))
}

func claimAtOnce(t *testing.T, db *database) {
	const claimers, each, rows = 8, 7, 200
	entries := make([]reports.Delivery, rows)
	for i := range entries {
		entries[i] = waiting(1, -i%9)
		entries[i].Period = usage.PeriodOf(usage.Daily, usage.NewDate(2026, 1, 1+i))
	}
	enterAll(t, db.Store, entries...)
	other := db.another(t)
	var mu sync.Mutex
	given := map[usage.Period]int{}
	atOnce(claimers, func(i int) {
		for range rows {
			claimed, err := []*Store{db.Store, other}[i%2].Deliveries.Claim(t.Context(), noon(), time.Minute, each)
			if err != nil {
				t.Errorf("Claim: %v", err)
				return
			}
			// Nothing may mean that others were choosing just now, but they claim what they chose.
			if len(claimed) == 0 {
				return
			}
			if len(claimed) > each {
				t.Errorf("%d claimed, more than %d", len(claimed), each)
			}
			mu.Lock()
			for _, d := range claimed {
				given[d.Period]++
			}
			mu.Unlock()
		}
	})
	same(t, "claimed", rows, len(given))
	for p, n := range given {
		if n != 1 {
			t.Errorf("%v was given %d times", p, n)
		}
	}
}

func reopenDelivery(t *testing.T, db *database) {
	tests := []struct {
		state reports.DeliveryState
		want  bool
	}{{reports.Failed, true}, {reports.Skipped, true}, {reports.Uncertain, true}, {reports.Waiting, false}, {reports.Delivered, false}}
	entries := make([]reports.Delivery, len(tests))
	for i := range tests {
		entries[i] = waiting(i+1, 0)
	}
	sub, retried := enterAll(t, db.Store, entries...), access.Change{At: noon(), By: "ou_a", Act: access.Retried, Of: "oc_a1"}
	for i, d := range claim(t, db.Store, noon(), 9) {
		d.State, d.Reason, d.Detail, d.Tries, d.SentAt, d.LateNoticeAt, d.DoneAt = tests[i].state, reports.Lost, "x", 4, minute(1), minute(2), minute(3)
		d.TryAt, d.Searches, d.Waited, d.ZerosFrom = minute(99), 5, true, usage.NewDate(2026, 11, 20)
		if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
			t.Fatal(err)
		}
		want := delivery(t, db.Store, sub.ID, i+1)
		got, err := db.Deliveries.Reopen(t.Context(), "", sub.ID, d.Period, minute(30), retried)
		if err != nil || got != tests[i].want {
			t.Errorf("%s: %v, %v, want %v", d.State, got, err, tests[i].want)
		}
		if got {
			want.State, want.Reason, want.Detail, want.Tries, want.Searches, want.Waited = reports.Waiting, "", "", 0, 0, false
			want.ZerosFrom = usage.Date{}
			want.Slot, want.TryAt, want.SentAt, want.DoneAt, want.Fence = minute(30), minute(30), time.Time{}, time.Time{}, 2
		}
		same(t, string(d.State), want, delivery(t, db.Store, sub.ID, i+1))
		if got {
			wantErr(t, "its former holder", reports.ErrFenced, db.Deliveries.Save(t.Context(), d, false))
		}
	}
	same(t, "claimed again", []int{1, 2, 3}, days(claim(t, db.Store, minute(30), 9)))
	if got, err := db.Deliveries.Reopen(t.Context(), "", "nobody", daily(1), noon(), retried); got || err != nil {
		t.Errorf("reopening nothing: %v, %v", got, err)
	}
	same(t, "entries", 3, left(t, db, "changes"))
}

// enterAgainDelivery opens a period that is there already, in each state.
func enterAgainDelivery(t *testing.T, db *database) {
	tests := []struct {
		state reports.DeliveryState
		sent  bool
		want  bool
	}{
		{reports.Failed, false, true},
		{reports.Skipped, false, true},
		{reports.Waiting, false, true},
		{reports.Waiting, true, false},
		{reports.Uncertain, true, false},
		{reports.Delivered, true, false},
	}
	entries := make([]reports.Delivery, len(tests))
	again := make([]reports.Delivery, len(tests))
	for i := range tests {
		entries[i], again[i] = waiting(i+1, 0), waiting(i+1, 30)
	}
	sub := enterAll(t, db.Store, entries...)
	claimed := claim(t, db.Store, noon(), 9)
	for i, d := range claimed {
		d.State, d.Reason, d.Detail, d.Tries, d.LateNoticeAt, d.Late = tests[i].state, reports.Lost, "x", 4, minute(2), true
		d.TryAt, d.Searches, d.Waited, d.ZerosFrom = minute(99), 5, true, usage.NewDate(2026, 11, 20)
		if tests[i].sent {
			d.SentAt = minute(1)
		}
		if d.Lease = minute(9); d.State != reports.Waiting {
			d.DoneAt = minute(3)
		}
		if err := db.Deliveries.Save(t.Context(), d, d.State == reports.Waiting); err != nil {
			t.Fatal(err)
		}
	}
	missed := again[0]
	missed.State, missed.Reason = reports.Skipped, reports.Missed
	was := delivery(t, db.Store, sub.ID, 1)
	if err := db.Deliveries.Open(t.Context(), subscription(t, db.Store, sub.ID), minute(2880), []reports.Delivery{missed}); err != nil {
		t.Fatal(err)
	}
	same(t, "what is entered as skipped changes nothing", was, delivery(t, db.Store, sub.ID, 1))
	wants := make([]reports.Delivery, len(tests))
	for i := range tests {
		wants[i] = delivery(t, db.Store, sub.ID, i+1)
	}
	if err := db.Deliveries.Open(t.Context(), subscription(t, db.Store, sub.ID), minute(4320), again); err != nil {
		t.Fatal(err)
	}
	for i, want := range wants {
		if tests[i].want {
			want.State, want.Reason, want.Detail, want.Tries, want.Searches, want.Waited, want.Late = reports.Waiting, "", "", 0, 0, false, false
			want.ZerosFrom = usage.Date{}
			want.Slot, want.TryAt, want.DoneAt, want.Lease, want.Fence = minute(30), minute(30), time.Time{}, time.Time{}, 2
		}
		same(t, string(tests[i].state), want, delivery(t, db.Store, sub.ID, i+1))
		if tests[i].want {
			wantErr(t, "its former holder", reports.ErrFenced, db.Deliveries.Save(t.Context(), claimed[i], true))
		}
	}
}

// scheduleFences changes a subscription while its deliveries are held.
func scheduleFences(t *testing.T, db *database) {
	sub := enterAll(t, db.Store, waiting(1, 0), waiting(2, 0))
	claimed := claim(t, db.Store, noon(), 9)
	claimed[1].SentAt, claimed[1].Lease = noon(), minute(9)
	if err := db.Deliveries.Save(t.Context(), claimed[1], true); err != nil {
		t.Fatal(err)
	}
	change(t, db.Store, sub.ID, func(s *reports.Subscription) { s.Refusals++ })
	claimed[0].Lease = minute(9)
	if err := db.Deliveries.Save(t.Context(), claimed[0], true); err != nil {
		t.Errorf("after another change the holder is told %v", err)
	}
	change(t, db.Store, sub.ID, func(s *reports.Subscription) { s.Schedule.Hour++ })
	wantErr(t, "the holder", reports.ErrFenced, db.Deliveries.Save(t.Context(), claimed[0], true))
	if err := db.Deliveries.Save(t.Context(), claimed[1], true); err != nil {
		t.Errorf("the holder of what was handed over is told %v", err)
	}
	same(t, "claimed at once", []int{1}, days(claim(t, db.Store, noon(), 9)))
}

// runDelivery runs a delivery that is not there, and again while it is open, when it has failed and when it was delivered.
func runDelivery(t *testing.T, db *database) {
	sub, ran := enterAll(t, db.Store), access.Change{At: noon(), By: "ou_a", Act: access.Ran, Of: "oc_a1"}
	run := func(want bool) reports.Delivery {
		t.Helper()
		if got, err := db.Deliveries.Run(t.Context(), "", sub.ID, daily(1), noon(), ran); got != want || err != nil {
			t.Errorf("Run = %v, %v, want %v", got, err, want)
		}
		return delivery(t, db.Store, sub.ID, 1)
	}
	want := waiting(1, 0)
	want.SubscriptionID = sub.ID
	same(t, "entered", want, run(true))
	same(t, "open", want, run(false))
	for state, again := range map[reports.DeliveryState]bool{reports.Failed: true, reports.Delivered: false} {
		d := claim(t, db.Store, noon(), 1)[0]
		d.State, d.DoneAt = state, minute(1)
		if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
			t.Fatal(err)
		}
		if got := run(again); (got.State == reports.Waiting) != again {
			t.Errorf("%s came to %s", state, got.State)
		}
		execute(t, db.Store, "UPDATE deliveries SET state = 'waiting', lease = 0")
	}
	same(t, "entries", 2, left(t, db, "changes"))
	if _, err := db.Deliveries.Run(t.Context(), "", "nobody", daily(1), noon(), ran); err == nil {
		t.Error("a digest of no subscription was run")
	}
}

func history(t *testing.T, db *database) {
	ids := map[string]string{}
	for chat, slots := range map[string][]int{"oc_a": {1, 4, 2}, "oc_b": {9}} {
		for n, slot := range slots {
			sub := subscribe(t, db.Store, order(chat, n))
			ids[sub.ID] = sub.ID
			entries := []reports.Delivery{waiting(slot, slot), waiting(slot+10, slot+10)}
			if err := db.Deliveries.Open(t.Context(), sub, minute(99), entries); err != nil {
				t.Fatal(err)
			}
		}
	}
	change(t, db.Store, "oc_a1", func(s *reports.Subscription) { s.State = reports.Removed })
	tests := []struct {
		chat, id string
		limit    int
		want     []int
	}{
		{"oc_a", "", 9, []int{14, 12, 11, 4, 2, 1}},
		{"oc_a", "", 2, []int{14, 12}},
		{"oc_a", "oc_a1", 9, []int{14, 4}},
		{"oc_b", "", 9, []int{19, 9}},
		{"oc_b", "oc_a1", 9, []int{}},
	}
	for _, tt := range tests {
		got, err := db.Deliveries.History(t.Context(), tt.chat, tt.id, tt.limit)
		if err != nil {
			t.Fatal(err)
		}
		same(t, tt.chat+" "+tt.id, tt.want, days(got))
	}
}
