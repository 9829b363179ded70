// Usagebot is a Feishu and Lark chat bot that tells an organisation how its apps are used.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"usagebot/config"
)

// The exit codes that scripts rely on.
const (
	exitDone   = 0
	exitFailed = 1
	exitMisuse = 2
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

// world is what a command sees of the process.
type world struct {
	ctx     context.Context
	environ []string
	stdin   io.Reader
	stdout  io.Writer
	stderr  io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(&world{ctx, os.Environ(), os.Stdin, os.Stdout, os.Stderr}, os.Args[1:])
	stop()
	os.Exit(code)
}

// exit is how the parser's own ways out, such as --help, leave run.
type exit int

// run runs the program with the arguments and returns its exit code.
func run(w *world, args []string) (code int) {
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
		kong.Writers(w.stdout, w.stderr), kong.Exit(func(code int) { panic(exit(code)) }), kong.UsageOnError(), kong.Bind(w))
	if err != nil {
		return w.fail(err)
	}
	command, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(w.stderr, "usagebot:", err)
		return exitMisuse
	}
	return w.fail(command.Run(w))
}

// misuse is an error for which exit code 2 stands.
type misuse struct{ error }

func (m misuse) Unwrap() error { return m.error }

// fail tells an error and chooses the exit code.
func (w *world) fail(err error) int {
	if err == nil {
		return exitDone
	}
	if !errors.Is(err, errTold) {
		fmt.Fprintln(w.stderr, "usagebot:", err)
	}
	if errors.As(err, new(*config.Error)) || errors.As(err, new(misuse)) {
		return exitMisuse
	}
	return exitFailed
}

// errTold is a failure of which the user has read already.
var errTold = errors.New("told")

// config reads the settings and passes their warnings on.
func (w *world) config(purpose config.Purpose) (config.Config, error) {
	cfg, err := config.Load(purpose, w.environ, os.ReadFile)
	if err != nil {
		return cfg, err
	}
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(w.stderr, "usagebot: warning:", warning)
	}
	return cfg, nil
}
