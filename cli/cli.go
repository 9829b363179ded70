// Package cli is the command line: it parses the arguments, builds what the command needs, and chooses the exit code.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"

	"usagebot/config"
)

// The exit codes that scripts rely on.
const (
	ExitDone   = 0
	ExitFailed = 1
	ExitMisuse = 2
)

// cli is the command line.
type cli struct {
	Serve       serveCommand       `cmd:"" default:"1" help:"Run the bot (also what no command does)."`
	Demo        demoCommand        `cmd:"" help:"Run the bot against the built-in sandbox: no credentials, nothing to install."`
	Ask         askCommand         `cmd:"" help:"Answer one command on the terminal, as the chat would."`
	Doctor      doctorCommand      `cmd:"" help:"Look at everything that the bot needs, and say what to do about what is wrong."`
	Healthcheck healthcheckCommand `cmd:"" help:"Exit 0 if the bot that listens at LISTEN_ADDR is alive, 1 if not."`
	Version     versionCommand     `cmd:"" help:"Print version, commit and Go version."`
}

// Process is what a command sees of the process.
type Process struct {
	Context context.Context
	Environ []string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Version string
	Commit  string
}

// exit is how the parser's own ways out, such as --help, leave run.
type exit int

// Run runs the program with the arguments and returns its exit code.
func Run(w *Process, args []string) (code int) {
	defer func() {
		if p := recover(); p != nil {
			way, ok := p.(exit)
			if !ok {
				panic(p)
			}
			code = int(way)
		}
	}()
	parser, err := kong.New(new(cli),
		kong.Name("usagebot"), kong.Description("A Feishu and Lark chat bot that tells an organisation how its apps are used."),
		kong.Writers(w.Stdout, w.Stderr), kong.Exit(func(code int) { panic(exit(code)) }), kong.UsageOnError(), kong.Bind(w))
	if err != nil {
		return w.fail(err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(w.Stderr, "usagebot:", err)
		return ExitMisuse
	}
	return w.fail(command.Run(w))
}

// misuse is an error for which exit code 2 stands.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// fail tells an error and chooses the exit code.
func (w *Process) fail(err error) int {
	if err == nil {
		return ExitDone
	}
	if !errors.Is(err, errTold) {
		fmt.Fprintln(w.Stderr, "usagebot:", err)
	}
	if errors.As(err, new(*config.Error)) || errors.As(err, new(misuse)) {
		return ExitMisuse
	}
	return ExitFailed
}

// errTold is a failure of which the user has read already.
var errTold = errors.New("told")

// config reads the settings and passes their warnings on.
func (w *Process) config(purpose config.Purpose) (config.Config, error) {
	cfg, err := config.Load(purpose, w.Environ, os.ReadFile)
	if err != nil {
		return cfg, err
	}
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(w.Stderr, "usagebot: warning:", warning)
	}
	return cfg, nil
}
