package sandbox_test

import (
	"slices"
	"strings"
	"testing"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

func TestTroublesSpoilWhatTheySay(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]int{
		sandbox.PresetLate:      211011,
		sandbox.PresetThrottled: 99991400,
		sandbox.PresetScope:     99991672,
		sandbox.PresetPlan:      211004,
	} {
		sb := sandboxtest.Start(t, sandboxtest.At(noon()))
		token := tokenOf(t, sb)
		code := func() int {
			return ask(t, sb, "POST", overviewPath(sb.Apps()[0].ID), token, question{"date": "2026-11-19", "cycle_type": 1, "ability": "app"}).Code
		}
		if got := code(); got != 0 {
			t.Fatalf("code %d before there is trouble", got)
		}
		trouble(t, sb, name)
		if got := code(); got != want {
			t.Errorf("%s: code %d, want %d", name, got, want)
		}
		sb.ClearFaultPresets()
		if got := code(); got != 0 {
			t.Errorf("%s: code %d when it is off again", name, got)
		}
	}
}

func TestATroubleOfOneMessageIsOffAfterIt(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	token, body := tokenOf(t, sb), textMessage(sb.Group().ID, "hello", "")
	trouble(t, sb, sandbox.PresetRefused)
	if r, _ := create(t, sb, token, body); r.Code != 230099 || !strings.Contains(r.Msg, "200861") {
		t.Errorf("refused: %d %s", r.Code, r.Msg)
	}
	calls := sb.Calls("message.create")
	if c := calls[len(calls)-1]; c.ChatID != sb.Group().ID || !strings.Contains(c.Says, "200861") {
		t.Errorf("the call does not tell of the refusal: %+v", c)
	}
	trouble(t, sb, sandbox.PresetLost)
	if r, err := try(t, sb, "POST", "/open-apis/im/v1/messages?receive_id_type=chat_id", token, body); err == nil {
		t.Errorf("the answer is not lost: %+v", r)
	}
	if on := slices.Collect(troublesOn(sb)); len(on) > 0 {
		t.Errorf("still on: %v", on)
	}
	if r, _ := create(t, sb, token, body); r.Code != 0 || len(sb.BotMessages(sb.Group().ID)) != 2 {
		t.Errorf("code %d, %d messages: the lost one and this one are there", r.Code, len(sb.BotMessages(sb.Group().ID)))
	}
}

func TestNoSuchTrouble(t *testing.T) {
	t.Parallel()
	if err := still(t).SetFaultPreset("rain", true); err == nil || !strings.Contains(err.Error(), "throttled") {
		t.Errorf("%v does not say what there is", err)
	}
}

// trouble switches a trouble on and sees that it is.
func trouble(t *testing.T, sb *sandbox.Sandbox, name string) {
	t.Helper()
	if err := sb.SetFaultPreset(name, true); err != nil {
		t.Fatal(err)
	}
	if on := slices.Collect(troublesOn(sb)); !slices.Equal(on, []string{name}) {
		t.Errorf("on are %v, want %s alone", on, name)
	}
}

func troublesOn(sb *sandbox.Sandbox) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for _, tr := range sb.FaultPresets() {
			if tr.On && !yield(tr.Name) {
				return
			}
		}
	}
}
