package main_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// module is the path of this module, which is also that of its main package.
const module = "usagebot"

// ownImports says which of our packages each may import. Imports go one way: a new line, or a new word in one, needs a
// reason. A package that is not in the table is refused.
func ownImports() map[string][]string {
	return map[string][]string{
		"main":                {"cli"},
		"cli":                 {"app", "config", "doctor", "feishu", "sandbox", "store"},
		"app":                 {"access", "bot", "config", "doctor", "feishu", "reports", "store", "usage"},
		"e2e":                 nil, // tests alone: they may import everything
		"bot":                 {"access", "bot/command", "feishu", "reports", "templates", "usage"},
		"bot/command":         {"usage"},
		"reports":             {"access", "templates", "usage"},
		"store":               {"access", "reports", "usage"},
		"templates":           {"access", "usage"},
		"feishu":              {"usage"},
		"sandbox":             {"feishu", "usage"},
		"access":              {"usage"},
		"config":              nil,
		"doctor":              {"config", "feishu", "store", "usage"},
		"usage":               nil,
		"sandbox/sandboxtest": {"sandbox", "feishu", "usage", "store/redistest"},
		"store/redistest":     {"store", "sandbox/sandboxtest"},
		"store/pgtest":        {"store"},
		"store/newertest":     {"store"},
		"store/disktest":      nil,
	}
}

// testImports are what the tests of a package may import besides.
func testImports(pkg string) []string {
	every := []string{"sandbox", "sandbox/sandboxtest", "store/redistest", "store/pgtest", "store/newertest", "store/disktest"}
	if pkg == "e2e" {
		return append(every, "access", "app", "bot", "bot/command", "cli", "config", "doctor", "feishu", "reports", "store", "templates", "usage")
	}
	if pkg == "reports" {
		return append(every, "store") // its deliveries are tested with the databases that keep them
	}
	return every
}

// guarded are modules that only some packages may import, and only some packages' tests.
type guarded struct{ prefix, packages, tests string }

func guards() []guarded {
	const (
		store     = "store store/redistest store/pgtest store/newertest"
		searching = " e2e" // its tests look for what must be gone from the databases themselves
	)
	return []guarded{
		{"github.com/larksuite/oapi-sdk-go", "feishu", "feishu sandbox app"},
		{"github.com/gorilla/websocket", "feishu sandbox", "feishu sandbox"},
		{"github.com/redis/go-redis", store, store + searching},
		{"github.com/alicebob/miniredis", store, store},
		{"github.com/jackc/pgx", store, store + searching},
		{"github.com/pressly/goose", store, store},
		{"modernc.org/sqlite", store, store},
	}
}

// source is a Go file as far as its imports matter.
type source struct {
	file    string
	pkg     string // the folder; main for the root
	test    bool
	imports []string
}

// wrong returns a line for each import that is not allowed.
func (s source) wrong() []string {
	allowed, known := ownImports()[s.pkg]
	if !known {
		return []string{fmt.Sprintf("%s: package %s is not in the table of imports", s.file, s.pkg)}
	}
	allowed = append([]string{s.pkg}, allowed...)
	if s.test {
		allowed = append(allowed, testImports(s.pkg)...)
	}
	var lines []string
	for _, imported := range s.imports {
		own, ours := strings.CutPrefix(imported, module+"/")
		switch {
		case ours && !slices.Contains(allowed, own):
			lines = append(lines, fmt.Sprintf("%s: %s may not import %s", s.file, s.pkg, own))
		case !ours && !s.mayUse(imported):
			lines = append(lines, fmt.Sprintf("%s: %s may not import %s", s.file, s.pkg, imported))
		}
	}
	return lines
}

func (s source) mayUse(imported string) bool {
	for _, g := range guards() {
		users := g.packages
		if s.test {
			users = g.tests
		}
		if strings.HasPrefix(imported, g.prefix) && !slices.Contains(strings.Fields(users), s.pkg) {
			return false
		}
	}
	return true
}

// sources reads every Go file of this module.
func sources(t *testing.T) []source {
	t.Helper()
	root := os.DirFS(".")
	var all []source
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir():
			return enter(root, name)
		case path.Ext(name) != ".go":
			return nil
		}
		s, err := read(name)
		all = append(all, s)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// enter skips the folders that hold no package of this module: those that the go command skips, and other modules.
func enter(root fs.FS, name string) error {
	base := path.Base(name)
	if name == "." {
		return nil
	}
	_, err := fs.Stat(root, path.Join(name, "go.mod"))
	if err == nil || strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return fs.SkipDir
	}
	return nil
}

func read(name string) (source, error) {
	f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
	if err != nil {
		return source{}, fmt.Errorf("read the imports of %s: %w", name, err)
	}
	s := source{file: name, pkg: path.Dir(name), test: strings.HasSuffix(name, "_test.go")}
	if s.pkg == "." {
		s.pkg = "main"
	}
	for _, spec := range f.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			return source{}, fmt.Errorf("read the imports of %s: %w", name, err)
		}
		s.imports = append(s.imports, imported)
	}
	return s, nil
}

func TestImportsGoOneWay(t *testing.T) {
	t.Parallel()
	all := sources(t)
	if len(all) < 10 {
		t.Fatalf("found only %d Go files", len(all))
	}
	for _, s := range all {
		for _, line := range s.wrong() {
			t.Error(line)
		}
	}
}

func TestWrongImportsAreSeen(t *testing.T) {
	t.Parallel()
	const sdk, redis = "github.com/larksuite/oapi-sdk-go/v3/core", "github.com/redis/go-redis/v9"
	tests := []struct {
		name string
		source
		want []string
	}{
		{"what the table allows", source{"a.go", "bot", false, []string{"fmt", "usagebot/usage", "usagebot/bot/command"}}, nil},
		{"an import that goes up", source{"a.go", "usage", false, []string{"usagebot/bot"}}, []string{"a.go: usage may not import bot"}},
		{"an import of main's sort", source{"a.go", "bot", false, []string{"usagebot/store"}}, []string{"a.go: bot may not import store"}},
		{"each wrong one", source{"a.go", "config", false, []string{"usagebot/usage", redis}}, []string{"a.go: config may not import usage", "a.go: config may not import " + redis}},
		{"a test of the package itself", source{"a_test.go", "usage", true, []string{"usagebot/usage"}}, nil},
		{"a test with the sandbox", source{"a_test.go", "usage", true, []string{"usagebot/sandbox", "usagebot/sandbox/sandboxtest", "usagebot/store/redistest"}}, nil},
		{"a test of deliveries with a database", source{"a_test.go", "reports", true, []string{"usagebot/store", "usagebot/store/pgtest"}}, nil},
		{"another test with a database", source{"a_test.go", "usage", true, []string{"usagebot/store"}}, []string{"a_test.go: usage may not import store"}},
		{"a program with the tests' sandbox", source{"a.go", "feishu", false, []string{"usagebot/sandbox/sandboxtest"}}, []string{"a.go: feishu may not import sandbox/sandboxtest"}},
		{"the platform's edge", source{"a.go", "feishu", false, []string{sdk}}, nil},
		{"the platform seen from elsewhere", source{"a.go", "bot", false, []string{sdk}}, []string{"a.go: bot may not import " + sdk}},
		{"the sandbox's tests", source{"a_test.go", "sandbox", true, []string{sdk}}, nil},
		{"the sandbox itself", source{"a.go", "sandbox", false, []string{sdk}}, []string{"a.go: sandbox may not import " + sdk}},
		{"a package without a line", source{"a.go", "util", false, nil}, []string{"a.go: package util is not in the table of imports"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.wrong()); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
		})
	}
}
