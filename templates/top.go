package templates

import (
	"strconv"

	"usagebot/templates/card"
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

	Open []string  // by row: the command that asks for that department's figures
	Down card.Pick // departments that have departments below them: ranks those

	Cycles               map[usage.Cycle]string // commands for the other cycles
	Ability, Date        card.Pick
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
func (t *Templates) Top(lang Language, v TopView) card.Card {
	w, r := t.in(lang), v.Ranking
	p := card.NewPage(w.topHeader(v), w.topSummary(v))
	p.Add(w.crumbs(v.Trail)...)
	p.Add(w.narrowed(v.Narrowed)...)
	p.Add(w.topNotes(v)...)
	p.Add(w.uncounted(v)...)
	if len(r.Rows) == 0 {
		p.Add(card.Paragraph(w.say("top.nothing")))
	}
	p.Add(w.rankingChart(r.Rows[:v.listed()])...)
	after := append(w.topRemarks(v), w.topControls(v)...)
	p.Shrink(v.listed(), after, func(n int) []card.Element { return w.rankingTable(r, n) })
	p.Add(after...)
	return p.Card
}

// listed is how many rows there are to list.
func (v TopView) listed() int {
	n := min(len(v.Ranking.Rows), maxRanked)
	if v.Limit > 0 {
		n = min(n, v.Limit)
	}
	return n
}

func (w wording) topHeader(v TopView) card.Header {
	q, r := v.Ranking.Query, asReport(v.Ranking)
	title := w.say("top.title", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.cycle(q.Cycle))
	subtitle := card.Text(w.say("usage.subtitle", "days", w.covered(r), "department", w.department(q.Department, trailPath(v.Trail))))
	tags := w.stateTags(r)
	if v.Ranking.Uncounted() > 0 {
		tags = append(tags, card.TextTag{Text: card.Text(w.say("top.tag.part")), Color: card.OrangeTag})
	}
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, TextTagList: tags[:min(len(tags), maxTags)], Template: card.BlueHead}
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
	q, first := v.Ranking.Query, card.Absent
	if rows := v.Ranking.Rows; len(rows) > 0 && rows[0].Value != nil {
		first = w.say("line.pair", "name", w.rankName(rows[0]), "value", w.short(*rows[0].Value))
	}
	if v.Ranking.Uncounted() > 0 {
		first = w.say("top.among", "first", first)
	}
	return w.say("top.summary", "app", appName(q.App), "cycle", w.cycle(q.Cycle), "days", w.covered(asReport(v.Ranking)), "first", first)
}

// crumbs lead back up. Of a long way the middle is left out, and at the top there is no way to lead.
func (w wording) crumbs(trail []Crumb) []card.Element {
	if len(trail) < 2 {
		return nil
	}
	if len(trail) > maxCrumbs {
		trail = append([]Crumb{trail[0], {Name: "…"}}, trail[len(trail)-maxCrumbs+2:]...)
	}
	var controls []card.Inner
	for i, c := range trail {
		label := card.Clean(c.Name, card.MaxOptionText)
		if i > 0 {
			label = w.say("top.crumb", "name", label)
		}
		if b := (card.Button{Label: label, Command: c.Command}); b.Usable() {
			controls = append(controls, b.Draw(card.LinkButton))
		} else {
			controls = append(controls, card.Paragraph(label))
		}
	}
	return sideways(controls)
}

func (w wording) topNotes(v TopView) []card.Element {
	notes := w.usageNotes(asReport(v.Ranking))
	if v.Union {
		notes = append(notes, card.Paragraph(w.say("top.union")))
	}
	return notes
}

// uncounted says of how many departments nothing is known, and what the order of the others is worth then.
func (w wording) uncounted(v TopView) []card.Element {
	r := v.Ranking
	var words []card.Element
	if n := r.Uncounted(); n > 0 {
		words = append(words, card.Paragraph(w.count("top.uncounted", n, "all", card.Integer(int64(len(r.Rows))))))
	}
	if n := r.BeforeUncounted(); n > 0 {
		words = append(words, card.Remark(w.count("top.before_uncounted", n, "days", w.period(r.Before))))
	}
	if len(words) == 0 {
		return nil
	}
	return append(words, w.refresh(v.Refresh)...)
}

func (w wording) topRemarks(v TopView) []card.Element {
	r := v.Ranking
	var remarks []card.Element
	if r.Complete && len(r.Rows) > 0 {
		remarks = append(remarks, card.Remark(w.say("usage.compared."+r.Before.Cycle.String(), "days", w.period(r.Before))))
	}
	abilities := r.Query.Ability.Each()[:1] // a ranking of all is one of the whole app
	return append(remarks, card.Remark(w.say("top.overlap")),
		w.explanationOf([]usage.Metric{usage.ActiveUsers}, abilities, usage.Department{}, v.TimeZone))
}

func (w wording) topControls(v TopView) []card.Element {
	controls := w.openButtons(v)
	controls = append(controls, w.periodControls(v.Previous, v.Date, v.Next)...)
	controls = append(controls, w.cycleControls(v.Cycles, v.Ranking.Query.Cycle)...)
	controls = append(controls, sideways(v.Ability.List(w.say("control.ability")), v.Down.List(w.say("top.down")))...)
	controls = append(controls, w.notOffered(v.Down)...)
	return append(controls, sideways(
		one(w.say("control.usage"), v.ShowUsage, card.PlainButton),
		one(w.say("control.trend"), v.ShowTrend, card.PlainButton),
	)...)
}

// openButtons ask for the figures of the departments that come first.
func (w wording) openButtons(v TopView) []card.Element {
	var buttons []card.ButtonElement
	for i := range min(v.listed(), len(v.Open), maxRankButtons) {
		if b := (card.Button{Label: w.ranked(v.Ranking, i), Command: v.Open[i]}); b.Usable() {
			buttons = append(buttons, b.Draw(card.PlainButton))
		}
	}
	if len(buttons) == 0 {
		return nil
	}
	return append([]card.Element{card.Remark(w.say("top.open"))}, card.ButtonRow(buttons...)...)
}

// rankName is a department's name in the width of a cell, never empty.
func (w wording) rankName(r usage.Rank) string {
	if s := card.Clean(w.department(r.Department, ""), maxRankName); s != "" && r.Department.ID != "" {
		return s
	}
	return card.Absent
}

// ranked is a department's place and name; only the name where it has no figure.
func (w wording) ranked(r usage.Ranking, i int) string {
	place := r.Place(i)
	if place == 0 {
		return w.rankName(r.Rows[i])
	}
	return w.say("top.ranked", "place", strconv.Itoa(place), "name", w.rankName(r.Rows[i]))
}
