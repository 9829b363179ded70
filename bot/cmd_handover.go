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
		return b.handOverCard(ctx, req, s)
	}
	allowed, err := b.mayAnswerFor(ctx, s, c.Args.Person)
	if err != nil {
		return Answer{}, err
	}
	if !allowed {
		return Answer{}, &mayNotSee{}
	}
	heir := reports.Notice{Reason: reports.HandedOver, At: b.Now()}
	s, err = b.change(ctx, req, access.HandedOver, s.ID, func(s *reports.Subscription) error {
		s.OwnerID = c.Args.Person
		return nil
	}, heir)
	return b.done(ctx, templates.DoneHandedOver, s, "/admin subs", err)
}

// handOverCard asks who is to answer for a subscription. Where it stands in that subscription's chat everybody there can be
// chosen; elsewhere those who manage the chat, and the administrators.
func (b speaker) handOverCard(ctx context.Context, req Request, s reports.Subscription) (Answer, error) {
	row, err := b.governed(ctx, s)
	if err != nil {
		return Answer{}, err
	}
	v := templates.HandOverView{Subscription: row, Line: idCommand("admin hand-over", s.ID), Back: "/admin subs"}
	if s.ChatID != req.ChatID {
		v.Candidates = b.candidates(ctx, s)
	}
	return Answer{Card: b.templates.HandOver(b.language, v)}, nil
}

// mayAnswerFor reports whether a person may see what a subscription's digests carry, and so may become its owner.
func (b *Bot) mayAnswerFor(ctx context.Context, s reports.Subscription, openID string) (bool, error) {
	s.OwnerID = openID
	return b.Allowed(ctx, s)
}

// mayNotSee says that somebody cannot become the owner of a subscription.
type mayNotSee struct{}

func (*mayNotSee) Error() string { return "the new owner may not see the figures" }

func (*mayNotSee) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.NewOwnerMayNotSee}
}

func (b speaker) candidates(ctx context.Context, s reports.Subscription) []string {
	var offices []string
	if info, err := b.chat(ctx, s.ChatID); err != nil {
		b.Log.Warn("a chat's owner could not be asked for", "error", err)
	} else {
		offices = info.Offices()
	}
	return slices.DeleteFunc(slices.Concat(offices, b.Administrators(ctx)), func(id string) bool {
		allowed, err := b.mayAnswerFor(ctx, s, id)
		return id == s.OwnerID || err == nil && !allowed // where it is not known, the choice will tell
	})
}
