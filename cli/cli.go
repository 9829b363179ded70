// Package cli is the command line: it parses the arguments, builds what the command needs, and chooses the exit code.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagebot/config"
	"usagebot/typo"
)

// The exit codes that scripts rely on.
const (
	ExitOK     = 0
	ExitFailed = 1
	ExitUsage  = 2
)

// Process is the environment of a command: its streams, variables and version.
type Process struct {
	Context context.Context
	Environ []string
	Stdin   io.Reader
	Stdout  io.Writer
	Stderr  io.Writer
	Version string
	Commit  string
	// Adjust changes the settings after they were read, if it is not nil. Tests use it to shorten waits.
	Adjust func(*config.Config)
}

// Run runs the program with the arguments and returns its exit code.
func Run(p *Process, args []string) int {
	parsed := false
	root := rootCommand(p)
	root.PersistentPreRun = func(*cobra.Command, []string) { parsed = true }
	root.SetArgs(append([]string{}, args...)) // nil would mean the arguments of the process
	err := root.ExecuteContext(p.Context)
	if err != nil && !parsed { // the arguments were wrong; no command has begun
		err = usageError{fmt.Errorf("%w\nTry: usagebot help", err)}
	}
	return p.exitCode(err)
}

func rootCommand(p *Process) *cobra.Command {
	serve := serveCommand(p)
	version := versionCommand(p)
	root := &cobra.Command{
		Use:   "usagebot",
		Short: "A Feishu and Lark bot that reports how your organisation's apps are used",
		Long: `A Feishu and Lark bot that reports how your organisation's apps are used.

Without a command it runs the bot, like "usagebot serve". Settings come from the environment: see "usagebot help settings".`,
		Args:          noCommand,
		SilenceErrors: true, // Run prints errors
		SilenceUsage:  true,
	}
	showVersion := root.Flags().BoolP("version", "v", false, "print version, commit and Go version")
	root.RunE = func(c *cobra.Command, args []string) error {
		if *showVersion {
			return version.RunE(c, args)
		}
		return serve.RunE(c, args)
	}
	root.SetIn(p.Stdin)
	root.SetOut(p.Stdout)
	root.SetErr(p.Stderr)
	root.SetFlagErrorFunc(suggestFlag)
	root.AddCommand(serve, demoCommand(p), askCommand(p), doctorCommand(p), healthcheckCommand(p), backupCommand(p), restoreCommand(p), version, settingsTopic())
	for _, c := range root.Commands() {
		if !takesFile(c) {
			c.ValidArgsFunction = cobra.NoFileCompletions
		}
	}
	return root
}

// noCommand refuses words that are no command, and suggests the command that was probably meant.
func noCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() || c.IsAdditionalHelpTopicCommand() {
			names = append(names, c.Name())
		}
	}
	return fmt.Errorf("unknown command %q%s", args[0], didYouMean(args[0], "", names))
}

// suggestFlag adds to the error about an unknown flag the one that was probably meant. The flags of a mistyped command end up
// at the root: then the command is the error.
func suggestFlag(c *cobra.Command, err error) error {
	if !c.HasParent() {
		if err := noCommand(c, c.Flags().Args()); err != nil {
			return err
		}
	}
	unknown := new(pflag.NotExistError)
	if !errors.As(err, &unknown) {
		return err
	}
	var names []string
	c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	return fmt.Errorf("%w%s", err, didYouMean(unknown.GetSpecifiedName(), "--", names))
}

// didYouMean returns a question with the name that was probably meant, or "".
func didYouMean(typed, prefix string, names []string) string {
	if meant, ok := typo.Nearest(typed, names); ok {
		return fmt.Sprintf("; did you mean %s%s?", prefix, meant)
	}
	return ""
}

// usageError is an error of how the program was called; its exit code is 2.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// errReported is a failure that the user has already read about.
var errReported = errors.New("reported")

// exitCode prints an error, unless the user has read about it, and chooses the exit code.
func (p *Process) exitCode(err error) int {
	if err == nil {
		return ExitOK
	}
	if !errors.Is(err, errReported) {
		fmt.Fprintln(p.Stderr, "usagebot:", err)
	}
	if errors.As(err, new(*config.Error)) || errors.As(err, new(usageError)) {
		return ExitUsage
	}
	return ExitFailed
}

// config reads the settings and prints their warnings.
func (p *Process) config(purpose config.Purpose) (config.Config, error) {
	cfg, err := config.Load(purpose, p.Environ, os.ReadFile)
	if err != nil {
		return cfg, err
	}
	p.applyLab(&cfg)
	if p.Adjust != nil {
		p.Adjust(&cfg)
	}
	for _, warning := range cfg.Warnings {
		fmt.Fprintln(p.Stderr, "usagebot: warning:", warning)
	}
	return cfg, nil
}
