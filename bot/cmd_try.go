package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/usage"
)

// test shows exactly what the next digest would carry. The ledger hears nothing of it.
func (b speaker) test(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	q := b.subscriptionQuery(s)
	if err := b.open(ctx, c, q.Department); err != nil {
		return Answer{}, err
	}
	if q.When, err = b.tried(s); err != nil {
		return Answer{}, err
	}
	story, err := b.Asker.Story(ctx, q, b.share)
	if err != nil {
		return Answer{}, err
	}
	looks := reports.DigestOptions{SubscriptionID: s.ID, Test: true, CarriesFriday: s.Schedule.CarriesFriday(story.Report.Period, b.PlatformZone)}
	return Answer{Card: b.digestCard(story, looks)}, nil
}

// tried is the period that a test shows: what the next digest carries or, while that is not over, the newest whose figures
// are out, to show what it will be like. A workdays digest never carries a weekend.
func (b speaker) tried(s reports.Subscription) (usage.When, error) {
	now := b.Now()
	slot, err := s.Schedule.Next(now)
	if err != nil {
		return usage.When{}, err
	}
	newest := b.newestCarried(s, now)
	if s.Schedule.PeriodFor(slot.Day, b.PlatformZone) == newest || s.Schedule.On == reports.Workdays {
		return onDay(newest.Start), nil
	}
	return usage.When{}, nil
}
