package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"

	"usagebot/bot"
)

// recentErrors holds the last errors that this process has logged: message, time and reference. Other attributes are left
// out, because they may hold what only the operator should see.
type recentErrors struct {
	mu   sync.Mutex
	last []bot.RecentError // newest first
}

// maxRecentErrors is how many errors are kept.
const maxRecentErrors = 5

// wrap returns a logger that writes to log and also records errors in s.
func (s *recentErrors) wrap(log *slog.Logger) *slog.Logger {
	return slog.New(errorRecorder{log.Handler(), s})
}

// errorRecorder is a slog.Handler that records errors before it passes them on.
type errorRecorder struct {
	slog.Handler
	recent *recentErrors
}

func (w errorRecorder) Handle(ctx context.Context, r slog.Record) error {
	if r.Level >= slog.LevelError {
		w.recent.add(r)
	}
	return w.Handler.Handle(ctx, r)
}

// WithAttrs and WithGroup return handlers that record errors too.
func (w errorRecorder) WithAttrs(attrs []slog.Attr) slog.Handler {
	return errorRecorder{w.Handler.WithAttrs(attrs), w.recent}
}

func (w errorRecorder) WithGroup(name string) slog.Handler {
	return errorRecorder{w.Handler.WithGroup(name), w.recent}
}

func (s *recentErrors) add(r slog.Record) {
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
	s.last = s.last[:min(len(s.last), maxRecentErrors)]
}

func (s *recentErrors) list() []bot.RecentError {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.last)
}
