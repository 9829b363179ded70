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
	return b.done(ctx, templates.DonePaused, s, idCommand("resume", c.Args.ID), err)
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

func (e *pastDay) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.DateInPast, Args: map[string]string{"date": e.day.String()}}
}

func (*pastDay) mistaken() {}

// resume ends a pause. What fell into it does not come afterwards.
func (b speaker) resume(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if b.closedToDigests(ctx, s.ChatID) {
		return Answer{}, outsider{}
	}
	if s.Reason == reports.NotAllowed {
		if err := b.open(ctx, c, b.subscriptionQuery(s).Department); err != nil {
			return Answer{}, err
		}
	}
	s, err = b.change(ctx, req, access.Resumed, s.ID, func(s *reports.Subscription) error {
		if s.State == reports.Active { // a digest that is due this moment must not be lost
			s.Refusals = 0
			return nil
		}
		return s.Activate(b.Now(), b.Jitter, req.UserID)
	})
	return b.done(ctx, templates.DoneResumed, s, idCommand("pause", c.Args.ID), err)
}

func (b speaker) done(ctx context.Context, key templates.DoneKey, s reports.Subscription, back string, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	shown, err := b.announced(ctx, s)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.Done(b.language, templates.DoneView{Key: key, Subscription: shown, Back: back})}, nil
}
