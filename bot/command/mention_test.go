package command

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMentionsAreDropped(t *testing.T) {
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
			mentions := Mentions{}
			for _, key := range test.keys {
				mentions[key] = ""
			}
			if diff := cmp.Diff(test.want, PutMentions(test.text, mentions)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPeopleAreMentionedByTheirIDs(t *testing.T) {
	t.Parallel()
	mentions := Mentions{"@_user_1": "", "@_user_2": "ou_A1b2"}
	line := PutMentions("@_user_1 /admin grant@_user_2viewer", mentions)
	if want := "/admin grant @ou_A1b2 viewer"; line != want {
		t.Errorf("got %q, want %q", line, want)
	}
	if c := parse(t, line); c.Args.Subject != "ou_A1b2" || c.Args.Role != "viewer" {
		t.Errorf("%q is read as %+v", line, c)
	}
	if c := parse(t, PutMentions("/usage @_user_2 weekly", mentions)); c.String() != "/usage weekly" {
		t.Errorf("a person who is only addressed is read as %s", c)
	}
	if got := Addressed("/usage @ou_A1b2 weekly"); got != "/usage weekly" {
		t.Errorf("shown as %q", got)
	}
}
