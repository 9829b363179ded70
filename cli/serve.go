package cli

import (
	"time"

	"usagebot/app"
	"usagebot/config"
)

type serveCommand struct{}

// Run serves until a signal comes.
func (serveCommand) Run(w *Process) error {
	limitMemory()
	cfg, err := w.config(config.Serve)
	if err != nil {
		return err
	}
	a, err := app.New(w.Context, cfg, w.Version, newLog(w.Stderr, cfg), time.Now)
	if err != nil {
		return err
	}
	defer a.Stop()
	if err := a.Start(cfg.ListenAddr); err != nil {
		return err
	}
	select {
	case <-w.Context.Done():
		a.Drain()
		return nil
	case err := <-a.Broken():
		return err
	}
}
