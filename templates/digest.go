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
