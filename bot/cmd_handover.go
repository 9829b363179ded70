package bot

import (
	"context"
	"slices"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// handTo makes somebody else answer for a subscription; without a person it asks for one.
func (b speaker) handTo(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	if c.Args.Person == "" {
		return b.handOverCard(ctx, req, s), nil
	}
	heir := reports.Notice{Reason: reports.HandedOver, At: b.Now()}
	s, err = b.change(ctx, req, access.HandedOver, s.ID, func(s *reports.Subscription) error {
		s.OwnerID = c.Args.Person
		return nil
	}, heir)
	return b.done(templates.DoneHandedOver, s, "/admin subs", err)
}

// handOverCard asks who is to answer for a subscription. Where it stands in that subscription's chat everybody there can be
// chosen; elsewhere those who manage the chat, and the administrators.
func (b speaker) handOverCard(ctx context.Context, req Request, s reports.Subscription) Answer {
	v := templates.HandOverView{Subscription: b.governed(ctx, s), Line: idCommand("admin hand-over", s.ID), Back: "/admin subs"}
	if s.ChatID != req.ChatID {
		v.Candidates = b.candidates(ctx, s)
	}
	return Answer{Card: b.templates.HandOver(b.language, v)}
}

func (b speaker) candidates(ctx context.Context, s reports.Subscription) []string {
	var offices []string
	if info, err := b.chat(ctx, s.ChatID); err != nil {
		b.Log.Warn("a chat's owner could not be asked for", "error", err)
	} else {
		offices = info.Offices()
	}
	return slices.DeleteFunc(slices.Concat(offices, b.Administrators(ctx)), func(id string) bool { return id == s.OwnerID })
}
