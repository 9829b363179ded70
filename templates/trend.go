package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// TrendView is how one metric went.
type TrendView struct {
	Trend  usage.Trend
	Metric usage.Metric // "" is ActiveUsers
	// DepartmentPath and TimeZone are as in UsageOptions.
	DepartmentPath, TimeZone string
	Narrowed                 bool // as in UsageOptions

	Cycles                        map[usage.Cycle]string // commands for the other cycles
	Ability, Department           card.Pick
	MetricPick, Date              card.Pick
	ShowUsage, ShowTop, Subscribe string
	Refresh                       string // asks again; only while figures are missing
	AskAnew                       string // as in UsageOptions
}

// Trend draws a metric over time: its chart, and the same figures in a table, newest first.
func (t *Templates) Trend(lang Language, v TrendView) card.Card {
	w, m := t.in(lang), metricInView(v.Metric)
	p := card.NewPage(w.trendHeader(v, m), w.trendSummary(v, m))
	p.Add(w.narrowed(v.Narrowed)...)
	if out := v.Trend.NotOut; out != nil {
		p.Add(card.Paragraph(w.say("trend.not_out."+out.Cycle.String(), "days", w.period(*out))))
	}
	p.Add(w.trendPicture(v.Trend, m, v.Refresh)...)
	if incomplete(v.Trend) {
		p.Add(w.refresh(v.Refresh)...)
	}
	after := append(w.trendRemarks(v, m), w.trendControls(v)...)
	p.Shrink(len(v.Trend.Points), after, func(n int) []card.Element { return w.trendTable(v.Trend, m, n) })
	p.Add(after...)
	return p.Card
}

func metricInView(m usage.Metric) usage.Metric {
	if m == "" {
		return usage.ActiveUsers
	}
	return m
}

// counted returns the abilities of a question for which the platform counts the metric; where it is none of them, all.
func counted(a usage.Ability, m usage.Metric) []usage.Ability {
	with := slices.DeleteFunc(a.Each(), func(a usage.Ability) bool { return !slices.Contains(a.Metrics(), m) })
	if len(with) == 0 {
		return a.Each()
	}
	return with
}

func (w wording) trendHeader(v TrendView, m usage.Metric) card.Header {
	q := v.Trend.Query
	title := w.say("trend.title", "app", appName(q.App), "ability", w.ability(q.Ability), "metric", w.metric(m))
	subtitle := card.Text(w.say("usage.subtitle", "days", w.span(v.Trend), "department", w.department(q.Department, v.DepartmentPath)))
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, Template: card.BlueHead}
}

// span writes how far a trend reaches, and in what steps.
func (w wording) span(t usage.Trend) string {
	if len(t.Points) == 0 {
		return w.cycle(t.Query.Cycle)
	}
	first, last := t.Points[0], t.Points[len(t.Points)-1]
	days := w.days(first.Period.Start, throughOf(last))
	if t.Query.Cycle == usage.Monthly {
		days = w.say("date.days", "first", shortPeriod(first.Period), "last", shortPeriod(last.Period))
	}
	return w.count("trend.span."+t.Query.Cycle.String(), len(t.Points), "days", days)
}

// throughOf returns the last day that a point's figures cover.
func throughOf(p usage.Point) usage.Date {
	if p.Complete || p.Through.IsZero() || p.Through.Before(p.Period.Start) {
		return p.Period.End()
	}
	return p.Through
}

// trendSummary names the newest figure, which is what a list of chats has room for.
func (w wording) trendSummary(v TrendView, m usage.Metric) string {
	q := v.Trend.Query
	newest := card.Absent
	first := counted(q.Ability, m)[0]
	for _, p := range v.Trend.Points {
		if value := p.Value(first, m); value != nil {
			newest = w.say("line.titled", "title", shortPeriod(p.Period), "text", w.short(*value))
		}
	}
	return w.say("trend.summary", "app", appName(q.App), "ability", w.ability(q.Ability), "metric", w.metric(m), "newest", newest)
}

// trendPicture is the chart with what has to be said of it.
func (w wording) trendPicture(t usage.Trend, m usage.Metric, refresh string) []card.Element {
	drawn := w.trendChart(t, m)
	switch {
	case len(drawn) > 0:
		drawn = append(drawn, w.legend(t, m)...)
	case !incomplete(t):
		return []card.Element{card.Remark(w.say("trend.nothing", "metric", w.metric(m)))}
	}
	switch n := t.Pending(); {
	case n == 0:
	case refresh == "": // a digest is not filled up
		drawn = append(drawn, card.Remark(w.count("trend.unasked", n)))
	default:
		drawn = append(drawn, card.Paragraph(w.count("trend.pending", n)))
	}
	if n := t.Failed(); n > 0 {
		drawn = append(drawn, card.Paragraph(w.count("trend.failed", n)))
	}
	return drawn
}

// incomplete reports whether figures of a trend are still coming or could not be had.
func incomplete(t usage.Trend) bool { return t.Pending()+t.Failed() > 0 }

// refresh is the button that asks again for what is missing; nothing in a digest, which has no such command.
func (w wording) refresh(command string) []card.Element {
	return sideways(one(w.say("control.refresh"), command, card.PrimaryButton))
}

// legend says what the chart's marks mean that no name stands beside.
func (w wording) legend(t usage.Trend, m usage.Metric) []card.Element {
	var parts []string
	if slices.ContainsFunc(t.Points, func(p usage.Point) bool { return isWeekend(p.Period) }) {
		parts = append(parts, w.say("trend.legend.weekend"))
	}
	last := t.Points[len(t.Points)-1]
	zeros := slices.IndexFunc(t.Points, func(p usage.Point) bool { return !p.ZerosFrom.IsZero() })
	switch {
	case last.Complete || len(last.Figures) == 0:
	case zeros >= 0:
		days := w.days(t.Points[zeros].ZerosFrom, throughOf(last))
		parts = append(parts, w.say("trend.legend.so_far", "days", days, "time", t.AsOf.Format("15:04")))
	default:
		parts = append(parts, w.say("trend.legend.part", "days", w.days(last.Period.Start, throughOf(last))))
	}
	if len(counted(t.Query.Ability, m)) > 1 {
		parts = append(parts, w.say("trend.legend.overlap"))
	}
	if len(parts) == 0 {
		return nil
	}
	return []card.Element{card.Remark(card.Dotted(parts...))}
}

// trendRemarks say below the figures what must not be done with them, and what they mean.
func (w wording) trendRemarks(v TrendView, m usage.Metric) []card.Element {
	var remarks []card.Element
	if m == usage.ActiveUsers || m == usage.NewUsers {
		remarks = append(remarks, card.Remark(w.say("trend.no_sum")))
	}
	q := v.Trend.Query
	return append(remarks, w.explanationOf([]usage.Metric{m}, counted(q.Ability, m), q.Department, v.TimeZone))
}

func (w wording) trendControls(v TrendView) []card.Element {
	controls := w.periodControls("", v.Date, "")
	controls = append(controls, w.cycleControls(v.Cycles, v.Trend.Query.Cycle)...)
	controls = append(controls, w.choiceControls(v.Ability, v.Department, v.MetricPick)...)
	return append(controls, sideways(
		one(w.say("control.usage"), v.ShowUsage, card.PlainButton),
		one(w.say("control.top"), v.ShowTop, card.PlainButton),
		one(w.say("control.subscribe"), v.Subscribe, card.PlainButton),
		one(w.say("control.ask_anew"), v.AskAnew, card.PlainButton),
	)...)
}
