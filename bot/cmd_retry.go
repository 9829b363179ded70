package bot

import (
	"context"

	"usagebot/access"
	"usagebot/bot/command"
	"usagebot/usage"
)

// retry runs again what was not delivered.
func (b speaker) retry(ctx context.Context, req Request, c command.Command) (Answer, error) {
	s, err := b.managed(ctx, req, c.Args.ID)
	if err != nil {
		return Answer{}, err
	}
	now := b.Now()
	today := b.platformToday()
	p, ok := c.Args.When.Period(s.Schedule.Cycle, today)
	if !ok || !c.Args.When.Fits(s.Schedule.Cycle) {
		last := retryCommand(s.ID, usage.PeriodOf(s.Schedule.Cycle, today).Previous())
		return Answer{}, &command.Error{Kind: command.Conflict, Arg: "date", Other: "cycle", Suggestion: last, Corrected: last}
	}
	reopened, err := b.Ledger.Reopen(ctx, s.ID, p, now, b.entry(req, access.Retried, s.ID, "", p.Start.String()))
	if err != nil {
		return Answer{}, err
	}
	if !reopened {
		return b.history(ctx, req, command.Command{Name: "history", Args: command.Args{ID: s.ID}})
	}
	return b.requeued(s, p), nil
}
