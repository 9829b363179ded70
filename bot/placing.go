package bot

import (
	"context"
	"slices"

	"usagebot/bot/command"
	"usagebot/feishu"
	"usagebot/templates"
)

// This file decides where an answer in a group goes. Everybody there sees the bot's cards, so one person's click must not
// take a card away from the others.

// ownCard is the view of a card that only one person sees. No reply to it is possible.
const ownCard = "own"

// view returns what the person may see, in a short form: people with the same view see the same figures on a card.
func (c conversation) view() string {
	if c.rights.Everything {
		return "all"
	}
	return feishu.UUID(slices.Sorted(slices.Values(c.rights.Departments))...)[:8]
}

// inView marks a card with figures, and the more complete ones that follow it, with the view that its reader has.
func (a Answer) inView(line, view string) Answer {
	a.Card = a.Card.InView(line, view)
	if refine := a.Refine; refine != nil {
		a.Refine = func(ctx context.Context) (Answer, error) {
			fuller, err := refine(ctx)
			return fuller.inView(line, view), err
		}
	}
	return a
}

// place decides where an answer goes. In direct messages a click changes the card. In a group it does so only if it leads from
// one set of figures to another by the same command, and the person sees the same as the card's reader. Every other answer to
// a click goes below the card. What concerns one person alone is shown to that person alone.
func (p *pipeline) place(ctx context.Context, c conversation, req Request, name string, a Answer) Answer {
	if req.ChatID == "" || req.Person != "" || req.Local {
		return a
	}
	spec := c.grammar.Find(name)
	if spec != nil && spec.FollowUp != nil && !a.Problem && !a.UsageError { // not one that asks which department is meant
		a = a.inView("/"+spec.Name(), c.view())
		if req.Click && req.View == c.view() {
			return a
		}
	}
	if !a.Problem { // a problem is a toast, wherever the click was
		req = p.chats.complete(ctx, req)
	}
	if req.Single {
		a.Private = false
		return a
	}
	if a.Below = req.Click; a.Below && !a.Problem {
		a.Toast = templates.BelowToast(c.words())
	}
	return a
}

// refuses reports whether a problem is that the person may not do something, which is nobody else's business.
func refuses(key templates.ProblemKey) bool {
	switch key {
	case templates.NotAdmin, templates.NotViewer, templates.NotManager, templates.DepartmentClosed, templates.NotAsked, templates.ExternalUser,
		templates.NewOwnerMayNotSee, templates.RightsUnread, templates.TooFast, templates.ChatTooFast, templates.TooMany,
		templates.TooManyOfPerson, templates.TooManyInAll, templates.ForTerminal:
		return true
	}
	return false
}

// quiet reports whether a request in a group gets no "still working" notice, which everybody would see: its answer is for one
// person alone.
func (p *pipeline) quiet(req Request) bool {
	if req.Single || req.Person != "" || !command.IsCommand(req.Text) {
		return false
	}
	cmd, err := p.grammar.Parse(req.Text)
	spec := p.grammar.Find(cmd.Name)
	return err == nil && spec != nil && spec.Who == command.AdminOnly
}
