package cli

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"usagebot/app"
	"usagebot/config"
)

func serveCommand(p *Process) *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run the bot (default)", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return serve(p) },
	}
}

// serve runs the bot until a signal arrives or the bot cannot go on.
func serve(p *Process) error {
	limitMemory()
	cfg, err := p.config(config.Serve)
	if err != nil {
		return err
	}
	now, err := p.clock()
	if err != nil {
		return err
	}
	a, err := app.New(p.Context, cfg, p.Version+buildKind, newLog(p.Stderr, cfg), now)
	if err != nil {
		return err
	}
	defer a.Stop()
	if err := a.Start(cfg.ListenAddr); err != nil {
		return err
	}
	debug.FreeOSMemory() // what only the start needed: 5 of the 37 MB that an idle bot has
	select {
	case <-p.Context.Done():
		a.Drain()
		return nil
	case err := <-a.Failed():
		return err
	}
}
