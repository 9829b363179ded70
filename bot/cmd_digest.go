package bot

import (
	"context"
	"fmt"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// digestCommands act on the digests of one subscription: pause and resume them, show, send and list them.
type digestCommands struct {
	subs     *subscriptions
	usage    *usage.Client
	external *externalChats
	jitter   time.Duration
}

// pause pauses a subscription until a day, or until it is resumed.
func (h *digestCommands) pause(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, err := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	until, err := pauseEnd(c, s, cmd.Args.Until)
	if err != nil {
		return Answer{}, err
	}
	s, err = h.subs.change(ctx, c, req, access.Paused, s.ID, func(s *reports.Subscription) error {
		s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ByPerson, until
		return nil
	})
	return h.subs.doneCard(ctx, c, templates.DonePaused, s, idCommand("resume", cmd.Args.ID), err)
}

// pauseEnd returns the beginning of the day on which a pause ends, in the subscription's time zone.
func pauseEnd(c conversation, s reports.Subscription, u command.Until) (time.Time, error) {
	if u.IsZero() {
		return time.Time{}, nil
	}
	now := c.now().In(c.scheduleZone(s))
	day := u.From(usage.DateOf(now))
	if !day.After(usage.DateOf(now)) {
		return time.Time{}, &userError{
			err: fmt.Errorf("%s is not in the future", day), usageError: true, problem: func(conversation) templates.ProblemView {
				return templates.ProblemView{Key: templates.DateInPast, Args: map[string]string{"date": day.String()}}
			},
		}
	}
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, now.Location()), nil
}

// resume ends a pause. Digests that would have been sent during it are not sent afterwards.
func (h *digestCommands) resume(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, err := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if h.external.closedToDigests(ctx, s.ChatID) {
		return Answer{}, externalUser()
	}
	if s.Reason == reports.NotAllowed {
		if err := c.maySee(ctx, cmd, c.subscriptionQuery(s).Department); err != nil {
			return Answer{}, err
		}
	}
	s, err = h.subs.change(ctx, c, req, access.Resumed, s.ID, func(s *reports.Subscription) error {
		if s.State == reports.Active { // its next due must not move, or a digest that is due this moment would be lost
			s.Refusals = 0
			return nil
		}
		return s.Activate(c.calendar, c.now(), h.jitter, req.UserID)
	})
	return h.subs.doneCard(ctx, c, templates.DoneResumed, s, idCommand("pause", cmd.Args.ID), err)
}

// run sends a subscription's newest digest at once. One that was delivered is not sent again.
func (h *digestCommands) run(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, err := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if s.State == reports.Paused {
		return Answer{}, saying("the subscription is paused", templates.ProblemView{Key: templates.SubscriptionPaused, Args: map[string]string{"word": s.ID}})
	}
	now := c.now()
	p := c.newestPeriod(s, now)
	run, err := h.subs.store.Run(ctx, req.Key, s.ID, p, now, auditEntry(now, req, access.Ran, s.ID, "", p.Start.String()))
	if err != nil {
		return Answer{}, err
	}
	d, err := h.subs.store.Delivery(ctx, s.ID, p)
	if err != nil {
		return Answer{}, err
	}
	if !run && d.State == reports.Delivered {
		return h.historyOf(ctx, c, req, s.ID)
	}
	return requeued(c, s, p), nil
}

// retry sends again what was not delivered.
func (h *digestCommands) retry(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, err := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	now := c.now()
	today := c.platformToday()
	p, ok := cmd.Args.When.Period(s.Schedule.Cycle, today)
	if !ok || !cmd.Args.When.Fits(s.Schedule.Cycle) {
		last := retryCommand(s.ID, usage.PeriodOf(s.Schedule.Cycle, today).Previous())
		return Answer{}, &command.Error{Kind: command.Conflict, Arg: "date", Other: "cycle", Suggestion: last, Corrected: last}
	}
	reopened, err := h.subs.store.Reopen(ctx, req.Key, s.ID, p, now, auditEntry(now, req, access.Retried, s.ID, "", p.Start.String()))
	if err != nil {
		return Answer{}, err
	}
	if !reopened {
		return h.historyOf(ctx, c, req, s.ID)
	}
	return requeued(c, s, p), nil
}

// requeued says that a digest goes out as soon as possible.
func requeued(c conversation, s reports.Subscription, p usage.Period) Answer {
	return Answer{Card: templates.Done(c.words(), templates.DoneView{
		Key: templates.DoneRequeued, Subscription: c.subscriptionView(s), Period: p, Back: idCommand("history", s.ID),
	})}
}

// preview shows exactly what the next digest will carry. It leaves no trace in the store.
func (h *digestCommands) preview(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	s, err := h.subs.managed(ctx, c.rights, req, cmd.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	q := c.subscriptionQuery(s)
	if err := c.maySee(ctx, cmd, q.Department); err != nil {
		return Answer{}, err
	}
	if q.When, err = c.previewPeriod(s); err != nil {
		return Answer{}, err
	}
	story, err := h.usage.DigestData(ctx, q, c.share)
	if err != nil {
		return Answer{}, err
	}
	looks := reports.DigestOptions{SubscriptionID: s.ID, Test: true, CarriesLastWorkday: c.calendar.CarriesLastWorkday(s.Schedule, story.Report.Period)}
	lack := c.abilities.lackNote(ctx, story.Report)
	story.Report, story.Trend = c.abilities.withoutLacking(ctx, story.Report), c.abilities.trendWithoutLacking(ctx, story.Trend)
	return Answer{Card: digestCard(c, story, looks, lack)}, nil
}

// previewPeriod returns the period that a preview shows: the one of the next digest or, while that is not over, the newest
// one whose figures are out. A digest on workdays never carries a weekend, so for it the newest period that it may carry is
// shown.
func (s *shared) previewPeriod(sub reports.Subscription) (usage.When, error) {
	now := s.now()
	slot, err := s.calendar.Next(sub.Schedule, now)
	if err != nil {
		return usage.When{}, err
	}
	newest := s.newestPeriod(sub, now)
	if s.calendar.PeriodFor(sub.Schedule, slot.Day) == newest || sub.Schedule.On == reports.Workdays {
		return onDay(newest.Start), nil
	}
	return usage.When{}, nil
}

// historyLength is how many deliveries are listed.
const historyLength = 10

// history lists the last deliveries of the chat, or of one subscription.
func (h *digestCommands) history(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	return h.historyOf(ctx, c, req, cmd.Args.ID)
}

// historyOf lists the last deliveries of a subscription; with an empty id, of the chat.
func (h *digestCommands) historyOf(ctx context.Context, c conversation, req Request, id string) (Answer, error) {
	var v templates.HistoryView
	if id != "" {
		s, err := h.subs.reachable(ctx, c.rights, req, id)
		if err != nil {
			return Answer{}, err
		}
		view := c.subscriptionView(s)
		v.Of, v.Zone, req.ChatID = &view, c.otherZone(s.Schedule.Zone), s.ChatID
	}
	list, err := h.subs.store.History(ctx, req.ChatID, id, historyLength)
	if err != nil {
		return Answer{}, err
	}
	if v.Entries, err = h.subs.historyEntries(ctx, c, list); err != nil {
		return Answer{}, err
	}
	return Answer{Card: templates.History(c.words(), v)}, nil
}
