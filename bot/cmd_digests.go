package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// subscribe orders a digest to the chat. The same order twice is one subscription; with another time it is changed.
func (b speaker) subscribe(ctx context.Context, req Request, c command.Command) (Answer, error) {
	if req.ChatID == "" {
		return Answer{}, notManager{} // outside of any chat there is nowhere to send to
	}
	req = b.placed(ctx, req)
	if err := b.mayManage(ctx, req, nil); err != nil {
		return Answer{}, err
	}
	if c.Args.Form || c.Args.Cycle == 0 {
		return b.subscribeForm(ctx, req, c)
	}
	s, err := b.wanted(ctx, req, c)
	if err != nil {
		return Answer{}, err
	}
	if err := b.room(ctx, s); err != nil {
		return Answer{}, err
	}
	kept, created, err := b.Ledger.Subscribe(ctx, s, b.subscriptionEntry(req, access.Subscribed))
	if err != nil {
		return Answer{}, err
	}
	v := templates.SubscribedView{Kind: templates.SubscribedNew}
	if !created {
		if kept, v.Kind, err = b.reschedule(ctx, req, kept, c.Args); err != nil {
			return Answer{}, err
		}
	}
	v.Subscription = b.shown(req, kept)
	v.Single = kept.Single
	return Answer{Card: b.templates.Subscribed(b.language, v)}, nil
}

// reschedule changes a subscription that is there already by what was said of its time, and ends its pause.
func (b speaker) reschedule(ctx context.Context, req Request, s reports.Subscription, a command.Args) (reports.Subscription, templates.SubscribedKind, error) {
	s, err := b.change(ctx, req, access.Rescheduled, s.ID, func(s *reports.Subscription) error {
		want := b.schedule(a, s.Schedule)
		if want == s.Schedule && s.State == reports.Active {
			return reports.ErrUnchanged
		}
		s.Schedule, s.State, s.Reason, s.PausedUntil = want, reports.Active, "", time.Time{}
		return b.setNext(s)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return s, templates.SubscribedAgain, nil
	}
	return s, templates.SubscribedChanged, err
}

// subs lists the chat's subscriptions.
func (b speaker) subs(ctx context.Context, req Request, _ command.Command) (Answer, error) {
	list, err := b.subscriptionsFor(ctx, req)
	if err != nil {
		return Answer{}, err
	}
	v := templates.SubscriptionsView{Example: b.commands.Find("subscribe").Examples.First(b.lang())}
	for _, s := range list {
		shown := b.shown(req, s)
		if err := b.addLast(ctx, s, &shown); err != nil {
			return Answer{}, err
		}
		v.Subscriptions = append(v.Subscriptions, shown)
	}
	return Answer{Card: b.templates.Subscriptions(b.language, v)}, nil
}

// subscriptionsFor returns the chat's subscriptions; from the menu, which knows no chat, the person's own.
func (b speaker) subscriptionsFor(ctx context.Context, req Request) ([]reports.Subscription, error) {
	if req.Person != "" {
		return b.Overview.All(ctx, reports.Which{OwnerID: req.UserID}, listed)
	}
	return b.Ledger.InChat(ctx, req.ChatID)
}

// addLast tells what became of a subscription's last digests.
func (b speaker) addLast(ctx context.Context, s reports.Subscription, shown *templates.Subscription) error {
	last, err := b.Ledger.History(ctx, s.ChatID, s.ID, 10)
	if err != nil {
		return err
	}
	for i, d := range last {
		if i == 0 {
			shown.Last = &templates.Last{Outcome: templates.Outcome(d.State), Cause: templates.Cause(d.Reason)}
		}
		if d.State == reports.Delivered {
			shown.LastSent = d.DoneAt.In(b.zoneOf(s))
			return nil
		}
	}
	return nil
}

// unsubscribe removes a subscription, once that is confirmed.
func (b speaker) unsubscribe(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, missing := b.managed(ctx, req, c.Args.ID)
	if missing != nil && !(c.Args.Confirm && s.State == reports.Removed) {
		return Answer{}, missing
	}
	if !c.Args.Confirm {
		return Answer{Card: b.templates.ConfirmRemoval(b.language, templates.ConfirmRemovalView{
			Subscription: b.shown(req, s), Asked: req.UserID, Yes: idCommand("unsubscribe", s.ID) + " confirm", Keep: "/subs",
		})}, nil
	}
	s, err := b.change(ctx, req, access.Removed, s.ID, func(s *reports.Subscription) error {
		s.State, s.Reason = reports.Removed, reports.ByPerson
		return missing // unless it was this very event that removed it
	})
	return b.done(req, templates.DoneRemoved, s, b.line(s), err)
}

// pause holds a subscription for a time, or until it is resumed.
func (b speaker) pause(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	until, err := b.until(s, c.Args.Until)
	if err != nil {
		return Answer{}, err
	}
	s, err = b.change(ctx, req, access.Paused, s.ID, func(s *reports.Subscription) error {
		s.State, s.Reason, s.PausedUntil = reports.Paused, reports.ByPerson, until
		return nil
	})
	return b.done(req, templates.DonePaused, s, idCommand("resume", c.Args.ID), err)
}

// until is the beginning of the day on which a pause ends, in the subscription's zone.
func (b speaker) until(s reports.Subscription, u command.Until) (time.Time, error) {
	if u.IsZero() {
		return time.Time{}, nil
	}
	now := b.Now().In(b.zoneOf(s))
	day := u.From(usage.DateOf(now))
	if !day.After(usage.DateOf(now)) {
		return time.Time{}, &pastDay{day}
	}
	return time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, now.Location()), nil
}

// pastDay says that a pause cannot end on a day that is over.
type pastDay struct{ day usage.Date }

func (e *pastDay) Error() string { return fmt.Sprintf("%s is not in the future", e.day) }

// resume ends a pause. What fell into it does not come afterwards.
func (b speaker) resume(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if s.Reason == reports.NotAllowed {
		if err := b.open(ctx, c, b.subscriptionQuery(s).Department); err != nil {
			return Answer{}, err
		}
	}
	s, err = b.change(ctx, req, access.Resumed, s.ID, func(s *reports.Subscription) error {
		if s.Reason == reports.NotAllowed {
			s.OwnerID = req.UserID // whoever may see it answers for it from now on
		}
		s.State, s.Reason, s.PausedUntil, s.Refusals = reports.Active, "", time.Time{}, 0
		return b.setNext(s)
	})
	return b.done(req, templates.DoneResumed, s, idCommand("pause", c.Args.ID), err)
}

func (b speaker) done(req Request, key templates.DoneKey, s reports.Subscription, back string, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.Done(b.language, templates.DoneView{Key: key, Subscription: b.shown(req, s), Back: back})}, nil
}

// test shows exactly what the next digest would carry. The ledger hears nothing of it.
func (b speaker) test(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	q := b.subscriptionQuery(s)
	if err := b.open(ctx, c, q.Department); err != nil {
		return Answer{}, err
	}
	if q.When, err = b.tried(s); err != nil {
		return Answer{}, err
	}
	story, err := b.Asker.Story(ctx, q, usage.People)
	if err != nil {
		return Answer{}, err
	}
	looks := reports.Looks{SubscriptionID: s.ID, Test: true, CarriesFriday: s.Schedule.CarriesFriday(story.Report.Period)}
	return Answer{Card: b.digestCard(story, looks)}, nil
}

// tried is the period that a test shows: what the next digest carries or, while that is not over, the newest whose figures
// are out, to show what it will be like. A workdays digest never carries a weekend.
func (b speaker) tried(s reports.Subscription) (usage.When, error) {
	slot, err := s.Schedule.Next(b.Now())
	if err != nil {
		return usage.When{}, err
	}
	newest := s.Schedule.Carried(usage.DateOf(b.Now().In(b.zoneOf(s))))
	if slot.Period == newest || s.Schedule.On == reports.Workdays {
		return onDay(newest.Start), nil
	}
	return usage.When{}, nil
}

// history lists the last deliveries of the chat, or of one subscription.
func (b speaker) history(ctx context.Context, req Request, c command.Command) (Answer, error) {
	v := templates.HistoryView{Zone: b.Zone.String()}
	if c.Args.ID != "" {
		s, err := b.own(ctx, req, c.Args.ID)
		if err != nil {
			return Answer{}, err
		}
		shown := b.shown(req, s)
		v.Of, v.Zone, req.ChatID = &shown, s.Schedule.Zone, s.ChatID
	}
	list, err := b.Ledger.History(ctx, req.ChatID, c.Args.ID, historyLength)
	if err != nil {
		return Answer{}, err
	}
	if v.Entries, err = b.historyEntries(ctx, list); err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.History(b.language, v)}, nil
}

// historyLength is how many deliveries are listed.
const historyLength = 10

func (b speaker) historyEntries(ctx context.Context, list []reports.Delivery) ([]templates.HistoryEntry, error) {
	var entries []templates.HistoryEntry
	for _, d := range list {
		entry, err := b.historyEntry(ctx, d)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func (b speaker) historyEntry(ctx context.Context, d reports.Delivery) (templates.HistoryEntry, error) {
	s, err := b.Ledger.Subscription(ctx, d.SubscriptionID)
	if err != nil {
		return templates.HistoryEntry{}, err
	}
	e := templates.HistoryEntry{
		ID: s.ID, Topic: b.topic(s), Period: d.Period, Outcome: templates.Outcome(d.State), Cause: templates.Cause(d.Reason), Late: d.Late,
	}
	if !d.DoneAt.IsZero() {
		e.At = d.DoneAt.In(b.zoneOf(s))
	}
	switch d.State {
	case reports.Failed, reports.Skipped, reports.Uncertain:
		e.Again = retryCommand(s.ID, d.Period)
	}
	return e, nil
}

func retryCommand(id string, p usage.Period) string {
	return idCommand("retry", id) + " date:" + p.Start.String()
}

// retry runs again what was not delivered.
func (b speaker) retry(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	now := b.Now()
	today := usage.DateOf(now.In(b.zoneOf(s)))
	p, ok := c.Args.When.Period(s.Schedule.Cycle, today)
	if !ok || !c.Args.When.Fits(s.Schedule.Cycle) {
		last := retryCommand(s.ID, usage.PeriodOf(s.Schedule.Cycle, today).Previous())
		return Answer{}, &command.Error{Kind: command.Conflict, Arg: "date", Other: "cycle", Suggestion: last, Corrected: last}
	}
	reopened, err := b.Ledger.Reopen(ctx, s.ID, p, now, b.entry(req, access.Retried, s.ID, "", p.Start.String()))
	if err != nil {
		return Answer{}, err
	}
	if !reopened {
		return b.history(ctx, req, command.Command{Name: "history", Args: command.Args{ID: s.ID}})
	}
	return b.requeued(req, s, p), nil
}
