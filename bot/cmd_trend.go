package bot

import (
	"context"

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
	b.rememberSession(ctx, req, c) // also a question without an answer may be followed up
	n := c.Args.N
	if n == 0 {
		n = usage.DefaultPoints(q.Cycle)
	}
	trend, err := b.Asker.Trend(ctx, q, n, b.share, glimpse)
	if err != nil {
		return Answer{}, withQuestion(c, err)
	}
	return b.chart(ctx, c, trend), nil
}

// chart draws what has come of a trend; the rest of the same trend follows, also past midnight.
func (b speaker) chart(ctx context.Context, c command.Command, trend usage.Trend) Answer {
	v := b.controls(c, trend.Query, trend.Points[len(trend.Points)-1].Period)
	departments := v.department(ctx) // after it the department's name is known, as far as it can be
	trend.Query.Department = b.known(trend.Query.Department)
	a := Answer{Card: b.templates.Trend(b.language, templates.TrendView{
		Trend: trend, Metric: inView(c.Args.Metric), DepartmentPath: b.current(trend.Query.Department).Path, TimeZone: b.PlatformZone.String(),
		Narrowed: b.narrowed(c),
		Cycles:   v.cycles(), Ability: v.ability(append(usage.Abilities(), usage.All)), Department: departments,
		MetricPick: v.metric(), Date: v.date(),
		ShowUsage: v.line("usage", nil), ShowTop: v.line("top", nil), Subscribe: v.subscribe(), Refresh: v.same(nil),
		AskAnew: v.askAnew(trend.Points[0].Period.Start, trend.Points[len(trend.Points)-1].Period.End()),
	})}
	if trend.Pending() > 0 {
		a.More = func(ctx context.Context) (Answer, error) {
			fuller, err := b.Asker.Resume(ctx, trend, b.share, refill)
			if err != nil {
				return Answer{}, err
			}
			return b.chart(ctx, c, fuller), nil
		}
	}
	return a
}
