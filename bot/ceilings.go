package bot

import (
	"context"
	"strconv"

	"usagebot/reports"
	"usagebot/templates"
)

// Ceilings are how many subscriptions there may be; 0 is no limit.
type Ceilings struct{ InChat, OfPerson, InAll int }

// tooMany says that a ceiling is reached.
type tooMany struct {
	inAll    bool
	ofPerson bool // that one person answers for, in all chats
	limit    int
}

func (e *tooMany) Error() string { return "too many subscriptions" }

func (e *tooMany) view(speaker) templates.ProblemView {
	v := templates.ProblemView{Key: templates.TooMany, Args: map[string]string{"limit": strconv.Itoa(e.limit)}}
	switch {
	case e.inAll:
		v.Key = templates.TooManyInAll
	case e.ofPerson:
		v.Key = templates.TooManyOfPerson
	}
	return v
}

// room checks that there is room for one more subscription, unless the chat has it already. Two who subscribe at the same
// moment may both get in: a ceiling keeps off floods, and one more is none. A person's own ceiling does not hold
// administrators, who subscribe for the chats of others. Subscriptions of chats that are gone do not count: nothing is sent
// there, and nobody is left there to remove them.
func (b speaker) room(ctx context.Context, s reports.Subscription) error {
	kept, err := b.subscribedTo(ctx, s)
	if err != nil || kept != nil {
		return err
	}
	ofPerson := b.Ceilings.OfPerson
	if b.rights.Admin {
		ofPerson = 0
	}
	for _, ceiling := range []struct {
		tooMany
		of reports.SubscriptionFilter
	}{
		{tooMany{ofPerson: true, limit: ofPerson}, reports.SubscriptionFilter{OwnerID: s.OwnerID, Reachable: true}},
		{tooMany{limit: b.Ceilings.InChat}, reports.SubscriptionFilter{ChatID: s.ChatID, Reachable: true}},
		{tooMany{inAll: true, limit: b.Ceilings.InAll}, reports.SubscriptionFilter{Reachable: true}},
	} {
		if ceiling.limit == 0 {
			continue
		}
		n, err := b.Overview.Count(ctx, ceiling.of)
		if err != nil {
			return err
		}
		if n >= ceiling.limit {
			return &ceiling.tooMany
		}
	}
	return nil
}
