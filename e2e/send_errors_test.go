package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
)

// outcome is what becomes of a digest that the platform refuses, and of its subscription.
type outcome struct {
	state   reports.DeliveryState
	reason  reports.Reason
	paused  reports.Reason // of the subscription
	refused int            // refusals that are counted against the subscription
	told    string         // what its owner reads; nothing when empty
	forms   int            // how many forms of the card the platform was offered
	again   bool           // it is sent again by itself
}

// outcomes are the outcomes by the code of the refusal.
func outcomes() map[int]outcome {
	passing := outcome{state: reports.Delivered, forms: 1, again: true}
	gone := outcome{state: reports.Skipped, reason: reports.ChatGone, paused: reports.ChatGone, told: "已暂停", forms: 1}
	forbids := outcome{state: reports.Failed, reason: reports.ChatForbids, refused: 1, forms: 1}
	refused := outcome{state: reports.Failed, reason: reports.Refused, told: "失败", forms: 1}
	simpler := refused
	simpler.forms = 3
	all := map[int]outcome{}
	for _, of := range []struct {
		outcome
		codes []int
	}{
		{passing, []int{99991400, 230020, 11232, 11233, 230049}},
		{gone, []int{232009, 230002, 230029, 230034, 230053, 230019, 99992351, 99992355, 99992356, 99992361}},
		{forbids, []int{230018, 230035, 230013, 230038, 230075, 230054}},
		{refused, []int{230001, 230022, 230028}},
		{simpler, []int{230025, 230099}},
		{refused, []int{424242, 99992402}}, // unknown codes and the program's own mistakes are not tried again
	} {
		for _, code := range of.codes {
			all[code] = of.outcome
		}
	}
	return all
}

// TestSendError_EachCode sends one digest to many groups. Each refuses it with another code.
func TestSendError_EachCode(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	groups, ids := map[int]string{}, map[int]string{}
	other := h.People()[1].OpenID
	for code, f := range outcomes() {
		groups[code] = h.AddGroup(strconv.Itoa(code), h.me).ID
		ids[code] = h.subscribe(t, groups[code], map[bool]string{true: other, false: h.me}[f.reason == reports.Refused])
		h.RefuseMessages(groups[code], code)
	}
	h.setClock(at(11, 26, 10, 30))
	for code, want := range outcomes() {
		if want.again {
			await(t, "it was refused", func() bool { return h.last(t, groups[code]).Reason == reports.Busy })
			h.RefuseMessages(groups[code], 0)
		}
	}
	for code, want := range outcomes() {
		ended := func() bool { return h.last(t, groups[code]).State == want.state }
		if what := fmt.Sprintf("%d: the delivery is %s", code, want.state); want.again {
			h.advanceUntil(t, what, time.Second, ended)
		} else {
			await(t, what, ended)
		}
	}
	h.Clock().Advance(noticesGathered)
	single, _ := h.Single(other)
	await(t, "the owners get notices", func() bool { return len(h.ownerNotices()) > 0 && len(h.BotMessages(single.ID)) > 0 })
	h.settled(t)
	words := h.ownerNotices()[0].text() + answer{Message: h.BotMessages(single.ID)[0]}.text()
	if n, others := len(h.ownerNotices()), len(h.BotMessages(single.ID)); n != 1 || others != 1 {
		t.Errorf("the owners got %d and %d notices", n, others)
	}
	for code, want := range outcomes() {
		h.checkOutcome(t, code, want, groups[code], ids[code])
		if told := noticeAbout(words, ids[code]); (told != "") != (want.told != "") || !strings.Contains(told, want.told) {
			t.Errorf("%d: the owner read %q, want %q", code, told, want.told)
		}
	}
	h.checkUUIDs(t)
}

// noticeAbout returns what notices say about one subscription: the text from its id to the next one's. It is empty if they do
// not name it.
func noticeAbout(words, id string) string {
	const before = "编号 "
	_, told, _ := strings.Cut(words, before+id)
	told, _, _ = strings.Cut(told, before)
	return told
}

func (h *testEnv) checkOutcome(t *testing.T, code int, want outcome, group, id string) {
	t.Helper()
	d := h.last(t, group)
	s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if d.State != want.state || d.Reason != want.reason {
		t.Errorf("%d: the delivery is %s (%s)", code, d.State, d.Reason)
	}
	if paused := s.State == reports.Paused; paused != (want.paused != "") || s.Reason != want.paused || s.Refusals != want.refused {
		t.Errorf("%d: the subscription is %s (%s), refused %d times", code, s.State, s.Reason, s.Refusals)
	}
	if again := d.Tries > 1; again != want.again {
		t.Errorf("%d: it was tried %d times", code, d.Tries)
	}
	if n := len(h.BotMessages(group)); n != map[bool]int{true: 1}[want.again] {
		t.Errorf("%d: the chat got %d messages", code, n)
	}
	if !want.again && !strings.Contains(d.Detail, "code "+strconv.Itoa(code)) {
		t.Errorf("%d: nobody can look it up by %q", code, d.Detail)
	}
	offered := map[string]bool{}
	for _, c := range h.Calls("message.create") {
		if c.Code == code {
			offered[c.UUID] = true
		}
	}
	if len(offered) != want.forms {
		t.Errorf("%d: offered in %d forms", code, len(offered))
	}
}

// checkUUIDs checks that no uuid is missing or too long.
func (h *testEnv) checkUUIDs(t *testing.T) {
	t.Helper()
	for _, c := range h.Calls("message.create") {
		if c.UUID == "" || len(c.UUID) > 50 {
			t.Errorf("a message's uuid is %q", c.UUID)
		}
	}
}

// TestSendError_Unknown_ResentUnderItsUUID loses answers in each way, before and after the message is there.
func TestSendError_Unknown_ResentUnderItsUUID(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	h.setClock(at(11, 26, 10, 30))
	for name, fault := range map[string]sandbox.Fault{
		"a reset": {DropAnswer: true}, "a reset before": {DropAnswer: true, BeforeEffect: true},
		"500": {HTTPStatus: 500}, "500 with a code": {HTTPStatus: 500, Code: 2200}, "502": {HTTPStatus: 502, HTML: true},
		"502 before": {HTTPStatus: 502, HTML: true, BeforeEffect: true}, "503": {HTTPStatus: 503, HTML: true},
		"504": {HTTPStatus: 504, HTML: true}, "a page": {HTTPStatus: 200, HTML: true}, "a page before": {HTTPStatus: 200, HTML: true, BeforeEffect: true},
	} {
		group := h.AddGroup(name, h.me).ID
		fault.Endpoint, fault.Times = "message.create", 2
		h.AddFault(fault)
		began := len(h.Calls("message.create"))
		h.subscribe(t, group, h.me)
		h.advanceUntil(t, name+": it is delivered", 2*time.Second, func() bool { return h.last(t, group).State == reports.Delivered })
		calls := h.Calls("message.create")[began:]
		uuids := map[string]bool{}
		for _, c := range calls {
			uuids[c.UUID] = true
		}
		if len(calls) != 3 || len(uuids) != 1 || len(h.BotMessages(group)) != 1 || h.last(t, group).Tries != 3 {
			t.Errorf("%s: %d calls under %d uuids made %d messages", name, len(calls), len(uuids), len(h.BotMessages(group)))
		}
	}
	h.Clock().Advance(noticesGathered)
	h.settled(t)
	if n := len(h.ownerNotices()); n != 0 {
		t.Errorf("the owner got %d notices", n)
	}
}

// TestSendError_AppRefused_SendingHeld refuses the bot's own app for one digest while another is due, code by code.
func TestSendError_AppRefused_SendingHeld(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone, fastEngine) // with an administrator by ADMINS
	byGrant := h.People()[1].OpenID
	for _, admin := range []string{byGrant, h.admin()} { // a person who is one in both ways gets one message
		h.grant(t, access.Person, admin, access.Admin, "")
	}
	h.setClock(at(11, 26, 10, 30))
	grantedChat, _ := h.Single(byGrant)
	adminChat, _ := h.Single(h.admin())
	for i, code := range []int{
		99991672, 99991401, 99991403, 99991662, 99991673, 99991661, 99991663, 99991664, 99991665, 99991668, 99991671,
	} {
		groups := []string{h.AddGroup("一", h.me).ID, h.AddGroup("二", h.me).ID}
		times := 1
		if code >= 99991663 && code <= 99991671 {
			times = 2 // a new token is asked for once
		}
		h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: code, Times: times})
		h.subscribe(t, groups[0], h.me)
		await(t, fmt.Sprintf("%d: it is on hold", code), func() bool { return h.last(t, groups[0]).Reason == reports.OnHold })
		h.subscribe(t, groups[1], h.me)
		await(t, fmt.Sprintf("%d: administrators get a message", code), func() bool {
			return len(h.BotMessages(grantedChat.ID)) == i+1 && len(h.BotMessages(adminChat.ID)) == i+1
		})
		h.settled(t)
		for _, g := range groups {
			if n := len(h.BotMessages(g)); n != 0 {
				t.Errorf("%d: a group got %d messages while sending is on hold", code, n)
			}
		}
		h.Clock().Advance(time.Minute + time.Second)
		for _, g := range groups { // the second waits for what becomes of the first
			h.advanceUntil(t, "the delivery is delivered", time.Second, func() bool { return h.last(t, g).State == reports.Delivered })
		}
	}
	h.Clock().Advance(noticesGathered)
	h.settled(t)
	if n, owners := len(h.BotMessages(grantedChat.ID)), len(h.ownerNotices()); n != 11 || owners != 0 {
		t.Errorf("administrators got %d messages, owners %d", n, owners)
	}
}

// TestSendError_OneChatRefuses_OthersSent refuses the bot in one group by codes that may mean the whole app.
func TestSendError_OneChatRefuses_OthersSent(t *testing.T) {
	t.Parallel()
	for _, code := range []int{230006, 230027, 230036} {
		t.Run(strconv.Itoa(code), func(t *testing.T) {
			t.Parallel()
			h := withAccess(t, config.Everyone, fastEngine)
			bad := h.AddGroup("外部群", h.me).ID
			id := h.subscribe(t, bad, h.me)
			h.RefuseMessages(bad, code)
			var good []string
			for range 5 {
				good = append(good, h.AddGroup("群", h.me).ID)
				h.subscribe(t, good[len(good)-1], h.me)
			}
			for day := range 3 {
				h.setClock(at(11, 26+day, 10, 30))
				for _, g := range good {
					await(t, "the others come", func() bool { return len(h.digests(g)) == day+1 })
				}
				await(t, "it is refused", func() bool {
					d := h.last(t, bad)
					return d.State == reports.Failed && d.DoneAt.After(at(11, 26+day, 10, 29))
				})
			}
			h.settled(t)
			if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id); err != nil || s.State != reports.Paused || s.Reason != reports.ChatForbids {
				t.Errorf("it is %s (%s), %v", s.State, s.Reason, err)
			}
			h.Clock().Advance(noticesGathered)
			await(t, "its owner gets a notice", func() bool { return len(h.ownerNotices()) == 1 })
			h.settled(t)
			adminChat, _ := h.Single(h.admin())
			if n := len(h.BotMessages(adminChat.ID)); n != 0 {
				t.Errorf("administrators got %d messages", n)
			}
		})
	}
}

// TestSendError_SeveralChatsRefuse_SendingHeld until one accepts again. No subscription is paused for it.
func TestSendError_SeveralChatsRefuse_SendingHeld(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Everyone, fastEngine)
	var groups []string
	for range 4 {
		groups = append(groups, h.AddGroup("群", h.me).ID)
		h.subscribe(t, groups[len(groups)-1], h.me)
		h.RefuseMessages(groups[len(groups)-1], 230006)
	}
	h.setClock(at(11, 26, 10, 30))
	adminChat, _ := h.Single(h.admin())
	await(t, "administrators get a message", func() bool { return len(h.BotMessages(adminChat.ID)) == 1 })
	for _, g := range groups {
		if d := h.last(t, g); d.State != reports.Waiting {
			t.Errorf("a digest is %s (%s) while sending is on hold", d.State, d.Reason)
		}
		h.RefuseMessages(g, 0)
	}
	h.settled(t)
	for _, g := range groups {
		if n := len(h.BotMessages(g)); n != 0 {
			t.Errorf("a group got %d messages while sending is on hold", n)
		}
	}
	h.Clock().Advance(time.Minute + time.Second)
	for _, g := range groups {
		h.awaitState(t, g, reports.Delivered)
		if list, err := h.app.SQL.Subscriptions.InChat(t.Context(), g); err != nil || list[0].Refusals != 0 {
			t.Errorf("refused %d times, %v", list[0].Refusals, err)
		}
	}
	h.settled(t)
	if n := len(h.BotMessages(adminChat.ID)); n != 1 {
		t.Errorf("administrators got %d messages", n)
	}
}

// TestSendError_MissingScope_AdminsNotified takes the scope for figures away while a digest is due.
func TestSendError_MissingScope_AdminsNotified(t *testing.T) {
	t.Parallel()
	for _, option := range []option{fastEngine, func(c *config.Config) { fastEngine(c); english(c) }} {
		const scope = "application:application.app_usage_stats.overview:readonly"
		h := withAccess(t, config.Everyone, option)
		group := h.AddGroup("周会", h.me).ID
		h.subscribe(t, group, h.me)
		h.Revoke(scope)
		h.setClock(at(11, 26, 10, 30))
		adminChat, _ := h.Single(h.admin())
		await(t, "administrators get a message", func() bool { return len(h.BotMessages(adminChat.ID)) == 1 })
		answer{t, h.BotMessages(adminChat.ID)[0]}.has(scope, "99991672")
		if n := len(h.BotMessages("")); n != 1 {
			t.Errorf("%d messages, want the one to the administrator", n)
		}
		h.Grant(scope)
		h.advanceUntil(t, "it goes on by itself", time.Minute, func() bool { return h.last(t, group).State == reports.Delivered })
	}
}
