package bot

import (
	"context"
	"errors"
	"strings"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
)

// strayID is an error about a subscription's id, with those that could have been meant.
type strayID struct {
	error

	ids  []string
	list string // the command that lists them
}

func (e *strayID) Unwrap() error { return e.error }

func (e *strayID) view(b speaker) templates.ProblemView {
	v := b.view(e.error)
	list := command.Command{Name: e.list}
	v.Allowed = e.ids
	v.Choices = append(v.Choices, templates.Button{Label: b.commands.Line(list, b.lang()), Command: list.String()})
	switch {
	case len(e.ids) == 0:
		v.Example = b.commands.Line(list, b.lang())
	case v.Example != "":
		v.Example = strings.ReplaceAll(v.Example, command.SampleID, e.ids[0])
	}
	return v
}

// withIDs adds to an error about an id those of the chat; for an administrator's command those of all chats.
func (b speaker) withIDs(ctx context.Context, req Request, err error) error {
	typed, unknown := new(command.Error), new(unknownSubscription)
	about := errors.As(err, &typed) && typed.Arg == command.IDArg().Name
	if !about && !errors.As(err, &unknown) {
		return err
	}
	stray := &strayID{error: err, list: "subs"}
	list, failed := b.subscriptionsFor(ctx, req)
	if b.rights.Admin && typed.Spec != nil && typed.Spec.Parent != nil {
		stray.list = "admin subs"
		list, failed = b.Overview.All(ctx, reports.SubscriptionFilter{}, listed)
	}
	if failed != nil { // what was wrong matters more
		return err
	}
	for _, s := range list {
		stray.ids = append(stray.ids, s.ID)
	}
	return stray
}
