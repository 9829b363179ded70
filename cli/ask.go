package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"usagebot/app"
	"usagebot/config"
)

func askCommand(p *Process) *cobra.Command {
	c := &cobra.Command{
		Use: "ask QUESTION", Short: "Answer one command or plain question in the terminal",
		Example: `  usagebot ask "/usage weekly h5"
  usagebot ask "how many people used it last week?"
  usagebot ask --json "/usage monthly dept:研发部"`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New(`a question is missing: usagebot ask "/usage weekly h5"`)
			}
			return nil
		},
	}
	asJSON := c.Flags().Bool("json", false, "print the card's JSON instead of text")
	c.RunE = func(_ *cobra.Command, args []string) error { return ask(p, strings.Join(args, " "), *asJSON) }
	return c
}

// ask answers a question on the terminal, by the same path as in a chat.
func ask(p *Process, question string, asJSON bool) error {
	cfg, err := p.config(config.Ask)
	if err != nil {
		return err
	}
	forget, err := useTempDatabase(&cfg)
	if err != nil {
		return err
	}
	defer forget()
	now, err := p.clock()
	if err != nil {
		return err
	}
	a, err := app.New(p.Context, cfg, p.Version+buildKind, newLog(p.Stderr, quietLog(cfg)), now)
	if err != nil {
		return err
	}
	defer a.Stop()
	// The names only improve the answer: if the platform does not give them, the answer itself says what is wrong.
	ctx, cancel := context.WithTimeout(p.Context, 5*time.Second)
	if err := a.Identify(ctx); err != nil {
		a.Log.Debug("asking without names", "error", err)
	}
	cancel()
	answer := a.Ask(p.Context, question)
	text := answer.Card.Text()
	if asJSON {
		text = string(answer.Card.JSON())
	}
	if _, err := fmt.Fprintln(p.Stdout, text); err != nil {
		return fmt.Errorf("printing the answer: %w", err)
	}
	switch {
	case answer.UsageError:
		return usageError{errReported}
	case answer.Problem:
		return errReported
	}
	return nil
}

// useTempDatabase makes the settings use an embedded database in a temporary folder, which forget removes.
func useTempDatabase(cfg *config.Config) (forget func(), err error) {
	dir, err := os.MkdirTemp("", "usagebot-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the embedded database: %w", err)
	}
	cfg.DataDir, cfg.DatabaseURL = dir, config.URL{}
	return func() { _ = os.RemoveAll(dir) }, nil
}
