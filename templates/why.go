package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// WhyView shows which parts of a figure changed.
type WhyView struct {
	Breakdown usage.Breakdown
	// DepartmentPath and TimeZone are as in UsageOptions.
	DepartmentPath, TimeZone string
	Narrowed                 bool // as in UsageOptions
	Union                    bool // the query was for all abilities together

	Open []string // by department: the command for what changed in it

	Cycles              map[usage.Cycle]string // commands for the other cycles
	Ability, Department card.Pick
	Date                card.Pick
	Previous, Next      string // commands for the adjacent periods
	ShowUsage           string
	ShowTrend           string
	ShowTop             string // the command that ranks the departments by change
	Refresh             string // the command that asks again
}

// maxParts is how many departments are listed.
const maxParts = 20

// Why draws where a change shows: first that the platform gives no reasons, then the change of the whole, then the parts that
// moved against it, then all parts by the size of their change.
func Why(cat Catalog, v WhyView) card.Card {
	b, r := v.Breakdown, v.Breakdown.Report
	p := card.NewPage(whyHeader(cat, v), whySummary(cat, v))
	p.Add(card.Paragraph(cat.Text("why.no_reasons")))
	p.Add(narrowedNote(cat, v.Narrowed)...)
	if v.Union {
		p.Add(card.Paragraph(cat.Text("compare.union")))
	}
	if !r.Complete {
		p.Add(usageNotes(cat, r)...)
		p.Add(card.Paragraph(cat.Text("why.unfinished")))
		p.Add(whyControls(cat, v)...)
		return p.Card
	}
	p.Add(usageNotes(cat, r)...)
	p.Add(card.Sized(wholeChange(cat, b), card.LargeSize))
	p.Add(card.SmallText(cat.Text("usage.compared."+r.Before.Cycle.String(), "days", cat.period(r.Before))))
	p.Add(movedAgainst(cat, b)...)
	p.Add(partTable(cat, "why.abilities", b.Abilities)...)
	after := append(whyRemarks(cat, v), whyControls(cat, v)...)
	if n := len(b.Departments); n > 0 {
		p.Shrink(min(n, maxParts), after, func(shown int) []card.Element {
			elements := partTable(cat, "why.departments", b.Departments[:shown])
			if left := n - shown; left > 0 {
				elements = append(elements, card.SmallText(cat.count("top.more", left)))
			}
			return elements
		})
	}
	p.Add(after...)
	return p.Card
}

func whyHeader(cat Catalog, v WhyView) card.Header {
	r := v.Breakdown.Report
	title := cat.Text("why.title", "app", appName(r.Query.App), "ability", cat.ability(r.Query.Ability), "cycle", cat.cycle(r.Query.Cycle))
	subtitle := card.Text(cat.Text("usage.subtitle", "days", cat.covered(r), "department", cat.department(r.Query.Department, v.DepartmentPath)))
	return card.Header{Title: card.Text(title), Subtitle: &subtitle, TextTagList: stateTags(cat, r), Template: card.BlueHead}
}

func whySummary(cat Catalog, v WhyView) string {
	title := cat.Text("why.title", "app", appName(v.Breakdown.Report.Query.App), "ability", cat.ability(v.Breakdown.Report.Query.Ability),
		"cycle", cat.cycle(v.Breakdown.Report.Query.Cycle))
	return cat.Text("line.titled", "title", title, "text", wholeChange(cat, v.Breakdown))
}

// wholeChange writes the change of the whole.
func wholeChange(cat Catalog, b usage.Breakdown) string {
	w := b.Whole
	switch {
	case w.Value == nil:
		return cat.Text("line.pair", "name", cat.metric(usage.ActiveUsers), "value", card.Absent)
	case w.Change.Kind == usage.Incomparable:
		return cat.Text("why.whole_uncompared", "metric", cat.metric(usage.ActiveUsers), "value", card.Integer(*w.Value))
	}
	return cat.Text("why.whole", "metric", cat.metric(usage.ActiveUsers), "value", card.Integer(*w.Value), "before", card.Integer(*w.Before), "change", cat.change(w.Change))
}

// movedAgainst names the parts that moved against the whole, since they show that not everything moved alike.
func movedAgainst(cat Catalog, b usage.Breakdown) []card.Element {
	var named []string
	for _, part := range slices.Concat(b.Abilities, b.Departments) {
		if part.Against(b.Whole) {
			named = append(named, cat.Text("line.pair", "name", partName(cat, part), "value", signed(part.Change.Delta)))
		}
	}
	key := "why.against.fell"
	if b.Whole.Change.Delta > 0 {
		key = "why.against.rose"
	}
	if len(named) == 0 {
		return nil
	}
	const most = 5
	if left := len(named) - most; left > 0 {
		named = append(named[:most], cat.count("list.more", left))
	}
	return []card.Element{card.Paragraph(cat.Text(key, "names", cat.join(named)))}
}

func partName(cat Catalog, p usage.Part) string {
	if p.Ability != "" {
		return cat.ability(p.Ability)
	}
	return rankName(cat, usage.Rank{Department: p.Department})
}

// The columns of a table of parts, other than the part and its change.
const (
	valueColumnName  = "value"
	beforeColumnName = "before"
)

// partTable lists parts with their figures in both periods.
func partTable(cat Catalog, title string, parts []usage.Part) []card.Element {
	if len(parts) == 0 {
		return nil
	}
	columns := []card.TableColumn{
		card.TextColumn(comparedColumn, cat.Text(title), card.AtLeft),
		card.TextColumn(changeColumnName, cat.Text("usage.change"), card.AtRight),
		card.TextColumn(valueColumnName, cat.metric(usage.ActiveUsers), card.AtRight),
		card.TextColumn(beforeColumnName, cat.Text("why.before"), card.AtRight),
	}
	var rows []map[string]string
	for _, p := range parts {
		rows = append(rows, map[string]string{
			comparedColumn: partName(cat, p), changeColumnName: partChange(cat, p),
			valueColumnName: partCount(cat, p, p.Value), beforeColumnName: partCount(cat, p, p.Before),
		})
	}
	return []card.Element{card.NewTable(columns, rows)}
}

// partCount writes a part's figure. It distinguishes one that could not be fetched from one that there is none of.
func partCount(cat Catalog, p usage.Part, v *int64) string {
	if v == nil && p.Failed {
		return cat.Text("figure.failed")
	}
	return countOrAbsent(cat, v, false)
}

func partChange(cat Catalog, p usage.Part) string {
	if p.Change.Kind == usage.Incomparable && p.Failed {
		return cat.Text("figure.failed")
	}
	return cellChange(cat, p.Change)
}

// whyRemarks says below the parts what is missing of them, and how not to use them.
func whyRemarks(cat Catalog, v WhyView) []card.Element {
	b := v.Breakdown
	var remarks []card.Element
	if n := b.Uncounted(); n > 0 {
		remarks = append(remarks, card.Paragraph(cat.count("why.uncounted", n)))
	}
	if b.DepartmentsFailed {
		remarks = append(remarks, card.Paragraph(cat.Text("why.departments_failed")))
	}
	if b.Uncounted() > 0 || b.DepartmentsFailed || b.Report.Failed() {
		remarks = append(remarks, refresh(cat, v.Refresh)...)
	}
	if len(b.Abilities)+len(b.Departments) > 0 {
		remarks = append(remarks, card.SmallText(cat.Text("why.no_sum")))
	} else if !b.DepartmentsFailed {
		remarks = append(remarks, card.Paragraph(cat.Text("why.no_parts")))
	}
	return append(remarks, explanationOf(cat, []usage.Metric{usage.ActiveUsers}, []usage.Ability{b.Report.Query.Ability}, b.Report.Query.Department, v.TimeZone))
}

func whyControls(cat Catalog, v WhyView) []card.Element {
	controls := openParts(cat, v)
	controls = append(controls, periodControls(cat, v.Previous, v.Date, v.Next)...)
	controls = append(controls, cycleControls(cat, v.Cycles, v.Breakdown.Report.Query.Cycle)...)
	controls = append(controls, choiceControls(cat, v.Ability, v.Department, card.Pick{})...)
	return append(controls, controlRow(
		buttonFor(cat.Text("control.usage"), v.ShowUsage, card.PlainButton),
		buttonFor(cat.Text("control.trend"), v.ShowTrend, card.PlainButton),
		buttonFor(cat.Text("control.top_change"), v.ShowTop, card.PlainButton),
	)...)
}

// openParts draws buttons for what changed within the departments that changed most.
func openParts(cat Catalog, v WhyView) []card.Element {
	var buttons []card.ButtonElement
	for i := range min(len(v.Breakdown.Departments), len(v.Open), 5) {
		if b := (card.Button{Label: partName(cat, v.Breakdown.Departments[i]), Command: v.Open[i]}); b.Usable() {
			buttons = append(buttons, b.Draw(card.PlainButton))
		}
	}
	if len(buttons) == 0 {
		return nil
	}
	return append([]card.Element{card.SmallText(cat.Text("why.open"))}, card.ButtonRow(buttons...)...)
}
