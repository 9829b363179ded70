package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// refreshes are the ranges of days that the platform is asked for anew.
type refreshes interface {
	// StartRefresh keeps a new one and records it, once for an event; one of the same app that is under way stays. It
	// returns the one that is kept, and whether it is the new one.
	StartRefresh(ctx context.Context, r usage.Refresh, c access.Change) (kept usage.Refresh, started bool, err error)
	// Refresh returns the last one of an app.
	Refresh(ctx context.Context, appID string) (r usage.Refresh, ok bool, err error)
	// ClaimRefresh takes one that is not done and that nobody holds; SaveRefresh gives it up until a time.
	ClaimRefresh(ctx context.Context, now time.Time, lease time.Duration) (r usage.Refresh, ok bool, err error)
	SaveRefresh(ctx context.Context, r usage.Refresh, until time.Time) error
	// DropRefresh ends one that cannot be done.
	DropRefresh(ctx context.Context, appID string) error
}

// refreshDays is how many days are asked for anew where it is not said how many.
const refreshDays = 7

// refreshLease is the longest that one step may take. A step covers one day and asks for each department whose own figures
// are remembered, at 80 calls a minute.
const refreshLease = 30 * time.Minute

// refresh begins to ask the platform anew for a range of days, or shows how far that is.
func (b speaker) refresh(ctx context.Context, req Request, c command.Command) (Answer, error) {
	app, err := b.findApp(c.Args.App)
	if err != nil {
		return Answer{}, err
	}
	if c.Args.Progress {
		kept, ok, err := b.Refreshes.Refresh(ctx, app.ID)
		if err != nil || ok {
			return b.refreshing(app, kept, false), err
		}
		return Answer{Card: b.templates.Refresh(b.language, templates.RefreshView{App: app, None: true})}, nil
	}
	d, err := b.department(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	want := usage.Refresh{DepartmentID: d.ID, Backfill: usage.Backfill{AppID: app.ID, By: req.UserID}}
	if want.From, want.Until, err = b.refreshRange(ctx, app, c.Args); err != nil {
		c.Args.From, c.Args.Through, c.Args.Days = usage.Date{}, usage.Date{}, 0 // the example names the newest day instead
		return Answer{}, withQuestion(c, err)
	}
	want.Next = want.Until
	after := strings.TrimSpace(want.From.String() + " " + want.Until.String() + " " + d.ID)
	kept, started, err := b.Refreshes.StartRefresh(ctx, want, b.entry(req, access.Refreshed, app.ID, "", after))
	if err != nil {
		return Answer{}, err
	}
	return b.refreshing(app, kept, !started && !kept.Finished()), nil
}

// refreshRange returns the first and the last day that are meant. Days that are not over have no figures to be corrected,
// and are left out.
func (b speaker) refreshRange(ctx context.Context, app usage.App, a command.Args) (from, until usage.Date, err error) {
	today := b.platformToday()
	yesterday := today.AddDays(-1)
	cycle := usage.Daily
	if implied := a.When.Cycle(); implied != 0 {
		cycle = implied
	}
	p, dated := a.When.Period(cycle, today)
	switch {
	case dated:
		from, until = p.Start, p.End()
	case !a.From.IsZero() || !a.Through.IsZero():
		from, until = a.From, a.Through
		if until.IsZero() {
			until = yesterday
		}
		if from.IsZero() {
			from = until
		}
	default:
		days := a.Days
		if days == 0 {
			days = refreshDays
		}
		from, until = yesterday.AddDays(1-days), yesterday
	}
	if from.After(yesterday) {
		newest, err := b.Asker.Newest(ctx, app.ID, usage.People)
		if err != nil {
			return from, until, err
		}
		return from, until, &usage.TimeError{Period: usage.PeriodOf(usage.Daily, from), Future: from.After(today), Newest: newest}
	}
	if until.After(yesterday) {
		until = yesterday
	}
	if from.Before(until.AddDays(1 - command.MostDays)) {
		return from, until, &command.Error{Kind: command.BadValue, Arg: "from", Word: from.String()}
	}
	return from, until, nil
}

// refreshing shows how far a refresh is, and goes on to until it is done. other says that it is not what was asked for just
// now, which was not begun.
func (b speaker) refreshing(app usage.App, kept usage.Refresh, other bool) Answer {
	v := templates.RefreshView{
		App: app, From: kept.From, Until: kept.Until, Changed: kept.Changed, Kept: kept.Kept, Failed: kept.Failed, Other: other,
		Again: command.Command{Name: "admin refresh", Args: command.Args{App: app.ID, Progress: true}}.String(),
		Show:  refreshedUsage(kept),
	}
	v.Done, v.All = kept.Done()
	if kept.DepartmentID != "" {
		v.Department = b.current(usage.Department{ID: kept.DepartmentID, Name: kept.DepartmentID})
	}
	a := Answer{Card: b.templates.Refresh(b.language, v)}
	if kept.Finished() {
		return a
	}
	a.More = func(ctx context.Context) (Answer, error) {
		for {
			if err := sleep(ctx, fillLook); err != nil {
				return Answer{}, err
			}
			now, ok, err := b.Refreshes.Refresh(ctx, app.ID)
			switch {
			case err != nil:
				return Answer{}, err
			case !ok:
				v.Stopped = true
				return Answer{Card: b.templates.Refresh(b.language, v)}, nil
			case now != kept:
				return b.refreshing(app, now, other), nil
			}
		}
	}
	return a
}

// refreshedUsage is the question for what was asked for anew: for the period that the range is, or else for its last day.
func refreshedUsage(r usage.Refresh) string {
	args := command.Args{App: r.AppID, Dept: r.DepartmentID, Cycle: usage.Daily, When: onDay(r.Until)}
	for _, cycle := range usage.Cycles() {
		if p := usage.PeriodOf(cycle, r.Until); p.Start == r.From && r.From != r.Until {
			args.Cycle, args.When = cycle, onDay(r.From)
		}
	}
	return command.Command{Name: "usage", Args: args}.String()
}

// askAnew is the command of the button by which an administrator has the platform asked anew for the days that a card
// shows; empty for everybody else. Others may see the button in a group: a click is carried out with the rights of the
// person who clicks.
func (v controls) askAnew(from, through usage.Date) string {
	if !v.rights.Admin || v.commands.Find("admin refresh") == nil {
		return ""
	}
	if yesterday := v.platformToday().AddDays(-1); through.After(yesterday) {
		through = yesterday
	}
	if most := through.AddDays(1 - command.MostDays); from.Before(most) {
		from = most
	}
	if through.Before(from) {
		return ""
	}
	return command.Command{Name: "admin refresh", Args: command.Args{
		App: v.query.App.ID, Dept: v.query.Department.ID, From: from, Through: through,
	}}.String()
}

// refreshStep asks for one more day; it reports whether there may be another at once.
func (b *Bot) refreshStep(ctx context.Context) bool {
	work, ok, err := b.Refreshes.ClaimRefresh(ctx, b.Now(), refreshLease)
	if err != nil || !ok {
		if err != nil && ctx.Err() == nil {
			b.Log.Warn("it could not be looked for days to ask for anew", "error", err)
		}
		return false
	}
	within, cancel := context.WithTimeout(ctx, refreshLease)
	defer cancel()
	further, err := b.Asker.Refresh(within, work)
	failure := new(usage.Failure)
	switch {
	case errors.As(err, &failure) && !failure.Temporary():
		b.Log.Error("figures cannot be asked for anew", "app", work.AppID, "reason", failure.Reason, "code", failure.Code, "log_id", failure.LogID)
		err = b.Refreshes.DropRefresh(ctx, work.AppID)
	case ctx.Err() != nil: // stopping: another goes on at once
		err = b.Refreshes.SaveRefresh(context.WithoutCancel(ctx), further, time.Time{})
	case err != nil:
		b.Log.Warn("figures could not be asked for anew, and will be again", "app", work.AppID, "error", err)
		err = b.Refreshes.SaveRefresh(ctx, further, b.Now().Add(fillPause))
	default:
		err = b.Refreshes.SaveRefresh(ctx, further, time.Time{})
	}
	if err != nil {
		b.Log.Warn("how far figures were asked for anew could not be kept", "error", err)
		return false
	}
	return ctx.Err() == nil
}
