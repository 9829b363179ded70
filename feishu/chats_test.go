package feishu

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestChat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer string
		want   ChatInfo
	}{
		{"a group", `{"name":"周会","owner_id":"ou_1","owner_id_type":"open_id","user_manager_id_list":["ou_2"],"chat_status":"normal"}`, ChatInfo{Name: "周会", OwnerID: "ou_1", Managers: []string{"ou_2"}}},
		{"one that a bot owns", `{"name":"周会","chat_status":"normal"}`, ChatInfo{Name: "周会"}},
		{"one that is dissolved", `{"name":"周会","chat_status":"dissolved_save"}`, ChatInfo{Name: "周会", Gone: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epChat: {ok(tt.answer)}})
			got, err := p.client.Chat(t.Context(), "oc_1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	i := ChatInfo{OwnerID: "ou_1", Managers: []string{"ou_2"}}
	for id, want := range map[string]bool{"ou_1": true, "ou_2": true, "ou_3": false, "": false} {
		if i.Manages(id) != want {
			t.Errorf("%q manages: %v", id, !want)
		}
	}
	if got := i.OwnerAndManagers(); !slices.Equal(got, []string{"ou_1", "ou_2"}) {
		t.Errorf("owner and managers: %v", got)
	}
	if got := (ChatInfo{Managers: []string{"ou_2"}}).OwnerAndManagers(); !slices.Equal(got, []string{"ou_2"}) {
		t.Errorf("of a chat that a bot owns: %v", got)
	}
}

// written is a message as the platform lists it.
type written struct{ id, kind, sender, senderType, parent, content string }

// recalled begins the content of a message that was taken back.
const recalled = "recalled "

func (w written) wire() map[string]any {
	return map[string]any{
		"message_id": w.id, "msg_type": w.kind, "parent_id": w.parent, "deleted": strings.HasPrefix(w.content, recalled),
		"sender": map[string]any{"id": w.sender, "id_type": w.senderType}, "body": map[string]any{"content": strings.TrimPrefix(w.content, recalled)},
	}
}

func listed(more string, messages ...written) answered {
	items := []any{}
	for _, m := range messages {
		items = append(items, m.wire())
	}
	data, _ := json.Marshal(map[string]any{"has_more": more != "", "page_token": more, "items": items})
	return ok(string(data))
}

func TestFindCard(t *testing.T) {
	t.Parallel()
	const (
		mark   = "/usage daily h5 date:2026-11-25"
		button = `{"tag":"button","behaviors":[{"type":"callback","value":{"cmd":"/usage daily h5 date:2026-11-25"}}]}`
		column = `{"body":{"elements":[{"tag":"column_set","columns":[{"elements":[` + button + `]}]}]}}`
	)
	own := func(id, content string) written { return written{id, "interactive", "cli_test", "app_id", "", content} }
	tests := []struct {
		name string
		list []written
		want string
	}{
		{"in a row of buttons", []written{own("om_1", column)}, "om_1"},
		{"in another layout", []written{own("om_1", `{"elements":[{"tag":"action","actions":[{"value":{"cmd":"`+mark+`"}}]}]}`)}, "om_1"},
		{"the oldest of several", []written{own("om_1", column), own("om_2", column)}, "om_1"},
		{"of another day", []written{own("om_1", strings.ReplaceAll(column, "11-25", "11-24"))}, ""},
		{"with more words", []written{own("om_1", strings.ReplaceAll(column, `11-25"`, `11-25 dept:x"`))}, ""},
		{"said in a text of the card", []written{own("om_1", `{"body":{"elements":[{"tag":"div","text":{"content":"`+mark+`"}}]}}`)}, ""},
		{"a reply", []written{{"om_1", "interactive", "cli_test", "app_id", "om_0", column}}, ""},
		{"of another app", []written{{"om_1", "interactive", "cli_other", "app_id", "", column}}, ""},
		{"of a person", []written{{"om_1", "interactive", "cli_test", "open_id", "", column}}, ""},
		{"a text", []written{{"om_1", "text", "cli_test", "app_id", "", `{"text":"` + mark + `"}`}}, ""},
		{"recalled", []written{own("om_1", recalled)}, ""},
		{"recalled, and still shown", []written{own("om_1", recalled+column), own("om_2", column)}, "om_2"},
		{"no JSON", []written{own("om_1", "a card"), own("om_2", column)}, "om_2"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epMessages: {listed("next", written{id: "om_0"}), listed("", tt.list...)}})
			got, err := p.client.FindCard(t.Context(), "oc_1", mark, time.Unix(100, 0), time.Unix(200, 5))
			if got != tt.want || err != nil {
				t.Errorf("found %q, %v", got, err)
			}
		})
	}
}

func TestFindCardAsksForOneChatAndTime(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epMessages: {listed("next"), {status: 502}, listed("")}})
	if _, err := p.client.FindCard(t.Context(), "oc_1", "/usage", time.Unix(100, 0), time.Unix(200, 5)); err != nil {
		t.Fatal(err)
	}
	const first = "card_msg_content_type=user_card_content&container_id=oc_1&container_id_type=chat&end_time=201&page_size=50"
	const rest = "&sort_type=ByCreateTimeAsc&start_time=100"
	calls := p.calls(epMessages)
	if len(calls) != 3 || calls[0].query != first+rest || calls[2].query != first+"&page_token=next"+rest || calls[1].query != calls[2].query {
		t.Errorf("calls %+v", calls)
	}
}

func TestFindCardThatCannotBeFound(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answer answered
		class  Class
	}{
		"without the scope for groups": {refused(400, 230027), Invalid},
		"without any scope":            {refused(400, 99991672), AppRejected},
		"outside of the chat":          {refused(400, 230002), Invalid},
		"throttled":                    {refused(429, 99991400), Retry},
	} {
		p := newPlatform(t, map[endpoint][]answered{epMessages: {tt.answer}})
		_, err := p.client.withMaxTries(1).FindCard(t.Context(), "oc_1", "/usage", time.Unix(100, 0), time.Unix(200, 0))
		if !tt.class.Is(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	p := newPlatform(t, map[endpoint][]answered{epMessages: {listed("more")}})
	if _, err := p.client.FindCard(t.Context(), "oc_1", "/usage", time.Unix(100, 0), time.Unix(200, 0)); !errors.Is(err, errTooManyMessages) {
		t.Errorf("in a chat without end: %v", err)
	}
	if n := len(p.calls(epMessages)); n != maxMessagePages {
		t.Errorf("%d pages were read", n)
	}
}
