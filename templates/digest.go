package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// DigestOptions is what a digest shows beside the report. Nothing in it may belong to a single subscription: one card
// serves all that carry the same figures in the same language.
type DigestOptions struct {
	// DepartmentPath is the department with its parents (研发部/后端组); the report's department name when empty.
	DepartmentPath string
	// TimeZone is the name of the zone in which the bot tells what day it is; not mentioned when empty.
	TimeZone string

	Trend  *usage.Trend // of its active users; nil: no chart
	Remark usage.Remark // what it says first

	Late          bool // it goes out after its time
	LateFigures   bool // its figures came after their time
	Amended       bool // it replaces one with zeros
	Test          bool // somebody tries it out
	CarriesFriday bool // it is Monday's, of a subscription to workdays

	Open      string // the command that asks the same as a usage card
	ShowTrend string // the one that shows how it came about
	ShowTop   string // the one that ranks the departments
	Pause     string // the one that stops it for a while
	Manage    string // the command that lists the chat's subscriptions
}

// maxTags is the platform's limit of tags in a head.
const maxTags = 3

// Digest draws a report that goes out by subscription.
func (t *Templates) Digest(lang Language, r usage.Report, o DigestOptions) card.Card {
	w := t.in(lang)
	p := card.NewPage(w.digestHeader(r, o), w.digestSummary(r, o))
	p.Add(w.told(o.Remark)...)
	if o.LateFigures {
		p.Add(card.Paragraph(w.say("digest.late_figures")))
	}
	switch {
	case o.Amended:
		p.Add(card.Paragraph(w.say("digest.amended")))
	case !r.ZerosFrom.IsZero() && !o.Test:
		p.Add(card.Paragraph(w.say("digest.may_follow")))
	}
	if o.CarriesFriday {
		p.Add(card.Paragraph(w.say("digest.friday")))
	}
	w.usageBody(p, picture{report: r, trend: o.Trend, metric: usage.ActiveUsers}, o.TimeZone, card.ButtonRow(card.DrawAll([]card.Button{
		{Label: w.say("digest.open"), Command: o.Open},
		{Label: w.say("control.trend"), Command: o.ShowTrend},
		{Label: w.say("control.top"), Command: o.ShowTop},
		{Label: w.say("action.pause"), Command: o.Pause},
		{Label: w.say("digest.manage"), Command: o.Manage},
	}, card.PlainButton, maxActions)...))
	return p.Card
}

func (w wording) digestHeader(r usage.Report, o DigestOptions) card.Header {
	h := w.usageHeader(r, o.DepartmentPath)
	h.Title = card.Text(w.digestTitle(r))
	var tags []card.TextTag
	if o.Test {
		tags = append(tags, card.TextTag{Text: card.Text(w.say("digest.tag.test")), Color: card.VioletTag})
	}
	switch {
	case o.LateFigures: // then the digest is late for that reason
		tags = append(tags, card.TextTag{Text: card.Text(w.say("digest.tag.late_figures")), Color: card.OrangeTag})
	case o.Late:
		tags = append(tags, card.TextTag{Text: card.Text(w.say("digest.tag.late")), Color: card.OrangeTag})
	}
	tags = append(tags, h.TextTagList...)
	h.TextTagList = tags[:min(len(tags), maxTags)]
	return h
}

func (w wording) digestTitle(r usage.Report) string {
	q := r.Query
	return w.say("usage.title", "app", appName(q.App), "ability", w.ability(q.Ability), "cycle", w.digestCycle(q.Cycle))
}

func (w wording) digestCycle(c usage.Cycle) string { return w.say("digest.cycle." + c.String()) }

// digestSummary is that of the usage card; a test says so, as the list of chats does not show the head's tags.
func (w wording) digestSummary(r usage.Report, o DigestOptions) string {
	if !o.Test {
		return w.usageSummary(r)
	}
	return w.say("digest.test_summary", "test", w.say("digest.tag.test"), "summary", w.usageSummary(r))
}

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

// FiguresLateView is a digest whose figures are not out when they should be. It holds nothing of a single subscription:
// one card serves all chats that wait for the same.
type FiguresLateView struct {
	Topic  Topic
	Period usage.Period
}

// FiguresLate draws the brief word to a chat that its digest will follow.
func (t *Templates) FiguresLate(lang Language, v FiguresLateView) card.Card {
	w := t.in(lang)
	title := w.say("late.title")
	words := w.say("late.body", "days", w.period(v.Period))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.GreyHead}, w.say("line.titled", "title", title, "text", w.topic(v.Topic)))
	p.Add(card.Paragraph(w.topic(v.Topic)))
	p.Add(card.Paragraph(words))
	return p.Card
}
