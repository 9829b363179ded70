package bot

import (
	"context"
	"slices"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// controls are a question as its card repeats it: with the ids and the period that the card shows, so that a
// click means the same a week later, whatever "newest" and the names are then.
type controls struct {
	speaker
	name   string // of the command
	asked  command.Args
	pinned command.Args
	query  usage.Query
	period usage.Period
}

func (b speaker) controls(c command.Command, q usage.Query, p usage.Period) controls {
	v := controls{speaker: b, name: c.Name, asked: c.Args, pinned: c.Args, query: q, period: p}
	v.pinned.App, v.pinned.Dept, v.pinned.Cycle, v.pinned.Ability = q.App.ID, q.Department.ID, q.Cycle, q.Ability
	v.pinned.When = onDay(p.Start)
	return v
}

func onDay(d usage.Date) usage.When { return usage.When{Kind: usage.OnDay, Date: d} }

// line asks the same by a command, after a change. What the command does not take, or not after the change, is left out.
func (v controls) line(name string, change func(*command.Args)) string {
	c := command.Command{Name: name, Args: v.pinned}
	if change != nil {
		change(&c.Args)
	}
	if name != v.name {
		c.Args.N = 0
	}
	switch name {
	case "top", "subscribe":
		c.Args.Metric = ""
	}
	return c.Fitting().String()
}

// same asks by the same command.
func (v controls) same(change func(*command.Args)) string { return v.line(v.name, change) }

// cycles ask the same for each cycle. Another cycle of a question for the newest is again for the newest.
func (v controls) cycles() map[usage.Cycle]string {
	lines := map[usage.Cycle]string{}
	for _, cycle := range usage.Cycles() {
		lines[cycle] = v.same(func(a *command.Args) {
			if a.Cycle != cycle && v.asked.When.Kind == usage.Newest {
				a.When = usage.When{}
			}
			a.Cycle = cycle
		})
	}
	return lines
}

func (v controls) previous() string {
	return v.same(func(a *command.Args) { a.When = onDay(v.period.Previous().Start) })
}

// next is none for a period that has not begun: there is nothing in it yet.
func (v controls) next() string {
	next := v.period.Next()
	if !next.Start.Before(v.platformToday()) {
		return ""
	}
	return v.same(func(a *command.Args) { a.When = onDay(next.Start) })
}

// date lets another day be chosen.
func (v controls) date() templates.Pick {
	return templates.Pick{
		Line: v.same(func(a *command.Args) { a.When = usage.When{} }), Arg: "date", Current: v.period.Start.String(),
	}
}

// ability lets another part of the app be chosen. What is in view of it is its active users, which each has.
func (v controls) ability(abilities []usage.Ability) templates.Pick {
	pick := templates.Pick{
		Line: v.same(func(a *command.Args) { a.Ability, a.Metric = "", "" }), Arg: "ability", Current: string(v.query.Ability),
	}
	for _, a := range abilities {
		pick.Options = append(pick.Options, templates.Option{Text: v.templates.AbilityName(v.language, a), Value: string(a)})
	}
	return pick
}

// metric lets another metric be charted.
func (v controls) metric() templates.Pick {
	pick := templates.Pick{
		Line: v.same(func(a *command.Args) { a.Metric = "" }), Arg: "metric", Current: string(inView(v.asked.Metric)),
	}
	for _, m := range usage.AllMetrics() {
		if v.charts(m) {
			pick.Options = append(pick.Options, templates.Option{Text: v.templates.MetricName(v.language, m), Value: string(m)})
		}
	}
	if len(pick.Options) < 2 {
		return templates.Pick{} // nothing to choose
	}
	return pick
}

// charts reports whether the card could show a chart of the metric.
func (v controls) charts(m usage.Metric) bool {
	c := command.Command{Name: v.name, Args: v.pinned}
	c.Args.Metric = m
	return c.Fitting().Args.Metric == m
}

// inView is the metric whose chart is shown.
func inView(m usage.Metric) usage.Metric {
	if m == "" {
		return usage.ActiveUsers
	}
	return m
}

// wholeCompany is what the grammar calls no department at all.
const wholeCompany = "all"

// department lets another department be chosen: one above, or one right below, of those that the person may see. Without
// the directory there is none.
func (v controls) department(ctx context.Context) templates.Pick {
	id := v.query.Department.ID
	below, err := v.Directory.Children(ctx, id)
	if err != nil {
		v.Log.Debug("no departments to choose from", "error", err)
		return templates.Pick{}
	}
	trail := v.Directory.Trail(ctx, id)
	if len(below) == 0 && len(trail) > 1 { // its sisters, then
		below, _ = v.Directory.Children(ctx, trail[len(trail)-2].ID)
	}
	pick := templates.Pick{Line: v.same(func(a *command.Args) { a.Dept = "" }), Arg: "dept", Current: id}
	if v.rights.Everything {
		pick.Options = []templates.Option{{Text: v.templates.WholeCompany(v.language), Value: wholeCompany}}
	}
	if id == "" {
		pick.Current = wholeCompany
	}
	if len(trail) == 0 && id != "" { // an id that the directory does not know
		trail = []usage.Department{v.query.Department}
	}
	seen := map[string]bool{}
	for _, d := range v.visible(ctx, slices.Concat(v.ownDepartments(ctx), trail, below)) {
		if !seen[d.ID] {
			seen[d.ID] = true
			pick.Options = append(pick.Options, templates.Option{Text: v.local(d).Name, Value: d.ID})
		}
	}
	return pick
}

// subscribe opens the form that makes a subscription of what is shown.
func (v controls) subscribe() string {
	return v.line("subscribe", func(a *command.Args) { a.When, a.Form = usage.When{}, true })
}
