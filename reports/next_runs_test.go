package reports_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
)

// edit changes a subscription as a command does.
func (s *testEnv) edit(id string, change func(*reports.Subscription) error) reports.Subscription {
	s.t.Helper()
	kept, err := s.store.Subscriptions.Change(s.t.Context(), reports.Edit{ID: id, Change: func(sub *reports.Subscription) error {
		sub.UpdatedAt = time.Now()
		return change(sub)
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return kept
}

// moveTo gives a subscription another time of day, as rescheduling does.
func (s *testEnv) moveTo(id string, hour, minute int) reports.Subscription {
	return s.edit(id, func(sub *reports.Subscription) error {
		sub.Schedule.Hour, sub.Schedule.Min = hour, minute
		return sub.Activate(s.calendar(), time.Now(), s.settings.Jitter, "")
	})
}

func (s *testEnv) nextRuns(sub reports.Subscription) reports.Runs {
	s.t.Helper()
	runs, err := reports.NextRuns(s.t.Context(), s.store.Deliveries, sub, s.calendar(), time.Now(), 3)
	if err != nil {
		s.t.Fatal(err)
	}
	return runs
}

// TestNextRuns_MovedToLaterToday: the digest is sent once, at the new time, whatever became of it before. One that was
// handed to the platform is not promised.
func TestNextRuns_MovedToLaterToday(t *testing.T) {
	for _, tt := range []struct {
		name     string
		before   func(s *testEnv, sub reports.Subscription) // at 10:30
		meantime func(s *testEnv, sub reports.Subscription) // right before the change, at 11:00
		promised bool
		messages int // in all, by 15:10
	}{
		{"before it was due", func(s *testEnv, sub reports.Subscription) { s.moveTo(sub.ID, 11, 30) }, nil, true, 1},
		{"delivered", func(s *testEnv, _ reports.Subscription) { s.tickFor(2 * time.Second) }, nil, false, 1},
		{"it waits for figures", func(s *testEnv, _ reports.Subscription) { s.platform.state = notPublished; s.tickFor(2 * time.Second) }, nil, true, 1},
		{"failed", func(s *testEnv, sub reports.Subscription) {
			s.platform.send = func(context.Context, message) error { return sendError(reports.InvalidContent, 230022) }
			s.tickFor(2 * time.Second)
			s.wantDelivery(sub, reports.Failed, reports.Refused)
		}, nil, true, 2},
		{"skipped, since it was removed while it waited", func(s *testEnv, sub reports.Subscription) {
			s.platform.state = notPublished
			s.tickFor(2 * time.Second)
			s.edit(sub.ID, func(sub *reports.Subscription) error {
				sub.State, sub.Reason = reports.Removed, reports.ByPerson
				return nil
			})
			s.advance(6 * time.Minute)
			s.tickFor(2 * time.Second)
			s.wantDelivery(sub, reports.Skipped, reports.ByPerson)
		}, func(s *testEnv, sub reports.Subscription) { // subscribed to again
			sub.Schedule.Hour, sub.Schedule.Min = 12, 0
			if err := sub.Activate(s.calendar(), time.Now(), s.settings.Jitter, ""); err != nil {
				s.t.Fatal(err)
			}
			if _, created, err := s.store.Subscriptions.Subscribe(s.t.Context(), "", sub, nil); !created || err != nil {
				s.t.Fatal(created, err)
			}
		}, true, 1},
		{"skipped, since it was paused while it waited", func(s *testEnv, sub reports.Subscription) {
			s.platform.state = notPublished
			s.tickFor(2 * time.Second)
			s.edit(sub.ID, func(sub *reports.Subscription) error {
				sub.State, sub.Reason = reports.Paused, reports.ByPerson
				return nil
			})
			s.advance(6 * time.Minute)
			s.tickFor(2 * time.Second)
			s.wantDelivery(sub, reports.Skipped, reports.ByPerson)
		}, nil, true, 1},
		{"its answer is lost", func(s *testEnv, sub reports.Subscription) {
			s.platform.send = func(context.Context, message) error { return sendError(reports.Ambiguous, 0) }
			s.tickFor(2 * time.Second)
			s.wantDelivery(sub, reports.Waiting, reports.Lost)
		}, nil, false, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1")
				tt.before(s, sub)
				s.platform.state, s.platform.send = nil, nil
				s.advanceTo(monday(11, 0))
				if tt.meantime != nil {
					tt.meantime(s, sub)
				}
				runs := s.nextRuns(s.moveTo(sub.ID, 15, 0))
				if promised := runs.At[0].Equal(monday(15, 0)); promised != tt.promised || (runs.Sent == usage.Period{}) != tt.promised || len(runs.At) != 3 {
					t.Errorf("promised: %+v", runs)
				}
				for _, at := range []time.Time{monday(11, 0), monday(12, 0), monday(14, 59), monday(15, 0)} {
					s.advanceTo(at)
					s.tickFor(10 * time.Second)
					early := at.Before(monday(15, 0)) && tt.promised
					if d, err := s.store.Deliveries.Delivery(t.Context(), sub.ID, yesterday()); early && err == nil && d.State == reports.Delivered {
						t.Errorf("it went out at %v already", at)
					}
				}
				s.wantDelivery(sub, reports.Delivered, "")
				if list := s.platform.to("oc_1"); len(list) != tt.messages || tt.promised && list[len(list)-1].at.Before(monday(15, 0)) {
					t.Errorf("%d messages, want %d: %+v", len(list), tt.messages, list)
				}
			})
		})
	}
}

func yesterday() usage.Period { return usage.PeriodOf(usage.Daily, usage.NewDate(2000, 1, 2)) }

// TestNextRuns_AnotherDay: a weekly digest that was too late on Monday and is moved to Friday is sent on Friday.
func TestNextRuns_AnotherDay(t *testing.T) {
	for state, on := range map[reports.DeliveryState]reports.On{reports.Skipped: "fri", reports.Delivered: "thu"} {
		t.Run(string(state), func(t *testing.T) {
			withEnv(t, func(t *testing.T, s *testEnv) {
				sub := s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) { sub.Schedule.Cycle, sub.Schedule.On = usage.Weekly, "mon" })
				if state == reports.Skipped {
					s.advanceTo(monday(3*24+1, 0)) // the bot was away
				}
				s.tickFor(2 * time.Second)
				s.wantDelivery(sub, state, map[reports.DeliveryState]reports.Reason{reports.Skipped: reports.TooLate}[state])
				kept := s.edit(sub.ID, func(sub *reports.Subscription) error {
					sub.Schedule.On = on
					return sub.Activate(s.calendar(), time.Now(), s.settings.Jitter, "")
				})
				first := map[reports.DeliveryState]time.Time{reports.Skipped: monday(4*24+10, 30), reports.Delivered: monday(10*24+10, 30)}[state]
				if runs := s.nextRuns(kept); !runs.At[0].Equal(first) || (runs.Sent == usage.Period{}) != (state == reports.Skipped) {
					t.Errorf("%s: promised: %+v", state, runs)
				}
				s.advanceTo(monday(4*24+10, 30))
				s.tickFor(5 * time.Second)
				s.wantDelivery(sub, reports.Delivered, "")
				if n := len(s.platform.to("oc_1")); n != 1 {
					t.Errorf("%s: %d digests of one week", state, n)
				}
			})
		})
	}
}

// TestNextRuns_OldTimeAlreadyRead_Fenced: a worker that has read the old schedule does not send.
func TestNextRuns_OldTimeAlreadyRead_Fenced(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.onRender = func(string) {
			s.platform.onRender = nil
			time.Sleep(time.Second)
			s.moveTo(sub.ID, 15, 0)
		}
		s.tickFor(5 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 0 {
			t.Errorf("it was sent %d times before its new time", n)
		}
		s.advanceTo(monday(15, 0))
		s.tickFor(3 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
	})
}

// TestNextRuns_RunAtOnce_NotPostponed: a digest that somebody has sent at once does not wait for its scheduled time.
func TestNextRuns_RunAtOnce_NotPostponed(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) { sub.Schedule.Hour, sub.NextDue = 15, monday(15, 30) })
		s.advance(time.Second)
		if run, err := s.store.Deliveries.Run(t.Context(), "", sub.ID, yesterday(), time.Now(), access.Change{By: "ou_1", Act: access.Ran}); !run || err != nil {
			t.Fatal(run, err)
		}
		s.tickFor(2 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
		if runs := s.nextRuns(s.subscription(sub.ID)); runs.Sent != yesterday() || !runs.At[0].Equal(monday(24+15, 30)) {
			t.Errorf("promised: %+v", runs)
		}
		s.advanceTo(monday(15, 30))
		s.tickFor(3 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("%d digests", n)
		}
	})
}

// TestNextRuns_RandomEdits_Kept makes random sequences of edits while time passes. Each run that was promised and not
// changed afterwards was sent at its time, or waits or failed with a reason. Nothing is sent twice.
func TestNextRuns_RandomEdits_Kept(t *testing.T) {
	for seed := range uint64(18) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &scenario{testEnv: newTestEnv(t), random: rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // the sequences are to repeat
				w.configure(func(set *reports.Settings) { set.Jitter = time.Duration(seed%3) * 40 * time.Second })
				w.run()
			})
		})
	}
}

// scenario is a random sequence of edits of one subscription, and the runs that were promised last.
type scenario struct {
	*testEnv
	random   *rand.Rand
	promised []time.Time
	sub      reports.Subscription
	log      []string
}

func (w *scenario) run() {
	w.advanceTo(monday(6, 0))
	cycle := []usage.Cycle{usage.Daily, usage.Daily, usage.Weekly}[w.random.IntN(3)]
	w.sub = reports.Subscription{
		ID: "aaaaaa", ChatID: "oc_1", OwnerID: "ou_owner", AppID: "cli_a", Ability: usage.Web, CreatedAt: time.Now(), UpdatedAt: time.Now(),
		Schedule: reports.Schedule{Cycle: cycle, Hour: 10, Min: 30, On: reports.DefaultOn(cycle), Zone: "Asia/Shanghai"},
	}
	w.subscribeAgain()
	for range 25 {
		w.step()
		w.advance(time.Duration(w.random.IntN(600)) * time.Minute)
		if w.t.Failed() {
			w.t.Fatalf("what was done:\n%v", w.log)
		}
	}
	w.platform.state, w.platform.send = nil, nil
	w.checkOnce()
}

func (w *scenario) step() {
	w.sub = w.subscription(w.sub.ID)
	switch n := w.random.IntN(9); {
	case n < 3:
		w.reschedule()
	case n == 3:
		w.change("pause", func(s *reports.Subscription) error {
			s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ByPerson, time.Time{}
			if w.random.IntN(2) == 0 {
				s.PausedUntil = time.Now().Add(time.Duration(1+w.random.IntN(40)) * time.Hour).Truncate(time.Hour)
			}
			return nil
		})
	case n == 4:
		w.change("resume", func(s *reports.Subscription) error {
			return s.Activate(w.calendar(), time.Now(), w.settings.Jitter, "ou_1")
		})
	case n == 5:
		w.change("unsubscribe", func(s *reports.Subscription) error { s.State, s.Reason = reports.Removed, reports.ByPerson; return nil })
	case n == 6:
		w.subscribeAgain()
	case n == 7:
		w.disturb()
	case w.sub.State == reports.Active:
		zone, err := time.LoadLocation(w.sub.Schedule.Zone)
		if err != nil {
			w.t.Fatal(err)
		}
		p := w.calendar().PeriodFor(w.sub.Schedule, usage.DateOf(time.Now().In(zone)))
		if _, err := w.store.Deliveries.Run(w.t.Context(), "", w.sub.ID, p, time.Now(), access.Change{By: "ou_1", Act: access.Ran}); err != nil {
			w.t.Fatal(err)
		}
		w.promise("run")
	}
}

// reschedule sets another time, often a little later than now, another day or another zone.
func (w *scenario) reschedule() {
	w.change("reschedule", func(s *reports.Subscription) error {
		if s.State == reports.Removed {
			return reports.ErrUnchanged
		}
		zones := []string{"Asia/Shanghai", "UTC", "America/New_York"}
		if w.random.IntN(4) == 0 {
			s.Schedule.Zone = zones[w.random.IntN(len(zones))]
		}
		if on := reports.OnDays(s.Schedule.Cycle); w.random.IntN(3) == 0 {
			s.Schedule.On = on[w.random.IntN(len(on))]
		}
		zone, err := time.LoadLocation(s.Schedule.Zone)
		if err != nil {
			return err
		}
		soon := time.Now().Add(time.Duration(w.random.IntN(400)-100) * time.Minute).In(zone)
		s.Schedule.Hour, s.Schedule.Min = soon.Hour(), soon.Minute()
		return s.Activate(w.calendar(), time.Now(), w.settings.Jitter, "ou_1")
	})
}

func (w *scenario) subscribeAgain() {
	sub := w.sub
	if err := sub.Activate(w.calendar(), time.Now(), w.settings.Jitter, ""); err != nil {
		w.t.Fatal(err)
	}
	sub.UpdatedAt = time.Now()
	if _, _, err := w.store.Subscriptions.Subscribe(w.t.Context(), "", sub, nil); err != nil {
		w.t.Fatal(err)
	}
	w.promise("subscribe")
}

// disturb makes figures late, or has messages refused, for a while.
func (w *scenario) disturb() {
	w.platform.state, w.platform.send = nil, nil
	switch w.random.IntN(4) {
	case 0:
		w.platform.state = notPublished
	case 1:
		w.platform.send = func(context.Context, message) error { return sendError(reports.InvalidContent, 230022) }
	case 2:
		w.platform.send = func(context.Context, message) error { return sendError(reports.Transient, 99991400) }
	}
	w.log = append(w.log, fmt.Sprintf("%v disturb\n", time.Now()))
}

// change edits the subscription, and notes the runs that are promised then.
func (w *scenario) change(what string, change func(*reports.Subscription) error) {
	_, err := w.store.Subscriptions.Change(w.t.Context(), reports.Edit{ID: w.sub.ID, Change: func(s *reports.Subscription) error {
		if s.State == reports.Removed {
			return reports.ErrUnchanged
		}
		s.UpdatedAt = time.Now()
		return change(s)
	}})
	if err != nil && !errors.Is(err, reports.ErrUnchanged) {
		w.t.Fatal(err)
	}
	w.promise(what)
}

func (w *scenario) promise(what string) {
	w.sub, w.promised = w.subscription(w.sub.ID), nil
	if w.sub.State == reports.Active {
		w.promised = w.nextRuns(w.sub).At
	}
	w.log = append(w.log, fmt.Sprintf("%v %s: %s %+v, promised %v\n", time.Now(), what, w.sub.State, w.sub.Schedule, w.promised))
}

// advance moves the clock, and checks each promised run a little after its time.
func (w *scenario) advance(d time.Duration) {
	end := time.Now().Add(d)
	for _, at := range w.promised {
		if at.After(end) {
			break
		}
		w.advanceTo(at)
		w.tickFor(reports.Jitter(w.sub.ID, w.settings.Jitter) + 4*time.Second)
		w.checkRun(at)
	}
	w.promised = nil // looked at once
	w.advanceTo(end)
	w.tickFor(2 * time.Second)
	if w.sub = w.subscription(w.sub.ID); w.sub.State == reports.Active {
		w.promised = w.nextRuns(w.sub).At
	}
}

// checkRun checks what became of a promised run.
func (w *scenario) checkRun(at time.Time) {
	slot, err := w.calendar().Latest(w.sub.Schedule, at)
	if err != nil || !slot.At.Equal(at) {
		w.t.Fatalf("%v is no slot: %v, %v", at, slot, err)
	}
	d, err := w.store.Deliveries.Delivery(w.t.Context(), w.sub.ID, w.calendar().PeriodFor(w.sub.Schedule, slot.Day))
	switch {
	case err != nil:
		w.t.Errorf("the run of %v has no delivery: %v", at, err)
	case d.State == reports.Waiting && d.Reason != "":
	case d.State == reports.Delivered, d.State == reports.Failed && d.Reason == reports.Refused:
		if d.DoneAt.Before(at) && d.State == reports.Failed {
			w.t.Errorf("the run of %v had failed at %v, and was not tried again", at, d.DoneAt)
		}
	default:
		w.t.Errorf("the run of %v is %s (%s), done at %v", at, d.State, d.Reason, d.DoneAt)
	}
}

// checkOnce checks that no digest was accepted twice.
func (w *scenario) checkOnce() {
	list, err := w.store.Deliveries.History(w.t.Context(), "oc_1", "", 100)
	if err != nil {
		w.t.Fatal(err)
	}
	delivered := 0
	for _, d := range list {
		if d.State == reports.Delivered {
			delivered++
		}
	}
	accepted := map[string]int{}
	for _, uuid := range w.platform.accepts() {
		if accepted[uuid]++; accepted[uuid] > 1 {
			w.t.Errorf("a digest was accepted %d times", accepted[uuid])
		}
	}
	if len(accepted) != delivered {
		w.t.Errorf("%d digests were accepted, %d are recorded", len(accepted), delivered)
	}
}

// TestActivate_AfterPauseEnded_NothingLost: somebody resumes a subscription whose pause has ended by itself, before a tick
// has seen that. What has become due since is sent.
func TestActivate_AfterPauseEnded_NothingLost(t *testing.T) {
	withEnv(t, func(t *testing.T, s *testEnv) {
		sub := s.subscribe("aaaaaa", "oc_1")
		alter := func(change func(*reports.Subscription) error) {
			if _, err := s.store.Subscriptions.Change(t.Context(), reports.Edit{ID: sub.ID, Change: change}); err != nil {
				t.Fatal(err)
			}
		}
		alter(func(sub *reports.Subscription) error {
			sub.State, sub.Reason, sub.PausedUntil = reports.Paused, reports.ByPerson, monday(10, 0)
			return nil
		})
		s.advanceTo(monday(10, 31))
		alter(func(sub *reports.Subscription) error {
			return sub.Activate(s.calendar(), time.Now(), s.settings.Jitter, "ou_1")
		})
		s.tickFor(5 * time.Second)
		s.wantDelivery(sub, reports.Delivered, "")
	})
}
