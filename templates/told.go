package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// told is the sentence with which a digest begins: what changed, against what, and where most of it shows. Nothing where
// nothing can be said.
func (w wording) told(r usage.Remark) []card.Element {
	switch r.Kind {
	case usage.Quiet, usage.Rose, usage.Fell:
	case usage.Unknown:
		return []card.Element{card.Paragraph(w.say("told.sentence", "text", w.say("told.unknown", "against", w.against(r.Against))))}
	default:
		return nil
	}
	sentence := w.direction(r)
	switch {
	case r.Kind == usage.Quiet:
	case r.Mover != nil:
		sentence = w.say("told.with_mover", "sentence", sentence, "mover", w.moverWords(r))
	case r.MoverUnknown:
		sentence = w.say("told.with_mover", "sentence", sentence, "mover", w.say("told.mover_unknown"))
	}
	return []card.Element{card.Paragraph(w.say("told.sentence", "text", sentence))}
}

func (w wording) direction(r usage.Remark) string {
	value, against := w.number("told.value.", r.Metric, r.Value), w.against(r.Against)
	switch {
	case r.Value == 0 && r.Before > 0: // which is not called little, however few they were
		return w.say("told.to_zero", "value", value, "against", against, "before", w.number("told.count.", r.Metric, r.Before))
	case r.Kind == usage.Quiet && r.Change.Kind == usage.Same:
		return w.say("told.same", "quiet", w.say("told.quiet."+r.Against.Cycle.String()), "value", value, "against", against)
	case r.Kind == usage.Quiet:
		return w.say("told.quiet", "quiet", w.say("told.quiet."+r.Against.Cycle.String()), "value", value, "against", against,
			"change", w.bareChange(r.Change))
	case r.Before == 0:
		return w.say("told.from_zero", "value", value, "against", against)
	}
	sentence := w.say("told."+string(r.Kind), "value", value, "against", against,
		"delta", w.number("told.count.", r.Metric, abs(r.Change.Delta)))
	if p := percent(r.Change.Percent); r.Change.Kind == usage.ByPercent && p != "" {
		return w.say("told.with_percent", "sentence", sentence, "percent", p)
	}
	return sentence
}

// number is a figure with what it counts.
func (w wording) number(family string, m usage.Metric, n int64) string {
	return w.count(family+string(m), int(n))
}

// bareChange is a change within a sentence, without the arrow that stands beside a figure.
func (w wording) bareChange(c usage.Change) string {
	if p := percent(c.Percent); c.Kind == usage.ByPercent && p != "" {
		return w.say("told.change", "delta", signed(c.Delta), "percent", p)
	}
	return signed(c.Delta)
}

// against names the period that a sentence compares with.
func (w wording) against(p usage.Period) string {
	key := "told.against." + p.Cycle.String()
	if p.Cycle == usage.Daily {
		return w.say(key, "days", w.say("date.day", "date", shortPeriod(p), "weekday", w.weekday(p.Start)))
	}
	return w.say(key, "days", w.shortSpan(p, p.End()))
}

// moverWords name the ability or the department in which most of a change shows.
func (w wording) moverWords(r usage.Remark) string {
	who := w.ability(r.Mover.Ability)
	if r.Mover.Ability == "" {
		who = w.department(r.Mover.Department, "")
	}
	sign := "+"
	if r.Mover.Change.Delta < 0 {
		sign = card.Minus
	}
	delta := sign + w.number("told.count.", r.Metric, abs(r.Mover.Change.Delta))
	return w.say("told.mover."+string(r.Kind), "who", who, "delta", delta)
}

func abs(n int64) int64 { return max(n, -n) }
