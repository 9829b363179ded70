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
func (s *stage) edit(id string, change func(*reports.Subscription) error) reports.Subscription {
	s.t.Helper()
	kept, err := s.ledger.Change(s.t.Context(), reports.Edit{ID: id, Change: func(sub *reports.Subscription) error {
		sub.UpdatedAt = time.Now()
		return change(sub)
	}})
	if err != nil {
		s.t.Fatal(err)
	}
	return kept
}

// moveTo gives a subscription another time of day, on which its card promises the next digests.
func (s *stage) moveTo(id string, hour, minute int) reports.Subscription {
	return s.edit(id, func(sub *reports.Subscription) error {
		sub.Schedule.Hour, sub.Schedule.Min = hour, minute
		return sub.Activate(time.Now(), s.Jitter, "")
	})
}

func (s *stage) nextRuns(sub reports.Subscription) reports.Runs {
	s.t.Helper()
	runs, err := reports.NextRuns(s.t.Context(), s.ledger, sub, s.PlatformZone, time.Now(), 3)
	if err != nil {
		s.t.Fatal(err)
	}
	return runs
}

// TestPromise_MovedToLaterToday goes out then, whatever became of the digest before, and once. One that was handed to the
// platform is not promised.
func TestPromise_MovedToLaterToday(t *testing.T) {
	for _, tt := range []struct {
		name     string
		before   func(s *stage, sub reports.Subscription) // at 10:30
		meantime func(s *stage, sub reports.Subscription) // right before the change, at 11:00
		promised bool
		messages int // in all, by 15:10
	}{
		{"before it was due", func(s *stage, sub reports.Subscription) { s.moveTo(sub.ID, 11, 30) }, nil, true, 1},
		{"delivered", func(s *stage, _ reports.Subscription) { s.ticks(2 * time.Second) }, nil, false, 1},
		{"it waits for figures", func(s *stage, _ reports.Subscription) { s.platform.state = notOut; s.ticks(2 * time.Second) }, nil, true, 1},
		{"failed", func(s *stage, sub reports.Subscription) {
			s.platform.send = func(context.Context, message) error { return refuse(reports.Content, 230022) }
			s.ticks(2 * time.Second)
			s.became(sub, reports.Failed, reports.Refused)
		}, nil, true, 2},
		{"skipped, since it was removed while it waited", func(s *stage, sub reports.Subscription) {
			s.platform.state = notOut
			s.ticks(2 * time.Second)
			s.edit(sub.ID, func(sub *reports.Subscription) error {
				sub.State, sub.Reason = reports.Removed, reports.ByPerson
				return nil
			})
			s.pass(6 * time.Minute)
			s.ticks(2 * time.Second)
			s.became(sub, reports.Skipped, reports.ByPerson)
		}, func(s *stage, sub reports.Subscription) { // subscribed to again
			sub.Schedule.Hour, sub.Schedule.Min = 12, 0
			if err := sub.Activate(time.Now(), s.Jitter, ""); err != nil {
				s.t.Fatal(err)
			}
			if _, created, err := s.ledger.Subscribe(s.t.Context(), "", sub, nil); !created || err != nil {
				s.t.Fatal(created, err)
			}
		}, true, 1},
		{"skipped, since it was paused while it waited", func(s *stage, sub reports.Subscription) {
			s.platform.state = notOut
			s.ticks(2 * time.Second)
			s.edit(sub.ID, func(sub *reports.Subscription) error {
				sub.State, sub.Reason = reports.Paused, reports.ByPerson
				return nil
			})
			s.pass(6 * time.Minute)
			s.ticks(2 * time.Second)
			s.became(sub, reports.Skipped, reports.ByPerson)
		}, nil, true, 1},
		{"its answer is lost", func(s *stage, sub reports.Subscription) {
			s.platform.send = func(context.Context, message) error { return refuse(reports.Ambiguous, 0) }
			s.ticks(2 * time.Second)
			s.became(sub, reports.Waiting, reports.Lost)
		}, nil, false, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			play(t, func(t *testing.T, s *stage) {
				sub := s.subscribe("aaaaaa", "oc_1")
				tt.before(s, sub)
				s.platform.state, s.platform.send = nil, nil
				s.until(monday(11, 0))
				if tt.meantime != nil {
					tt.meantime(s, sub)
				}
				runs := s.nextRuns(s.moveTo(sub.ID, 15, 0))
				if promised := runs.At[0].Equal(monday(15, 0)); promised != tt.promised || (runs.Sent == usage.Period{}) != tt.promised || len(runs.At) != 3 {
					t.Errorf("promised: %+v", runs)
				}
				for _, at := range []time.Time{monday(11, 0), monday(12, 0), monday(14, 59), monday(15, 0)} {
					s.until(at)
					s.ticks(10 * time.Second)
					early := at.Before(monday(15, 0)) && tt.promised
					if d, err := s.ledger.Delivery(t.Context(), sub.ID, yesterday()); early && err == nil && d.State == reports.Delivered {
						t.Errorf("it went out at %v already", at)
					}
				}
				s.became(sub, reports.Delivered, "")
				if list := s.platform.to("oc_1"); len(list) != tt.messages || tt.promised && list[len(list)-1].at.Before(monday(15, 0)) {
					t.Errorf("%d messages, want %d: %+v", len(list), tt.messages, list)
				}
			})
		})
	}
}

func yesterday() usage.Period { return usage.PeriodOf(usage.Daily, usage.NewDate(2000, 1, 2)) }

// TestPromise_AnotherDay: a weekly digest that was too late on Monday, and is moved to Friday, goes out on Friday.
func TestPromise_AnotherDay(t *testing.T) {
	for state, on := range map[reports.DeliveryState]reports.On{reports.Skipped: "fri", reports.Delivered: "thu"} {
		t.Run(string(state), func(t *testing.T) {
			play(t, func(t *testing.T, s *stage) {
				sub := s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) { sub.Schedule.Cycle, sub.Schedule.On = usage.Weekly, "mon" })
				if state == reports.Skipped {
					s.until(monday(3*24+1, 0)) // the bot was away
				}
				s.ticks(2 * time.Second)
				s.became(sub, state, map[reports.DeliveryState]reports.Reason{reports.Skipped: reports.TooLate}[state])
				kept := s.edit(sub.ID, func(sub *reports.Subscription) error {
					sub.Schedule.On = on
					return sub.Activate(time.Now(), s.Jitter, "")
				})
				first := map[reports.DeliveryState]time.Time{reports.Skipped: monday(4*24+10, 30), reports.Delivered: monday(10*24+10, 30)}[state]
				if runs := s.nextRuns(kept); !runs.At[0].Equal(first) || (runs.Sent == usage.Period{}) != (state == reports.Skipped) {
					t.Errorf("%s: promised: %+v", state, runs)
				}
				s.until(monday(4*24+10, 30))
				s.ticks(5 * time.Second)
				s.became(sub, reports.Delivered, "")
				if n := len(s.platform.to("oc_1")); n != 1 {
					t.Errorf("%s: %d digests of one week", state, n)
				}
			})
		})
	}
}

// TestPromise_ASendingThatHasReadTheOldTime is fenced: what was read before the change is not sent by.
func TestPromise_ASendingThatHasReadTheOldTime(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		s.platform.draw = func(string) {
			s.platform.draw = nil
			time.Sleep(time.Second)
			s.moveTo(sub.ID, 15, 0)
		}
		s.ticks(5 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 0 {
			t.Errorf("it was sent %d times before its new time", n)
		}
		s.until(monday(15, 0))
		s.ticks(3 * time.Second)
		s.became(sub, reports.Delivered, "")
	})
}

// TestPromise_SentAtOnce is not put off to the promised time.
func TestPromise_SentAtOnce(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1", func(sub *reports.Subscription) { sub.Schedule.Hour, sub.NextDue = 15, monday(15, 30) })
		s.pass(time.Second)
		if run, err := s.ledger.Run(t.Context(), "", sub.ID, yesterday(), time.Now(), access.Change{By: "ou_1", Act: access.Ran}); !run || err != nil {
			t.Fatal(run, err)
		}
		s.ticks(2 * time.Second)
		s.became(sub, reports.Delivered, "")
		if runs := s.nextRuns(s.subscription(sub.ID)); runs.Sent != yesterday() || !runs.At[0].Equal(monday(24+15, 30)) {
			t.Errorf("promised: %+v", runs)
		}
		s.until(monday(15, 30))
		s.ticks(3 * time.Second)
		if n := len(s.platform.to("oc_1")); n != 1 {
			t.Errorf("%d digests", n)
		}
	})
}

// TestPromises plays random sequences of what people do to a subscription, over a clock that moves: each run that was
// promised last, and after which nobody changed anything, was sent at its time, or waits, or failed with a reason. Nothing
// is sent twice.
func TestPromises(t *testing.T) {
	for seed := range uint64(18) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				w := &promising{stage: newStage(t), random: rand.New(rand.NewPCG(seed, 7))} //nolint:gosec // the sequences are to repeat
				w.Jitter = time.Duration(seed%3) * 40 * time.Second
				w.play()
			})
		})
	}
}

// promising is somebody who changes one subscription, and what they were promised.
type promising struct {
	*stage
	random   *rand.Rand
	promised []time.Time
	sub      reports.Subscription
	log      []string
}

func (w *promising) play() {
	w.until(monday(6, 0))
	cycle := []usage.Cycle{usage.Daily, usage.Daily, usage.Weekly}[w.random.IntN(3)]
	w.sub = reports.Subscription{
		ID: "aaaaaa", ChatID: "oc_1", OwnerID: "ou_owner", AppID: "cli_a", Ability: usage.Web, CreatedAt: time.Now(), UpdatedAt: time.Now(),
		Schedule: reports.Schedule{Cycle: cycle, Hour: 10, Min: 30, On: reports.DefaultOn(cycle), Zone: "Asia/Shanghai"},
	}
	w.subscribeAgain()
	for range 25 {
		w.act()
		w.advance(time.Duration(w.random.IntN(600)) * time.Minute)
		if w.t.Failed() {
			w.t.Fatalf("what was done:\n%v", w.log)
		}
	}
	w.platform.state, w.platform.send = nil, nil
	w.checkOnce()
}

func (w *promising) act() {
	w.sub = w.subscription(w.sub.ID)
	switch n := w.random.IntN(9); {
	case n < 3:
		w.reschedule()
	case n == 3:
		w.done("pause", func(s *reports.Subscription) error {
			s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ByPerson, time.Time{}
			if w.random.IntN(2) == 0 {
				s.PausedUntil = time.Now().Add(time.Duration(1+w.random.IntN(40)) * time.Hour).Truncate(time.Hour)
			}
			return nil
		})
	case n == 4:
		w.done("resume", func(s *reports.Subscription) error { return s.Activate(time.Now(), w.Jitter, "ou_1") })
	case n == 5:
		w.done("unsubscribe", func(s *reports.Subscription) error { s.State, s.Reason = reports.Removed, reports.ByPerson; return nil })
	case n == 6:
		w.subscribeAgain()
	case n == 7:
		w.trouble()
	case w.sub.State == reports.Active:
		zone, err := time.LoadLocation(w.sub.Schedule.Zone)
		if err != nil {
			w.t.Fatal(err)
		}
		p := w.sub.Schedule.Carried(usage.DateOf(time.Now().In(zone)), w.PlatformZone)
		if _, err := w.ledger.Run(w.t.Context(), "", w.sub.ID, p, time.Now(), access.Change{By: "ou_1", Act: access.Ran}); err != nil {
			w.t.Fatal(err)
		}
		w.promise("run")
	}
}

// reschedule gives it another time, often a little later than now, another day or another zone.
func (w *promising) reschedule() {
	w.done("reschedule", func(s *reports.Subscription) error {
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
		return s.Activate(time.Now(), w.Jitter, "ou_1")
	})
}

func (w *promising) subscribeAgain() {
	sub := w.sub
	if err := sub.Activate(time.Now(), w.Jitter, ""); err != nil {
		w.t.Fatal(err)
	}
	sub.UpdatedAt = time.Now()
	if _, _, err := w.ledger.Subscribe(w.t.Context(), "", sub, nil); err != nil {
		w.t.Fatal(err)
	}
	w.promise("subscribe")
}

// trouble has figures come late, or messages refused, for a while.
func (w *promising) trouble() {
	w.platform.state, w.platform.send = nil, nil
	switch w.random.IntN(4) {
	case 0:
		w.platform.state = notOut
	case 1:
		w.platform.send = func(context.Context, message) error { return refuse(reports.Content, 230022) }
	case 2:
		w.platform.send = func(context.Context, message) error { return refuse(reports.Passing, 99991400) }
	}
	w.log = append(w.log, fmt.Sprintf("%v trouble\n", time.Now()))
}

// done makes a change, and is promised the next runs.
func (w *promising) done(what string, change func(*reports.Subscription) error) {
	_, err := w.ledger.Change(w.t.Context(), reports.Edit{ID: w.sub.ID, Change: func(s *reports.Subscription) error {
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

func (w *promising) promise(what string) {
	w.sub, w.promised = w.subscription(w.sub.ID), nil
	if w.sub.State == reports.Active {
		w.promised = w.nextRuns(w.sub).At
	}
	w.log = append(w.log, fmt.Sprintf("%v %s: %s %+v, promised %v\n", time.Now(), what, w.sub.State, w.sub.Schedule, w.promised))
}

// advance moves the clock, and looks at each promised run a little after its time.
func (w *promising) advance(d time.Duration) {
	end := time.Now().Add(d)
	for _, at := range w.promised {
		if at.After(end) {
			break
		}
		w.until(at)
		w.ticks(reports.Jitter(w.sub.ID, w.Jitter) + 4*time.Second)
		w.kept(at)
	}
	w.promised = nil // looked at once
	w.until(end)
	w.ticks(2 * time.Second)
	if w.sub = w.subscription(w.sub.ID); w.sub.State == reports.Active {
		w.promised = w.nextRuns(w.sub).At
	}
}

// kept checks what became of a promised run.
func (w *promising) kept(at time.Time) {
	slot, err := w.sub.Schedule.Latest(at)
	if err != nil || !slot.At.Equal(at) {
		w.t.Fatalf("%v is no slot: %v, %v", at, slot, err)
	}
	d, err := w.ledger.Delivery(w.t.Context(), w.sub.ID, w.sub.Schedule.Carried(slot.Day, w.PlatformZone))
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

// checkOnce checks that no delivery was accepted twice: each has one uuid.
func (w *promising) checkOnce() {
	list, err := w.ledger.History(w.t.Context(), "oc_1", "", 100)
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
	for _, uuid := range w.platform.accepted() {
		if accepted[uuid]++; accepted[uuid] > 1 {
			w.t.Errorf("a digest was accepted %d times", accepted[uuid])
		}
	}
	if len(accepted) != delivered {
		w.t.Errorf("%d digests were accepted, %d are recorded", len(accepted), delivered)
	}
}

// TestResumedAfterThePauseHasEnded has somebody end a pause that has ended by itself, before that was seen: what became due
// since goes out.
func TestResumedAfterThePauseHasEnded(t *testing.T) {
	play(t, func(t *testing.T, s *stage) {
		sub := s.subscribe("aaaaaa", "oc_1")
		alter := func(change func(*reports.Subscription) error) {
			if _, err := s.ledger.Change(t.Context(), reports.Edit{ID: sub.ID, Change: change}); err != nil {
				t.Fatal(err)
			}
		}
		alter(func(sub *reports.Subscription) error {
			sub.State, sub.Reason, sub.PausedUntil = reports.Paused, reports.ByPerson, monday(10, 0)
			return nil
		})
		s.until(monday(10, 31))
		alter(func(sub *reports.Subscription) error { return sub.Activate(time.Now(), s.Jitter, "ou_1") })
		s.ticks(5 * time.Second)
		s.became(sub, reports.Delivered, "")
	})
}
