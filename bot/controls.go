package bot

import (
	"context"
	"slices"
	"strings"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// controls are the buttons and pickers of an answer's card. They repeat the question with the ids and the period that the
// card shows, so that a click means the same a week later, whatever "newest" and the names are then.
type controls struct {
	conversation
	name   string // of the command
	asked  command.Args
	pinned command.Args
	query  usage.Query
	period usage.Period
	// through is the last day of the period that has figures.
	through usage.Date
}

func (c conversation) controls(cmd command.Command, q usage.Query, p usage.Period, through usage.Date) controls {
	if through.IsZero() || through.Before(p.Start) || through.After(p.End()) {
		through = p.End()
	}
	v := controls{conversation: c, name: cmd.Name, asked: cmd.Args, pinned: cmd.Args, query: q, period: p, through: through}
	v.pinned.App, v.pinned.Dept, v.pinned.Cycle, v.pinned.Ability = q.App.ID, q.Department.ID, q.Cycle, q.Ability
	v.pinned.When = onDay(p.Start)
	return v
}

func onDay(d usage.Date) usage.When { return usage.When{Kind: usage.OnDay, Date: d} }

// line asks the same by a command, after a change. It leaves out what that command does not take.
func (v controls) line(name string, change func(*command.Args)) string {
	cmd := command.Command{Name: name, Args: v.pinned}
	if name != v.name {
		cmd.Args.N, cmd.Args.By = 0, ""
	}
	switch name {
	case "top", "subscribe", "why":
		cmd.Args.Metric = ""
	}
	if change != nil {
		change(&cmd.Args)
	}
	return cmd.Fitting().String()
}

// ranking asks for the ranking by something else.
func (v controls) ranking(by string) string {
	return v.same(func(a *command.Args) { a.By = by })
}

// same asks by the same command.
func (v controls) same(change func(*command.Args)) string { return v.line(v.name, change) }

// cycles ask the same for each cycle. If the question was for the newest period, so are these; otherwise they stay within
// the period that is shown, so that they lead there and back again.
func (v controls) cycles() map[usage.Cycle]string {
	lines := map[usage.Cycle]string{}
	for _, cycle := range usage.Cycles() {
		lines[cycle] = v.same(func(a *command.Args) {
			switch {
			case a.Cycle == cycle, a.More.Arg == byPeriod: // each compared period has a day of its own
			case v.asked.When.Kind == usage.Newest:
				a.When = usage.When{}
			default:
				a.When, a.N = onDay(v.dayFor(cycle)), 0 // so many periods belong to the old cycle
			}
			a.Cycle = cycle
		})
	}
	return lines
}

// dayFor returns a day of the period that another cycle's button opens: the last one with figures, or in a month the last
// week whose days all lie in it and have figures.
func (v controls) dayFor(cycle usage.Cycle) usage.Date {
	if v.period.Cycle == usage.Monthly && cycle == usage.Weekly {
		week := usage.PeriodOf(usage.Weekly, v.through.AddDays(1)).Previous()
		if !week.Start.Before(v.period.Start) {
			return week.Start
		}
	}
	return v.through
}

func (v controls) previous() string {
	return v.same(func(a *command.Args) { a.When = onDay(v.period.Previous().Start) })
}

// next is empty if the next period has not begun, since there are no figures in it.
func (v controls) next() string {
	next := v.period.Next()
	if !next.Start.Before(v.platformToday()) {
		return ""
	}
	return v.same(func(a *command.Args) { a.When = onDay(next.Start) })
}

// date lets the person choose another day.
func (v controls) date() templates.Pick {
	return templates.Pick{
		Line: v.same(func(a *command.Args) { a.When = usage.When{} }), Arg: "date", Current: v.period.Start.String(),
	}
}

// ability lets the person choose another part of the app, of those that it has. The chart goes back to active users, which every
// part has.
func (v controls) ability(ctx context.Context, abilities []usage.Ability) templates.Pick {
	pick := templates.Pick{
		Line: v.same(func(a *command.Args) { a.Ability, a.Metric = "", "" }), Arg: "ability", Current: string(v.query.Ability),
	}
	for _, a := range v.abilities.offered(ctx, v.query, abilities) {
		pick.Options = append(pick.Options, templates.Option{Text: templates.AbilityName(v.words(), a), Value: string(a)})
	}
	return pick
}

// metric lets the person choose which metric is charted; empty if there is only one.
func (v controls) metric() templates.Pick {
	pick := templates.Pick{
		Line: v.same(func(a *command.Args) { a.Metric = "" }), Arg: "metric", Current: string(chartedMetric(v.asked.Metric)),
	}
	for _, m := range usage.AllMetrics() {
		if v.charts(m) {
			pick.Options = append(pick.Options, templates.Option{Text: templates.MetricName(v.words(), m), Value: string(m)})
		}
	}
	if len(pick.Options) < 2 {
		return templates.Pick{}
	}
	return pick
}

// charts reports whether the card can chart a metric.
func (v controls) charts(m usage.Metric) bool {
	cmd := command.Command{Name: v.name, Args: v.pinned}
	cmd.Args.Metric = m
	return cmd.Fitting().Args.Metric == m
}

// wholeCompany is the grammar's word for no department at all.
const wholeCompany = "all"

// department lets the person choose another department that they may see: one above or right below. It is empty if the
// directory cannot be read.
func (v controls) department(ctx context.Context) templates.Pick {
	id := v.query.Department.ID
	below, err := v.directory.Children(ctx, id)
	if err != nil {
		v.log.Debug("no departments to choose from", "error", err)
		return templates.Pick{}
	}
	trail := v.directory.Trail(ctx, id)
	if len(below) == 0 && len(trail) > 1 { // offer the departments beside it instead
		below, _ = v.directory.Children(ctx, trail[len(trail)-2].ID)
	}
	pick := templates.Pick{Line: v.same(func(a *command.Args) { a.Dept = "" }), Arg: "dept", Current: id}
	if v.rights.Everything {
		pick.Options = []templates.Option{{Text: templates.WholeCompany(v.words()), Value: wholeCompany}}
	}
	if id == "" {
		pick.Current = wholeCompany
	}
	if len(trail) == 0 && id != "" { // an id that is not in the directory
		trail = []usage.Department{v.query.Department}
	}
	seen := map[string]bool{}
	for _, d := range v.visible(ctx, slices.Concat(v.ownDepartments(ctx), trail, below)) {
		if !seen[d.ID] && (hasName(d) || d.ID == id) {
			seen[d.ID] = true
			pick.Options = append(pick.Options, templates.Option{Text: v.local(d).Name, Value: d.ID})
		}
	}
	return pick
}

// hasName reports whether the bot may read a department's name. One without a name is nothing to choose.
func hasName(d usage.Department) bool { return strings.TrimSpace(d.Name) != "" }

// subscribe opens the form that subscribes the chat to what is shown.
func (v controls) subscribe() string {
	return v.line("subscribe", func(a *command.Args) { a.When, a.Form = usage.When{}, true })
}

// trail leads from the whole company, or from what the person may see of it, down to the department that is shown.
func (v controls) trail(ctx context.Context) []templates.Crumb {
	var crumbs []templates.Crumb
	if v.rights.Everything {
		crumbs = []templates.Crumb{{Name: templates.WholeCompany(v.words()), Command: v.same(func(a *command.Args) { a.Dept = "" })}}
	}
	for _, d := range v.visible(ctx, v.directory.Trail(ctx, v.query.Department.ID)) {
		crumbs = append(crumbs, templates.Crumb{Name: v.local(d).Name, Command: v.same(func(a *command.Args) { a.Dept = d.ID })})
	}
	if len(crumbs) == 0 { // an id that is not in the directory
		return nil
	}
	crumbs[len(crumbs)-1].Command = ""
	return crumbs
}

// askAnew is the command of the button by which an administrator has the platform asked again for the days that a card
// shows; empty for everybody else. In a group others see the button too; a click runs with the rights of the person who
// clicks.
func (v controls) askAnew(from, through usage.Date) string {
	if !v.rights.Admin || v.commands.Find("admin refresh") == nil {
		return ""
	}
	if yesterday := v.platformToday().AddDays(-1); through.After(yesterday) {
		through = yesterday
	}
	if most := through.AddDays(1 - command.MaxDays); from.Before(most) {
		from = most
	}
	if through.Before(from) {
		return ""
	}
	return command.Command{Name: "admin refresh", Args: command.Args{
		App: v.query.App.ID, Dept: v.query.Department.ID, From: from, Through: through,
	}}.String()
}
