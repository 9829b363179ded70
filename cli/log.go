package cli

import (
	"io"
	"log/slog"
	"os"

	"github.com/lmittmann/tint"

	"usagebot/config"
)

// newLog returns a logger with the configured format; the default is text on a terminal and JSON otherwise.
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
