package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// history lists the last deliveries of the chat, or of one subscription.
func (b speaker) history(ctx context.Context, req Request, c command.Command) (Answer, error) {
	v := templates.HistoryView{Zone: b.Zone.String()}
	if c.Args.ID != "" {
		s, err := b.own(ctx, req, c.Args.ID)
		if err != nil {
			return Answer{}, err
		}
		shown := b.shown(s)
		v.Of, v.Zone, req.ChatID = &shown, s.Schedule.Zone, s.ChatID
	}
	list, err := b.Ledger.History(ctx, req.ChatID, c.Args.ID, historyLength)
	if err != nil {
		return Answer{}, err
	}
	if v.Entries, err = b.historyEntries(ctx, list); err != nil {
		return Answer{}, err
	}
	return Answer{Card: b.templates.History(b.language, v)}, nil
}

// historyLength is how many deliveries are listed.
const historyLength = 10

func (b speaker) historyEntries(ctx context.Context, list []reports.Delivery) ([]templates.HistoryEntry, error) {
	var entries []templates.HistoryEntry
	for _, d := range list {
		entry, err := b.historyEntry(ctx, d)
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

func (b speaker) historyEntry(ctx context.Context, d reports.Delivery) (templates.HistoryEntry, error) {
	s, err := b.Ledger.Subscription(ctx, d.SubscriptionID)
	if err != nil {
		return templates.HistoryEntry{}, err
	}
	e := templates.HistoryEntry{
		ID: s.ID, Topic: b.topic(s), Period: d.Period, Outcome: templates.Outcome(d.State), Cause: templates.Cause(d.Reason), Late: d.Late,
	}
	if !d.DoneAt.IsZero() {
		e.At = d.DoneAt.In(b.zoneOf(s))
	}
	switch d.State {
	case reports.Failed, reports.Skipped, reports.Uncertain:
		e.Again = retryCommand(s.ID, d.Period)
	}
	return e, nil
}

func retryCommand(id string, p usage.Period) string {
	return idCommand("retry", id) + " date:" + p.Start.String()
}
