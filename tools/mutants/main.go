// Command mutants measures what the tests of a package notice: it changes the package in one place at a time, as a slip of
// the hand would, runs its tests, and prints the changes that they passed with. It changes no file: the compiler is given
// each mutant by an overlay.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// options are what the command is told.
type options struct {
	root, pkg, tags string
	n               int
	seed            uint64
	files           *regexp.Regexp
	all             bool
}

func main() {
	var o options
	flag.StringVar(&o.root, "C", ".", "folder of the module")
	flag.StringVar(&o.pkg, "pkg", "", "package, such as ./usage")
	flag.StringVar(&o.tags, "tags", "", "build tags")
	flag.IntVar(&o.n, "n", 40, "how many mutants that compile are tried")
	flag.Uint64Var(&o.seed, "seed", 1, "which are chosen")
	files := flag.String("files", "", "regular expression of the names of the files that are changed")
	flag.BoolVar(&o.all, "v", false, "print those that were noticed as well")
	flag.Parse()
	var err error
	if o.files, err = regexp.Compile(*files); err == nil {
		ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
		defer stop()
		err = run(ctx, o, os.Stdout)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutants:", err)
		os.Exit(1)
	}
}

// run tries o.n mutants of the package and prints the survivors and the share that was noticed.
func run(ctx context.Context, o options, out io.Writer) error {
	folder, found, err := mutantsOf(ctx, o)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "mutants")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	try := trial{options: o, folder: folder, work: work, limit: 10 * time.Minute}
	began := time.Now()
	switch verdict, err := try.tests(ctx, nil); {
	case err != nil:
		return err
	case verdict != survived:
		return fmt.Errorf("the tests of %s fail as it is: nothing can be measured", o.pkg)
	}
	try.limit = max(5*time.Since(began), 30*time.Second)
	fmt.Fprintf(out, "%s has %d mutants; a clean run takes %s, a mutant's %s at most\n",
		o.pkg, len(found), time.Since(began).Round(time.Second), try.limit.Round(time.Second))

	count := map[verdict]int{}
	for _, mutant := range found {
		if count[survived]+count[noticed] == o.n {
			break
		}
		verdict, err := try.tests(ctx, &mutant)
		if err != nil {
			return err
		}
		count[verdict]++
		if verdict == survived || o.all && verdict == noticed {
			fmt.Fprintf(out, "%-8s %s:%d %s: %s -> %s\n", verdict, mutant.file, mutant.line, mutant.what, short(mutant.was), short(mutant.with))
		}
	}
	tried := count[survived] + count[noticed]
	fmt.Fprintf(out, "%s: %d of %d noticed (%d %%), %d survived; %d did not compile; seed %d\n",
		o.pkg, count[noticed], tried, 100*count[noticed]/max(tried, 1), count[survived], count[broken], o.seed)
	return nil
}

func short(code string) string {
	if code == "" {
		return "nothing"
	}
	if words := []rune(strings.Join(strings.Fields(code), " ")); len(words) > 70 {
		return string(words[:69]) + "…"
	} else {
		return string(words)
	}
}

// mutantsOf returns the package's folder and all its mutants, in the order that the seed gives.
func mutantsOf(ctx context.Context, o options) (folder string, found []mutant, err error) {
	text, err := goCommand(ctx, o, "list", "-deps", "-export", "-json=ImportPath,Export,Dir,GoFiles,DepOnly", o.pkg)
	if err != nil {
		return "", nil, err
	}
	type listed struct {
		ImportPath, Export, Dir string
		GoFiles                 []string
		DepOnly                 bool
	}
	exports := map[string]string{}
	var self listed
	for decoder := json.NewDecoder(bytes.NewReader(text)); ; {
		var one listed
		if err := decoder.Decode(&one); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return "", nil, err
		}
		exports[one.ImportPath] = one.Export
		if !one.DepOnly {
			self = one
		}
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range self.GoFiles {
		file, err := parser.ParseFile(fset, filepath.Join(self.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			return "", nil, err
		}
		parsed = append(parsed, file)
	}
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })}
	pkg, err := config.Check(self.ImportPath, fset, parsed, info)
	if err != nil {
		return "", nil, err
	}
	for i, name := range self.GoFiles {
		if !o.files.MatchString(name) {
			continue
		}
		path := filepath.Join(self.Dir, name)
		text, err := os.ReadFile(path)
		if err != nil {
			return "", nil, err
		}
		m := mutator{fset: fset, name: filepath.Join(o.pkg, name), text: text, pkg: pkg, info: info}
		m.visit(parsed[i])
		found = append(found, m.found...)
	}
	rand.New(rand.NewPCG(o.seed, 0)).Shuffle(len(found), func(i, j int) { found[i], found[j] = found[j], found[i] })
	return self.Dir, found, nil
}

func goCommand(ctx context.Context, o options, verb string, args ...string) ([]byte, error) {
	command := exec.CommandContext(ctx, "go", append([]string{verb, "-tags", o.tags}, args...)...)
	command.Dir = o.root
	var complaint bytes.Buffer
	command.Stderr = &complaint
	text, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go %s: %w\n%s", verb, err, complaint.Bytes())
	}
	return text, nil
}

// A verdict is what became of a mutant.
type verdict string

// The verdicts: the tests passed, they failed or took too long, or the mutant does not compile.
const (
	survived verdict = "survived"
	noticed  verdict = "noticed"
	broken   verdict = "broken"
)

// trial runs the tests of a package in a folder of its own.
type trial struct {
	options
	folder, work string
	limit        time.Duration
}

// tests runs the package's tests with the mutant in place of what it changes. A nil mutant changes nothing.
func (t trial) tests(ctx context.Context, m *mutant) (verdict, error) {
	binary := filepath.Join(t.work, "tests")
	build := []string{"-c", "-ldflags=-s -w", "-o", binary, t.pkg}
	if m != nil {
		path := filepath.Join(t.folder, filepath.Base(m.file))
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		changed, overlay := filepath.Join(t.work, "mutant.go"), filepath.Join(t.work, "overlay.json")
		replace, err := json.Marshal(map[string]map[string]string{"Replace": {path: changed}})
		if err == nil {
			err = errors.Join(os.WriteFile(changed, m.apply(text), 0o600), os.WriteFile(overlay, replace, 0o600))
		}
		if err != nil {
			return "", err
		}
		build = append([]string{"-overlay", overlay}, build...)
	}
	if _, err := goCommand(ctx, t.options, "test", build...); ctx.Err() != nil {
		return "", ctx.Err()
	} else if err != nil {
		if m == nil {
			return "", err
		}
		return broken, nil
	}
	// The tests stop themselves at the limit. One that does not, and what it started, is ended a little later.
	limited, cancel := context.WithTimeout(ctx, t.limit+30*time.Second)
	defer cancel()
	command := exec.CommandContext(limited, binary, "-test.failfast", "-test.timeout", t.limit.String())
	command.Dir = t.folder
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	command.Cancel = func() error { return syscall.Kill(-command.Process.Pid, syscall.SIGKILL) }
	command.WaitDelay = 5 * time.Second
	err := command.Run()
	if command.Process != nil {
		_ = syscall.Kill(-command.Process.Pid, syscall.SIGKILL) // servers that the tests started and left behind
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return noticed, nil
	}
	return survived, nil
}
