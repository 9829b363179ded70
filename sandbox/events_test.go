package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkevent "github.com/larksuite/oapi-sdk-go/v3/event"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher/callback"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

// bot receives events with the platform's own SDK.
type bot struct {
	mu       sync.Mutex
	statuses []int // what it answers to coming requests, 200 when there is none left
	messages []*larkim.P2MessageReceiveV1
	updates  []*larkim.P2ChatUpdatedV1
	clicks   []*callback.CardActionTriggerEvent
	answer   *callback.CardActionTriggerResponse
	times    []string // X-Lark-Request-Timestamp of each request
	bodies   [][]byte
}

func startBot(t *testing.T, sb *sandbox.Sandbox) *bot {
	t.Helper()
	b := &bot{answer: &callback.CardActionTriggerResponse{}}
	o := sb.Options()
	d := dispatcher.NewEventDispatcher(o.VerificationToken, o.EncryptKey).
		OnP2MessageReceiveV1(func(_ context.Context, e *larkim.P2MessageReceiveV1) error {
			b.messages = append(b.messages, e)
			return nil
		}).
		OnP2ChatMemberBotAddedV1(func(context.Context, *larkim.P2ChatMemberBotAddedV1) error { return nil }).
		OnP2ChatUpdatedV1(func(_ context.Context, e *larkim.P2ChatUpdatedV1) error {
			b.updates = append(b.updates, e)
			return nil
		}).
		OnP2CardActionTrigger(func(_ context.Context, e *callback.CardActionTriggerEvent) (*callback.CardActionTriggerResponse, error) {
			b.clicks = append(b.clicks, e)
			return b.answer, nil
		})
	d.InitConfig(larkevent.WithLogLevel(larkcore.LogLevelError))
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.mu.Lock()
		defer b.mu.Unlock()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		b.times, b.bodies = append(b.times, r.Header.Get("X-Lark-Request-Timestamp")), append(b.bodies, body)
		if len(b.statuses) > 0 {
			status := b.statuses[0]
			b.statuses = b.statuses[1:]
			w.WriteHeader(status)
			return
		}
		resp := d.Handle(r.Context(), &larkevent.EventReq{Header: r.Header, Body: body, RequestURI: r.RequestURI})
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(resp.Body)
	}))
	t.Cleanup(server.Close)
	sb.SetWebhook(server.URL)
	return b
}

func TestSayReachesTheBot(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	b := startBot(t, sb)
	alice, group := sb.People()[0], sb.Group()
	single, _ := sb.Single(alice.OpenID)
	if err := sb.Verify(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, chat := range []string{group.ID, single.ID} {
		d, err := sb.Say(t.Context(), chat, alice.OpenID, "/usage weekly")
		if err != nil || d.Status() != 200 || !d.Taken {
			t.Fatalf("%v %+v", err, d)
		}
	}
	inGroup, alone := b.messages[0].Event, b.messages[1].Event
	if *inGroup.Message.ChatType != "group" || *inGroup.Message.Content != `{"text":"@_user_1 /usage weekly"}` ||
		*inGroup.Message.Mentions[0].Key != "@_user_1" || *inGroup.Message.Mentions[0].Id.OpenId != sb.BotOpenID() {
		t.Errorf("in a group: %s", larkcore.Prettify(inGroup))
	}
	if *alone.Message.ChatType != "p2p" || *alone.Message.Content != `{"text":"/usage weekly"}` || len(alone.Message.Mentions) != 0 ||
		*alone.Sender.SenderId.OpenId != alice.OpenID {
		t.Errorf("alone: %s", larkcore.Prettify(alone))
	}
	if h := b.messages[0].EventV2Base.Header; h.AppID != sb.Options().AppID || h.Token != sb.Options().VerificationToken {
		t.Error("the header is not for this bot")
	}
	if bytes.Contains(b.bodies[1], []byte("usage")) {
		t.Error("the event is not encrypted")
	}
}

func TestTheSameMessageUnderAnotherEvent(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	b := startBot(t, sb)
	first, err := sb.Say(t.Context(), sb.Group().ID, sb.People()[1].OpenID, "hello")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := sb.Repeat(t.Context(), first.EventID); err != nil {
		t.Fatal(err)
	}
	if _, err := sb.SayAgain(t.Context(), first.MessageID); err != nil {
		t.Fatal(err)
	}
	var messages, events []string
	for _, m := range b.messages {
		messages, events = append(messages, *m.Event.Message.MessageId), append(events, m.EventV2Base.Header.EventID)
	}
	if messages[0] != messages[1] || messages[0] != messages[2] || events[0] != events[1] || events[0] == events[2] {
		t.Errorf("messages %v, events %v", messages, events)
	}
}

func TestRedelivery(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	b := startBot(t, sb)
	b.statuses = []int{503, 500, 401, 503, 503}
	d, err := sb.Say(t.Context(), sb.Group().ID, sb.People()[0].OpenID, "hello")
	if err != nil || d.Taken || d.Status() != 503 {
		t.Fatalf("%v %+v", err, d)
	}
	if err := sb.Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	var waits []time.Duration
	attempts := sb.Deliveries()[0].Attempts
	for i := range attempts[1:] {
		waits = append(waits, attempts[i+1].At.Sub(attempts[i].At))
	}
	if diff := cmp.Diff([]time.Duration{15 * time.Second, 5 * time.Minute, time.Hour, 6 * time.Hour}, waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
	if !sb.Now().Equal(noon().Add(24 * time.Hour)) {
		t.Errorf("the clock stands at %v", sb.Now())
	}
	if b.times[0] == b.times[1] {
		t.Error("a redelivery carries the time of its own")
	}
}

func TestRedeliveryEndsOnceTaken(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	b := startBot(t, sb)
	b.statuses = []int{503}
	if _, err := sb.Say(t.Context(), sb.Group().ID, sb.People()[0].OpenID, "hello"); err != nil {
		t.Fatal(err)
	}
	sb.Clock().Advance(14 * time.Second)
	if n, err := sb.Redeliver(t.Context()); n != 0 || err != nil {
		t.Errorf("after 14 s: %d redeliveries, %v", n, err)
	}
	if err := sb.Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if d := sb.Deliveries()[0]; !d.Taken || len(d.Attempts) != 2 || len(b.messages) != 1 {
		t.Errorf("%+v and %d messages", d, len(b.messages))
	}
}

func clickable(t *testing.T, sb *sandbox.Sandbox) string {
	t.Helper()
	_, id := create(t, sb, tokenOf(t, sb), cardMessage(sb.Group().ID, card("before")))
	return id
}

func TestClickReplacesTheCard(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	b := startBot(t, sb)
	id := clickable(t, sb)
	var after map[string]any
	if err := json.Unmarshal([]byte(card("after")), &after); err != nil {
		t.Fatal(err)
	}
	b.answer = &callback.CardActionTriggerResponse{
		Toast: &callback.Toast{Type: "success", Content: "done"},
		Card:  &callback.Card{Type: "raw", Data: after},
	}
	seen, err := sb.Click(t.Context(), id, sb.People()[2].OpenID, map[string]any{"command": "/usage"})
	if err != nil || seen.Error != 0 || seen.Toast != "done" {
		t.Fatalf("%v %+v", err, seen)
	}
	if m, _ := sb.Message(id); m.Content != card("after") || len(m.History) != 1 {
		t.Errorf("the message holds %+v", m)
	}
	e := b.clicks[0].Event
	if e.Action.Value["command"] != "/usage" || e.Operator.OpenID != sb.People()[2].OpenID || e.Context.OpenMessageID != id || e.Context.OpenChatID != sb.Group().ID {
		t.Errorf("the click says %s", larkcore.Prettify(e))
	}
}

// TestClick_EditTooEarly_IsReverted edits a card while a click on it is not answered, right after that, and half a second later.
func TestClick_EditTooEarly_IsReverted(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	id := clickable(t, sb)
	token := tokenOf(t, sb)
	edit := func(content string) {
		t.Helper()
		if got := ask(t, sb, "PATCH", messagesPath+"/"+id, token, map[string]string{"content": content}); got.Code != 0 {
			t.Errorf("the edit was refused: %d", got.Code)
		}
	}
	holds := func(when, want string) {
		t.Helper()
		if m, _ := sb.Message(id); m.Content != want {
			t.Errorf("%s the card is %s", when, m.Content)
		}
	}
	before, _ := sb.Message(id)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		edit(card("during"))
		_, _ = w.Write([]byte("{}"))
	}))
	t.Cleanup(server.Close)
	sb.SetWebhook(server.URL)
	if _, err := sb.Click(t.Context(), id, sb.People()[0].OpenID, nil); err != nil {
		t.Fatal(err)
	}
	holds("after an edit before the callback's answer", before.Content)
	edit(card("at once"))
	holds("after an edit right after the callback's answer", before.Content)
	time.Sleep(510 * time.Millisecond)
	edit(card("later"))
	holds("after an edit half a second later", card("later"))
}

func TestClicksThatGoWrong(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	id := clickable(t, sb)
	for name, tt := range map[string]struct {
		status int
		body   string
		want   int
	}{
		"failed":   {500, `{}`, sandbox.ClickBadStatus},
		"moved":    {302, ``, sandbox.ClickBadStatus},
		"null":     {200, `null`, sandbox.ClickBadBody},
		"text":     {200, `ok`, sandbox.ClickBadBody},
		"bad card": {200, `{"card":{"type":"raw","data":{"schema":"2.0","elements":[]}}}`, sandbox.ClickBadCard},
		"nothing":  {200, `{}`, 0},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(tt.status)
			_, _ = io.WriteString(w, tt.body)
		}))
		sb.SetWebhook(server.URL)
		seen, err := sb.Click(t.Context(), id, sb.People()[0].OpenID, nil)
		if err != nil || seen.Error != tt.want {
			t.Errorf("%s: %v %+v, want %d", name, err, seen, tt.want)
		}
		server.Close()
	}
	if seen, err := sb.Click(t.Context(), id, sb.People()[0].OpenID, nil); err != nil || seen.Error != sandbox.ClickNoAnswer {
		t.Errorf("nobody there: %v %+v", err, seen)
	}
	if m, _ := sb.Message(id); m.Content != card("before") {
		t.Error("a click that went wrong changed the card")
	}
	if err := sb.Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	for _, d := range sb.Deliveries() {
		if len(d.Attempts) != 1 {
			t.Error("a click was sent again")
		}
	}
}

func TestEventsOfChatsAndDepartments(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	startBot(t, sb)
	alice, group := sb.People()[0].OpenID, sb.AddGroup("new", sb.People()[0].OpenID)
	rd := sb.Departments()[0]
	for name, act := range map[string]func() (sandbox.Delivery, error){
		sandbox.EventBotAdded:          func() (sandbox.Delivery, error) { return sb.AddBot(t.Context(), group.ID, alice) },
		sandbox.EventChatUpdated:       func() (sandbox.Delivery, error) { return sb.Rename(t.Context(), group.ID, "newer", alice) },
		sandbox.EventChatEntered:       func() (sandbox.Delivery, error) { return sb.Enter(t.Context(), alice) },
		sandbox.EventMenu:              func() (sandbox.Delivery, error) { return sb.PressMenu(t.Context(), alice, "weekly") },
		sandbox.EventDepartmentUpdated: func() (sandbox.Delivery, error) { return sb.RenameDepartment(t.Context(), rd.ID, "研究部") },
	} {
		if d, err := act(); err != nil || d.Type != name || !d.Taken {
			t.Errorf("%s: %v %+v", name, err, d)
		}
	}
	if got := sb.Departments()[0].Name; got != "研究部" {
		t.Errorf("the department is called %s", got)
	}
	if _, err := sb.DeleteDepartment(t.Context(), rd.ID); err != nil {
		t.Fatal(err)
	}
	if r := ask(t, sb, "GET", "/open-apis/contact/v3/departments/"+rd.ID, tokenOf(t, sb), nil); r.Code != 99992357 {
		t.Errorf("a deleted department: code %d", r.Code)
	}
	for name, act := range map[string]func() (sandbox.Delivery, error){
		"removed":   func() (sandbox.Delivery, error) { return sb.RemoveBot(t.Context(), group.ID, alice) },
		"disbanded": func() (sandbox.Delivery, error) { return sb.Disband(t.Context(), group.ID, alice) },
	} {
		if _, err := act(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c := sb.Chats()[len(sb.Chats())-1]; c.BotInside || c.Status != "dissolved" {
		t.Errorf("the group: %+v", c)
	}
}

func TestAChatThatIsUpdated(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	b := startBot(t, sb)
	alice, bob, group := sb.People()[0].OpenID, sb.People()[1].OpenID, sb.Group()
	if _, err := sb.Rename(t.Context(), group.ID, "newer", alice); err != nil {
		t.Fatal(err)
	}
	if _, err := sb.ChangeOwner(t.Context(), group.ID, bob, alice); err != nil {
		t.Fatal(err)
	}
	renamed, moved := b.updates[0].Event, b.updates[1].Event
	if *renamed.BeforeChange.Name != group.Name || *renamed.AfterChange.Name != "newer" || *renamed.AfterChange.OwnerId.OpenId != alice {
		t.Errorf("renamed: %s", larkcore.Prettify(renamed))
	}
	if *moved.BeforeChange.OwnerId.OpenId != alice || *moved.AfterChange.OwnerId.OpenId != bob || *moved.ChatId != group.ID {
		t.Errorf("handed over: %s", larkcore.Prettify(moved))
	}
	if now := sb.Group(); now.Name != "newer" || now.Owner != bob {
		t.Errorf("the group is %+v", now)
	}
	if _, err := sb.ChangeOwner(t.Context(), group.ID, "ou_nobody", alice); err == nil {
		t.Error("nobody owns the group now")
	}
}
