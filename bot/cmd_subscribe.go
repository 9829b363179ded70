package bot

import (
	"context"
	"errors"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// subscribe orders a digest to the chat. The same order twice is one subscription; with another time it is changed.
func (b speaker) subscribe(ctx context.Context, req Request, c command.Command) (Answer, error) {
	if req.ChatID == "" {
		return Answer{}, &notManager{} // outside of any chat there is nowhere to send to
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
	if v.Subscription, err = b.announced(ctx, kept); err != nil {
		return Answer{}, err
	}
	v.Single = kept.Single
	return Answer{Card: b.templates.Subscribed(b.language, v)}, nil
}

// reschedule changes a subscription that is there already by what was said of its time, and ends its pause as resuming does:
// whoever subscribes may see its figures.
func (b speaker) reschedule(ctx context.Context, req Request, s reports.Subscription, a command.Args) (reports.Subscription, templates.SubscribedKind, error) {
	s, err := b.change(ctx, req, access.Rescheduled, s.ID, func(s *reports.Subscription) error {
		want := b.schedule(a, s.Schedule)
		if want == s.Schedule && s.State == reports.Active {
			return reports.ErrUnchanged
		}
		s.Schedule = want
		return s.Activate(b.Now(), b.Jitter, req.UserID)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return s, templates.SubscribedAgain, nil
	}
	return s, templates.SubscribedChanged, err
}
