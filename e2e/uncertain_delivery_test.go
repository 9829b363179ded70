package e2e

import (
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/sandbox"
)

// last returns the newest delivery of a chat; the zero Delivery if it has none.
func (h *testEnv) last(t *testing.T, chat string) reports.Delivery {
	t.Helper()
	list, err := h.app.SQL.Deliveries.History(t.Context(), chat, "", 1)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		return reports.Delivery{}
	}
	return list[0]
}

// awaitState waits until the newest delivery of a chat is in a state.
func (h *testEnv) awaitState(t *testing.T, chat string, state reports.DeliveryState) reports.Delivery {
	t.Helper()
	await(t, "the delivery is "+string(state), func() bool { return h.last(t, chat).State == state })
	return h.last(t, chat)
}

// ownerNotices are the bot's notices to the owner of digests.
func (h *testEnv) ownerNotices() (found []answer) {
	for _, m := range h.BotMessages(h.p2p) {
		if m.ParentID == "" && strings.Contains(m.Content, "条提醒") {
			found = append(found, answer{Message: m})
		}
	}
	return found
}

// TestDigest_AnswersLostForAnHour_MessageSearched loses every answer for an hour. After that the message may not be sent again, but the chat
// can be read.
func TestDigest_AnswersLostForAnHour_MessageSearched(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		single   bool
		granted  bool // what everybody writes in groups may be read
		lost     sandbox.Fault
		search   *sandbox.Fault
		recall   bool
		want     reports.DeliveryState
		told     int // notices to the owner
		messages int
	}{
		"in direct messages":           {single: true, want: reports.Delivered, messages: 1},
		"in a group":                   {granted: true, want: reports.Delivered, messages: 1},
		"in a group without the scope": {want: reports.Uncertain, told: 1, messages: 1},
		"it is not there":              {granted: true, lost: sandbox.Fault{BeforeEffect: true}, want: reports.Uncertain, told: 1},
		"it was recalled":              {granted: true, recall: true, want: reports.Uncertain, told: 1, messages: 1},
		"the platform cannot say yet":  {granted: true, search: &sandbox.Fault{Code: 99991400, Reset: 60, Times: 3}, want: reports.Delivered, messages: 1},
		"the platform never can say":   {granted: true, search: &sandbox.Fault{Code: 99991400, Reset: 60}, want: reports.Uncertain, told: 1, messages: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, wednesday, fastEngine)
			chat := h.p2p
			if !tt.single {
				chat = h.AddGroup("周会", h.me).ID
			}
			if tt.granted {
				h.Grant("im:message.group_msg")
			}
			id := h.subscribedIn(t, chat, "/subscribe daily 10:30")
			tt.lost.Endpoint, tt.lost.DropAnswer = "message.create", true
			h.AddFault(tt.lost)
			h.setClock(at(11, 26, 10, 30))
			await(t, "it is sent", func() bool { return !h.last(t, chat).SentAt.IsZero() })
			await(t, "its answer is lost", func() bool { return h.last(t, chat).Reason == reports.Lost })
			for _, d := range h.digests(chat) {
				if tt.recall {
					h.Recall(d.ID)
				}
			}
			h.setClock(at(11, 26, 11, 26))
			h.ClearFaults()
			if tt.search != nil {
				tt.search.Endpoint = "message.list"
				h.AddFault(*tt.search)
			}
			// The answer to /test has the same content as the digest, and must not be taken for it.
			h.sayIn(t, chat, "/test "+id)
			h.advanceUntil(t, "it is decided", 30*time.Second, func() bool { return h.last(t, chat).State == tt.want })
			if d := h.last(t, chat); tt.want == reports.Delivered && d.Message != h.digests(chat)[0].ID {
				t.Errorf("it is recorded as %q", d.Message)
			}
			h.Clock().Advance(noticesGathered)
			await(t, "the owner gets a notice", func() bool { return len(h.ownerNotices()) >= tt.told })
			h.settled(t)
			if n := len(h.ownerNotices()); n != tt.told {
				t.Errorf("the owner got %d notices, want %d", n, tt.told)
			}
			if n := len(h.digests(chat)); n != tt.messages {
				t.Errorf("%d digests, want %d", n, tt.messages)
			}
		})
	}
}

// TestDigest_LostAnswer_ResentWithinTheHour finds the delivery as a killed process leaves it.
func TestDigest_LostAnswer_ResentWithinTheHour(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	h.subscribed(t, "/subscribe daily 10:30")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true, Times: 1})
	h.setClock(at(11, 26, 10, 30))
	await(t, "its answer is lost", func() bool { return h.last(t, h.p2p).Reason == reports.Lost })
	h.setClock(at(11, 26, 11, 24))
	h.awaitState(t, h.p2p, reports.Delivered)
	if n := len(h.Calls("message.list")); n != 0 {
		t.Errorf("the chat was read %d times", n)
	}
	if n := len(h.digests(h.p2p)); n != 1 {
		t.Errorf("%d digests, want 1", n)
	}
}

// TestDigest_LostAnswerThenPaused_NotSkipped pauses before the digest is sent again.
func TestDigest_LostAnswerThenPaused_NotSkipped(t *testing.T) {
	t.Parallel()
	for _, line := range []string{"/pause ", "/unsubscribe confirm "} {
		h := open(t, wednesday, fastEngine)
		id := h.subscribed(t, "/subscribe daily 10:30")
		h.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true})
		h.setClock(at(11, 26, 10, 30))
		await(t, "its answer is lost", func() bool { return h.last(t, h.p2p).Reason == reports.Lost })
		h.say(t, line+id)
		h.Clock().Advance(5 * time.Minute)
		if d := h.awaitState(t, h.p2p, reports.Delivered); d.Message != h.digests(h.p2p)[0].ID {
			t.Errorf("it is recorded as %q", d.Message)
		}
		if n := len(h.digests(h.p2p)); n != 1 {
			t.Errorf("%d digests, want 1", n)
		}
	}
}

// TestDigest_Late_Marked makes digests late in each way there is: the bot's, the figures', the platform's and a person's.
func TestDigest_Late_Marked(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		late  bool
		makes func(t *testing.T, h *testEnv, id string)
	}{
		"in time": {false, func(_ *testing.T, h *testEnv, _ string) { h.setClock(at(11, 26, 10, 30)) }},
		"its figures were late": {true, func(t *testing.T, h *testEnv, _ string) {
			h.SetPublication(12 * time.Hour)
			h.setClock(at(11, 26, 10, 30))
			await(t, "it waits", func() bool { return h.last(t, h.p2p).Reason == reports.NotOut })
			h.setClock(at(11, 26, 12, 1))
		}},
		"the platform asked to wait": {true, func(t *testing.T, h *testEnv, _ string) {
			h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 99991400, Reset: 30})
			h.setClock(at(11, 26, 10, 30))
			await(t, "it waits", func() bool { return h.last(t, h.p2p).Reason == reports.Busy })
			h.setClock(at(11, 26, 11, 31))
			h.ClearFaults()
		}},
		"somebody asked for it again": {true, func(t *testing.T, h *testEnv, id string) {
			h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230001, Times: 1})
			h.setClock(at(11, 26, 10, 30))
			h.awaitState(t, h.p2p, reports.Failed)
			h.setClock(at(11, 26, 15, 0))
			h.say(t, "/retry "+id+" date:2026-11-25")
		}},
		"somebody asked for it again at once": {false, func(t *testing.T, h *testEnv, id string) {
			h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230001, Times: 1})
			h.setClock(at(11, 26, 10, 30))
			h.awaitState(t, h.p2p, reports.Failed)
			h.say(t, "/retry "+id+" date:2026-11-25")
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, wednesday, fastEngine)
			id := h.subscribed(t, "/subscribe daily 10:30")
			tt.makes(t, h, id)
			if d := h.awaitState(t, h.p2p, reports.Delivered); d.Late != tt.late {
				t.Errorf("it is kept as late: %v", d.Late)
			}
			card := h.digests(h.p2p)[0].Content
			if marked := strings.Contains(card, "延迟推送") || strings.Contains(card, "数据延迟"); marked != tt.late {
				t.Errorf("it is marked late: %v", marked)
			}
		})
	}
}
