package app

import (
	"context"
	"errors"
	"fmt"

	"github.com/go-co-op/gocron/v2"
	"github.com/google/uuid"

	"usagebot/feishu/events"
)

// startScheduler calls tick every Config.Tick. gocron only provides the ticks: what is due is read from the database, so a
// restart, another replica or a clock that jumps loses nothing.
func (a *App) startScheduler() error {
	ticks, err := gocron.NewScheduler(gocron.WithStopTimeout(workStopTimeout))
	if err != nil {
		return fmt.Errorf("making the ticker: %w", err)
	}
	_, err = ticks.NewJob(gocron.DurationJob(a.Config.Tick), gocron.NewTask(a.tick),
		gocron.WithSingletonMode(gocron.LimitModeReschedule),
		gocron.WithStartAt(gocron.WithStartImmediately()), // digests that fell due while no replica ran go out at once
		// Without a listener a panic in a job ends the process.
		gocron.WithEventListeners(gocron.AfterJobRunsWithPanic(func(_ uuid.UUID, _ string, p any) {
			a.Log.Error("a tick panicked", "panic", p)
		})))
	if err != nil {
		return fmt.Errorf("making the tick: %w", err)
	}
	ticks.Start()
	a.Scheduler = ticks
	return nil
}

func (a *App) tick(ctx context.Context) {
	err := a.SQL.Ping(ctx)
	if ctx.Err() != nil {
		return
	}
	a.health.setDatabase(err)
	if err == nil && !a.clock.right(ctx) {
		return
	}
	if err == nil {
		// Read the apps first: another replica may have changed the list or the names.
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

// handle passes an event to the bot. While the database cannot store its effects, the platform is asked to send it again.
func (a *App) handle(ctx context.Context, e *events.Event) (events.Response, error) {
	if why := a.health.unavailableReason(); why != "" {
		return events.Response{}, fmt.Errorf("%s: %w", why, events.ErrUnavailable)
	}
	return a.Bot.Handle(ctx, e)
}
