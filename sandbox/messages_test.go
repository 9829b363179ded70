package sandbox_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

const messagesPath = "/open-apis/im/v1/messages"

func card(markdown string) string {
	b, _ := json.Marshal(map[string]any{
		"schema": "2.0",
		"config": map[string]any{"update_multi": true},
		"body":   map[string]any{"elements": []any{map[string]any{"tag": "markdown", "content": markdown}}},
	})
	return string(b)
}

func textMessage(to, text, uuid string) map[string]string {
	content, _ := json.Marshal(map[string]string{"text": text})
	return map[string]string{"receive_id": to, "msg_type": "text", "content": string(content), "uuid": uuid}
}

func cardMessage(to, content string) map[string]string {
	return map[string]string{"receive_id": to, "msg_type": "interactive", "content": content}
}

func create(t *testing.T, sb *sandbox.Sandbox, token string, body any) (reply, string) {
	t.Helper()
	r := ask(t, sb, "POST", messagesPath+"?receive_id_type=chat_id", token, body)
	var data struct {
		MessageID string `json:"message_id"`
	}
	if r.Code == 0 {
		if err := json.Unmarshal(r.Data, &data); err != nil {
			t.Fatal(err)
		}
	}
	return r, data.MessageID
}

func TestSendReplyUpdateThroughTheSDK(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	im, alice := sdk(sb).Im.V1.Message, sb.People()[0]
	sent, err := im.Create(t.Context(), larkim.NewCreateMessageReqBuilder().ReceiveIdType("open_id").
		Body(larkim.NewCreateMessageReqBodyBuilder().ReceiveId(alice.OpenID).MsgType("interactive").Content(card("one")).Build()).Build())
	if err != nil || !sent.Success() {
		t.Fatalf("create: %v %v", err, sent)
	}
	id := *sent.Data.MessageId
	answered, err := im.Reply(t.Context(), larkim.NewReplyMessageReqBuilder().MessageId(id).
		Body(larkim.NewReplyMessageReqBodyBuilder().MsgType("text").Content(`{"text":"two"}`).Build()).Build())
	if err != nil || !answered.Success() || *answered.Data.ParentId != id || *answered.Data.RootId != id {
		t.Fatalf("reply: %v %v", err, answered)
	}
	sb.Clock().Advance(time.Minute)
	patched, err := im.Patch(t.Context(), larkim.NewPatchMessageReqBuilder().MessageId(id).
		Body(larkim.NewPatchMessageReqBodyBuilder().Content(card("three")).Build()).Build())
	if err != nil || !patched.Success() {
		t.Fatalf("patch: %v %v", err, patched)
	}
	chat, _ := sb.Single(alice.OpenID)
	got := sb.BotMessages(chat.ID)
	if len(got) != 2 || got[0].Content != card("three") || len(got[0].History) != 1 || got[0].History[0] != card("one") {
		t.Errorf("the chat holds %+v", got)
	}
	shown, err := im.Get(t.Context(), larkim.NewGetMessageReqBuilder().MessageId(id).CardMsgContentType("user_card_content").Build())
	if err != nil || !shown.Success() || *shown.Data.Items[0].Body.Content != card("three") || !*shown.Data.Items[0].Updated {
		t.Errorf("get: %v %v", err, shown)
	}
}

func TestUUIDHoldsForAnHour(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]sandbox.DuplicateUUID{"first again": sandbox.AnswerFirst, "being sent": sandbox.AnswerBeingSent} {
		sb := sandboxtest.Start(t, sandboxtest.At(noon()), func(o *sandbox.Options) { o.DuplicateUUID = answer })
		group, token := sb.Group().ID, tokenOf(t, sb)
		_, first := create(t, sb, token, textMessage(group, "a", "u1"))
		again, second := create(t, sb, token, textMessage(group, "b", "u1"))
		switch answer {
		case sandbox.AnswerFirst:
			if second != first {
				t.Errorf("%s: another message", name)
			}
		case sandbox.AnswerBeingSent:
			if again.Code != 230049 {
				t.Errorf("%s: code %d", name, again.Code)
			}
		}
		if n := len(sb.BotMessages(group)); n != 1 {
			t.Errorf("%s: %d messages, want 1", name, n)
		}
		sb.Clock().Advance(time.Hour)
		if _, third := create(t, sb, tokenOf(t, sb), textMessage(group, "c", "u1")); third == first || third == "" {
			t.Errorf("%s: after an hour the uuid is free again", name)
		}
	}
}

func TestARefusedMessageLeavesItsUUIDFree(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	token, body := tokenOf(t, sb), cardMessage(sb.Group().ID, `{"schema":"2.0","body":{"elements":[{"tag":"note"}]}}`)
	body["uuid"] = "u"
	if r, _ := create(t, sb, token, body); r.Code != 230099 {
		t.Fatalf("code %d", r.Code)
	}
	body["content"] = card("good")
	if r, _ := create(t, sb, token, body); r.Code != 0 {
		t.Errorf("the second try: code %d", r.Code)
	}
}

func TestCreateRefusals(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	sb.SetLimits(sandbox.Limits{})
	token, group := tokenOf(t, sb), sb.Group().ID
	out, gone, mute := sb.AddGroup("out"), sb.AddGroup("gone"), sb.AddGroup("mute")
	sb.SetBotInside(out.ID, false)
	sb.SetDissolved(gone.ID)
	sb.RefuseMessages(mute.ID, 230035)
	big := strings.Repeat("x", 30<<10)
	tests := []struct {
		name   string
		idType string
		body   map[string]string
		code   int
	}{
		{"fine", "chat_id", textMessage(group, "hello", ""), 0},
		{"no type of id", "", textMessage(group, "hello", ""), 99992402},
		{"unknown chat", "chat_id", textMessage("oc_none", "hello", ""), 230034},
		{"unknown person", "open_id", textMessage("ou_none", "hello", ""), 99992351},
		{"bot outside", "chat_id", textMessage(out.ID, "hello", ""), 230002},
		{"dissolved", "chat_id", textMessage(gone.ID, "hello", ""), 232009},
		{"muted", "chat_id", textMessage(mute.ID, "hello", ""), 230035},
		{"text of 30 KB", "chat_id", textMessage(group, big, ""), 0},
		{"text over 150 KB", "chat_id", textMessage(group, strings.Repeat(big, 5), ""), 230025},
		{"card over 30 KB", "chat_id", cardMessage(group, card(big)), 230025},
		{"long uuid", "chat_id", textMessage(group, "hello", strings.Repeat("u", 51)), 99992402},
		{"unknown kind", "chat_id", map[string]string{"receive_id": group, "msg_type": "song", "content": "{}"}, 230001},
		{"text without text", "chat_id", map[string]string{"receive_id": group, "msg_type": "text", "content": "{}"}, 230001},
		{"content that is no JSON", "chat_id", map[string]string{"receive_id": group, "msg_type": "text", "content": "hello"}, 230001},
	}
	for _, tt := range tests {
		r := ask(t, sb, "POST", messagesPath+"?receive_id_type="+tt.idType, token, tt.body)
		if r.Code != tt.code {
			t.Errorf("%s: code %d %q, want %d", tt.name, r.Code, r.Msg, tt.code)
		}
		if tt.code != 0 && r.Status != 400 {
			t.Errorf("%s: status %d", tt.name, r.Status)
		}
	}
	if n := len(sb.BotMessages("")); n != 2 {
		t.Errorf("%d messages went out, want 2", n)
	}
}

func TestMessageRates(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token, group := tokenOf(t, sb), sb.Group().ID
	for i := range 6 {
		r, _ := create(t, sb, token, textMessage(group, "x", ""))
		if want := map[bool]int{true: 230020}[i == 5]; r.Code != want {
			t.Errorf("message %d into one chat at once: code %d, want %d", i+1, r.Code, want)
		}
	}
	for i := range 44 {
		if r, _ := create(t, sb, token, textMessage(sb.AddGroup("g").ID, "x", "")); r.Code != 0 {
			t.Fatalf("message %d to other chats: code %d", i+7, r.Code)
		}
	}
	if r, _ := create(t, sb, token, textMessage(sb.AddGroup("g").ID, "x", "")); r.Code != 99991400 || r.Status != 429 {
		t.Errorf("message 51 within the second: status %d, code %d", r.Status, r.Code)
	}
	sb.Clock().Advance(time.Second)
	if r, _ := create(t, sb, token, textMessage(group, "x", "")); r.Code != 0 {
		t.Errorf("a second later: code %d", r.Code)
	}
}

func TestPatchRefusals(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	sb.SetLimits(sandbox.Limits{Message: sandbox.Rate{Calls: 5, Per: time.Second}})
	token, group := tokenOf(t, sb), sb.AddGroup("patched", sb.People()[0].OpenID)
	_, cardID := create(t, sb, token, cardMessage(group.ID, card("one")))
	_, textID := create(t, sb, token, textMessage(group.ID, "one", ""))
	_, recalledID := create(t, sb, token, cardMessage(group.ID, card("one")))
	_, deletedID := create(t, sb, token, cardMessage(group.ID, card("one")))
	_, ownID := create(t, sb, token, cardMessage(group.ID, `{"schema":"2.0","body":{"elements":[]}}`))
	sb.Recall(recalledID)
	sb.Delete(deletedID)
	patch := func(id, content string) int {
		return ask(t, sb, "PATCH", messagesPath+"/"+id, tokenOf(t, sb), map[string]string{"content": content}).Code
	}
	for name, tt := range map[string]struct {
		id, content string
		code        int
	}{
		"unknown":          {"om_none", card("two"), 99992354},
		"text":             {textID, card("two"), 230001},
		"recalled":         {recalledID, card("two"), 230011},
		"deleted":          {deletedID, card("two"), 230110},
		"not shared":       {ownID, card("two"), 230001},
		"bad card":         {cardID, `{"schema":"2.0","body":{"elements":[{"tag":"action"}]}}`, 230099},
		"not to be shared": {cardID, `{"schema":"2.0","body":{"elements":[]}}`, 230001},
		"large":            {cardID, card(strings.Repeat("x", 30<<10)), 230025},
	} {
		if code := patch(tt.id, tt.content); code != tt.code {
			t.Errorf("%s: code %d, want %d", name, code, tt.code)
		}
	}
	sb.Clock().Advance(14 * 24 * time.Hour)
	for i := range 6 {
		if code, want := patch(cardID, card("two")), map[bool]int{true: 230020}[i == 5]; code != want {
			t.Errorf("update %d within a second: code %d, want %d", i+1, code, want)
		}
	}
	sb.Clock().Advance(time.Second)
	if code := patch(cardID, card("three")); code != 230031 {
		t.Errorf("after 14 days: code %d", code)
	}
	sb.SetDissolved(group.ID)
	if code := patch(cardID, card("three")); code != 232009 {
		t.Errorf("dissolved: code %d", code)
	}
}

func TestReplyAndListRefusals(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token, group := tokenOf(t, sb), sb.Group().ID
	_, id := create(t, sb, token, textMessage(group, "one", ""))
	sb.Clock().Advance(time.Minute)
	reply := func(id string) int {
		return ask(t, sb, "POST", messagesPath+"/"+id+"/reply", token, map[string]string{"msg_type": "text", "content": `{"text":"x"}`}).Code
	}
	if code := reply("om_none"); code != 99992354 {
		t.Errorf("reply to nothing: code %d", code)
	}
	if code := reply(id); code != 0 {
		t.Errorf("reply: code %d", code)
	}
	if code := ask(t, sb, "GET", messagesPath+"?container_id_type=chat&container_id="+group, token, nil).Code; code != 230027 {
		t.Errorf("list a group without its scope: code %d", code)
	}
	sb.Grant("im:message.group_msg")
	list := ask(t, sb, "GET", messagesPath+"?container_id_type=chat&sort_type=ByCreateTimeDesc&page_size=1&container_id="+group, token, nil)
	var page struct {
		HasMore   bool   `json:"has_more"`
		PageToken string `json:"page_token"`
		Items     []struct {
			ParentID string `json:"parent_id"`
		}
	}
	if err := json.Unmarshal(list.Data, &page); err != nil || !page.HasMore || page.PageToken == "" || page.Items[0].ParentID != id {
		t.Errorf("list: %v %s", err, list.raw)
	}
	sb.Recall(id)
	if code := reply(id); code != 230011 {
		t.Errorf("reply to a recalled message: code %d", code)
	}
	sb.SetBotInside(group, false)
	if code := ask(t, sb, "GET", messagesPath+"?container_id_type=chat&container_id="+group, token, nil).Code; code != 230002 {
		t.Errorf("list from outside: code %d", code)
	}
}

// TestSendAs_MessageAsItIs sends a rich text with a mention whose kind the event does not tell.
func TestSendAs_MessageAsItIs(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	b := startBot(t, sb)
	who := sb.People()[0].OpenID
	draft := sandbox.Draft{Type: "post", Content: `{"title":"T","content":[]}`, Mentions: []sandbox.Mention{{Key: "@_user_1", OpenID: "ou_x"}}}
	if _, err := sb.SendAs(t.Context(), sb.Group().ID, who, draft); err != nil {
		t.Fatal(err)
	}
	m := b.messages[0].Event.Message
	if *m.MessageType != "post" || *m.Content != draft.Content {
		t.Fatalf("the event carries a %s: %s", *m.MessageType, *m.Content)
	}
	if len(m.Mentions) != 1 || *m.Mentions[0].Id.OpenId != "ou_x" || m.Mentions[0].MentionedType != nil {
		t.Errorf("mentions %v", m.Mentions)
	}
	for name, bad := range map[string]sandbox.Draft{"no type": {Content: "{}"}, "no JSON": {Type: "text", Content: "{"}} {
		if _, err := sb.SendAs(t.Context(), sb.Group().ID, who, bad); err == nil {
			t.Errorf("%s: sent", name)
		}
	}
	if _, err := sb.SendAs(t.Context(), "oc_none", who, draft); err == nil {
		t.Error("sent to a chat that there is not")
	}
}
