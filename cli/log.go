package cli

import (
	"io"
	"log/slog"
	"os"

	"github.com/lmittmann/tint"

	"usagebot/config"
)

// newLog returns the log in the configured form; by default text for a person at a terminal and JSON for a collector.
func newLog(out io.Writer, cfg config.Config) *slog.Logger {
	terminal := isTerminal(out)
	if cfg.LogFormat == config.JSONFormat || cfg.LogFormat == config.AutoFormat && !terminal {
		return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{Level: cfg.LogLevel}))
	}
	return slog.New(tint.NewTextHandler(out, &tint.Options{Level: cfg.LogLevel, NoColor: !terminal}))
}

func isTerminal(out any) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
