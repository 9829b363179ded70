package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// backfills stores the jobs that fill an app's history.
type backfills interface {
	// StartBackfill stores a new job and writes the audit log, once for an idempotency key. A job of the same app that is
	// under way stays. It returns the job that is stored.
	StartBackfill(ctx context.Context, key string, b usage.Backfill, c access.Change) (kept usage.Backfill, err error)
	Backfill(ctx context.Context, appID string) (b usage.Backfill, ok bool, err error)
	// ClaimBackfill takes a job that is not done and that nobody works on; SaveBackfill gives it up until a time.
	ClaimBackfill(ctx context.Context, now time.Time, lease time.Duration) (b usage.Backfill, ok bool, err error)
	SaveBackfill(ctx context.Context, b usage.Backfill, until time.Time) error
	// DropBackfill ends a job that cannot be done.
	DropBackfill(ctx context.Context, appID string) error
}

// refreshes stores the jobs that ask the platform again for a range of days.
type refreshes interface {
	// StartRefresh stores a new job and writes the audit log, once for an idempotency key. A job of the same app that is
	// under way stays. It returns the job that is stored, and whether that is the new one.
	StartRefresh(ctx context.Context, key string, r usage.Refresh, c access.Change) (kept usage.Refresh, started bool, err error)
	// Refresh returns the last job of an app.
	Refresh(ctx context.Context, appID string) (r usage.Refresh, ok bool, err error)
	// ClaimRefresh takes a job that is not done and that nobody works on; SaveRefresh gives it up until a time.
	ClaimRefresh(ctx context.Context, now time.Time, lease time.Duration) (r usage.Refresh, ok bool, err error)
	SaveRefresh(ctx context.Context, r usage.Refresh, until time.Time) error
	// DropRefresh ends a job that cannot be done.
	DropRefresh(ctx context.Context, appID string) error
}

const (
	backfillLease = 5 * time.Minute // the longest that one step of a backfill may take
	// refreshLease is the longest that one step of a refresh may take. A step covers one day and asks for each department
	// whose own figures are stored, at 80 calls a minute.
	refreshLease = 30 * time.Minute
	jobRetryWait = time.Minute     // after a step that failed and may succeed later
	jobInterval  = 5 * time.Second // how often jobs are looked for, and how often a card shows their progress

	// refreshDays is how many days are refreshed unless the command says otherwise.
	refreshDays = 7
)

// figureCommands begin jobs that fetch figures, and show their progress.
type figureCommands struct {
	backfills backfills
	refreshes refreshes
	usage     *usage.Client
}

// backfill begins to fill an app's history, or shows how far that is.
func (h *figureCommands) backfill(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	app, err := c.findApp(cmd.Args.App)
	if err != nil {
		return Answer{}, err
	}
	now := c.now()
	last := usage.FinalDay(now.In(c.platformZone)) // figures of later days may still change, and are not stored
	want := usage.Backfill{
		AppID: app.ID, From: last.AddDays(1 - cmd.Args.Days), Next: last, Until: last, By: req.UserID,
	}
	entry := auditEntry(now, req, access.Backfilled, app.ID, "", want.From.String()+" "+want.Until.String())
	kept, err := h.backfills.StartBackfill(ctx, req.Key, want, entry)
	if err != nil {
		return Answer{}, err
	}
	cmd.Args.App = app.ID
	return h.backfillCard(c, cmd, app, kept), nil
}

// backfillCard shows how far a backfill is. Refine shows it again after the next step, until it is done.
func (h *figureCommands) backfillCard(c conversation, cmd command.Command, app usage.App, job usage.Backfill) Answer {
	v := templates.BackfillView{App: app, From: job.From, Until: job.Until, Again: cmd.String()}
	v.Done, v.All = job.Done()
	a := Answer{Card: templates.Backfill(c.words(), v)}
	if job.Finished() {
		return a
	}
	a.Refine = func(ctx context.Context) (Answer, error) {
		now, ok, err := awaitProgress(ctx, app.ID, job, h.backfills.Backfill)
		if err != nil {
			return Answer{}, err
		}
		if !ok {
			v.Stopped = true
			return Answer{Card: templates.Backfill(c.words(), v)}, nil
		}
		return h.backfillCard(c, cmd, app, now), nil
	}
	return a
}

// awaitProgress waits until an app's job is not as it was any more; ok is false if it was dropped.
func awaitProgress[J comparable](ctx context.Context, appID string, was J, read func(context.Context, string) (J, bool, error)) (now J, ok bool, err error) {
	for {
		if err := sleep(ctx, jobInterval); err != nil {
			return now, false, err
		}
		if now, ok, err = read(ctx, appID); err != nil || !ok || now != was {
			return now, ok, err
		}
	}
}

// refresh begins to ask the platform again for a range of days, or shows how far that is.
func (h *figureCommands) refresh(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	app, err := c.findApp(cmd.Args.App)
	if err != nil {
		return Answer{}, err
	}
	if cmd.Args.Progress {
		kept, ok, err := h.refreshes.Refresh(ctx, app.ID)
		if err != nil || ok {
			return h.refreshCard(c, app, kept, false), err
		}
		return Answer{Card: templates.Refresh(c.words(), templates.RefreshView{App: app, None: true})}, nil
	}
	d, err := c.department(ctx, cmd)
	if err != nil {
		return Answer{}, err
	}
	want := usage.Refresh{DepartmentID: d.ID, Backfill: usage.Backfill{AppID: app.ID, By: req.UserID}}
	if want.From, want.Until, err = h.refreshRange(ctx, c.platformToday(), app, cmd.Args); err != nil {
		cmd.Args.From, cmd.Args.Through, cmd.Args.Days = usage.Date{}, usage.Date{}, 0 // the example names the newest day instead
		return Answer{}, unanswered(cmd, err)
	}
	want.Next = want.Until
	after := strings.TrimSpace(want.From.String() + " " + want.Until.String() + " " + d.ID)
	kept, started, err := h.refreshes.StartRefresh(ctx, req.Key, want, auditEntry(c.now(), req, access.Refreshed, app.ID, "", after))
	if err != nil {
		return Answer{}, err
	}
	return h.refreshCard(c, app, kept, !started && !kept.Finished()), nil
}

// refreshRange returns the first and the last day that a command means. Days that are not over have no figures yet, and are
// left out.
func (h *figureCommands) refreshRange(ctx context.Context, today usage.Date, app usage.App, a command.Args) (from, until usage.Date, err error) {
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
		newest, err := h.usage.Newest(ctx, app.ID, usage.People)
		if err != nil {
			return from, until, err
		}
		return from, until, &usage.TimeError{Period: usage.PeriodOf(usage.Daily, from), Future: from.After(today), Newest: newest}
	}
	if until.After(yesterday) {
		until = yesterday
	}
	if from.Before(until.AddDays(1 - command.MaxDays)) {
		return from, until, &command.Error{Kind: command.BadValue, Arg: "from", Word: from.String()}
	}
	return from, until, nil
}

// refreshCard shows how far a refresh is. Refine shows it again after the next step, until it is done. other says that the
// command asked for another refresh, which was not begun.
func (h *figureCommands) refreshCard(c conversation, app usage.App, job usage.Refresh, other bool) Answer {
	v := templates.RefreshView{
		App: app, From: job.From, Until: job.Until, Changed: job.Changed, Kept: job.Kept, Failed: job.Failed, Other: other,
		Again: command.Command{Name: "admin refresh", Args: command.Args{App: app.ID, Progress: true}}.String(),
		Show:  refreshedUsage(job),
	}
	v.Done, v.All = job.Done()
	if job.DepartmentID != "" {
		v.Department = c.current(usage.Department{ID: job.DepartmentID, Name: job.DepartmentID})
	}
	a := Answer{Card: templates.Refresh(c.words(), v)}
	if job.Finished() {
		return a
	}
	a.Refine = func(ctx context.Context) (Answer, error) {
		now, ok, err := awaitProgress(ctx, app.ID, job, h.refreshes.Refresh)
		if err != nil {
			return Answer{}, err
		}
		if !ok {
			v.Stopped = true
			return Answer{Card: templates.Refresh(c.words(), v)}, nil
		}
		return h.refreshCard(c, app, now, other), nil
	}
	return a
}

// refreshedUsage is the question for what was refreshed: for the period that the range is or, if it is none, for its last
// day.
func refreshedUsage(r usage.Refresh) string {
	args := command.Args{App: r.AppID, Dept: r.DepartmentID, Cycle: usage.Daily, When: onDay(r.Until)}
	for _, cycle := range usage.Cycles() {
		if p := usage.PeriodOf(cycle, r.Until); p.Start == r.From && r.From != r.Until {
			args.Cycle, args.When = cycle, onDay(r.From)
		}
	}
	return command.Command{Name: "usage", Args: args}.String()
}

// figureJobs does the jobs, a step at a time. The store hands a job to one process at a time; another goes on if this one
// stops.
type figureJobs struct {
	backfills backfills
	refreshes refreshes
	usage     *usage.Client
	now       func() time.Time
	log       *slog.Logger
}

// run does jobs until ctx ends.
func (w *figureJobs) run(ctx context.Context) {
	fill := figureJob[usage.Backfill]{
		name: "backfill", lease: backfillLease, appID: func(b usage.Backfill) string { return b.AppID },
		claim: w.backfills.ClaimBackfill, step: w.usage.Fill, save: w.backfills.SaveBackfill, drop: w.backfills.DropBackfill,
	}
	refresh := figureJob[usage.Refresh]{
		name: "refresh", lease: refreshLease, appID: func(r usage.Refresh) string { return r.AppID },
		claim: w.refreshes.ClaimRefresh, step: w.usage.Refresh, save: w.refreshes.SaveRefresh, drop: w.refreshes.DropRefresh,
	}
	for sleep(ctx, jobInterval) == nil {
		for more := true; more; {
			filled, refreshed := fill.advance(ctx, w), refresh.advance(ctx, w) // by turns, so that neither waits for all of the other
			more = filled || refreshed
		}
	}
}

// figureJob is one kind of job.
type figureJob[J any] struct {
	name  string
	lease time.Duration // the longest that one step may take
	appID func(J) string
	claim func(ctx context.Context, now time.Time, lease time.Duration) (J, bool, error)
	step  func(ctx context.Context, job J) (J, error) // returns how far it came, also with an error
	save  func(ctx context.Context, job J, until time.Time) error
	drop  func(ctx context.Context, appID string) error
}

// advance takes one step of a job; it reports whether there may be another step at once.
func (k figureJob[J]) advance(ctx context.Context, w *figureJobs) bool {
	log := w.log.With("job", k.name)
	job, ok, err := k.claim(ctx, w.now(), k.lease)
	if err != nil || !ok {
		if err != nil && ctx.Err() == nil {
			log.Warn("could not look for figures to fetch", "error", err)
		}
		return false
	}
	within, cancel := context.WithTimeout(ctx, k.lease)
	defer cancel()
	further, err := k.step(within, job)
	failure := new(usage.Failure)
	switch {
	case errors.As(err, &failure) && !failure.Temporary():
		log.Error("figures cannot be fetched", "app", k.appID(job), "reason", failure.Reason, "code", failure.Code, "log_id", failure.LogID)
		err = k.drop(ctx, k.appID(job))
	case ctx.Err() != nil: // the process stops: another goes on at once
		err = k.save(context.WithoutCancel(ctx), further, time.Time{})
	case err != nil:
		log.Warn("figures could not be fetched, and will be tried again", "app", k.appID(job), "error", err)
		err = k.save(ctx, further, w.now().Add(jobRetryWait))
	default:
		err = k.save(ctx, further, time.Time{})
	}
	if err != nil {
		log.Warn("the progress of fetching figures could not be saved", "error", err)
		return false
	}
	return ctx.Err() == nil
}
