package feishu

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSendEphemeral_PlatformsForm(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epEphemeral: {sent()}})
	if err := p.client.SendEphemeral(t.Context(), "oc_1", "ou_1", card()); err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"msg_type": "interactive", "chat_id": "oc_1", "open_id": "ou_1", "card": "map[card:1]"}
	if diff := cmp.Diff(want, p.calls(epEphemeral)[0].body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestSendEphemeral_Refusals(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		answers []answered
		class   Class // empty: it succeeds
		calls   int
	}{
		"the chat's frequency":         {[]answered{refused(400, codeChatFrequency), sent()}, "", 2},
		"a token that ran out":         {[]answered{refused(400, 99991663), sent()}, "", 2},
		"a lost answer":                {[]answered{{drop: true}, sent()}, Ambiguous, 1},
		"a gateway's error":            {[]answered{{status: 502, body: "<html>"}, sent()}, Ambiguous, 1},
		"the bot is not in the chat":   {[]answered{refused(400, 230002), sent()}, TargetGone, 1},
		"a topic group":                {[]answered{refused(400, 230001), sent()}, InvalidContent, 1},
		"a code that nobody documents": {[]answered{refused(400, 18052), sent()}, Invalid, 1},
		"a missing scope":              {[]answered{refused(400, codeMissingScope), sent()}, AppRejected, 1},
		"a card that cannot be drawn":  {[]answered{refused(400, codeCardRefused), refused(400, codeTooLong), sent()}, "", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epEphemeral: tt.answers})
			err := p.client.SendEphemeral(t.Context(), "oc_1", "ou_1", card())
			if (err == nil) != (tt.class == "") || err != nil && !tt.class.Is(err) || len(p.calls(epEphemeral)) != tt.calls {
				t.Errorf("error %v after %d calls, want %q after %d", err, len(p.calls(epEphemeral)), tt.class, tt.calls)
			}
		})
	}
}

func TestSendEphemeral_FallsBackToAPlainCard(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epEphemeral: {refused(400, codeCardRefused), sent()}})
	if err := p.client.SendEphemeral(t.Context(), "oc_1", "ou_1", forms{card: "{}", text: "12"}); err != nil {
		t.Fatal(err)
	}
	if got := p.calls(epEphemeral)[1].body["card"]; !strings.Contains(got, "plain_text") || !strings.Contains(got, "12") {
		t.Errorf("the second card is %s", got)
	}
	if !json.Valid(plainCard("12")) {
		t.Error("the plain card is no JSON")
	}
}

func TestSendEphemeral_MalformedIsNotSent(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{})
	for _, err := range []error{
		p.client.SendEphemeral(t.Context(), "", "ou_1", card()), p.client.SendEphemeral(t.Context(), "oc_1", "../x", card()),
		p.client.SendEphemeral(t.Context(), "oc_1", "ou_1", forms{card: "{"}),
	} {
		if !Invalid.Is(err) {
			t.Errorf("error %v", err)
		}
	}
	if len(p.requests) != 0 {
		t.Errorf("requests %v", p.requests)
	}
}
