package doctor

import (
	"maps"
	"regexp"
	"slices"
	"testing"
)

func TestBothLanguagesSayTheSame(t *testing.T) {
	t.Parallel()
	zh, en := Wording(Chinese), Wording(English)
	if a, b := slices.Sorted(maps.Keys(zh)), slices.Sorted(maps.Keys(en)); !slices.Equal(a, b) {
		t.Fatalf("the keys differ:\n%q\n%q", a, b)
	}
	places := regexp.MustCompile(`\{\w+\}`)
	for key := range zh {
		a, b := places.FindAllString(zh[key], -1), places.FindAllString(en[key], -1)
		slices.Sort(a)
		slices.Sort(b)
		if !slices.Equal(a, b) || zh[key] == "" || en[key] == "" {
			t.Errorf("%s: %q and %q", key, zh[key], en[key])
		}
	}
}

func TestText(t *testing.T) {
	t.Parallel()
	missing := Ill("scope.missing", "scope", "im:chat:read", "cost", "{scope} stays as it is").Of("im:chat:read")
	missing.Check = "scopes"
	want := Text{
		Title: "Scope im:chat:read", Detail: "not granted: {scope} stays as it is",
		Todo: "in the developer console open Permissions, add im:chat:read, publish a version, and let it be approved",
	}
	if got := missing.Text(English); got != want {
		t.Errorf("%+v", got)
	}
	skipped := Unseen("needs", "check", "token")
	skipped.Check = "bot"
	if got, want := skipped.Text(Chinese), (Text{Title: "机器人能力", Detail: "未检查：需要“访问令牌”先通过"}); got != want {
		t.Errorf("%+v", got)
	}
	if got := Wording(English).Summary([]Finding{missing, skipped}); got != "1 of 2 findings keep the bot from working as it should; warnings: 0." {
		t.Error(got)
	}
}
