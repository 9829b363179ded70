package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"usagebot/app"
	"usagebot/config"
	"usagebot/feishu"
)

type askCommand struct {
	Question []string `arg:"" help:"What one would write to the bot, such as \"/usage weekly h5\"."`
	JSON     bool     `help:"Print the card instead of text." name:"json"`
}

// Run answers on the terminal, by the same path as in a chat.
func (c askCommand) Run(w *Process) error {
	cfg, err := w.config(config.Ask)
	if err != nil {
		return err
	}
	forget, err := passing(&cfg)
	if err != nil {
		return err
	}
	defer forget()
	a, err := app.New(w.Context, cfg, w.Version, newLog(w.Stderr, quiet(cfg)), time.Now)
	if err != nil {
		return err
	}
	defer a.Stop()
	// Names make the answer nicer; if they cannot be had, the answer itself says what is wrong.
	ctx, cancel := context.WithTimeout(w.Context, 5*time.Second)
	if err := a.Introduce(ctx); err != nil {
		a.Log.Debug("asking without names", "error", err)
	}
	cancel()
	answer := a.Ask(w.Context, strings.Join(c.Question, " "))
	text := feishu.PlainText(answer.Card.JSON())
	if c.JSON {
		text = string(answer.Card.JSON())
	}
	if _, err := fmt.Fprintln(w.Stdout, text); err != nil {
		return fmt.Errorf("printing the answer: %w", err)
	}
	switch {
	case answer.Misuse:
		return misuse{errTold}
	case answer.Problem:
		return errTold
	}
	return nil
}

// passing keeps nothing: the embedded database lives in a folder that forget removes.
func passing(cfg *config.Config) (forget func(), err error) {
	dir, err := os.MkdirTemp("", "usagebot-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the embedded database: %w", err)
	}
	cfg.DataDir, cfg.DatabaseURL = dir, config.URL{}
	return func() { _ = os.RemoveAll(dir) }, nil
}
