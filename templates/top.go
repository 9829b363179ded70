package templates

import (
	"strconv"

	"usagebot/usage"
)

// TopView ranks the departments right below one.
type TopView struct {
	Ranking  usage.Ranking
	Limit    int     // rows to list; all of them when not positive
	Trail    []Crumb // from the whole company down to the department in view
	TimeZone string  // as in UsageOptions
	Narrowed bool    // the same
	Union    bool    // all abilities together were asked for

	Refresh string // asks again; only while departments are uncounted

	Open []string // by row: the command that asks for that department's figures
	Down Pick     // departments that have departments below them: ranks those

	Cycles               map[usage.Cycle]string // commands for the other cycles
	Ability, Date        Pick
	Previous, Next       string // the same for the period before and after
	ShowUsage, ShowTrend string
}

// Crumb is a department on the way down to the one in view. That one's Command is empty.
type Crumb struct{ Name, Command string }

// Limits of a ranking's card.
const (
	maxRanked      = 50
	maxRankButtons = 10
	maxCrumbs      = 6
	maxRankName    = 30 // characters of a department's name in the table
)

// Top draws a ranking.
func (t *Templates) Top(lang Language, v TopView) Card {
	w, r := t.in(lang), v.Ranking
	p := newPage(w.topHeader(v), w.topSummary(v))
	p.add(w.crumbs(v.Trail)...)
	p.add(w.narrowed(v.Narrowed)...)
	p.add(w.topNotes(v)...)
	p.add(w.uncounted(v)...)
	if len(r.Rows) == 0 {
		p.add(paragraph(w.say("top.nothing")))
	}
	p.add(w.rankingChart(r.Rows[:v.listed()])...)
	after := append(w.topRemarks(v), w.topControls(v)...)
	p.shrink(v.listed(), after, func(n int) []element { return w.rankingTable(r, n) })
	p.add(after...)
	return p.card
}

// listed is how many rows there are to list.
func (v TopView) listed() int {
	n := min(len(v.Ranking.Rows), maxRanked)
	if v.Limit > 0 {
		n = min(n, v.Limit)
	}
	return n
}

func (w wording) topHeader(v TopView) header {
	q, r := v.Ranking.Query, asReport(v.Ranking)
	title := w.say("top.title", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.cycle(q.Cycle))
	subtitle := text(w.say("usage.subtitle", "days", w.covered(r), "department", w.department(q.Department, trailPath(v.Trail))))
	tags := w.stateTags(r)
	if v.Ranking.Uncounted() > 0 {
		tags = append(tags, textTag{Text: text(w.say("top.tag.part")), Color: orangeTag})
	}
	return header{Title: text(title), Subtitle: &subtitle, TextTagList: tags[:min(len(tags), maxTags)], Template: blueHead}
}

// asReport is what a ranking has in common with a report: which days it covers, and how far they are out.
func asReport(r usage.Ranking) usage.Report {
	return usage.Report{
		Query: r.Query, Period: r.Period, Through: r.Through, Complete: r.Complete, Over: r.Over, NotOut: r.NotOut, Before: r.Before,
		ZerosFrom: r.ZerosFrom, AsOf: r.AsOf,
	}
}

// trailPath names the department in view with those above it; nothing for the whole company, which comes first.
func trailPath(trail []Crumb) (names string) {
	for i, c := range trail {
		switch i {
		case 0:
		case 1:
			names = c.Name
		default:
			names += "/" + c.Name
		}
	}
	return names
}

func (w wording) topSummary(v TopView) string {
	q, first := v.Ranking.Query, absent
	if rows := v.Ranking.Rows; len(rows) > 0 && rows[0].Value != nil {
		first = w.say("line.pair", "name", w.rankName(rows[0]), "value", w.short(*rows[0].Value))
	}
	if v.Ranking.Uncounted() > 0 {
		first = w.say("top.among", "first", first)
	}
	return w.say("top.summary", "app", appName(q.App), "cycle", w.cycle(q.Cycle), "days", w.covered(asReport(v.Ranking)), "first", first)
}

// crumbs lead back up. Of a long way the middle is left out, and at the top there is no way to lead.
func (w wording) crumbs(trail []Crumb) []element {
	if len(trail) < 2 {
		return nil
	}
	if len(trail) > maxCrumbs {
		trail = append([]Crumb{trail[0], {Name: "…"}}, trail[len(trail)-maxCrumbs+2:]...)
	}
	var controls []inner
	for i, c := range trail {
		label := clean(c.Name, maxOptionText)
		if i > 0 {
			label = w.say("top.crumb", "name", label)
		}
		if b := (Button{label, c.Command}); b.usable() {
			controls = append(controls, b.draw(linkButton))
		} else {
			controls = append(controls, paragraph(label))
		}
	}
	return sideways(controls)
}

func (w wording) topNotes(v TopView) []element {
	notes := w.usageNotes(asReport(v.Ranking))
	if v.Union {
		notes = append(notes, paragraph(w.say("top.union")))
	}
	return notes
}

// uncounted says of how many departments nothing is known, and what the order of the others is worth then.
func (w wording) uncounted(v TopView) []element {
	r := v.Ranking
	var words []element
	if n := r.Uncounted(); n > 0 {
		words = append(words, paragraph(w.count("top.uncounted", n, "all", integer(int64(len(r.Rows))))))
	}
	if n := r.BeforeUncounted(); n > 0 {
		words = append(words, remark(w.count("top.before_uncounted", n, "days", w.period(r.Before))))
	}
	if len(words) == 0 {
		return nil
	}
	return append(words, w.refresh(v.Refresh)...)
}

func (w wording) topRemarks(v TopView) []element {
	r := v.Ranking
	var remarks []element
	if r.Complete && len(r.Rows) > 0 {
		remarks = append(remarks, remark(w.say("usage.compared."+r.Before.Cycle.String(), "days", w.period(r.Before))))
	}
	abilities := r.Query.Ability.Each()[:1] // a ranking of all is one of the whole app
	return append(remarks, remark(w.say("top.overlap")),
		w.explanationOf([]usage.Metric{usage.ActiveUsers}, abilities, usage.Department{}, v.TimeZone))
}

func (w wording) topControls(v TopView) []element {
	controls := w.openButtons(v)
	controls = append(controls, w.periodControls(v.Previous, v.Date, v.Next)...)
	controls = append(controls, w.cycleControls(v.Cycles, v.Ranking.Query.Cycle)...)
	controls = append(controls, sideways(v.Ability.list(w.say("control.ability")), v.Down.list(w.say("top.down")))...)
	controls = append(controls, w.notOffered(v.Down)...)
	return append(controls, sideways(
		one(w.say("control.usage"), v.ShowUsage, plainButton),
		one(w.say("control.trend"), v.ShowTrend, plainButton),
	)...)
}

// openButtons ask for the figures of the departments that come first.
func (w wording) openButtons(v TopView) []element {
	var buttons []button
	for i := range min(v.listed(), len(v.Open), maxRankButtons) {
		if b := (Button{w.ranked(v.Ranking, i), v.Open[i]}); b.usable() {
			buttons = append(buttons, b.draw(plainButton))
		}
	}
	if len(buttons) == 0 {
		return nil
	}
	return append([]element{remark(w.say("top.open"))}, buttonRow(buttons...)...)
}

// rankName is a department's name in the width of a cell, never empty.
func (w wording) rankName(r usage.Rank) string {
	if s := clean(w.department(r.Department, ""), maxRankName); s != "" && r.Department.ID != "" {
		return s
	}
	return absent
}

// ranked is a department's place and name; only the name where it has no figure.
func (w wording) ranked(r usage.Ranking, i int) string {
	place := r.Place(i)
	if place == 0 {
		return w.rankName(r.Rows[i])
	}
	return w.say("top.ranked", "place", strconv.Itoa(place), "name", w.rankName(r.Rows[i]))
}
