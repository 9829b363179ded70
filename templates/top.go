package templates

import (
	"slices"
	"strconv"

	"usagebot/templates/card"
	"usagebot/usage"
)

// TopView ranks the direct sub-departments of a department.
type TopView struct {
	Ranking  usage.Ranking
	Limit    int     // number of rows; all if not positive
	Trail    []Crumb // from the whole company down to the current department
	TimeZone string  // as in UsageOptions
	Narrowed bool    // as in UsageOptions
	Union    bool    // the query was for all abilities together
	Without  int     // of a ranking by change: departments without figures in one of the periods, which have no row
	// Uncounted is how many departments could not be counted in one of the periods, of a ranking by change.
	Uncounted int

	Refresh string // the command that asks again; set only while departments are uncounted

	Open []string  // by row: the command for the department's figures
	Down card.Pick // departments with sub-departments: the command ranks those

	Cycles               map[usage.Cycle]string // commands for the other cycles
	Ability, Date        card.Pick
	Previous, Next       string // commands for the adjacent periods
	ShowUsage, ShowTrend string
	ByUsers, ByChange    string // commands for the ranking by the one and by the other
	AskAnew              string // as in UsageOptions
}

// Crumb is a department on the path to the current one, whose own Command is empty.
type Crumb struct{ Name, Command string }

// Limits of a ranking card.
const (
	maxRanked     = 50
	maxRankRows   = 10
	linesTogether = 8
	maxCrumbs     = 6
	maxRankName   = 30 // characters of a department's name in the table
)

// Top draws a ranking.
func Top(cat Catalog, v TopView) card.Card {
	r := v.Ranking
	p := card.NewPage(topHeader(cat, v), topSummary(cat, v))
	p.Add(crumbs(cat, v.Trail)...)
	p.Add(narrowedNote(cat, v.Narrowed)...)
	p.Add(topNotes(cat, v)...)
	p.Add(uncounted(cat, v)...)
	if len(r.Rows) == 0 {
		p.Add(card.Paragraph(cat.Text(emptyRanking(v))))
	}
	after := append(topRemarks(cat, v), topControls(cat, v)...)
	p.Shrink(v.listed(), after, func(n int) []card.Element { return rankingRows(cat, v, n) })
	p.Add(after...)
	return p.Card
}

// emptyRanking returns the key of the text that says why there is nothing to rank.
func emptyRanking(v TopView) string {
	switch r := v.Ranking; {
	case !r.ByChange:
		return "top.nothing"
	case !r.Complete:
		return "top.change_unfinished"
	case v.Without+v.Uncounted > 0:
		return "top.change_unknown"
	}
	return "top.nothing"
}

// listed returns the number of rows to show.
func (v TopView) listed() int {
	n := min(len(v.Ranking.Rows), maxRanked)
	if v.Limit > 0 {
		n = min(n, v.Limit)
	}
	return n
}

func topHeader(cat Catalog, v TopView) card.Header {
	q, r := v.Ranking.Query, asReport(v.Ranking)
	title := cat.Text("top.title", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle))
	subtitle := card.Text(cat.Text("usage.subtitle", "days", cat.covered(r), "department", cat.department(q.Department, trailPath(v.Trail))))
	if v.Ranking.ByChange {
		title = cat.Text("top.change_title", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", cat.cycle(q.Cycle))
	}
	tags := stateTags(cat, r)
	if v.unranked() > 0 {
		tags = append(tags, card.TextTag{Text: card.Text(cat.Text("top.tag.part")), Color: card.OrangeTag})
	}
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, TextTagList: tags[:min(len(tags), maxTags)], Template: card.BlueHead}
}

// asReport returns the fields that a ranking shares with a report: the period and the covered days.
func asReport(r usage.Ranking) usage.Report {
	return usage.Report{
		Query: r.Query, Period: r.Period, Through: r.Through, Complete: r.Complete, Over: r.Over, NotOut: r.NotOut, Before: r.Before,
		ZerosFrom: r.ZerosFrom, AsOf: r.AsOf,
	}
}

// trailPath returns the path of the current department, without the whole company, which is the first crumb.
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

func topSummary(cat Catalog, v TopView) string {
	q, first := v.Ranking.Query, card.Absent
	switch rows := v.Ranking.Rows; {
	case len(rows) == 0:
	case v.Ranking.ByChange:
		first = cat.Text("line.pair", "name", rankName(cat, rows[0]), "value", cellChange(cat, rows[0].Change))
	case rows[0].Value != nil:
		first = cat.Text("line.pair", "name", rankName(cat, rows[0]), "value", cat.short(*rows[0].Value))
	}
	if v.unranked() > 0 {
		first = cat.Text("top.among", "first", first)
	}
	return cat.Text("top.summary", "app", appName(q.App), "cycle", cat.cycle(q.Cycle), "days", cat.covered(asReport(v.Ranking)), "first", first)
}

// crumbs draws the way up. It leaves out the middle of a long path, and draws nothing at the top.
func crumbs(cat Catalog, trail []Crumb) []card.Element {
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
			label = cat.Text("top.crumb", "name", label)
		}
		if b := (card.Button{Label: label, Command: c.Command}); b.Usable() {
			controls = append(controls, b.Draw(card.LinkButton))
		} else {
			controls = append(controls, card.Paragraph(label))
		}
	}
	return controlRow(controls)
}

func topNotes(cat Catalog, v TopView) []card.Element {
	notes := usageNotes(cat, asReport(v.Ranking))
	if v.Union {
		notes = append(notes, card.Paragraph(cat.Text("top.union")))
	}
	return notes
}

// uncounted says how many departments could not be counted, and that the ranking only compares the others.
func uncounted(cat Catalog, v TopView) []card.Element {
	r := v.Ranking
	var words []card.Element
	if r.ByChange {
		return unrankedByChange(cat, v)
	}
	if n := r.Uncounted(); n > 0 {
		words = append(words, card.Paragraph(cat.count("top.uncounted", n, "all", card.Integer(int64(r.Departments())))))
	}
	if n := r.BeforeUncounted(); n > 0 {
		words = append(words, card.SmallText(cat.count("top.before_uncounted", n, "days", cat.period(r.Before))))
	}
	if len(words) == 0 {
		return nil
	}
	return append(words, refresh(cat, v.Refresh)...)
}

// unranked returns how many departments may belong before others and have no place.
func (v TopView) unranked() int {
	if v.Ranking.ByChange {
		return v.Uncounted
	}
	return v.Ranking.Uncounted()
}

// unrankedByChange says of how many departments the change is not known, and how many have figures in one period only.
func unrankedByChange(cat Catalog, v TopView) []card.Element {
	if !v.Ranking.Complete {
		return nil
	}
	var words []card.Element
	if v.Uncounted > 0 {
		all := len(v.Ranking.Rows) + v.Without + v.Uncounted
		words = append(words, card.Paragraph(cat.count("top.change_uncounted", v.Uncounted, "all", card.Integer(int64(all)))))
		words = append(words, refresh(cat, v.Refresh)...)
	}
	if v.Without > 0 {
		words = append(words, card.SmallText(cat.count("top.change_without", v.Without)))
	}
	return words
}

func topRemarks(cat Catalog, v TopView) []card.Element {
	r := v.Ranking
	var remarks []card.Element
	if r.Complete && len(r.Rows) > 0 {
		remarks = append(remarks, card.SmallText(cat.Text("usage.compared."+r.Before.Cycle.String(), "days", cat.period(r.Before))))
	}
	abilities := r.Query.Ability.Each()[:1] // a ranking for all abilities uses the whole app
	return append(remarks, card.SmallText(cat.Text("top.overlap")),
		explanationOf(cat, []usage.Metric{usage.ActiveUsers}, abilities, usage.Department{}, v.TimeZone))
}

func topControls(cat Catalog, v TopView) []card.Element {
	controls := controlRow(
		buttonFor(cat.Text("control.earlier"), v.Previous, card.PlainButton),
		cycleButtons(cat, v.Cycles, v.Ranking.Query.Cycle),
		buttonFor(cat.Text("control.later"), v.Next, card.PlainButton),
	)
	by := buttonFor(cat.Text("control.top_change"), v.ByChange, card.PlainButton)
	if v.Ranking.ByChange {
		by = buttonFor(cat.Text("control.top_users"), v.ByUsers, card.PlainButton)
	}
	controls = append(controls, controlRow(
		v.Down.List(cat.Text("top.down")),
		by,
		buttonFor(cat.Text("control.usage"), v.ShowUsage, card.PlainButton),
		buttonFor(cat.Text("control.trend"), v.ShowTrend, card.PlainButton),
	)...)
	controls = append(controls, notOffered(cat, v.Down)...)
	return append(controls, fieldPanel(cat, v.Date, v.Ability, card.Pick{}, card.Pick{}, v.AskAnew)...)
}

// rankName returns a department's name in the width of a table cell. It is never empty.
func rankName(cat Catalog, r usage.Rank) string {
	if s := card.Clean(cat.department(r.Department, ""), maxRankName); s != "" && r.Department.ID != "" {
		return s
	}
	return card.Absent
}

// ranked returns a department's place and name, or only its name if it has no figure.
func ranked(cat Catalog, r usage.Ranking, i int) string {
	place := r.Place(i)
	if place == 0 {
		return rankName(cat, r.Rows[i])
	}
	return cat.Text("top.ranked", "place", strconv.Itoa(place), "name", rankName(cat, r.Rows[i]))
}

// rankingRows draws the first n departments: each name once, as a button that opens its figures, with the count and the
// change beside it. Departments for which there is no room are listed in a folded panel.
func rankingRows(cat Catalog, v TopView, n int) []card.Element {
	r := v.Ranking
	rows := []card.Element{columnsNote(cat, usage.ActiveUsers)}
	var rest []string
	for i := range r.Rows[:n] {
		name := []card.Inner{card.Paragraph(ranked(cat, r, i))}
		if i >= maxRankRows {
			rest = append(rest, cat.Text("line.titled", "title", ranked(cat, r, i), "text", rankFigure(cat, r, i)))
			continue
		}
		if i < len(v.Open) {
			if b := (card.Button{Label: ranked(cat, r, i), Command: v.Open[i]}); b.Usable() {
				name = []card.Inner{b.Draw(card.LinkButton)}
			}
		}
		rows = append(rows, card.ColumnSet{FlexMode: card.KeepColumns, Columns: []card.Column{
			{Width: card.WeightedWidth, Weight: 1, Align: card.Centered, Elements: name},
			{Width: card.AutoWidth, Align: card.Centered, Elements: []card.Inner{card.Paragraph(rankFigure(cat, r, i))}},
		}})
	}
	if len(rest) > 0 {
		var lines []card.Inner // several in a paragraph, because a card may not have many elements
		for part := range slices.Chunk(rest, linesTogether) {
			lines = append(lines, card.Lines(part...))
		}
		rows = append(rows, card.Panel(cat.count("top.rest", len(rest)), lines))
	}
	if left := len(r.Rows) - n; left > 0 {
		rows = append(rows, card.SmallText(cat.count("top.more", left)))
	}
	return rows
}

// rankFigure writes a department's count and how it changed.
func rankFigure(cat Catalog, r usage.Ranking, i int) string {
	row := r.Rows[i]
	figure := countOrAbsent(cat, row.Value, row.Uncounted)
	if !r.Complete || row.Change.Kind == usage.Incomparable {
		return figure
	}
	if r.ByChange {
		return card.Dotted(countChange(cat, row.Change), figure)
	}
	return cat.Text("usage.cell", "value", figure, "change", countChange(cat, row.Change))
}

// countOrAbsent writes a department's count. It distinguishes "could not be counted" from "no figure".
func countOrAbsent(cat Catalog, v *int64, uncounted bool) string {
	switch {
	case v != nil:
		return card.Integer(*v)
	case uncounted:
		return cat.Text("figure.uncounted")
	}
	return card.Absent
}
