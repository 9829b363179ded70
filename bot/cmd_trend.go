package bot

import (
	"context"
	"time"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// trend answers with a chart of the last periods.
func (b speaker) trend(ctx context.Context, req Request, c command.Command) (Answer, error) {
	q, err := b.query(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	b.rememberSession(ctx, req, c)
	return b.chart(ctx, c, q, glimpse)
}

// chart draws what has come of a trend within a time; the rest follows.
func (b speaker) chart(ctx context.Context, c command.Command, q usage.Query, within time.Duration) (Answer, error) {
	n := c.Args.N
	if n == 0 {
		n = usage.DefaultPoints(q.Cycle)
	}
	trend, err := b.Asker.Trend(ctx, q, n, usage.People, within)
	if err != nil {
		return Answer{}, withQuestion(c, err)
	}
	last := trend.Points[len(trend.Points)-1].Period
	v := b.controls(c, q, last)
	a := Answer{Card: b.templates.Trend(b.language, templates.TrendView{
		Trend: trend, Metric: inView(c.Args.Metric), DepartmentPath: b.local(q.Department).Path, TimeZone: b.Zone.String(),
		Narrowed: b.narrowed(c),
		Cycles:   v.cycles(), Ability: v.ability(append(usage.Abilities(), usage.All)), Department: v.department(ctx),
		MetricPick: v.metric(), Date: v.date(),
		ShowUsage: v.line("usage", nil), ShowTop: v.line("top", nil), Subscribe: v.subscribe(), Refresh: v.same(nil),
	})}
	if trend.Pending() > 0 {
		q.When = onDay(last.Start) // what is filled up is the chart that was asked for, also past midnight
		a.More = func(ctx context.Context) (Answer, error) { return b.chart(ctx, c, q, refill) }
	}
	return a, nil
}
