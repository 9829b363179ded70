package templates

import "usagebot/usage"

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
func (t *Templates) Digest(lang Language, r usage.Report, o DigestOptions) Card {
	w := t.in(lang)
	p := newPage(w.digestHeader(r, o), w.digestSummary(r, o))
	p.add(w.told(o.Remark)...)
	if o.LateFigures {
		p.add(paragraph(w.say("digest.late_figures")))
	}
	switch {
	case o.Amended:
		p.add(paragraph(w.say("digest.amended")))
	case !r.ZerosFrom.IsZero() && !o.Test:
		p.add(paragraph(w.say("digest.may_follow")))
	}
	if o.CarriesFriday {
		p.add(paragraph(w.say("digest.friday")))
	}
	w.usageBody(p, picture{report: r, trend: o.Trend, metric: usage.ActiveUsers}, o.TimeZone, buttonRow(drawAll([]Button{
		{w.say("digest.open"), o.Open},
		{w.say("control.trend"), o.ShowTrend},
		{w.say("control.top"), o.ShowTop},
		{w.say("action.pause"), o.Pause},
		{w.say("digest.manage"), o.Manage},
	}, plainButton, maxActions)...))
	return p.card
}

func (w wording) digestHeader(r usage.Report, o DigestOptions) header {
	h := w.usageHeader(r, o.DepartmentPath)
	h.Title = text(w.digestTitle(r))
	var tags []textTag
	if o.Test {
		tags = append(tags, textTag{Text: text(w.say("digest.tag.test")), Color: violetTag})
	}
	switch {
	case o.LateFigures: // then the digest is late for that reason
		tags = append(tags, textTag{Text: text(w.say("digest.tag.late_figures")), Color: orangeTag})
	case o.Late:
		tags = append(tags, textTag{Text: text(w.say("digest.tag.late")), Color: orangeTag})
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
