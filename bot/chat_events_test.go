package bot

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/reports"
	"usagebot/usage"
)

// TestWelcome_RecordedAfterSending has the platform fail, accept the welcome, and refuse it for good.
func TestWelcome_RecordedAfterSending(t *testing.T) {
	t.Parallel()
	added := &events.Event{ID: "e1", Type: events.BotAdded, Chat: &events.ChatChange{ID: "oc_1", OperatorID: "ou_1"}}
	entered := &events.Event{ID: "e1", Type: events.SingleChatEntered, Chat: &events.ChatChange{ID: "oc_2", OperatorID: "ou_1"}}
	forbids := &feishu.Error{Code: 230013, Class: feishu.TargetForbidden}
	for name, e := range map[string]*events.Event{"a group": added, "a person": entered} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.rescue(t)
			noted := func() bool { return s.notes.welcomed || s.notes.greeted }
			s.notes.failSending(errBusy)
			s.happened(t, e)
			for i, failure := range []error{errDenied, errAway, nil} {
				if noted() || s.notes.sendings() != i+1 {
					t.Errorf("%s: noted: %v, tried %d times", name, noted(), s.notes.sendings())
				}
				s.notes.failSending(failure)
				time.Sleep([]time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second}[i])
				synctest.Wait()
			}
			for range 2 {
				if !noted() || s.notes.sendings() != 4 {
					t.Errorf("%s: noted: %v, tried %d times", name, noted(), s.notes.sendings())
				}
				s.happened(t, e)
			}
		})
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.notes.failSending(forbids)
			s.happened(t, e)
			if !s.notes.welcomed && !s.notes.greeted || s.box.String() != "answered" {
				t.Errorf("%s, refused for good: the event is %s, and it is not noted", name, s.box)
			}
		})
	}
}

// TestChatEvent_Outdated_ChangesNothing delivers a removal that a later event has overtaken.
func TestChatEvent_Outdated_ChangesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		digest := s.inGroup()
		s.set(func(o *Settings) { o.Order = inOrder{access.ErrOutdated} })
		s.happened(t, &events.Event{ID: "e1", Type: events.BotRemoved, Chat: &events.ChatChange{ID: "oc_1"}})
		if d := digest(); d.State != reports.Active || s.box.String() != "answered" {
			t.Errorf("the digest is %s, the event %s", d.State, s.box)
		}
	})
}

// TestDirectMessages_DigestsResumeOnMessage has a person come back to direct messages, by entering them and by writing.
func TestDirectMessages_DigestsResumeOnMessage(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(s *scene) error{
		"entered": func(s *scene) error {
			_, err := s.bot.Handle(context.Background(), &events.Event{ID: "e1", Type: events.SingleChatEntered, Chat: &events.ChatChange{ID: "oc_1"}})
			return err
		},
		"wrote": func(s *scene) error { _, err := s.say("/help"); return err },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
			s.notes.ledger.kept = []reports.Subscription{
				{ID: "aaaaaa", ChatID: "oc_1", State: reports.Paused, Reason: reports.ChatGone, Schedule: daily},
				{ID: "bbbbbb", ChatID: "oc_1", State: reports.Paused, Reason: reports.ByPerson, Schedule: daily},
				{ID: "cccccc", ChatID: "oc_2", State: reports.Paused, Reason: reports.ChatGone, Schedule: daily},
			}
			if err := back(s); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			for i, want := range []reports.SubscriptionState{reports.Active, reports.Paused, reports.Paused} {
				if got := s.notes.ledger.kept[i]; got.State != want || (got.NextDue.IsZero() == (want == reports.Active)) {
					t.Errorf("%s: %s is %s, due %v", name, got.ID, got.State, got.NextDue)
				}
			}
		})
	}
}

// TestGroup_RemovedOrDisbanded_DigestsPause has the bot removed from a group, which leaves a person's own pause alone, and the
// group disbanded, which does not.
func TestGroup_RemovedOrDisbanded_DigestsPause(t *testing.T) {
	t.Parallel()
	for kind, want := range map[string]reports.Reason{events.BotRemoved: reports.ByPerson, events.ChatDisbanded: reports.ChatGone} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			digest := s.inGroup()
			paused := &s.notes.ledger.kept[0]
			paused.State, paused.Reason, paused.PausedUntil = reports.Paused, reports.ByPerson, time.Now().Add(time.Hour)
			s.happened(t, &events.Event{ID: "e1", Type: kind, Chat: &events.ChatChange{ID: "oc_1"}})
			if d := digest(); d.State != reports.Paused || d.Reason != want || d.PausedUntil.IsZero() != (want == reports.ChatGone) {
				t.Errorf("%v: its digest is %s (%s) until %v", kind, d.State, d.Reason, d.PausedUntil)
			}
		})
	}
}

// TestResume_Due_KeepsItsTime resumes an active digest that is due at this moment.
func TestResume_Due_KeepsItsTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		digest := s.inGroup()
		due := time.Now().Add(-time.Second)
		s.notes.ledger.kept[0].NextDue, s.notes.ledger.kept[0].Refusals = due, 2
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/resume aaaaaa"})
		if d := digest(); a.Problem || d.State != reports.Active || !d.NextDue.Equal(due) || d.Refusals != 0 {
			t.Errorf("problem %v, next %v, %d refusals", a.Problem, d.NextDue, d.Refusals)
		}
	})
}

// TestWelcome_OffersWhatTheInviterMayUse welcomes a group for somebody who may see figures, and for somebody who may not.
func TestWelcome_OffersWhatTheInviterMayUse(t *testing.T) {
	t.Parallel()
	for mode, want := range map[access.Mode]bool{access.Everyone: true, access.Listed: false} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.rights.Mode = mode
			s.happened(t, &events.Event{ID: "e1", Type: events.BotAdded, Chat: &events.ChatChange{ID: "oc_1", OperatorID: "ou_1"}})
			for command, offered := range map[string]bool{"/usage weekly": want, "/subscribe weekly": want, "/help": true} {
				if got := strings.Contains(string(s.notes.lastCard), `"cmd":"`+command+`"`); got != offered {
					t.Errorf("%s: %s is offered: %t, want %t\n%s", mode, command, got, offered, s.notes.lastCard)
				}
			}
		})
	}
}

// TestOwnerChange_Outdated_PresentOwnerTakesOver handles a change of the owner after a later one.
func TestOwnerChange_Outdated_PresentOwnerTakesOver(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := listedScene(t, "ou_old ou_mid ou_new")
		s.notes.info = feishu.ChatInfo{OwnerID: "ou_new"}
		s.set(func(o *Settings) { o.Order = inOrder{access.ErrOutdated} })
		s.happened(t, &events.Event{ID: "e1", Type: events.ChatUpdated, Chat: &events.ChatChange{ID: "oc_1", OwnerID: "ou_mid", FormerOwnerID: "ou_old"}})
		if got := s.notes.ledger.kept[0].OwnerID; got != "ou_new" {
			t.Errorf("the subscription belongs to %s, want the present owner", got)
		}
	})
}

// TestChatEvents_OrderedByWhatTheyDecide has a hand-over fail once, and the chat renamed meanwhile.
func TestChatEvents_OrderedByWhatTheyDecide(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := listedScene(t, "ou_old ou_heir")
		s.set(func(o *Settings) { o.Order = &latest{} })
		s.rescue(t)
		s.notes.ledger.fail = errors.New("the database is busy")
		at := time.Now()
		s.happened(t, &events.Event{ID: "e1", CreatedAt: at, Type: events.ChatUpdated, Chat: &events.ChatChange{ID: "oc_1", OwnerID: "ou_heir", FormerOwnerID: "ou_old"}})
		s.happened(t, &events.Event{ID: "e2", CreatedAt: at.Add(time.Second), Type: events.ChatUpdated, Chat: &events.ChatChange{ID: "oc_1", Name: "产品周会"}})
		s.publish()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		if got := s.notes.ledger.kept[0].OwnerID; got != "ou_heir" {
			t.Errorf("the subscription belongs to %s, and the events are %s", got, s.box)
		}
	})
}

// latest is an order in which the event with the greatest key decides.
type latest struct {
	mu      sync.Mutex
	decided map[string]string
}

func (l *latest) Precede(_ context.Context, key, subject string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.decided == nil {
		l.decided = map[string]string{}
	}
	if l.decided[subject] > key {
		return access.ErrOutdated
	}
	l.decided[subject] = key
	return nil
}

// TestWelcome_ChatRefuses_GivenUp has a chat refuse the welcome for good, in a way that may concern it alone.
func TestWelcome_ChatRefuses_GivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.rescue(t)
		s.notes.failSending(errHere)
		s.happened(t, &events.Event{ID: "e1", Type: events.BotAdded, Chat: &events.ChatChange{ID: "oc_1", OperatorID: "ou_1"}})
		time.Sleep(24 * time.Hour)
		if n := s.notes.sendings(); n != refusedTries || !strings.HasSuffix(s.box.String(), "given_up") {
			t.Errorf("it was tried %d times, and the event is %s", n, s.box)
		}
	})
}
