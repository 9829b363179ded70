package e2e

import (
	"context"
	"database/sql"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/app"
	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
)

// crashPair is two replicas. After each change one of them crashes before it has recorded the event as done, so the other
// processes the event again.
type crashPair struct {
	*testEnv
	replicas [2]*app.App
	db       *sql.DB
}

func openCrashPair(t *testing.T) *crashPair {
	t.Helper()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := withAccess(t, config.Everyone, fastEngine, keep)
	other := h.start(t, fastEngine, keep, func(c *config.Config) { c.Admins = []string{h.admin()} })
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "usagebot.db")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	// Finished events have no payload: the test keeps it, to open them again.
	for _, statement := range []string{
		"CREATE TABLE payloads (key TEXT NOT NULL, payload TEXT NOT NULL)",
		"CREATE TRIGGER keep_payload AFTER INSERT ON events BEGIN INSERT INTO payloads VALUES (new.key, new.payload); END",
	} {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	return &crashPair{h, [2]*app.App{h.app, other}, db}
}

// changing is what two answers to the same may differ in: times of day, and how far something has come.
var changing = regexp.MustCompile(`\d+[:/]\d+`)

// abilities are told by the platform when an answer is written. It may be too slow for one of two answers, which then says so.
var abilities = regexp.MustCompile(`能力：.*`)

// say writes a line, lets the other replica work on it again, holds that it answers the same, and returns the answer.
func (h *crashPair) say(t *testing.T, who, chat, line string) answer {
	t.Helper()
	h.Clock().Advance(time.Second) // the platform takes 5 messages a second into one chat
	h.SetWebhook(h.replicas[0].URL() + "/webhook/event")
	d, err := h.Say(t.Context(), chat, who, line)
	d = taken(t, h.Sandbox, d, err)
	var replies []sandbox.Message
	await(t, line+" is answered", func() bool {
		replies = h.repliesTo(chat, d.MessageID)
		return len(replies) > 1 || len(replies) == 1 && isFinal(replies[0].Content)
	})
	if len(replies) != 1 {
		t.Fatalf("%s: %d answers", line, len(replies))
	}
	first, edits := answer{t, replies[0]}, len(h.Calls("message.patch"))
	h.handled(t)
	if _, err := h.db.ExecContext(t.Context(), `UPDATE events SET state = 'open', done_at = 0, owner = 'a process that died', lease_until = 0,
		payload = (SELECT payload FROM payloads WHERE payloads.key = events.key) WHERE kind = 'message' AND received_at = (SELECT max(received_at) FROM events)`); err != nil {
		t.Fatal(err)
	}
	slices.Reverse(h.replicas[:])
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	go h.replicas[0].Bot.RunRescuer(ctx) // looks at once
	await(t, "the second answer to "+line+" takes the first one's place", func() bool { return len(h.Calls("message.patch")) > edits })
	m, _ := h.Message(first.ID)
	was, is := changing.ReplaceAllString(first.text(), ""), changing.ReplaceAllString(answer{t, m}.text(), "")
	if strings.Contains(was, "能力：平台没有返回") != strings.Contains(is, "能力：平台没有返回") {
		was, is = abilities.ReplaceAllString(was, ""), abilities.ReplaceAllString(is, "")
	}
	if was != is {
		t.Errorf("%s was answered\n%s\nand then\n%s", line, was, is)
	}
	return first
}

// TestIdempotency_EventProcessedTwice makes each change there is, and works on it again.
func TestIdempotency_EventProcessedTwice(t *testing.T) {
	t.Parallel()
	h := openCrashPair(t)
	single, _ := h.Single(h.admin())
	adminChat, second := single.ID, h.Options().Apps[1].ID
	do := func(line string) answer { return h.say(t, h.admin(), adminChat, line) }
	do("/subscribe weekly 10:30")
	list, err := h.app.SQL.Subscriptions.InChat(t.Context(), adminChat)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	id := list[0].ID
	do("/subscribe weekly 9:00").has("09:00")
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Code: 230001, Times: 1})
	do("/admin run " + id)
	h.awaitState(t, adminChat, reports.Failed)
	do("/retry " + id + " date:2026-11-16")
	for _, line := range []string{
		"/pause " + id, "/resume " + id, "/settings lang:zh", "/settings lang:zh",
		"/admin grant @" + h.me + " viewer dept:研发部", "/admin grant @" + h.me + " viewer",
		"/admin apps add app:" + second, "/admin apps default app:" + second, "/admin apps remove app:" + second + " confirm", "/admin backfill 3d", "/admin refresh 3d",
	} {
		do(line).lacks("出错了", "没看懂", "已有这项授权")
	}
	do("/admin revoke @"+h.me+" confirm").has("已收回", "研发部", "全部数据")
	do("/admin hand-over " + id + " @" + h.me)
	do("/unsubscribe " + id + " confirm")
	h.say(t, h.me, h.p2p, "/subscribe daily")
	h.say(t, h.me, h.p2p, "/forget-me confirm").has("已删除你的信息", "1 个订阅")

	var acts []string
	entries, err := h.app.SQL.Audit.Changes(t.Context(), "", 99)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range slices.Backward(entries) {
		acts = append(acts, string(c.Act))
	}
	want := "subscribe change run retry pause resume settings grant grant apps apps apps backfill refresh revoke revoke hand_over remove subscribe remove forget_me"
	if got := strings.Join(acts, " "); got != want {
		t.Errorf("recorded: %s\nwant:     %s", got, want)
	}
	if got := strings.Count(h.log.String(), `"msg":"changed"`); got != len(entries) {
		t.Errorf("%d changes are in the log, want %d", got, len(entries))
	}
}

// TestIdempotency_ChatEventRepeated repeats the event of a chat's change when another change has followed.
func TestIdempotency_ChatEventRepeated(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, fastEngine)
	one, two := h.People()[0].OpenID, h.me
	group := h.AddGroup("周会", one, two)
	id := h.subscribe(t, group.ID, one)
	var events []string
	for _, step := range []func() (sandbox.Delivery, error){
		func() (sandbox.Delivery, error) { return h.ChangeOwner(t.Context(), group.ID, two, one) },
		func() (sandbox.Delivery, error) { return h.ChangeOwner(t.Context(), group.ID, one, two) },
		func() (sandbox.Delivery, error) { return h.RemoveBot(t.Context(), group.ID, one) },
		func() (sandbox.Delivery, error) { return h.AddBot(t.Context(), group.ID, one) },
	} {
		d, err := step()
		events = append(events, taken(t, h.Sandbox, d, err).EventID)
		h.handled(t)
	}
	for _, event := range events {
		d, err := h.Repeat(t.Context(), event)
		taken(t, h.Sandbox, d, err)
		h.handled(t)
		if s, err := h.app.SQL.Subscriptions.Subscription(t.Context(), id); err != nil || s.OwnerID != one || s.State != reports.Active {
			t.Errorf("it is %s and owned by %s, %v", s.State, s.OwnerID, err)
		}
	}
	if list, err := h.app.SQL.Audit.Changes(t.Context(), id, 9); err != nil || len(list) != 2 {
		t.Errorf("%v, %v", list, err)
	}
}
