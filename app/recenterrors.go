package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"usagebot/bot"
)

// slips are the last errors that this process has logged: what was said, when, and under which reference. What stood
// beside it is for the log alone.
type slips struct {
	mu   sync.Mutex
	last []bot.RecentError // newest first
}

// maxSlips is how many are remembered.
const maxSlips = 5

// through returns the log, of which the errors are remembered from now on.
func (s *slips) through(log *slog.Logger) *slog.Logger { return slog.New(watched{log.Handler(), s}) }

// watched is a log's handler that remembers errors.
type watched struct {
	slog.Handler
	slips *slips
}

func (w watched) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		w.slips.keep(r)
	}
	return w.Handler.Handle(ctx, r)
}

// WithAttrs and WithGroup keep watching.
func (w watched) WithAttrs(attrs []slog.Attr) slog.Handler {
	return watched{w.Handler.WithAttrs(attrs), w.slips}
}

func (w watched) WithGroup(name string) slog.Handler {
	return watched{w.Handler.WithGroup(name), w.slips}
}

func (s *slips) keep(r slog.Record) {
	slip := bot.RecentError{At: r.Time, What: r.Message}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key == "reference" {
			slip.Reference = a.Value.String()
		}
		return true
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last = slices.Insert(s.last, 0, slip)
	s.last = s.last[:min(len(s.last), maxSlips)]
}

func (s *slips) list() []bot.RecentError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.last)
}
