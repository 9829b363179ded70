package bot

import (
	"context"
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

// chartedMetric returns the metric whose chart is shown.
func chartedMetric(m usage.Metric) usage.Metric {
	if m == "" {
		return usage.ActiveUsers
	}
	return m
}
