package e2e

import (
	"encoding/json"
	"strings"
	"testing"

	"usagebot/access"
	"usagebot/config"
	"usagebot/sandbox"
	"usagebot/usage"
)

// TestSharedCard_NarrowerReader_OwnAnswer has a person who may see one department click on everything on the cards that the
// administrator's questions and a digest have put into a group. Each card stays as it is, and so do its figures.
func TestSharedCard_NarrowerReader_OwnAnswer(t *testing.T) {
	t.Parallel()
	h := withAccess(t, config.Listed)
	rd := h.department(t, "研发部")
	h.grant(t, access.Person, h.me, access.Viewer, rd)
	group := h.AddGroup("周会", h.admin(), h.me).ID
	secret := h.truth(t, usage.AppAbility, usage.Weekly, "2026-11-16", "", usage.ActiveUsers)
	cards := []answer{
		h.sayAs(t, h.admin(), group, "/usage weekly"), h.sayAs(t, h.admin(), group, "/trend weekly"), h.sayAs(t, h.admin(), group, "/top weekly"),
		h.sayAs(t, h.admin(), group, "/subs"),
	}
	id := h.subscribedAs(t, h.admin(), group, "/subscribe weekly 10:30")
	cards = append(cards, h.sayAs(t, h.admin(), group, "/test "+id))
	for _, card := range cards {
		for _, button := range buttonsOf(t, card) {
			before := len(h.BotMessages(group))
			clicked, shown := h.clickUntilAnswered(t, card.ID, h.me, map[string]any{"tag": "button", "value": button})
			if clicked.Status != 200 || clicked.Error != 0 || clicked.Card != "" {
				t.Errorf("%v came to HTTP %d, error %d, a card: %v", button, clicked.Status, clicked.Error, clicked.Card != "")
			}
			if kept, _ := h.Message(card.ID); len(kept.History) != len(card.History) {
				t.Fatalf("%v replaced the card", button)
			}
			text := clicked.Toast
			if shown.ID != card.ID {
				text = answer{t, shown}.text()
			}
			if strings.Contains(text, secret) {
				t.Errorf("%v shows the whole company's figure:\n%s", button, text)
			}
			if n := len(h.BotMessages(group)) - before; n > 1 || n == 1 && clicked.ToastType == "error" {
				t.Errorf("%v came to %d messages and the toast %q", button, n, clicked.Toast)
			}
		}
	}
}

// buttonsOf returns what the buttons of a card send.
func buttonsOf(t *testing.T, card answer) (values []map[string]any) {
	t.Helper()
	seen := map[string]bool{}
	var content any
	if err := json.Unmarshal([]byte(card.Content), &content); err != nil {
		t.Fatal(err)
	}
	find(content, func(o map[string]any) bool {
		line, _ := valueOf(o)["cmd"].(string)
		if o["tag"] == "button" && !seen[line] {
			seen[line] = true
			values = append(values, valueOf(o))
		}
		return false
	})
	if len(values) == 0 {
		t.Fatalf("no buttons:\n%s", card.text())
	}
	return values
}

// runButton presses the button of a card whose command begins so.
func (h *testEnv) runButton(t *testing.T, card answer, by, command string) answer {
	t.Helper()
	for _, value := range buttonsOf(t, card) {
		if line, _ := value["cmd"].(string); strings.HasPrefix(line, command) {
			return h.use(t, card, by, map[string]any{"tag": "button", "value": value})
		}
	}
	t.Fatalf("no button runs %s:\n%s", command, card.text())
	return answer{}
}

// TestSharedCard_SameView_InPlace navigates a usage card in a group as somebody else who may see the same. Another view is an
// answer of its own, and so is everything that is opened from a digest.
func TestSharedCard_SameView_InPlace(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	other := h.People()[1].OpenID
	group := h.AddGroup("周会", h.me, other).ID
	card := h.sayIn(t, group, "/usage weekly h5")
	if next := h.pick(t, card, other, "date", "2026-11-09 +0800"); next.ID != card.ID || !strings.Contains(next.text(), "2026-11-09") {
		t.Errorf("the period before came as %s:\n%s", next.ID, next.text())
	}
	if trend := h.runButton(t, card, other, "/trend"); trend.ID == card.ID || trend.ParentID != card.ID {
		t.Errorf("the trend replaced the card")
	}
	id := h.subscribedIn(t, group, "/subscribe weekly 10:30 h5")
	digest := h.sayIn(t, group, "/test "+id)
	for _, command := range []string{"/usage", "/trend", "/top"} {
		if opened := h.runButton(t, digest, other, command); opened.ID == digest.ID || opened.ParentID != digest.ID {
			t.Errorf("%s replaced the digest", command)
		}
	}
	if kept, _ := h.Message(digest.ID); len(kept.History) != 0 {
		t.Errorf("the digest was changed %d times", len(kept.History))
	}
}

// TestEphemeral_HelpAndRefusals asks for help and for what is not allowed in a group, and then where no ephemeral cards work.
func TestEphemeral_HelpAndRefusals(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	other := h.People()[1].OpenID
	group := h.AddGroup("周会", other, h.me).ID
	for _, line := range []string{"/admin status", "/subscribe weekly", "/help"} {
		if got := h.sayAs(t, h.me, group, line); got.VisibleTo != h.me {
			t.Errorf("%s was answered to everybody:\n%s", line, got.text())
		}
	}
	help := h.sayAs(t, h.me, group, "/help")
	before := len(h.BotMessages(group))
	clicked := h.clickUntilTaken(t, help.ID, h.me, map[string]any{"tag": "button", "value": map[string]any{"cmd": "/usage weekly", "view": "own"}})
	await(t, "an answer that everybody sees", func() bool {
		got := h.BotMessages(group)[before:]
		return clicked.Card == "" && len(got) == 1 && got[0].VisibleTo == "" && got[0].ParentID == "" && strings.Contains(got[0].Content, "2026-11-16")
	})
	for _, tt := range []struct {
		name string
		away func() string
	}{
		{"the API's answer is lost", func() string {
			h.AddFault(sandbox.Fault{Endpoint: "ephemeral.send", DropAnswer: true, BeforeEffect: true, Times: 1})
			return group
		}},
		{"the API is missing", func() string {
			h.AddFault(sandbox.Fault{Endpoint: "ephemeral.send", Code: 99991672, Times: 1})
			return group
		}},
		{"a topic group", func() string { return h.AddTopicGroup("话题", other, h.me).ID }},
		{"outside of a group", func() string { return h.AddGroup("别的群", other).ID }},
		{"an offline person", func() string { h.SetOnline(h.me, false); return group }},
	} {
		chat := tt.away()
		if got := h.sayAs(t, h.me, chat, "/help"); got.VisibleTo != "" || got.ParentID == "" {
			t.Errorf("%s: the help is %+v", tt.name, got.Message)
		}
	}
}
