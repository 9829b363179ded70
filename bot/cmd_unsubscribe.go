package bot

import (
	"context"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// unsubscribe removes a subscription, once that is confirmed.
func (b speaker) unsubscribe(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, missing := b.managed(ctx, req, c.Args.ID)
	if removed := c.Args.Confirm && s.State == reports.Removed; missing != nil && !removed {
		return Answer{}, missing
	}
	if !c.Args.Confirm {
		return Answer{Card: b.templates.ConfirmRemoval(b.language, templates.ConfirmRemovalView{
			Subscription: b.shown(s), Asked: req.UserID, Yes: idCommand("unsubscribe", s.ID) + " confirm", Keep: "/subs",
		})}, nil
	}
	s, err := b.change(ctx, req, access.Removed, s.ID, func(s *reports.Subscription) error {
		s.State, s.Reason = reports.Removed, reports.ByPerson
		return missing // unless it was this very event that removed it
	})
	return b.done(ctx, templates.DoneRemoved, s, b.line(s), err)
}
