package sandbox_test

import (
	"encoding/json"
	"testing"

	"usagebot/sandbox/sandboxtest"
)

const ephemeralPath = "/open-apis/ephemeral/v1/send"

func ephemeral(chat, person string) map[string]any {
	return map[string]any{"chat_id": chat, "open_id": person, "msg_type": "interactive", "card": json.RawMessage(card("for you"))}
}

func TestEphemeral_OnePersonSeesIt(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token, people := tokenOf(t, sb), sb.People()
	r := ask(t, sb, "POST", ephemeralPath, token, ephemeral(sb.Group().ID, people[0].OpenID))
	var data struct {
		MessageID string `json:"message_id"`
	}
	if err := json.Unmarshal(r.Data, &data); r.Code != 0 || err != nil {
		t.Fatalf("refused with %d: %v", r.Code, err)
	}
	m, ok := sb.Message(data.MessageID)
	if !ok || m.VisibleTo != people[0].OpenID || m.Content != card("for you") {
		t.Fatalf("the card is %+v", m)
	}
	if _, err := sb.Click(t.Context(), m.ID, people[1].OpenID, map[string]any{}); err == nil {
		t.Error("somebody else clicked on it")
	}
	for name, c := range map[string]struct {
		method, path string
		body         any
	}{
		"reply":  {"POST", messagesPath + "/" + m.ID + "/reply", textMessage("", "x", "")},
		"update": {"PATCH", messagesPath + "/" + m.ID, map[string]string{"content": card("x")}},
		"read":   {"GET", messagesPath + "/" + m.ID, nil},
	} {
		if got := ask(t, sb, c.method, c.path, token, c.body).Code; got != 99992354 {
			t.Errorf("%s: code %d", name, got)
		}
	}
}

func TestEphemeral_Refusals(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.At(noon()))
	token, me, other := tokenOf(t, sb), sb.People()[0].OpenID, sb.People()[1].OpenID
	direct, _ := sb.Single(me)
	topics, small, shared, left := sb.AddTopicGroup("话题", me), sb.AddGroup("小群", me), sb.AddGroup("外部群", me), sb.AddGroup("旧群", me)
	if _, err := sb.Share(t.Context(), shared.ID, me, true); err == nil {
		t.Log("the event reached a bot, which this test has not")
	}
	sb.SetBotInside(left.ID, false)
	for name, tt := range map[string]struct {
		body map[string]any
		code int
	}{
		"a topic group":                {ephemeral(topics.ID, me), 230001},
		"a direct chat":                {ephemeral(direct.ID, me), 230001},
		"a shared group":               {ephemeral(shared.ID, me), 230001},
		"a person outside of the chat": {ephemeral(small.ID, other), 230013},
		"the bot outside of the chat":  {ephemeral(left.ID, me), 230002},
		"no such chat":                 {ephemeral("oc_none", me), 230034},
		"a card that cannot be drawn":  {map[string]any{"chat_id": small.ID, "open_id": me, "msg_type": "interactive", "card": map[string]any{"schema": "2.0", "body": map[string]any{"elements": []any{map[string]any{"tag": "no"}}}}}, 230099},
		"a text":                       {map[string]any{"chat_id": small.ID, "open_id": me, "msg_type": "text", "card": map[string]any{}}, 230001},
		"nobody":                       {map[string]any{"chat_id": small.ID, "msg_type": "interactive", "card": map[string]any{}}, 99992402},
	} {
		if got := ask(t, sb, "POST", ephemeralPath, token, tt.body).Code; got != tt.code {
			t.Errorf("%s: code %d, want %d", name, got, tt.code)
		}
	}
	sb.SetOnline(me, false)
	if got := ask(t, sb, "POST", ephemeralPath, token, ephemeral(small.ID, me)).Code; got != 230001 {
		t.Errorf("an offline person: code %d", got)
	}
	sb.SetOnline(me, true)
	if got := ask(t, sb, "POST", ephemeralPath, token, ephemeral(small.ID, me)).Code; got != 0 {
		t.Errorf("an online person: code %d", got)
	}
	if got := len(sb.BotMessages("")); got != 1 {
		t.Errorf("%d cards", got)
	}
}
