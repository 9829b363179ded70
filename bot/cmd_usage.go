package bot

import (
	"context"
	"slices"
	"strings"
	"time"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// usageCommands answer questions for figures: usage, trend, top, compare and why.
type usageCommands struct {
	usage *usage.Client
	cache cache
}

const (
	// chartWait is how long an answer waits for its chart before it goes out without the missing points. Together with the
	// figures it stays below noticeAfter.
	chartWait      = 1200 * time.Millisecond
	leastWait      = 200 * time.Millisecond // for the chart, however long the figures took
	chartRetryWait = 10 * time.Second       // how long a card with missing points waits for more of them
)

// remember stores a question, so that a follow-up can refer to it. A question without an answer may be followed up too.
func (h *usageCommands) remember(ctx context.Context, req Request, cmd command.Command) {
	if req.UserID != "" {
		h.cache.Put(ctx, sessionKey(req), []byte(cmd.String()), sessionLength)
	}
}

// answerUsage answers with the figures of one period, the period before, and a chart of how they came about.
func (h *usageCommands) answerUsage(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	h.remember(ctx, req, cmd) // also if it names what there is not: a follow-up means this question, not the one before
	q, err := c.query(ctx, cmd)
	if err != nil {
		return Answer{}, err
	}
	began := c.now()
	r, err := h.usage.Report(ctx, q, c.share)
	if err != nil {
		return Answer{}, noAnswer(ctx, c, cmd, q, err)
	}
	wait := max(chartWait-c.now().Sub(began), leastWait)
	trend, err := h.usage.TrendTo(ctx, r, usage.DefaultPoints(q.Cycle), c.share, wait)
	if err != nil {
		return Answer{}, err
	}
	return h.dashboard(ctx, c, cmd, r, trend), nil
}

// dashboard renders a report with its trend. While points of the trend are missing, Refine adds them; the report stays as
// it is, and the trend keeps to the report's moment.
func (h *usageCommands) dashboard(ctx context.Context, c conversation, cmd command.Command, r usage.Report, trend usage.Trend) Answer {
	o := usageOptions(ctx, c, cmd, r)
	r.Query.Department = c.known(r.Query.Department)
	r = c.abilities.withoutLacking(ctx, r)
	shown := c.abilities.trendWithoutLacking(ctx, trend)
	o.Trend = &shown
	a := Answer{Card: templates.Usage(c.words(), r, o)}
	if trend.Pending() > 0 {
		a.Refine = func(ctx context.Context) (Answer, error) {
			fuller, err := h.usage.Resume(ctx, trend, c.share, chartRetryWait)
			if err != nil {
				return Answer{}, err
			}
			return h.dashboard(ctx, c, cmd, r, fuller), nil
		}
	}
	return a
}

func usageOptions(ctx context.Context, c conversation, cmd command.Command, r usage.Report) templates.UsageOptions {
	v := c.controls(cmd, r.Query, r.Period, r.Through)
	departments := v.department(ctx) // first, since it fetches the department's name
	why := ""
	if r.Moved() {
		why = v.line("why", nil)
	}
	return templates.UsageOptions{
		DepartmentPath: c.current(r.Query.Department).Path, TimeZone: c.platformZone.String(), Narrowed: c.narrowed(cmd),
		Cycles: v.cycles(), Ability: v.ability(ctx, append(usage.Abilities(), usage.All)), Department: departments,
		MetricPick: v.metric(), Date: v.date(), Previous: v.previous(), Next: v.next(), Metric: chartedMetric(cmd.Args.Metric),
		ShowTrend: v.line("trend", nil), ShowTop: v.line("top", nil), Subscribe: v.subscribe(), Refresh: v.same(nil),
		ShowWhy: why, Lack: c.abilities.lackNote(ctx, r), AskAnew: v.askAnew(r.Period.Start, r.Period.End()),
	}
}

// answerTrend answers with a chart of the last periods.
func (h *usageCommands) answerTrend(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	answered, err := settled(c, cmd)
	h.remember(ctx, req, answered) // also if it names what there is not: a follow-up means this question, not the one before
	if err != nil {
		return Answer{}, err
	}
	if cmd = answered; cmd.Name == "usage" {
		return h.answerUsage(ctx, c, req, cmd)
	}
	q, err := c.query(ctx, cmd)
	if err != nil {
		return Answer{}, err
	}
	n := cmd.Args.N
	if n == 0 {
		n = usage.DefaultPoints(q.Cycle)
	}
	trend, err := h.usage.Trend(ctx, q, n, c.share, chartWait)
	if err != nil {
		return Answer{}, noAnswer(ctx, c, cmd, q, err)
	}
	return h.chart(ctx, c, cmd, trend), nil
}

// chart renders the points of a trend that have come. Refine adds the rest of the same trend, even past midnight.
func (h *usageCommands) chart(ctx context.Context, c conversation, cmd command.Command, trend usage.Trend) Answer {
	first, last := trend.Points[0].Period, trend.Points[len(trend.Points)-1].Period
	v := c.controls(cmd, trend.Query, last, trend.Points[len(trend.Points)-1].Through)
	departments := v.department(ctx) // first, since it fetches the department's name
	trend.Query.Department = c.known(trend.Query.Department)
	a := Answer{Card: templates.Trend(c.words(), templates.TrendView{
		Trend: c.abilities.trendWithoutLacking(ctx, trend), Metric: chartedMetric(cmd.Args.Metric), DepartmentPath: c.current(trend.Query.Department).Path,
		TimeZone: c.platformZone.String(), Narrowed: c.narrowed(cmd), Range: cmd.Args.N != 0,
		Cycles: v.cycles(), Ability: v.ability(ctx, append(usage.Abilities(), usage.All)), Department: departments,
		MetricPick: v.metric(), Date: v.date(),
		ShowUsage: v.line("usage", nil), ShowTop: v.line("top", nil), Subscribe: v.subscribe(), Refresh: v.same(nil),
		AskAnew: v.askAnew(first.Start, last.End()),
	})}
	if trend.Pending() > 0 {
		a.Refine = func(ctx context.Context) (Answer, error) {
			fuller, err := h.usage.Resume(ctx, trend, c.share, chartRetryWait)
			if err != nil {
				return Answer{}, err
			}
			return h.chart(ctx, c, cmd, fuller), nil
		}
	}
	return a
}

// defaultRanks is how many departments a ranking lists unless the command says otherwise.
const defaultRanks = 10

// answerTop answers with the departments right below one, or at the top, ranked by their active users.
func (h *usageCommands) answerTop(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	h.remember(ctx, req, cmd) // also if it names what there is not: a follow-up means this question, not the one before
	q, err := c.query(ctx, cmd)
	if err != nil {
		return Answer{}, err
	}
	if q.Ability == usage.All {
		// A department has one place in a ranking, and the whole app counts a person who uses several abilities once.
		q.Ability = usage.AppAbility
	}
	ranking, err := h.usage.Ranking(ctx, q, c.share)
	if err != nil {
		return Answer{}, noAnswer(ctx, c, cmd, q, err)
	}
	return Answer{Card: templates.Top(c.words(), topView(ctx, c, cmd, ranking))}, nil
}

func topView(ctx context.Context, c conversation, cmd command.Command, r usage.Ranking) templates.TopView {
	v := c.controls(cmd, r.Query, r.Period, r.Through)
	limit := cmd.Args.N
	if limit == 0 {
		limit = defaultRanks
	}
	r.Query.Department = c.known(r.Query.Department)
	without, uncounted := 0, r.Incomparable()
	if cmd.Args.By == command.ByChange {
		r, without = r.OrderedByChange()
	}
	view := templates.TopView{
		Ranking: r, Without: without, Uncounted: uncounted, Limit: limit, Trail: v.trail(ctx), Refresh: v.same(nil), TimeZone: c.platformZone.String(),
		Narrowed: c.narrowed(cmd), Union: cmd.Args.Ability == usage.All,
		Cycles: v.cycles(), Ability: v.ability(ctx, usage.Abilities()), Date: v.date(), Previous: v.previous(), Next: v.next(),
		ShowUsage: v.line("usage", nil), ShowTrend: v.line("trend", nil), ByUsers: v.ranking(""), ByChange: v.ranking(command.ByChange),
		Down:    templates.Pick{Line: v.same(func(a *command.Args) { a.Dept = "" }), Arg: "dept"},
		AskAnew: v.askAnew(r.Period.Start, r.Period.End()),
	}
	for _, row := range r.Rows {
		view.Open = append(view.Open, v.line("usage", func(a *command.Args) { a.Dept = row.Department.ID }))
		if row.Below > 0 && hasName(row.Department) {
			view.Down.Options = append(view.Down.Options, templates.Option{Text: c.local(row.Department).Name, Value: row.Department.ID})
		}
	}
	return view
}

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

// chartedMetric returns the metric whose chart is shown.
func chartedMetric(m usage.Metric) usage.Metric {
	if m == "" {
		return usage.ActiveUsers
	}
	return m
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
