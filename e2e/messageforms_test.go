package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"usagebot/sandbox"
)

// TestMessageForms_Understood sends one question in every form in which clients and the platform are known to send it.
func TestMessageForms_Understood(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	group, bot, peter := h.Group().ID, h.BotOpenID(), h.People()[1].OpenID
	botMention := sandbox.Mention{Key: "@_user_1", OpenID: bot, Kind: "bot", Name: "用量助手"}
	peterMention := sandbox.Mention{Key: "@_user_2", OpenID: peter, Kind: "user", Name: "Peter"}
	for name, tt := range map[string]struct {
		chat string
		sandbox.Draft
	}{
		"a person before the bot": {group, sandbox.Draft{
			Type: "text", Content: `{"text":"@_user_2 @_user_1 /usage weekly h5"}`, Mentions: []sandbox.Mention{peterMention, botMention},
		}},
		"no kind": {group, sandbox.Draft{
			Type: "text", Content: `{"text":"@_user_1 /usage weekly h5"}`, Mentions: []sandbox.Mention{{Key: "@_user_1", OpenID: bot}},
		}},
		"rich text with a title": {group, sandbox.Draft{
			Type: "post", Content: `{"title":"周报","content":[[{"tag":"at","user_id":"@_user_1"},{"tag":"text","text":" /usage weekly h5"}]]}`,
			Mentions: []sandbox.Mention{botMention},
		}},
		"rich text with an id and no list": {group, sandbox.Draft{
			Type: "post", Content: `{"title":"","content":[[{"tag":"at","user_id":"` + bot + `"},{"tag":"text","text":" /usage weekly h5"}]]}`,
		}},
		"wrapped rich text": {group, sandbox.Draft{
			Type: "post", Content: `{"zh_cn":{"title":"","content":[[{"tag":"at","user_id":"` + bot + `"}],[{"tag":"code_block","text":"/usage weekly h5"}]]}}`,
		}},
		"a list in a direct message":       {h.p2p, sandbox.Draft{Type: "post", Content: `{"en_us":{"content":[[{"tag":"text","text":"1. /usage weekly h5"}]]}}`}},
		"a typed mention":                  {h.p2p, sandbox.Draft{Type: "text", Content: `{"text":"@usagebot /usage weekly h5"}`}},
		"links":                            {h.p2p, sandbox.Draft{Type: "text", Content: `{"text":"/usage weekly [h5](http://h5)"}`}},
		"isolates and soft hyphens":        {h.p2p, sandbox.Draft{Type: "text", Content: "{\"text\":\"\u2068/us\u00adage\u2069 week\u200bly \u202ah5\u202c\"}"}},
		"a link element in a rich text":    {h.p2p, sandbox.Draft{Type: "post", Content: `{"content":[[{"tag":"text","text":"/usage weekly "},{"tag":"a","text":"h5","href":"http://h5"}]]}`}},
		"a quote of somebody's text above": {h.p2p, sandbox.Draft{Type: "post", Content: `{"content":[[{"tag":"text","text":"> 看看"}],[{"tag":"text","text":"/usage weekly h5"}]]}`}},
	} {
		d, err := h.SendAs(t.Context(), tt.chat, h.me, tt.Draft)
		id := taken(t, h.Sandbox, d, err).MessageID
		await(t, name, func() bool {
			got := h.repliesTo(tt.chat, id)
			return len(got) == 1 && strings.Contains(got[0].Content, "2026-11-16") && strings.Contains(got[0].Content, "2026-11-22")
		})
	}
}

// TestMessageForms_Person grants a role to a person whom an element of a rich text names by id.
func TestMessageForms_Person(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.app.Rights.Admins = []string{h.me}
	content, err := json.Marshal(map[string]any{"content": [][]map[string]string{{
		{"tag": "text", "text": "/admin grant "}, {"tag": "at", "user_id": h.People()[1].OpenID}, {"tag": "text", "text": " viewer"},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	d, err := h.SendAs(t.Context(), h.p2p, h.me, sandbox.Draft{Type: "post", Content: string(content)})
	id := taken(t, h.Sandbox, d, err).MessageID
	await(t, "the role is given", func() bool {
		got := h.repliesTo(h.p2p, id)
		return len(got) == 1 && strings.Contains(got[0].Content, h.People()[1].OpenID)
	})
}

// TestMessageForms_NoAnswer sends what asks nothing.
func TestMessageForms_NoAnswer(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	for kind, content := range map[string]string{
		"sticker": `{"file_key":"k"}`, "image": `{"image_key":"k"}`, "file": `{"file_key":"k","file_name":"/usage"}`,
		"audio": `{"file_key":"k","duration":2000}`, "media": `{"file_key":"k"}`, "post": `{"title":"","content":[[{"tag":"img","image_key":"k"}]]}`,
	} {
		d, err := h.SendAs(t.Context(), h.p2p, h.me, sandbox.Draft{Type: kind, Content: content})
		taken(t, h.Sandbox, d, err)
	}
	h.say(t, "/usage weekly h5").has("2026-11-16")
	if got := h.BotMessages(h.p2p); len(got) != 1 {
		t.Errorf("%d messages, want only the answer to the question", len(got))
	}
}
