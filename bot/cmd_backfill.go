package bot

import (
	"context"
	"errors"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// backfills are the histories that are being filled.
type backfills interface {
	// StartBackfill keeps a new one and records it, once for an event; one of the same app that is under way stays. It
	// returns the one that is kept.
	StartBackfill(ctx context.Context, b usage.Backfill, c access.Change) (kept usage.Backfill, err error)
	Backfill(ctx context.Context, appID string) (b usage.Backfill, ok bool, err error)
	// ClaimBackfill takes one that is not done and that nobody holds; SaveBackfill gives it up until a time.
	ClaimBackfill(ctx context.Context, now time.Time, lease time.Duration) (b usage.Backfill, ok bool, err error)
	SaveBackfill(ctx context.Context, b usage.Backfill, until time.Time) error
	// DropBackfill ends one that cannot be done.
	DropBackfill(ctx context.Context, appID string) error
}

const (
	fillLease = 5 * time.Minute // the longest that one step may take
	fillPause = time.Minute     // after a step that failed in a way that may pass
	fillLook  = 5 * time.Second // how often it is looked for something to fill, and how often a card tells how far it is
)

// backfill begins to fill an app's history, or shows how far that is.
func (b speaker) backfill(ctx context.Context, req Request, c command.Command) (Answer, error) {
	app, err := b.findApp(c.Args.App)
	if err != nil {
		return Answer{}, err
	}
	last := usage.SurelyOut(b.Now().In(b.PlatformZone)) // later days may still change, and are not kept
	want := usage.Backfill{
		AppID: app.ID, From: last.AddDays(1 - c.Args.Days), Next: last, Until: last, By: req.UserID,
	}
	entry := b.entry(req, access.Backfilled, app.ID, "", want.From.String()+" "+want.Until.String())
	kept, err := b.Backfills.StartBackfill(ctx, want, entry)
	if err != nil {
		return Answer{}, err
	}
	c.Args.App = app.ID
	return b.filling(c, app, kept), nil
}

// filling shows how far a history is, and goes on to until it is filled.
func (b speaker) filling(c command.Command, app usage.App, kept usage.Backfill) Answer {
	v := templates.BackfillView{App: app, From: kept.From, Until: kept.Until, Again: c.String()}
	v.Done, v.All = kept.Done()
	a := Answer{Card: b.templates.Backfill(b.language, v)}
	if kept.Finished() {
		return a
	}
	a.More = func(ctx context.Context) (Answer, error) {
		for {
			if err := sleep(ctx, fillLook); err != nil {
				return Answer{}, err
			}
			now, ok, err := b.Backfills.Backfill(ctx, app.ID)
			switch {
			case err != nil:
				return Answer{}, err
			case !ok:
				v.Stopped = true
				return Answer{Card: b.templates.Backfill(b.language, v)}, nil
			case now != kept:
				return b.filling(c, app, now), nil
			}
		}
	}
	return a
}

// FillHistories fills what is to be filled and asks anew for what is to be asked for, a step at a time, until ctx ends. What is begun here another process ends.
func (b *Bot) FillHistories(ctx context.Context) {
	for sleep(ctx, fillLook) == nil {
		for more := true; more; {
			filled, refreshed := b.fillStep(ctx), b.refreshStep(ctx) // by turns: neither waits for all of the other
			more = filled || refreshed
		}
	}
}

// fillStep takes one step; it reports whether there may be another at once.
func (b *Bot) fillStep(ctx context.Context) bool {
	work, ok, err := b.Backfills.ClaimBackfill(ctx, b.Now(), fillLease)
	if err != nil || !ok {
		if err != nil && ctx.Err() == nil {
			b.Log.Warn("it could not be looked for a history to fill", "error", err)
		}
		return false
	}
	within, cancel := context.WithTimeout(ctx, fillLease)
	defer cancel()
	further, err := b.Asker.Fill(within, work)
	failure := new(usage.Failure)
	switch {
	case errors.As(err, &failure) && !failure.Temporary():
		b.Log.Error("a history cannot be filled", "app", work.AppID, "reason", failure.Reason, "code", failure.Code, "log_id", failure.LogID)
		err = b.Backfills.DropBackfill(ctx, work.AppID)
	case ctx.Err() != nil: // stopping: another goes on at once
		err = b.Backfills.SaveBackfill(context.WithoutCancel(ctx), work, time.Time{})
	case err != nil:
		err = b.Backfills.SaveBackfill(ctx, work, b.Now().Add(fillPause))
	default:
		err = b.Backfills.SaveBackfill(ctx, further, time.Time{})
	}
	if err != nil {
		b.Log.Warn("how far a history is could not be kept", "error", err)
		return false
	}
	return ctx.Err() == nil
}
