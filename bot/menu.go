package bot

import (
	"context"

	"usagebot/feishu"
	"usagebot/feishu/events"
)

// menuLine is the command that an entry of the bot's menu stands for; none for an entry that is not ours.
func menuLine(key string) string {
	switch key {
	case "help", "usage", "subs":
		return "/" + key
	}
	return ""
}

// menuRequest reads a Request out of a use of the menu. There is no chat in it: the answer goes to the person.
func (b *Bot) menuRequest(e *events.Event) (Request, bool) {
	line := menuLine(e.Menu.Key)
	if line == "" || e.ID == "" {
		return Request{}, false
	}
	return Request{
		Key: "menu:" + e.ID, UserID: e.Menu.OperatorID, Person: e.Menu.OperatorID, Text: line, Single: true, At: b.said(e),
	}, true
}

// runMenu sends the answer to the person, in one message however often it is tried.
func (b *Bot) runMenu(ctx context.Context, j *job) error {
	a := j.speaker.answer(ctx, j.Request)
	if b.ctx.Err() != nil {
		return errGivenUp
	}
	sent, err := b.inTurn(ctx, j, j.Person, func() (feishu.Sent, error) {
		return b.Greeter.Send(ctx, feishu.To{Kind: feishu.ToPerson, ID: j.Person}, a.content(), feishu.UUID("menu", j.Key))
	})
	if err == nil && !sent.Plain && a.More != nil {
		b.fillUp(sent.ID, b.show(ctx, sent.ID), a)
	}
	return err
}
