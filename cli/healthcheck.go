package cli

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"usagebot/config"
)

func healthcheckCommand(p *Process) *cobra.Command {
	return &cobra.Command{
		Use: "healthcheck", Short: "Exit with 0 if the bot at LISTEN_ADDR is alive, otherwise 1", Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return checkHealth(p) },
	}
}

// checkHealth asks the bot on this machine whether it is alive, for a container's health check.
func checkHealth(p *Process) error {
	// Only the address matters here: the bot itself reports any other error in the settings.
	cfg, _ := config.Load(config.Demo, p.Environ, os.ReadFile)
	host, port, err := net.SplitHostPort(cfg.ListenAddr)
	if err != nil {
		return fmt.Errorf("reading LISTEN_ADDR: %w", err)
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	ctx, cancel := context.WithTimeout(p.Context, 3*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/healthz", http.NoBody)
	if err != nil {
		return fmt.Errorf("making the request: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking the bot: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot answers %s", resp.Status)
	}
	return nil
}
