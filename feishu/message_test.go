package feishu

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func sent() answered { return ok(`{"message_id":"om_new"}`) }

// forms is content in its three forms.
type forms struct{ card, compact, text string }

func (f forms) JSON() []byte { return []byte(f.card) }
func (f forms) Text() string { return f.text }

func (f forms) Compact() []byte {
	if f.compact == "" {
		return nil
	}
	return []byte(f.compact)
}

func card() forms { return forms{`{"card":1}`, `{"compact":1}`, "<at id=all></at> [a](b) 12"} }

// each runs a test for both ways to send a message.
func each(t *testing.T, run func(t *testing.T, e endpoint, post func(context.Context, *Client, Content, string) (string, error))) {
	t.Helper()
	t.Run("reply", func(t *testing.T) {
		t.Parallel()
		run(t, epReply, func(ctx context.Context, c *Client, content Content, uuid string) (string, error) {
			return idOf(c.Reply(ctx, "om_1", content, uuid))
		})
	})
	t.Run("send", func(t *testing.T) {
		t.Parallel()
		run(t, epSend, func(ctx context.Context, c *Client, content Content, uuid string) (string, error) {
			return idOf(c.Send(ctx, To{ToChat, "oc_1"}, content, uuid))
		})
	})
}

func idOf(s Sent, err error) (string, error) { return s.ID, err }

type poster = func(context.Context, *Client, Content, string) (string, error)

func TestAMessageIsSentInThePlatformsForm(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, e endpoint, post poster) {
		p := newPlatform(t, map[endpoint][]answered{e: {sent()}})
		if id, err := post(t.Context(), p.client, card(), "u-1"); id != "om_new" || err != nil {
			t.Fatalf("sent %q, %v", id, err)
		}
		want := map[string]string{"msg_type": "interactive", "content": card().card, "uuid": "u-1"}
		r := p.calls(e)[0]
		if e == epSend {
			want["receive_id"] = "oc_1"
			if r.query != "receive_id_type=chat_id" {
				t.Errorf("query %s", r.query)
			}
		}
		if diff := cmp.Diff(want, r.body); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
	})
}

func TestAPersonIsSentToByOpenID(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epSend: {sent()}})
	if _, err := p.client.Send(t.Context(), To{ToPerson, "ou_1"}, card(), "u"); err != nil {
		t.Fatal(err)
	}
	if r := p.calls(epSend)[0]; r.query != "receive_id_type=open_id" || r.body["receive_id"] != "ou_1" {
		t.Errorf("sent %+v", r)
	}
}

// What fails for now, or without saying whether it was done, is repeated under the same uuid.
func TestAMessageIsRepeatedUnderTheSameUUID(t *testing.T) {
	t.Parallel()
	for name, failure := range map[string]answered{
		"lost answer":         {drop: true},
		"HTML":                {status: 502, body: "<html>"},
		"gateway timeout":     {status: 504},
		"chat's frequency":    refused(400, 230020),
		"still on its way":    refused(400, 230049),
		"system's frequency":  refused(400, 11232),
		"no message id":       {status: 200, body: `{"code":0,"data":{}}`},
		"no data":             {status: 200, body: `{"code":0}`},
		"a truncated success": {status: 200, body: `{"code":0,"data":{"mess`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, e endpoint, post poster) {
				p := newPlatform(t, map[endpoint][]answered{e: {failure, sent()}})
				started := time.Now()
				if id, err := post(t.Context(), p.client, card(), "u-1"); id != "om_new" || err != nil {
					t.Fatalf("sent %q, %v", id, err)
				}
				calls := p.calls(e)
				if len(calls) != 2 || calls[0].body["uuid"] != "u-1" || calls[1].body["uuid"] != "u-1" {
					t.Errorf("calls %+v", calls)
				}
				if name == "chat's frequency" && time.Since(started) < 200*time.Millisecond {
					t.Error("a chat's limit was not waited for")
				}
			})
		})
	}
}

func TestAMessageIsNotRepeatedForever(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, e endpoint, post poster) {
		p := newPlatform(t, map[endpoint][]answered{e: {{status: 502}}})
		_, err := post(t.Context(), p.client, card(), "u-1")
		if !Ambiguous.Is(err) || len(p.calls(e)) != maxTries {
			t.Errorf("error %v after %d calls", err, len(p.calls(e)))
		}
	})
}

func TestALostMessageWithoutAUUIDIsNotRepeated(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, e endpoint, post poster) {
		p := newPlatform(t, map[endpoint][]answered{e: {{drop: true}, sent()}})
		_, err := post(t.Context(), p.client, card(), "")
		if !Ambiguous.Is(err) || len(p.calls(e)) != 1 {
			t.Errorf("error %v after %d calls, want an ambiguous one after 1", err, len(p.calls(e)))
		}
	})
}

func TestADefiniteRefusalIsNotRepeated(t *testing.T) {
	t.Parallel()
	for code, class := range map[int]Class{
		230002: TargetGone, 232009: TargetGone, 230018: TargetForbidden, 230001: InvalidContent, 230022: InvalidContent,
		230006: AppRejected, 230011: MessageGone, 99991672: AppRejected, 424242: Invalid,
	} {
		each(t, func(t *testing.T, e endpoint, post poster) {
			p := newPlatform(t, map[endpoint][]answered{e: {refused(400, code)}})
			_, err := post(t.Context(), p.client, card(), "u-1")
			if !class.Is(err) || len(p.calls(e)) != 1 {
				t.Errorf("%d: error %v after %d calls, want %s after 1", code, err, len(p.calls(e)), class)
			}
		})
	}
}

func TestALongWaitIsNotBegunWhenThereIsNoTimeForIt(t *testing.T) {
	t.Parallel()
	a := refused(429, 99991400)
	a.header = map[string]string{"X-Ogw-Ratelimit-Reset": "52"}
	p := newPlatform(t, map[endpoint][]answered{epReply: {a}})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	started := time.Now()
	_, err := p.client.Reply(ctx, "om_1", card(), "u")
	e, _ := errors.AsType[*Error](err)
	if e == nil || e.Class != Retry || e.RetryAfter != 52*time.Second || time.Since(started) > 3*time.Second {
		t.Errorf("error %v after %v, want at once one that says 52 s", err, time.Since(started))
	}
}

func TestARefusedCardGoesOutInSimplerForms(t *testing.T) {
	t.Parallel()
	tooMany := answered{status: 400, body: `{"code":230099,"msg":"Failed to create card content, ext=ErrCode: 11310; ErrMsg: element exceeds the limit"}`}
	for name, refusal := range map[string]answered{"230099": tooMany, "230025": refused(400, 230025)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(t *testing.T, e endpoint, post poster) {
				p := newPlatform(t, map[endpoint][]answered{e: {refusal, {status: 504}, refusal, {status: 504}, sent()}})
				if id, err := post(t.Context(), p.client, card(), "u-1"); id != "om_new" || err != nil {
					t.Fatalf("sent %q, %v", id, err)
				}
				var got [][2]string
				uuids := map[string]string{}
				for _, c := range p.calls(e) {
					form := [2]string{c.body["msg_type"], c.body["content"]}
					got = append(got, form)
					if known, ok := uuids[form[1]]; ok && known != c.body["uuid"] || c.body["uuid"] == "" || len(c.body["uuid"]) > MaxUUID {
						t.Errorf("the uuid of %s is %q", form, c.body["uuid"])
					}
					uuids[form[1]] = c.body["uuid"]
				}
				small := [2]string{"interactive", card().compact}
				text := [2]string{"text", `{"text":"＜at id=all>＜/at> [a] (b) 12"}`}
				if diff := cmp.Diff([][2]string{{"interactive", card().card}, small, small, text, text}, got); diff != "" {
					t.Errorf("forms (-want +got):\n%s", diff)
				}
				if uuids[small[1]] == uuids[text[1]] || uuids[card().card] != "u-1" || uuids[small[1]] == "u-1" || uuids[text[1]] == "u-1" {
					t.Errorf("the forms have no uuids of their own: %v", uuids)
				}
			})
		})
	}
}

func TestASmallerCardIsTakenWhereTheCardIsNot(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epSend: {refused(400, 230099), sent()}})
	got, err := p.client.SendOnce(t.Context(), To{ToChat, "oc_1"}, card(), "u-1")
	if err != nil || got != (Sent{ID: "om_new"}) || len(p.calls(epSend)) != 2 {
		t.Errorf("sent %+v, %v in %d calls", got, err, len(p.calls(epSend)))
	}
}

func TestARefusedTextIsTheEnd(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epReply: {{status: 400, body: `{"code":230099,"msg":"ext=ErrCode: 200621; ErrMsg: x"}`}}})
	_, err := p.client.Reply(t.Context(), "om_1", card(), "u")
	e, _ := errors.AsType[*Error](err)
	if e == nil || e.Class != InvalidContent || e.Sub != 200621 || len(p.calls(epReply)) != 3 {
		t.Errorf("error %v after %d calls", err, len(p.calls(epReply)))
	}
}

func TestUpdateReplacesACard(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epUpdate: {{drop: true}, refused(400, 230020), ok(`{}`)}})
	if err := p.client.Update(t.Context(), "om_1", card()); err != nil {
		t.Fatal(err)
	}
	for _, r := range p.calls(epUpdate) {
		if diff := cmp.Diff(map[string]string{"content": card().card}, r.body); diff != "" {
			t.Errorf("body (-want +got):\n%s", diff)
		}
	}
}

func TestUpdateFallsBackToAPlainCard(t *testing.T) {
	t.Parallel()
	long := forms{"{}", "{}", strings.Repeat("长", 20000)}
	for name, content := range map[string]forms{"short": card(), "long": long} {
		p := newPlatform(t, map[endpoint][]answered{epUpdate: {refused(400, 230099), refused(400, 230025), ok(`{}`)}})
		if err := p.client.Update(t.Context(), "om_1", content); err != nil {
			t.Fatal(err)
		}
		var got struct {
			Config struct {
				UpdateMulti bool `json:"update_multi"`
			} `json:"config"`
			Body struct {
				Elements []struct {
					Text struct{ Tag, Content string }
				}
			}
		}
		if got := p.calls(epUpdate)[1].body["content"]; got != content.compact {
			t.Errorf("%s: the second card is %s", name, got)
		}
		third := p.calls(epUpdate)[2].body["content"]
		if err := json.Unmarshal([]byte(third), &got); err != nil || len(got.Body.Elements) != 1 || len(third) > 28<<10 {
			t.Fatalf("%s: card of %d bytes: %v", name, len(third), err)
		}
		text := got.Body.Elements[0].Text
		if !got.Config.UpdateMulti || text.Tag != "plain_text" || !strings.HasPrefix(content.text, strings.TrimSuffix(text.Content, "…")) || text.Content == "" {
			t.Errorf("%s: card %+v", name, got)
		}
	}
}

func TestUpdateTellsThatAMessageIsGone(t *testing.T) {
	t.Parallel()
	for _, code := range []int{230011, 230031, 230110} {
		p := newPlatform(t, map[endpoint][]answered{epUpdate: {refused(400, code)}})
		if err := p.client.Update(t.Context(), "om_1", card()); !MessageGone.Is(err) {
			t.Errorf("%d: error %v", code, err)
		}
	}
}

func TestWhatCannotBeSentIsNot(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{})
	ctx, c := t.Context(), p.client
	var errs []error
	add := func(_ string, err error) { errs = append(errs, err) }
	add(idOf(c.Reply(ctx, "../om_1", card(), "u")))
	add(idOf(c.Reply(ctx, "", card(), "u")))
	add(idOf(c.Reply(ctx, "om_1", card(), strings.Repeat("u", 51))))
	add(idOf(c.Reply(ctx, "om_1", forms{}, "u")))
	add(idOf(c.Send(ctx, To{"email", "a@b"}, card(), "u")))
	add(idOf(c.Send(ctx, To{ToChat, ""}, card(), "u")))
	add("", c.Update(ctx, "om_1", forms{card: "{"}))
	add("", c.Update(ctx, "..", card()))
	for i, err := range errs {
		if !Invalid.Is(err) {
			t.Errorf("call %d: %v", i, err)
		}
	}
	if len(p.requests) != 0 {
		t.Errorf("requests %v", p.requests)
	}
}

func TestUUIDIsStableAndTellsItsPartsApart(t *testing.T) {
	t.Parallel()
	// Kept as it is: a uuid has to survive a restart with a newer version.
	if got, want := UUID("a", "b"), "16275ef0f5d0eb9dd9e0a53277549fda5c886358"; got != want {
		t.Errorf("UUID = %q, want %q", got, want)
	}
	seen := map[string]bool{}
	for _, parts := range [][]string{nil, {""}, {"", ""}, {"ab", "c"}, {"a", "bc"}, {"abc"}, {strings.Repeat("x", 1000)}} {
		u := UUID(parts...)
		if seen[u] || len(u) > MaxUUID || u == "" {
			t.Errorf("UUID(%q) = %q", parts, u)
		}
		seen[u] = true
	}
}

// TestSendOnce_TriesOnce has the platform refuse a message that Send would repeat.
func TestSendOnce_TriesOnce(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epSend: {refused(400, codeChatFrequency)}})
	if _, err := p.client.SendOnce(t.Context(), To{ToChat, "oc_1"}, card(), "u-1"); !Retry.Is(err) || len(p.calls(epSend)) != 1 {
		t.Errorf("error %v after %d calls, want a temporary one after one", err, len(p.calls(epSend)))
	}
	p = newPlatform(t, map[endpoint][]answered{epSend: {refused(400, codeChatFrequency)}})
	if _, err := p.client.Send(t.Context(), To{ToChat, "oc_1"}, card(), "u-1"); !Retry.Is(err) || len(p.calls(epSend)) < 2 {
		t.Errorf("Send: error %v after %d calls, want more", err, len(p.calls(epSend)))
	}
}

// TestWithoutASmallerCard_TextComesNext covers content that has no compact form.
func TestWithoutASmallerCard_TextComesNext(t *testing.T) {
	t.Parallel()
	content := forms{card: "{}", text: "12"}
	p := newPlatform(t, map[endpoint][]answered{epReply: {refused(400, 230099), sent()}, epUpdate: {refused(400, 230099), ok(`{}`)}})
	if got, err := p.client.Reply(t.Context(), "om_1", content, "u-1"); err != nil || !got.Plain || p.calls(epReply)[1].body["content"] != `{"text":"12"}` {
		t.Errorf("sent %+v, %v: %v", got, err, p.calls(epReply))
	}
	if err := p.client.Update(t.Context(), "om_1", content); err != nil || len(p.calls(epUpdate)) != 2 {
		t.Errorf("updated: %v after %d calls, want 2", err, len(p.calls(epUpdate)))
	}
}

func TestTruncate_KeepsCharactersWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		s    string
		size int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"长长", 4, "长…"}, {"长长", 6, "长长"}} {
		if got := truncate(tt.s, tt.size); got != tt.want {
			t.Errorf("truncate(%q, %d) = %q, want %q", tt.s, tt.size, got, tt.want)
		}
	}
}
