package bot

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu/events"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// order stores a subscription of a chat.
func (s *scene) order(id, chatID, ownerID string) {
	daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
	s.notes.ledger.kept = append(s.notes.ledger.kept, reports.Subscription{
		ID: id, ChatID: chatID, OwnerID: ownerID, AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active, Schedule: daily,
	})
}

func (s *scene) state(id string) reports.SubscriptionState {
	for _, k := range s.notes.ledger.kept {
		if k.ID == id {
			return k.State
		}
	}
	return ""
}

// TestManage_OtherChat_Unknown uses the id of a subscription that another person has in another chat:
// in direct messages, where everybody manages what is there, and in a group.
func TestManage_OtherChat_Unknown(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"/pause zzzzzz", "/resume zzzzzz", "/unsubscribe zzzzzz confirm", "/history zzzzzz", "/test zzzzzz", "/retry zzzzzz date:2026-11-22",
	} {
		for _, single := range []bool{true, false} {
			for _, click := range []bool{true, false} {
				synctest.Test(t, func(t *testing.T) {
					s := newScene(t)
					s.notes.info = feishu.ChatInfo{OwnerID: "ou_1"}
					s.order("zzzzzz", "oc_2", "ou_2")
					a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line, Single: single, Click: click, For: "ou_1"})
					if got := s.state("zzzzzz"); got != reports.Active || !a.Problem {
						t.Errorf("%s (direct messages: %v, click: %v): it is %s, and a problem is told: %v", line, single, click, got, a.Problem)
					}
				})
			}
		}
	}
}

// TestManage_OwnSubscription_FromElsewhere pauses a subscription from another chat, as notices to the owner offer.
func TestManage_OwnSubscription_FromElsewhere(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.order("zzzzzz", "oc_2", "ou_1")
		a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/pause zzzzzz", Single: true})
		if got := s.state("zzzzzz"); got != reports.Paused || a.Problem {
			t.Errorf("it is %s:\n%s", got, a.Card.JSON())
		}
	})
}

func TestManage_InAGroup_OwnerManagersSubscriberAdmins(t *testing.T) {
	t.Parallel()
	for who, want := range map[string]reports.SubscriptionState{
		"ou_1": reports.Paused, "ou_owner": reports.Paused, "ou_manager": reports.Paused, "ou_admin": reports.Paused, "ou_2": reports.Active,
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.rights.Admins = []string{"ou_admin"}
			s.notes.info = feishu.ChatInfo{OwnerID: "ou_owner", Managers: []string{"ou_manager"}}
			s.order("zzzzzz", "oc_1", "ou_1")
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: "/pause zzzzzz"})
			if got := s.state("zzzzzz"); got != want || a.Problem != (want == reports.Active) {
				t.Errorf("%s: it is %s, want %s", who, got, want)
			}
		})
	}
}

// TestSettings_ByClick_AsTyped sets a language in direct messages and in a group, typed and by a click, with a chat that can
// be read and with one that cannot.
func TestSettings_ByClick_AsTyped(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		info feishu.ChatInfo
		err  error
		told func(*scene, *testing.T) // how the bot heard of the chat
		want bool
	}{
		"direct messages": {want: true},
		"direct messages that cannot be read, after a word": {err: errDenied, want: true, told: (*scene).typedHelp},
		"direct messages that cannot be read, entered":      {err: errDenied, want: true, told: (*scene).entered},
		"direct messages that could be read before":         {err: errDenied, want: true, told: (*scene).clickedBefore},
		"a chat of which nothing is known":                  {err: errDenied, want: false},
		"a group that cannot be read":                       {info: feishu.ChatInfo{OwnerID: "ou_owner"}, err: errDenied, want: false},
		"a group of another owner":                          {info: feishu.ChatInfo{OwnerID: "ou_owner"}, want: false},
		"a group of one's own":                              {info: feishu.ChatInfo{OwnerID: "ou_1"}, want: true},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.notes.info = tt.info
			if tt.told != nil {
				tt.told(s, t)
			}
			s.notes.chatErr = tt.err
			r, err := s.click("/settings lang:en")
			if err != nil {
				t.Fatal(err)
			}
			if done := s.notes.set.Language == "en"; done != tt.want || (r.Toast != nil && r.Toast.Type == "error") == tt.want {
				t.Errorf("%s: set: %v, want %v; it says %+v", name, done, tt.want, r.Toast)
			}
		})
	}
}

func (s *scene) typedHelp(t *testing.T) {
	t.Helper()
	if _, err := s.say("/help"); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func (s *scene) entered(t *testing.T) {
	t.Helper()
	e := &events.Event{ID: "e9", Type: events.SingleChatEntered, Chat: &events.ChatChange{ID: "oc_1", OperatorID: "ou_1"}}
	s.happened(t, e)
}

func (s *scene) clickedBefore(t *testing.T) {
	t.Helper()
	if _, err := s.click("/settings lang:zh"); err != nil {
		t.Fatal(err)
	}
}

// TestManage_OwnerChanges_SeenAtItsEvent gives a group a new owner right after the former one managed it.
func TestManage_OwnerChanges_SeenAtItsEvent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.notes.info = feishu.ChatInfo{OwnerID: "ou_1"}
		set := func(who, lang string) bool {
			a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: who, Text: "/settings lang:" + lang})
			return !a.Problem
		}
		if !set("ou_1", "en") || set("ou_2", "zh") {
			t.Error("before, the owner may not, or another may")
		}
		s.notes.info.OwnerID = "ou_2"
		e := &events.Event{ID: "e1", Type: events.ChatUpdated, Chat: &events.ChatChange{ID: "oc_1", OwnerID: "ou_2", FormerOwnerID: "ou_1"}}
		s.happened(t, e)
		if set("ou_1", "zh") || !set("ou_2", "zh") {
			t.Error("after, the former owner may, or the new one may not")
		}
	})
}

func canceled(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	return ctx
}

// viewers are grants by which some people may see everything; with err they cannot be read.
type viewers struct {
	*notes
	who string
	err error
}

func (v viewers) GrantsFor(_ context.Context, openID, _ string) ([]access.Grant, error) {
	if !strings.Contains(v.who, openID) || openID == "" {
		return nil, v.err
	}
	return []access.Grant{{Subject: access.Subject{Kind: access.Person, ID: openID}, Role: access.Viewer}}, v.err
}

// listedScene is a scene with a group, in which only the named people may see anything.
func listedScene(t *testing.T, who string) *scene {
	t.Helper()
	s := newScene(t)
	s.rights.Mode, s.rights.Grants = access.Listed, viewers{notes: s.notes, who: who}
	s.notes.info = feishu.ChatInfo{OwnerID: "ou_1"}
	s.notes.ledger.kept = []reports.Subscription{weeklyOf("aaaaaa", "ou_old")}
	return s
}

func weeklyOf(id, owner string) reports.Subscription {
	return reports.Subscription{
		ID: id, ChatID: "oc_1", OwnerID: owner, AppID: "cli_a", Ability: usage.AppAbility, State: reports.Active,
		Schedule: reports.Schedule{Cycle: usage.Weekly, Hour: 10, Min: 30, On: "mon", Zone: "UTC"},
	}
}

func (s *scene) typed(t *testing.T, line string) Answer {
	t.Helper()
	return s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: line})
}

// TestActivation_IsOneWay resumes and subscribes again. The person who does it becomes the owner if the owner has lost the right
// to see the figures, and only then. Refusals are counted from zero.
func TestActivation_IsOneWay(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/subscribe weekly", "/subscribe weekly 15:00", "/resume aaaaaa"} {
		for reason, owner := range map[reports.Reason]string{
			reports.NotAllowed: "ou_1", reports.ByPerson: "ou_old", reports.ChatForbids: "ou_old", reports.ChatGone: "ou_old", reports.BadSchedule: "ou_old",
		} {
			synctest.Test(t, func(t *testing.T) {
				s := listedScene(t, "ou_1 ou_old")
				kept := &s.notes.ledger.kept[0]
				kept.State, kept.Reason, kept.Refusals, kept.PausedUntil = reports.Paused, reason, 2, time.Now().AddDate(0, 0, 9)
				if a := s.typed(t, line); a.Problem {
					t.Errorf("%s after %s: %s", line, reason, a.Card.JSON())
				}
				if kept.State != reports.Active || kept.Reason != "" || kept.OwnerID != owner || kept.Refusals != 0 || !kept.PausedUntil.IsZero() {
					t.Errorf("%s after %s: %+v", line, reason, *kept)
				}
				if ok, err := s.rights.PersonSees(t.Context(), kept.OwnerID, kept.ChatID, kept.DepartmentID); !ok || err != nil {
					t.Errorf("%s after %s: the next digest may go out: %v, %v", line, reason, ok, err)
				}
			})
		}
	}
}

// TestHandOver_NewOwnerMustSeeTheFigures hands over by command, by the chat's event, and when the owner is forgotten.
func TestHandOver_NewOwnerMustSeeTheFigures(t *testing.T) {
	t.Parallel()
	event := func(s *scene) error {
		return s.bot.events.handleChatEvent(context.Background(), "chat:e1", &events.Event{Type: events.ChatUpdated, Chat: &events.ChatChange{ID: "oc_1", OwnerID: "ou_new", FormerOwnerID: "ou_old"}})
	}
	for who, want := range map[string]string{"ou_old ou_new": "ou_new", "ou_old": "ou_old"} {
		synctest.Test(t, func(t *testing.T) {
			s := listedScene(t, who)
			s.rights.Admins = []string{"ou_1"}
			a := s.typed(t, "/admin hand-over aaaaaa user:ou_new")
			if got := s.notes.ledger.kept[0].OwnerID; got != want || a.Problem != (want == "ou_old") {
				t.Errorf("by command where %s may see it: it is %s's, %s", who, got, a.Card.JSON())
			}
			s.notes.ledger.kept[0].OwnerID = "ou_old"
			if err := event(s); err != nil || s.notes.ledger.kept[0].OwnerID != want {
				t.Errorf("by the event where %s may see it: it is %s's, %v", who, s.notes.ledger.kept[0].OwnerID, err)
			}
			s.notes.info = feishu.ChatInfo{OwnerID: "ou_other", Managers: []string{"ou_new"}}
			s.notes.forget() // what is remembered of the chat
			newOwner, err := s.bot.forget.newOwner(t.Context(), weeklyOf("aaaaaa", "ou_gone"))
			if next := map[string]string{"ou_new": "ou_new"}[want]; err != nil || newOwner != next {
				t.Errorf("of who is forgotten, where %s may see it: %q takes over, %v", who, newOwner, err)
			}
		})
	}
}

// TestHandOver_Failure_IsRetried fails once. The event is then tried again.
func TestHandOver_Failure_IsRetried(t *testing.T) {
	t.Parallel()
	e := &events.Event{ID: "e1", Type: events.ChatUpdated, Chat: &events.ChatChange{ID: "oc_1", OwnerID: "ou_new", FormerOwnerID: "ou_old"}}
	for name, breaks := range map[string]func(s *scene){
		"the write":             func(s *scene) { s.notes.ledger.fail = errors.New("the database is busy") },
		"the new owner's right": func(s *scene) { s.rights.Grants = viewers{notes: s.notes, err: reports.ErrUnavailable} },
	} {
		synctest.Test(t, func(t *testing.T) {
			s := listedScene(t, "ou_old ou_new")
			s.rescue(t)
			book := s.rights.Grants
			breaks(s)
			s.happened(t, e)
			if got := s.notes.ledger.kept[0].OwnerID; got != "ou_old" {
				t.Errorf("%s fails: the subscription belongs to %s", name, got)
			}
			s.rights.Grants = book
			s.publish()
			time.Sleep(10 * time.Second)
			synctest.Wait()
			if got := s.notes.ledger.kept[0].OwnerID; got != "ou_new" || s.box.String() != "retry in 3s; answered" {
				t.Errorf("%s works again: the subscription belongs to %s, the event is %s", name, got, s.box)
			}
		})
	}
}

// TestCandidates_MustSeeTheFigures does not offer people who could not own the subscription.
func TestCandidates_MustSeeTheFigures(t *testing.T) {
	t.Parallel()
	s := listedScene(t, "ou_new")
	s.notes.info = feishu.ChatInfo{OwnerID: "ou_boss", Managers: []string{"ou_new", "ou_old"}}
	admin := adminCommands{subs: s.bot.answers.subscriptions}
	got := admin.candidates(t.Context(), s.bot.answers.in(t.Context(), "oc_2"), weeklyOf("aaaaaa", "ou_old"))
	if len(got) != 1 || got[0] != "ou_new" {
		t.Errorf("%v", got)
	}
}

// TestLimits_UnreachableChatsDoNotCount fills the limit with subscriptions in several states.
func TestLimits_UnreachableChatsDoNotCount(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state  reports.SubscriptionState
		reason reports.Reason
		room   bool
	}{
		{reports.Active, "", false},
		{reports.Paused, reports.ByPerson, false},
		{reports.Paused, reports.ChatForbids, false},
		{reports.Paused, reports.NotAllowed, false},
		{reports.Paused, reports.ChatGone, true},
	} {
		for _, limits := range []SubscriptionLimits{{InAll: 1}, {InChat: 1}} {
			s := listedScene(t, "ou_1")
			s.set(func(o *Settings) { o.Limits = limits })
			kept := &s.notes.ledger.kept[0]
			kept.State, kept.Reason = tt.state, tt.reason
			if a := s.typed(t, "/subscribe daily"); a.Problem == tt.room {
				t.Errorf("with %+v, beside one that is %s (%s): %s", limits, tt.state, tt.reason, a.Card.JSON())
			}
		}
	}
}

// TestCards_NextRuns_WithoutWhatWasSent checks that a digest that was sent already is not announced, and that the card says so.
func TestCards_NextRuns_WithoutWhatWasSent(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		state    reports.DeliveryState
		sent     bool
		promised bool
	}{
		{reports.Delivered, true, false},
		{reports.Uncertain, true, false},
		{reports.Waiting, true, false},
		{reports.Waiting, false, true},
		{reports.Skipped, false, true},
		{reports.Failed, false, true},
	} {
		synctest.Test(t, func(t *testing.T) { // it begins on 2000-01-01, a Saturday, at midnight in UTC
			s := listedScene(t, "ou_1")
			s.rights.Admins = []string{"ou_1"}
			s.set(func(o *Settings) { o.Status = func(context.Context) Status { return Status{} } })
			daily := weeklyOf("bbbbbb", "ou_1")
			daily.Schedule.Cycle, daily.Schedule.On = usage.Daily, reports.EveryDay
			daily.NextDue = time.Now().Add(10*time.Hour + 30*time.Minute)
			s.notes.ledger.kept = []reports.Subscription{daily}
			d := reports.Delivery{SubscriptionID: "bbbbbb", Period: usage.PeriodOf(usage.Daily, usage.NewDate(1999, 12, 31)), State: tt.state}
			if tt.sent {
				d.SentAt = time.Now()
			}
			s.notes.ledger.deliveries = []reports.Delivery{d}
			for _, line := range []string{"/subscribe daily 15:00", "/subs", "/admin subs"} {
				text := s.typed(t, line).Card.Text()
				if promised := strings.Contains(text, "2000-01-01"); promised != tt.promised {
					t.Errorf("%s, %s (handed over: %v): today's is promised: %v\n%s", line, tt.state, tt.sent, promised, text)
				}
				if said := strings.Contains(text, "1999-12-31") && strings.Contains(text, "已经发过"); said == tt.promised {
					t.Errorf("%s, %s (handed over: %v): the card says that it was sent: %v\n%s", line, tt.state, tt.sent, said, text)
				}
			}
			if text := s.typed(t, "/admin status").Card.Text(); strings.Contains(text, "2000-01-01 周六 15:00") != tt.promised {
				t.Errorf("%s (handed over: %v): the status says\n%s", tt.state, tt.sent, text)
			}
		})
	}
}

// TestSubscribe_ChatUnread_NothingStored: what the chat has already decides whether it may have more.
func TestSubscribe_ChatUnread_NothingStored(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	s.notes.ledger.inChatErr = reports.ErrUnavailable
	if a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/subscribe daily 10:30", Single: true}); !a.Problem || len(s.notes.ledger.kept) != 0 {
		t.Errorf("%d subscriptions are stored:\n%s", len(s.notes.ledger.kept), a.Card.JSON())
	}
}

// TestSubs_NextRunsUnread promises no times that may be wrong.
func TestSubs_NextRunsUnread(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, 11, 25, 9, 0, 0, 0, time.UTC))) // before the digest of yesterday
		s := ordered(t)
		s.notes.ledger.deliveryErr = reports.ErrUnavailable
		if a := s.bot.answers.Answer(t.Context(), Request{ChatID: "oc_1", UserID: "ou_1", Text: "/subs", Single: true}); !a.Problem {
			t.Errorf("got\n%s", a.Card.JSON())
		}
	})
}
