package check

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// without holds that each line which a rule asks for is missed: it removes one line after the other that matches, and
// expects that something is found in what is left. At least so many lines must match.
func without(t *testing.T, text string, least int, lines *regexp.Regexp, problems func(text string) []string) {
	t.Helper()
	if found := problems(text); len(found) > 0 {
		t.Fatalf("problems:\n%s", strings.Join(found, "\n"))
	}
	all, removed := strings.Split(text, "\n"), 0
	for i, line := range all {
		if !lines.MatchString(line) {
			continue
		}
		removed++
		if rest := slices.Delete(slices.Clone(all), i, i+1); len(problems(strings.Join(rest, "\n"))) == 0 {
			t.Errorf("nobody misses line %d: %s", i+1, line)
		}
	}
	if removed < least {
		t.Errorf("%d lines were removed, want at least %d", removed, least)
	}
}

// instead holds that a change of the text is found to be a problem.
func instead(t *testing.T, text, was, is string, problems func(text string) []string) {
	t.Helper()
	changed := strings.Replace(text, was, is, 1)
	if changed == text {
		t.Errorf("there is no %q", was)
	} else if len(problems(changed)) == 0 {
		t.Errorf("nobody minds %q instead of %q", is, was)
	}
}
