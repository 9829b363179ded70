package bot

import (
	"context"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// standardRanks is how many departments are listed unless something else is said.
const standardRanks = 10

// top answers with the departments right below one, or at the top, ranked by their active users.
func (b speaker) top(ctx context.Context, req Request, c command.Command) (Answer, error) {
	q, err := b.query(ctx, c)
	if err != nil {
		return Answer{}, err
	}
	if q.Ability == usage.All {
		// A department has one place in a ranking, and people who use several abilities are counted once in the whole app.
		q.Ability = usage.AppAbility
	}
	b.rememberSession(ctx, req, c)
	ranking, err := b.Asker.Ranking(ctx, q, b.share)
	if err != nil {
		return Answer{}, withQuestion(c, err)
	}
	return Answer{Card: b.templates.Top(b.language, b.topView(ctx, c, ranking))}, nil
}

func (b speaker) topView(ctx context.Context, c command.Command, r usage.Ranking) templates.TopView {
	v := b.controls(c, r.Query, r.Period)
	limit := c.Args.N
	if limit == 0 {
		limit = standardRanks
	}
	r.Query.Department = b.known(r.Query.Department)
	view := templates.TopView{
		Ranking: r, Limit: limit, Trail: v.trail(ctx), Refresh: v.same(nil), TimeZone: b.PlatformZone.String(),
		Narrowed: b.narrowed(c), Union: c.Args.Ability == usage.All,
		Cycles: v.cycles(), Ability: v.ability(usage.Abilities()), Date: v.date(), Previous: v.previous(), Next: v.next(),
		ShowUsage: v.line("usage", nil), ShowTrend: v.line("trend", nil),
		Down: templates.Pick{Line: v.same(func(a *command.Args) { a.Dept = "" }), Arg: "dept"},
	}
	for _, row := range r.Rows {
		view.Open = append(view.Open, v.line("usage", func(a *command.Args) { a.Dept = row.Department.ID }))
		if row.Below > 0 {
			view.Down.Options = append(view.Down.Options, templates.Option{Text: b.local(row.Department).Name, Value: row.Department.ID})
		}
	}
	return view
}

// trail leads from the whole company, or from what the person may see of it, down to the department in view.
func (v controls) trail(ctx context.Context) []templates.Crumb {
	var crumbs []templates.Crumb
	if v.rights.Everything {
		crumbs = []templates.Crumb{{Name: v.templates.WholeCompany(v.language), Command: v.same(func(a *command.Args) { a.Dept = "" })}}
	}
	for _, d := range v.visible(ctx, v.Directory.Trail(ctx, v.query.Department.ID)) {
		crumbs = append(crumbs, templates.Crumb{Name: v.local(d).Name, Command: v.same(func(a *command.Args) { a.Dept = d.ID })})
	}
	if len(crumbs) == 0 { // an id that the directory does not know
		return nil
	}
	crumbs[len(crumbs)-1].Command = ""
	return crumbs
}
