package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"

	"usagebot/feishu/events"
)

// startTicking lets digests go out: it is asked what is due every Config.Tick, and the answer costs next to nothing. gocron only ticks: what is due stands in the database, so that a restart, another
// replica or a clock that jumps loses nothing.
func (a *App) startTicking() error {
	ticks, err := gocron.NewScheduler(gocron.WithStopTimeout(stopWorking))
	if err != nil {
		return fmt.Errorf("making the ticker: %w", err)
	}
	_, err = ticks.NewJob(gocron.DurationJob(a.Config.Tick), gocron.NewTask(a.tick),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
		gocron.WithStartAt(gocron.WithStartImmediately()), // what fell due while nothing ran goes out at once
		// Without a listener a panic in a job ends the process.
		gocron.WithEventListeners(gocron.AfterJobRunsWithPanic(func(_ uuid.UUID, _ string, p any) {
			a.Log.Error("a tick panicked", "panic", p)
		})))
	if err != nil {
		return fmt.Errorf("making the tick: %w", err)
	}
	ticks.Start()
	a.Ticks = ticks
	return nil
}

func (a *App) tick(ctx context.Context) {
	err := a.SQL.Ping(ctx)
	if ctx.Err() != nil {
		return
	}
	a.health.database(err)
	if err == nil {
		// The apps first: another replica may have changed which there are and what they are called.
		err = errors.Join(a.Bot.ReadApps(ctx), a.engine.Tick(ctx))
	}
	if ctx.Err() != nil {
		return
	}
	a.metrics.tick(err)
	if err != nil {
		a.Log.Error("a tick failed", "error", err)
	}
}

// handle takes an event, while there is a database to keep what it does.
func (a *App) handle(ctx context.Context, e *events.Event) (events.Response, error) {
	if why := a.health.missing(); why != "" {
		return events.Response{}, fmt.Errorf("%s: %w", why, events.ErrUnavailable)
	}
	return a.Bot.Handle(ctx, e)
}
