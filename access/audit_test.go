package access_test

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"usagebot/access"
)

func TestAny(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		rights access.Rights
		want   bool
	}{
		{access.Rights{}, false},
		{access.Rights{Everything: true}, true},
		{access.Rights{Departments: []string{"od-rd"}}, true},
		{access.Rights{Admin: true, Everything: true}, true},
	} {
		if got := tt.rights.Any(); got != tt.want {
			t.Errorf("%+v: %v, want %v", tt.rights, got, tt.want)
		}
	}
}

// TestEveryActIsListed reads the constants from the source, because the audit log and its words rely on the list.
func TestEveryActIsListed(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("audit.go")
	if err != nil {
		t.Fatal(err)
	}
	var declared []access.Act
	for _, m := range regexp.MustCompile(`(?m)^\t\w+\s+Act = "([a-z_]+)"$`).FindAllStringSubmatch(string(source), -1) {
		declared = append(declared, access.Act(m[1]))
	}
	if listed := access.Acts(); len(declared) < 10 || !slices.Equal(listed, declared) {
		t.Errorf("listed are\n%q, declared\n%q", listed, declared)
	}
}
