package bot

import (
	"context"

	"usagebot/feishu/events"
	"usagebot/templates"
)

// outsider says that somebody is of another organisation, or asks in a chat that is shared with one.
type outsider struct{}

func (outsider) Error() string { return "not of this organisation" }

func (outsider) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.Outsider}
}

// notAsked says that a card asks somebody else.
type notAsked struct{}

func (notAsked) Error() string { return "somebody else was asked" }

func (notAsked) view(speaker) templates.ProblemView {
	return templates.ProblemView{Key: templates.NotAsked}
}

// stranger reports whether an event is of a person of another tenant than the event's, which is the one that the app is
// installed in. The menu does not tell.
func stranger(e *events.Event) bool {
	tenant := ""
	switch {
	case e.Message != nil:
		tenant = e.Message.TenantKey
	case e.Click != nil:
		tenant = e.Click.TenantKey
	}
	return tenant != "" && e.TenantKey != "" && tenant != e.TenantKey
}

// refusal is why a request is not answered, whatever it asks; nil when it is.
func (b *Bot) refusal(ctx context.Context, req Request) error {
	switch {
	case req.Excess != nil:
		return req.Excess
	case req.For != "" && req.For != req.UserID:
		return notAsked{}
	case b.AnswerOutsiders || req.Local:
		return nil
	case req.Stranger:
		return outsider{}
	case req.Single || req.ChatID == "":
		return nil
	}
	external, err := b.external(ctx, req.ChatID)
	if external {
		return outsider{}
	}
	return err
}
