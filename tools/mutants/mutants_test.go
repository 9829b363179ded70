package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// module writes a module of one package with its tests, and returns its folder.
func module(t *testing.T, source, test string) string {
	t.Helper()
	folder := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module sample\n\ngo 1.26\n", "sample.go": source, "sample_test.go": test} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

func TestMutantsOfEachKind(t *testing.T) {
	folder := module(t, `package sample

import (
	"errors"
	"log/slog"
	"time"
)

func sample(log *slog.Logger, a, b int, ok bool) (time.Duration, error) {
	log.Info("sample", "a", 7)
	if a < b && !ok {
		sample(log, a, b, true)
	}
	for a != 5 {
		a++
		continue
	}
	defer log.Info("left")
	b = a + 0
	return time.Hour, errors.New(
		"text" + "more")
}

func empty() (struct{ a int }, error) {
	return struct{ a int }{}, nil
}
`, "package sample\n")
	_, found, err := mutantsOf(t.Context(), options{root: folder, pkg: ".", files: regexp.MustCompile("")})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range found {
		got = append(got, strings.Join([]string{m.what, short(m.was), short(m.with)}, "|"))
	}
	slices.Sort(got)
	want := []string{
		"boolean|true|false",
		"constant|0|1", "constant|5|(2 * 5)", "constant|5|0",
		"duration|time.Hour|(2 * time.Hour)",
		"guard always holds|a < b && !ok|true || (a < b && !ok)",
		"guard never holds|a < b && !ok|false && (a < b && !ok)",
		"negation|!|nothing",
		"operator|!=|==", "operator|&&|||", "operator|++|--", "operator|+|-", "operator|<|<=", "operator|<|>=",
		`removed|a++|nothing`, `removed|b = a + 0|nothing`, `removed|continue|nothing`,
		`removed|defer log.Info("left")|nothing`, `removed|sample(log, a, b, true)|nothing`,
		`result|errors.New( "text" + "more")|nil`, "result|time.Hour|0",
		"swapped arguments|a, b|b, a",
	}
	if !slices.Equal(got, want) {
		t.Errorf("mutants\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// TestSurvivorsAreTold runs the whole command over a package whose tests look at one of two functions.
func TestSurvivorsAreTold(t *testing.T) {
	const source = "package sample\n\nfunc looked(a bool) bool {\n\treturn !a\n}\n\nfunc forgotten(a bool) bool {\n\treturn !a\n}\n"
	folder := module(t, source, `package sample

import "testing"

func TestLooked(t *testing.T) {
	if looked(true) || !looked(false) {
		t.Fatal("wrong")
	}
}
`)
	var out bytes.Buffer
	if err := run(t.Context(), options{root: folder, pkg: ".", n: 100, seed: 1, files: regexp.MustCompile("")}, &out); err != nil {
		t.Fatal(err)
	}
	told := out.String()
	for _, line := range []string{
		". has 4 mutants", "survived sample.go:8 negation: ! -> nothing\n", "survived sample.go:8 result: !a -> false\n",
		": 2 of 4 noticed (50 %), 2 survived; 0 did not compile; seed 1\n",
	} {
		if !strings.Contains(told, line) {
			t.Errorf("missing %q in\n%s", line, told)
		}
	}
	if strings.Contains(told, "sample.go:4") {
		t.Errorf("a mutant that is noticed is told as a survivor:\n%s", told)
	}
	if text, err := os.ReadFile(filepath.Join(folder, "sample.go")); err != nil || string(text) != source {
		t.Errorf("the package was changed: %v\n%s", err, text)
	}
}

func TestTheSeedGivesTheOrder(t *testing.T) {
	folder := module(t, "package sample\n\nfunc f(a, b int) bool {\n\treturn a > 1 && b < 2 || a == 7\n}\n", "package sample\n")
	order := func(seed uint64) []mutant {
		_, found, err := mutantsOf(t.Context(), options{root: folder, pkg: ".", seed: seed, files: regexp.MustCompile("")})
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if first := order(1); !slices.Equal(first, order(1)) || slices.Equal(first, order(2)) {
		t.Error("one seed gave two orders, or two seeds one")
	}
}

// TestFailingTestsMeasureNothing: were a failure before any change taken as noticing, all mutants would be noticed.
func TestFailingTestsMeasureNothing(t *testing.T) {
	folder := module(t, "package sample\n", "package sample\n\nimport \"testing\"\n\nfunc TestIt(t *testing.T) { t.Fatal() }\n")
	var out bytes.Buffer
	err := run(t.Context(), options{root: folder, pkg: ".", n: 1, files: regexp.MustCompile("")}, &out)
	if err == nil || !strings.Contains(err.Error(), "fail as it is") {
		t.Errorf("err = %v, want that the tests fail as it is", err)
	}
}
