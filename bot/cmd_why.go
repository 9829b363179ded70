package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// answerWhy answers with the change of each part of a figure: which abilities and which departments one level below. The
// platform gives no reasons, and the card says so first.
func (h *usageCommands) answerWhy(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	h.remember(ctx, req, cmd) // also if it names what there is not: a follow-up means this question, not the one before
	q, err := c.query(ctx, cmd)
	if err != nil {
		return Answer{}, err
	}
	b, err := h.usage.Breakdown(ctx, q, c.share)
	if err != nil {
		return Answer{}, noAnswer(ctx, c, cmd, q, err)
	}
	return Answer{Card: templates.Why(c.words(), whyView(ctx, c, cmd, b))}, nil
}

func whyView(ctx context.Context, c conversation, cmd command.Command, b usage.Breakdown) templates.WhyView {
	r := b.Report
	v := c.controls(cmd, r.Query, r.Period, r.Through)
	departments := v.department(ctx) // first, since it fetches the department's name
	b.Report.Query.Department = c.known(r.Query.Department)
	view := templates.WhyView{
		Breakdown: b, DepartmentPath: c.current(r.Query.Department).Path, TimeZone: c.platformZone.String(), Narrowed: c.narrowed(cmd),
		Union:  cmd.Args.Ability == usage.All,
		Cycles: v.cycles(), Ability: v.ability(ctx, usage.Abilities()), Department: departments,
		Date: v.date(), Previous: v.previous(), Next: v.next(), Refresh: v.same(nil),
		ShowUsage: v.line("usage", nil), ShowTrend: v.line("trend", nil),
		ShowTop: v.line("top", func(a *command.Args) { a.By = command.ByChange }),
	}
	for _, p := range b.Departments {
		view.Open = append(view.Open, v.same(func(a *command.Args) { a.Dept = p.Department.ID }))
	}
	return view
}
