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
		a.drain()
		return nil
	case err := <-a.broken:
		return err
	}
}

// draining is how long a process that is to stop says that it is not ready and still takes events: so long a balancer
// needs to see it. A connection that it made and nobody accepted would be reset.
const draining = time.Second

func (a *app) drain() {
	a.health.unready("stopping")
	time.Sleep(draining)
}
