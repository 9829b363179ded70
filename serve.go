package main

import (
	"time"

	"usagebot/config"
)

type serveCommand struct{}

// Run serves until a signal comes.
func (serveCommand) Run(w *world) error {
	cfg, err := w.config(config.Serve)
	if err != nil {
		return err
	}
	a, err := newApp(w.ctx, cfg, newLog(w.stderr, cfg), time.Now)
	if err != nil {
		return err
	}
	defer a.stop()
	if err := a.start(); err != nil {
		return err
	}
	select {
	case <-w.ctx.Done():
		return nil
	case err := <-a.broken:
		return err
	}
}
