package bot

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu/events"

	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// inGroup subscribes the group of the scene to a digest. The function that it returns reads the digest's present state.
func (s *scene) inGroup() func() reports.Subscription {
	s.notes.info = feishu.ChatInfo{OwnerID: "ou_owner", ExternalKnown: true}
	daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
	s.notes.ledger.kept = []reports.Subscription{{
		ID: "aaaaaa", ChatID: "oc_1", OwnerID: "ou_1", AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active, Schedule: daily,
	}}
	return func() reports.Subscription { return s.notes.ledger.kept[0] }
}

// getsFigures asks for figures in the group of the scene and reports whether they came.
func (s *scene) getsFigures(t *testing.T) bool {
	t.Helper()
	a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: question})
	return !a.Problem
}

// updated sends the bot an event that the group was changed.
func (s *scene) updated(t *testing.T, id string, c events.ChatChange) {
	t.Helper()
	c.ID = "oc_1"
	s.happened(t, &events.Event{ID: id, Type: events.ChatUpdated, Chat: &c})
}

func TestExternal_GroupBecomesExternal_FromItsEventOn(t *testing.T) {
	t.Parallel()
	for name, unreadable := range map[string]bool{"a chat that can be read": false, "a chat that cannot": true} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			digest := s.inGroup()
			if !s.getsFigures(t) {
				t.Fatalf("%s: the group is not answered before", name)
			}
			if unreadable {
				s.notes.chatErr = errDenied
			}
			s.notes.info.External = true
			s.updated(t, "e1", events.ChatChange{External: true, ExternalKnown: true})
			if s.getsFigures(t) {
				t.Errorf("%s: figures came into an external group", name)
			}
			if d := digest(); d.State != reports.Paused || d.Reason != reports.ChatExternal {
				t.Errorf("%s: its digest is %s (%s)", name, d.State, d.Reason)
			}
			if a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_2", UserID: "ou_1", Text: "/resume aaaaaa", Single: true}); !a.Problem {
				t.Errorf("%s: its digest was resumed", name)
			}
			time.Sleep(3 * time.Hour)
			s.updated(t, "e2", events.ChatChange{Name: "a new name"}) // says nothing of it
			if s.getsFigures(t) {
				t.Errorf("%s: figures came hours later", name)
			}
			s.notes.info.External = false
			s.updated(t, "e3", events.ChatChange{ExternalKnown: true})
			if !s.getsFigures(t) {
				t.Errorf("%s: the group is not answered any more", name)
			}
			if d := digest(); d.State != reports.Active || !d.NextDue.After(time.Now()) {
				t.Errorf("%s: its digest is %s (%s), next %v", name, d.State, d.Reason, d.NextDue)
			}
		})
	}
}

func TestExternal_Answered_NothingPauses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.set(func(o *Settings) { o.AnswerExternal = true })
		digest := s.inGroup()
		s.updated(t, "e1", events.ChatChange{External: true, ExternalKnown: true})
		if d := digest(); !s.getsFigures(t) || d.State != reports.Active {
			t.Errorf("the digest is %s (%s)", d.State, d.Reason)
		}
	})
}

// TestExternal_EventLost_SeenWithinTheHour makes the group external without an event.
func TestExternal_EventLost_SeenWithinTheHour(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		digest := s.inGroup()
		if !s.getsFigures(t) {
			t.Fatal("the group is not answered before")
		}
		s.notes.info.External = true
		time.Sleep(time.Hour)
		if d := digest(); s.getsFigures(t) || digest().Reason != reports.ChatExternal {
			t.Errorf("figures came, or the digest is %s (%s)", d.State, d.Reason)
		}
	})
}

func TestExternal_BotComesBackToExternalGroup_DigestsStayPaused(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		digest := s.inGroup()
		s.notes.ledger.kept[0].State, s.notes.ledger.kept[0].Reason = reports.Paused, reports.ChatGone
		added := &events.Event{ID: "e1", Type: events.BotAdded, Chat: &events.ChatChange{ID: "oc_1", External: true, ExternalKnown: true}}
		s.happened(t, added)
		if d := digest(); d.State != reports.Paused || d.Reason != reports.ChatExternal {
			t.Errorf("its digest is %s (%s)", d.State, d.Reason)
		}
	})
}

// TestExternal_Unknown makes the group unreadable, before and after something is known of it.
func TestExternal_Unknown(t *testing.T) {
	t.Parallel()
	away := &feishu.Error{Status: http.StatusServiceUnavailable, Class: feishu.Retry}
	other := &feishu.Error{Status: http.StatusBadRequest, Code: 232033, Class: feishu.Invalid}
	for name, tt := range map[string]struct {
		info     feishu.ChatInfo // as it was read an hour before; nothing was when it has no owner
		err      error
		answered bool
	}{
		"nothing known, no answer":              {feishu.ChatInfo{}, away, false},
		"nothing known, a network error":        {feishu.ChatInfo{}, errors.New("reset"), false},
		"nothing known, no permission":          {feishu.ChatInfo{}, errDenied, true},
		"nothing known, refused as external":    {feishu.ChatInfo{}, other, false},
		"the organisation's own, no answer":     {feishu.ChatInfo{OwnerID: "ou_o", ExternalKnown: true}, away, true},
		"the organisation's own, no permission": {feishu.ChatInfo{OwnerID: "ou_o", ExternalKnown: true}, errDenied, true},
		"external, no answer":                   {feishu.ChatInfo{OwnerID: "ou_o", External: true, ExternalKnown: true}, away, false},
		"external, no permission":               {feishu.ChatInfo{OwnerID: "ou_o", External: true, ExternalKnown: true}, errDenied, false},
		"was not told, no answer":               {feishu.ChatInfo{OwnerID: "ou_o"}, away, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			if s.notes.info = tt.info; tt.info.OwnerID != "" {
				s.getsFigures(t)
				time.Sleep(2 * time.Hour)
			}
			s.notes.info, s.notes.chatErr = feishu.ChatInfo{OwnerID: "ou_o"}, tt.err
			for range 2 {
				if got := s.getsFigures(t); got != tt.answered {
					t.Errorf("%s: answered: %v", name, got)
				}
			}
		})
	}
}

// TestExternal_WithNewOwner_BothHappen sends one event that says both. Each changes the same subscription.
func TestExternal_WithNewOwner_BothHappen(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		digest := s.inGroup()
		s.updated(t, "e1", events.ChatChange{External: true, ExternalKnown: true, OwnerID: "ou_2", FormerOwnerID: "ou_1"})
		if d := digest(); d.Reason != reports.ChatExternal || d.OwnerID != "ou_2" {
			t.Errorf("the digest is %s (%s), its owner %s", d.State, d.Reason, d.OwnerID)
		}
	})
}

// TestExternal_TimedPause_KeepsItsEnd has a person's pause last longer, and less long, than the chat is external.
func TestExternal_TimedPause_KeepsItsEnd(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		until, external time.Duration
		want            reports.SubscriptionState
	}{
		"it lasts longer": {72 * time.Hour, time.Hour, reports.Paused},
		"it has ended":    {time.Hour, 72 * time.Hour, reports.Active},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			digest, until := s.inGroup(), time.Now().Add(tt.until)
			paused := &s.notes.ledger.kept[0]
			paused.State, paused.Reason, paused.PausedUntil = reports.Paused, reports.ByPerson, until
			s.updated(t, "e1", events.ChatChange{External: true, ExternalKnown: true})
			if d := digest(); d.State != reports.Paused || d.Reason != reports.ChatExternal {
				t.Errorf("%s: while the chat is external the digest is %s (%s)", name, d.State, d.Reason)
			}
			time.Sleep(tt.external)
			s.updated(t, "e2", events.ChatChange{External: false, ExternalKnown: true})
			d := digest()
			if d.State != tt.want || d.State == reports.Paused && (d.Reason != reports.ByPerson || !d.PausedUntil.Equal(until)) || d.State == reports.Active && d.NextDue.Before(time.Now()) {
				t.Errorf("%s: afterwards the digest is %s (%s) until %v, next at %v", name, d.State, d.Reason, d.PausedUntil, d.NextDue)
			}
		})
	}
}
