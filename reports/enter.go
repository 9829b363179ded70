package reports

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// batch is how many rows are taken at a time.
	batch = 200
	// enterFor is how long one tick goes on entering: then it is time to send what has been entered.
	enterFor = time.Second
)

// enter opens the deliveries of the subscriptions that are due. One that cannot be entered is left for the next tick.
func (e *Engine) enter(ctx context.Context) error {
	within, cancel := context.WithTimeout(ctx, enterFor)
	defer cancel()
	var wrong []error
	for within.Err() == nil {
		now := e.Now()
		due, err := e.Store.Due(ctx, now, batch)
		if err != nil {
			return errors.Join(append(wrong, fmt.Errorf("asking what is due: %w", err))...)
		}
		entered := 0
		for _, s := range due {
			err := e.open(ctx, s, now)
			if err == nil {
				entered++
				continue
			}
			wrong = append(wrong, err)
			if errors.Is(err, ErrUnavailable) || ctx.Err() != nil {
				return errors.Join(wrong...)
			}
		}
		if len(due) < batch || entered == 0 {
			break
		}
	}
	return errors.Join(wrong...)
}

// open enters what is due of one subscription. One whose schedule makes no sense is paused.
func (e *Engine) open(ctx context.Context, s Subscription, now time.Time) error {
	jitter := Jitter(s.ID, e.Jitter)
	entries, next, err := e.plan(s, now, jitter)
	if err != nil {
		e.Log.Error("a subscription cannot be planned, and is paused", "subscription", s.ID, "error", err)
		return e.pauseUnplanned(ctx, s.ID)
	}
	switch err := e.Store.Open(ctx, s, next, entries); {
	case err == nil:
		for _, d := range entries {
			if d.State != Waiting {
				e.Observe(string(d.State))
			}
		}
		return nil
	case errors.Is(err, ErrConflict): // another replica was faster, or somebody changed it
		return nil
	default:
		return fmt.Errorf("entering %s: %w", s.ID, err)
	}
}

// pauseUnplanned pauses a subscription whose schedule makes no sense, such as one in a time zone that is not known any
// more, until somebody gives it another. Its owner is told.
func (e *Engine) pauseUnplanned(ctx context.Context, id string) error {
	unplanned := func(s *Subscription) error {
		if _, err := s.Schedule.Next(e.Now()); err == nil || s.State == Removed {
			return ErrUnchanged // somebody was faster
		}
		s.State, s.Reason, s.PausedUntil, s.UpdatedAt = Paused, BadSchedule, time.Time{}, e.Now()
		return nil
	}
	_, err := e.Store.Change(ctx, Edit{ID: id, Change: unplanned, Notices: []Notice{{Reason: BadSchedule, At: e.Now()}}})
	if err != nil && !errors.Is(err, ErrUnchanged) {
		return fmt.Errorf("pausing %s: %w", id, err)
	}
	return nil
}
