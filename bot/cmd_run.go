package bot

import (
	"context"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// runNow lets a subscription's newest digest go out at once. One that was delivered stays as it is.
func (b speaker) runNow(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if s.State == reports.Paused {
		return Answer{}, &subscriptionPaused{s.ID}
	}
	now := b.Now()
	p := b.newestCarried(s, now)
	run, err := b.Ledger.Run(ctx, s.ID, p, now, b.entry(req, access.Ran, s.ID, "", p.Start.String()))
	if err != nil {
		return Answer{}, err
	}
	d, err := b.Ledger.Delivery(ctx, s.ID, p)
	if err != nil {
		return Answer{}, err
	}
	if !run && d.State == reports.Delivered {
		return b.history(ctx, req, command.Command{Name: "history", Args: command.Args{ID: s.ID}})
	}
	return b.requeued(s, p), nil
}

// requeued says that a digest goes out as soon as it can.
func (b speaker) requeued(s reports.Subscription, p usage.Period) Answer {
	return Answer{Card: b.templates.Done(b.language, templates.DoneView{
		Key: templates.DoneRequeued, Subscription: b.shown(s), Period: p, Back: idCommand("history", s.ID),
	})}
}

// subscriptionPaused says that nothing is sent while a subscription is paused.
type subscriptionPaused struct{ id string }

func (e *subscriptionPaused) Error() string { return "the subscription is paused" }

func (e *subscriptionPaused) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.SubscriptionPaused, Args: map[string]string{"word": e.id}}
}
