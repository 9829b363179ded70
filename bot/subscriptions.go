package bot

import (
	"context"
	"errors"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/templates"
	"usagebot/usage"
)

// subscriptions finds and changes subscriptions for the commands, and decides who may manage them.
type subscriptions struct {
	store    reports.Store
	overview reports.Overview
	chats    *chatReader
}

// mayManage checks that the person may manage a subscription of the chat or, with nil, the chat's digests in general:
// the subscription's owner, the chat's owner and managers, and administrators; in direct messages, the person themself.
func (s *subscriptions) mayManage(ctx context.Context, rights access.Rights, req Request, sub *reports.Subscription) error {
	if req.Single || sub != nil && sub.OwnerID == req.UserID || rights.Admin {
		return nil
	}
	info, err := s.chats.get(ctx, req.ChatID)
	if err != nil {
		return err
	}
	if !info.Single && !info.Manages(req.UserID) {
		return notManager(info.OwnerAndManagers())
	}
	return nil
}

// notManager says that the person may not manage digests here, and whom to ask.
func notManager(ask []string) error {
	return saying("not a manager of this chat's digests", templates.ProblemView{Key: templates.NotManager, Ask: ask})
}

// reachable returns a subscription of the chat, or the person's own one in another chat, which notices refer to. An
// administrator reaches those of every chat.
func (s *subscriptions) reachable(ctx context.Context, rights access.Rights, req Request, id string) (reports.Subscription, error) {
	sub, err := s.store.Subscription(ctx, id)
	elsewhere := sub.ChatID != req.ChatID && sub.OwnerID != req.UserID && !rights.Admin
	if errors.Is(err, reports.ErrNotFound) || err == nil && (sub.State == reports.Removed || elsewhere) {
		return sub, unknownSubscription(id)
	}
	return sub, err
}

// managed returns a subscription if the person may manage it.
func (s *subscriptions) managed(ctx context.Context, rights access.Rights, req Request, id string) (reports.Subscription, error) {
	sub, err := s.reachable(ctx, rights, req, id)
	if err != nil {
		return sub, err
	}
	if req.Single = req.Single || sub.Single; req.Single {
		return sub, nil
	}
	return sub, s.mayManage(ctx, rights, req, &sub)
}

// change changes a subscription once for a request, and records who did it. A subscription that was removed in the
// meantime stays removed.
func (s *subscriptions) change(
	ctx context.Context, c conversation, req Request, act access.Act, id string, change func(*reports.Subscription) error, tell ...reports.Notice,
) (reports.Subscription, error) {
	now := c.now()
	guarded := func(sub *reports.Subscription) error {
		if sub.State == reports.Removed {
			return unknownSubscription(id)
		}
		sub.UpdatedAt = now
		return change(sub)
	}
	return s.store.Change(ctx, reports.Edit{
		IdempotencyKey: req.Key, ID: id, Change: guarded, Entry: subscriptionEntry(now, req, act), Notices: tell,
	})
}

// sameInChat returns the chat's subscription to the same, or nil.
func (s *subscriptions) sameInChat(ctx context.Context, sub reports.Subscription) (*reports.Subscription, error) {
	list, err := s.store.InChat(ctx, sub.ChatID)
	if err != nil {
		return nil, err
	}
	for _, kept := range list {
		if kept.Key() == sub.Key() {
			return &kept, nil
		}
	}
	return nil, nil
}

// listed returns the chat's subscriptions. A request from the menu has no chat, so it gets the person's own.
func (s *subscriptions) listed(ctx context.Context, req Request) ([]reports.Subscription, error) {
	if req.Person != "" {
		return s.overview.All(ctx, reports.SubscriptionFilter{OwnerID: req.UserID}, listLength)
	}
	return s.store.InChat(ctx, req.ChatID)
}

// listLength is how many entries are read for a list. A card may have room for fewer.
const listLength = 20

// nextRuns is how many of the next digests a card announces.
const nextRuns = 3

// withNextRuns is a subscription as a card shows it that announces the next digests.
func (s *subscriptions) withNextRuns(ctx context.Context, c conversation, sub reports.Subscription) (templates.Subscription, error) {
	v := c.subscriptionView(sub)
	if sub.State != reports.Active {
		return v, nil
	}
	runs, err := reports.NextRuns(ctx, s.store, sub, c.calendar, c.now(), nextRuns)
	v.Next, v.Sent = runs.At, runs.Sent
	return v, err
}

// doneCard confirms a change of a subscription, or passes on why there was none.
func (s *subscriptions) doneCard(ctx context.Context, c conversation, key templates.DoneKey, sub reports.Subscription, back string, err error) (Answer, error) {
	if err != nil {
		return Answer{}, err
	}
	view, err := s.withNextRuns(ctx, c, sub)
	if err != nil {
		return Answer{}, err
	}
	return Answer{Card: templates.Done(c.words(), templates.DoneView{Key: key, Subscription: view, Back: back})}, nil
}

// historyEntries are deliveries as a card lists them.
func (s *subscriptions) historyEntries(ctx context.Context, c conversation, list []reports.Delivery) ([]templates.HistoryEntry, error) {
	var entries []templates.HistoryEntry
	for _, d := range list {
		sub, err := s.store.Subscription(ctx, d.SubscriptionID)
		if err != nil {
			return nil, err
		}
		e := templates.HistoryEntry{
			ID: sub.ID, Topic: c.topic(sub), Period: d.Period, Outcome: templates.Outcome(d.State), Cause: templates.Cause(d.Reason), Late: d.Late,
		}
		if !d.DoneAt.IsZero() {
			e.At = d.DoneAt.In(c.scheduleZone(sub))
		}
		switch d.State {
		case reports.Failed, reports.Skipped, reports.Uncertain:
			e.Again = retryCommand(sub.ID, d.Period)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

// retryCommand is the command that sends a digest again.
func retryCommand(id string, p usage.Period) string {
	return idCommand("retry", id) + " date:" + p.Start.String()
}
