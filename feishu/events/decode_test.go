package events_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"usagebot/feishu"
	"usagebot/feishu/events"
)

func TestWebhookDecodesEvents(t *testing.T) {
	t.Parallel()
	created := time.UnixMilli(1608725989000)
	event := func(kind string, edit func(*events.Event)) *events.Event {
		e := &events.Event{ID: "5e3702a84e847582be8db7fb73283c02", Type: kind, CreatedAt: created, TenantKey: "2ca1d211f64f6438"}
		edit(e)
		return e
	}
	const person = "ou_84aad35d084aa403a838cf73ee18467"
	chat := func(kind, name string) *events.Event {
		return event(kind, func(e *events.Event) {
			e.Chat = &events.ChatChange{ID: "oc_413871888e0d5492e25b173f0812efb7", Name: name, OperatorID: person, ExternalKnown: true}
		})
	}
	tests := map[string]*events.Event{
		"im.message.receive_v1": event(events.MessageReceived, func(e *events.Event) {
			e.Message = &events.Message{
				ID: "om_5ce6d572455d361153b7cb51da133945", ChatID: "oc_5ce6d572455d361153b7xx51da133945", ThreadID: "omt_d4be107c616", ChatType: feishu.GroupChat,
				SenderID: person, SenderType: "user", TenantKey: "736588c9260f175e", Type: "text", Text: "@_user_1 hello",
				Mentions: []events.Mention{{Key: "@_user_1", OpenID: person, Kind: "user", Name: "Tom"}},
			}
		}),
		"im.chat.member.bot.added_v1":   chat(events.BotAdded, "群名称测试"),
		"im.chat.member.bot.deleted_v1": chat(events.BotRemoved, "群名称测试"),
		"im.chat.disbanded_v1":          chat(events.ChatDisbanded, "群名称测试"),
		"im.chat.updated_v1": event(events.ChatUpdated, func(e *events.Event) {
			e.Chat = &events.ChatChange{
				ID: "oc_413871888e0d5492e25b173f0812efb7", Name: "群名称测试", OperatorID: person, OwnerID: person, FormerOwnerID: person, ExternalKnown: true,
			}
		}),
		"im.chat.access_event.bot_p2p_chat_entered_v1": event(events.SingleChatEntered, func(e *events.Event) {
			e.Chat = &events.ChatChange{ID: "oc_413871888e0d5492e25b173f0812efb7", OperatorID: person}
		}),
		"application.bot.menu_v6": event(events.MenuClicked, func(e *events.Event) {
			e.Menu = &events.MenuClick{Key: "menu2022********67dfc8b885136", OperatorID: person}
		}),
		"contact.department.deleted_v3": event(events.DepartmentDeleted, func(e *events.Event) {
			e.Department = "od_j10j52hjksd9g0isdfg43"
		}),
		"card.action.trigger.request": {
			ID: "f7984f25108f8137722bb63c*****", Type: events.CardClicked, TenantKey: "2df73991750*****",
			CreatedAt: time.UnixMicro(1603977298000000),
			Click: &events.Click{
				Token: "c-295ee57216a5dc9de90fefd0aadb4b1d7d******", OperatorID: "ou_3c14f3a59eaf2825dbe25359f15*****", TenantKey: "2df73991750*****",
				MessageID: "om_574d639e4a44e4dd646eaf628e2*****", ChatID: "oc_e4d2605ca917e695f54f11aaf56*****",
				Tag: "button", Name: "Button_lvkepfu3", Value: map[string]any{"key": "value"}, TimeZone: "Asia/Shanghai",
				Form: map[string]any{
					"field name1": []any{"selectDemo1", "selectDemo2"}, "field name2": "value2",
					"DatePicker_bpqdq5puvn4": "2024-04-01 +0800", "DateTimePicker_ihz2d7a74i": "2024-04-29 07:07 +0800",
					"Input_lf4fmxwfrd9": "1234", "PersonSelect_2ejys7ype7m": "ou_3c14f3a59eaf2825dbe25359f15*****",
					"Select_a2d5b7l3zd": "1", "TimePicker_7ecsf6xkqsq": "00:00 +0800",
				},
			},
		},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := deliverSample(t, sample(t, name, nil))
			if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(events.Click{}, "RawValue")); diff != "" {
				t.Errorf("event (-want +got):\n%s", diff)
			}
		})
	}
}

func deliverSample(t *testing.T, plain []byte) *events.Event {
	t.Helper()
	h := newHook(t)
	rec := h.serve(delivery(sealed(plain), testNow(), testKey))
	if rec.Code != 200 || len(h.events) != 1 {
		t.Fatalf("answer %d %s, %d events", rec.Code, rec.Body, len(h.events))
	}
	return h.events[0]
}

func TestWebhookTakesVariantsOfAnEvent(t *testing.T) {
	t.Parallel()
	set := func(name, field string, value any) []byte {
		return sample(t, name, func(_, h, e map[string]any) { h["create_time"], e[field] = 1608725989000, value })
	}
	t.Run("a time as a number and a menu's time as a string", func(t *testing.T) {
		t.Parallel()
		e := deliverSample(t, set("application.bot.menu_v6", "timestamp", "1669364458"))
		if !e.CreatedAt.Equal(time.UnixMilli(1608725989000)) {
			t.Errorf("created at %v", e.CreatedAt)
		}
	})
	for name, raw := range map[string]string{"a string": `"go"`, "a list": `[1]`, "a number": `7`} {
		t.Run("a click whose value is "+name, func(t *testing.T) {
			t.Parallel()
			e := deliverSample(t, sample(t, "card.action.trigger.request", func(_, _, ev map[string]any) {
				ev["action"].(map[string]any)["value"] = json.RawMessage(raw)
			}))
			if e.Click.Value != nil || string(e.Click.RawValue) != raw {
				t.Errorf("value = %v, raw %s; want nil and %s", e.Click.Value, e.Click.RawValue, raw)
			}
		})
	}
	t.Run("a click on a select", func(t *testing.T) {
		t.Parallel()
		e := deliverSample(t, sample(t, "card.action.trigger.request", func(_, _, ev map[string]any) {
			ev["action"] = map[string]any{"tag": "select_static", "option": "h5", "options": []string{"a", "b"}, "input_value": "i", "checked": true}
		}))
		want := &events.Click{Tag: "select_static", Option: "h5", Options: []string{"a", "b"}, Input: "i", Checked: true}
		if diff := cmp.Diff(want, e.Click, cmpopts.IgnoreFields(events.Click{}, "RawValue", "Token", "OperatorID", "TenantKey", "MessageID", "ChatID")); diff != "" {
			t.Errorf("click (-want +got):\n%s", diff)
		}
	})
}

func TestWebhookReadsAMessagesText(t *testing.T) {
	t.Parallel()
	post := `{"title":"标题","content":[[{"tag":"text","text":"/usage "},{"tag":"a","href":"http://x","text":"链接"},` +
		`{"tag":"at","user_id":"@_user_1","user_name":"Tom"}],[{"tag":"img","image_key":"k"}],[{"tag":"text","text":"二"}]]}`
	tests := map[string]struct{ kind, content, want string }{
		"text":             {"text", `{"text":"/用量　周报"}`, "/用量　周报"},
		"rich text":        {"post", post, "/usage 链接@_user_1\n二"},
		"an image":         {"image", `{"image_key":"k"}`, ""},
		"malformed text":   {"text", `{"text":`, ""},
		"malformed post":   {"post", `{"content":{}}`, ""},
		"text is a number": {"text", `{"text":1}`, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := deliverSample(t, sample(t, "im.message.receive_v1", func(_, _, ev map[string]any) {
				m := ev["message"].(map[string]any)
				m["message_type"], m["content"] = tt.kind, tt.content
			}))
			if e.Message.Text != tt.want {
				t.Errorf("text = %q, want %q", e.Message.Text, tt.want)
			}
		})
	}
}

func TestEventsDoNotShareMemoryWithTheNextDelivery(t *testing.T) {
	t.Parallel()
	h := newHook(t)
	for _, text := range []string{"first", "other"} {
		h.serve(delivery(sealed(sample(t, "im.message.receive_v1", func(_, _, e map[string]any) {
			e["message"].(map[string]any)["content"] = `{"text":"` + text + `"}`
		})), testNow(), testKey))
	}
	if len(h.events) != 2 || !strings.Contains(h.events[0].Message.Text, "first") {
		t.Errorf("the first event changed: %+v", h.events)
	}
}
