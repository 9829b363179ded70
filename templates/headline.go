package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// firstSentence says what changed, compared with what, and who contributed most. It returns nothing if nothing can be
// said.
func firstSentence(cat Catalog, h usage.Highlight) []card.Element {
	sentence := headline(cat, h)
	if sentence == "" {
		return nil
	}
	switch {
	case h.Mover != nil:
		sentence = cat.Text("told.with_mover", "sentence", sentence, "mover", contributorText(cat, h))
	case h.MoverUnknown:
		sentence = cat.Text("told.with_mover", "sentence", sentence, "mover", cat.Text("told.mover_unknown"))
	}
	return []card.Element{card.Paragraph(cat.Text("told.sentence", "text", sentence))}
}

// headline compares a count with an earlier one. Zeros are stated plainly, and a small count gets no percentage.
func headline(cat Catalog, h usage.Highlight) string {
	value, base := cat.number("told.value.", h.Metric, h.Value), against(cat, h.Against)
	nobody := cat.Text("told.nobody." + h.Against.Cycle.String())
	switch {
	case h.Kind == usage.Unknown:
		return value // the card says what could not be fetched
	case !h.Compares():
		return ""
	case h.Value == 0 && h.Before == 0:
		return cat.Text("told.both_zero", "nobody", nobody, "against", base)
	case h.Value == 0:
		return cat.count("told.to_zero", int(h.Before), "nobody", nobody, "against", base)
	case h.Before == 0:
		return cat.Text("told.from_zero", "value", value, "against", base)
	case h.Kind == usage.Alike:
		return cat.Text("told.same", "value", value, "against", base)
	case h.Kind == usage.Steady:
		return cat.Text("told.steady", "value", value, "against", base, "change", signedChange(cat, h.Change))
	}
	delta := cat.number("told.count.", h.Metric, abs(h.Change.Delta))
	if p := percent(h.Change.Percent); h.Change.Kind == usage.ByPercent && p != "" {
		delta = cat.Text("told.change", "delta", delta, "percent", p)
	}
	return cat.Text("told."+string(h.Kind), "value", value, "against", base, "delta", delta)
}

// number writes a count with its unit.
func (cat Catalog) number(family string, m usage.Metric, n int64) string {
	return cat.count(family+string(m), int(n))
}

// signedChange writes a small change within a sentence.
func signedChange(cat Catalog, c usage.Change) string {
	if p := percent(c.Percent); c.Kind == usage.ByPercent && p != "" {
		return cat.Text("told.signed", "delta", signed(c.Delta), "percent", p)
	}
	return signed(c.Delta)
}

// against names the period of comparison.
func against(cat Catalog, p usage.Period) string {
	key := "told.against." + p.Cycle.String()
	if p.Cycle == usage.Daily {
		return cat.Text(key, "days", cat.Text("date.day", "date", shortPeriod(p), "weekday", cat.weekday(p.Start)))
	}
	return cat.Text(key, "days", shortSpan(cat, p, p.End()))
}

// contributorText names the ability or department that contributed most.
func contributorText(cat Catalog, h usage.Highlight) string {
	who := cat.ability(h.Mover.Ability)
	if h.Mover.Ability == "" {
		who = cat.department(h.Mover.Department, "")
	}
	return cat.Text("told.mover."+string(h.Kind), "who", who, "delta", cat.number("told.count.", h.Metric, abs(h.Mover.Change.Delta)))
}
