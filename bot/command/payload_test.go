package command

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func TestPayload(t *testing.T) {
	t.Parallel()
	c := ask(Args{Cycle: usage.Weekly, Dept: `研发 "一" 部`})
	sent, err := json.Marshal(map[string]any{"cmd": c.String()})
	if err != nil {
		t.Fatal(err)
	}
	var value map[string]any
	if err := json.Unmarshal(sent, &value); err != nil {
		t.Fatal(err)
	}
	value["more"] = map[string]any{"from": "a form"}
	line, ok := FromPayload(value)
	if !ok {
		t.Fatalf("FromPayload(%v) found nothing", value)
	}
	if diff := cmp.Diff(c, parse(t, line)); diff != "" {
		t.Errorf("(-sent +clicked):\n%s", diff)
	}
}

func TestFromPayloadOfOthers(t *testing.T) {
	t.Parallel()
	for _, value := range []map[string]any{nil, {}, {"cmd": ""}, {"cmd": 1}, {"cmd": nil}, {"command": "/usage"}} {
		if line, ok := FromPayload(value); ok {
			t.Errorf("FromPayload(%v) = %q", value, line)
		}
	}
}

func TestStripMentions(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		text string
		keys []string
		want string
	}{
		"before":                    {"@_user_1 /usage weekly", []string{"@_user_1"}, "/usage weekly"},
		"behind":                    {"/usage weekly @_user_1", []string{"@_user_1"}, "/usage weekly"},
		"within":                    {"/usage @_user_1 weekly", []string{"@_user_1"}, "/usage   weekly"},
		"without space":             {"@_user_1/usage@_user_2周报", []string{"@_user_1", "@_user_2"}, "/usage 周报"},
		"a key that begins another": {"@_user_10 @_user_1 a", []string{"@_user_1", "@_user_10"}, "a"},
		"the longer is no key":      {"@_user_10 a", []string{"@_user_1"}, "@_user_10 a"},
		"everybody":                 {"@_all a", []string{"@_all"}, "a"},
		"everybody is no key":       {"@_all a", nil, "@_all a"},
		"what somebody typed":       {"@_user_2 a@b.c", []string{"@_user_1"}, "@_user_2 a@b.c"},
		"an empty key":              {"a @_user_1", []string{"", "@_user_1"}, "a"},
		"removal makes no new one":  {"@_us@_user_1er_1", []string{"@_user_1"}, "@_us er_1"},
		"nothing else":              {"@_user_1\u00a0", []string{"@_user_1"}, ""},
		"no text":                   {"", []string{"@_user_1"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, StripMentions(test.text, test.keys)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
