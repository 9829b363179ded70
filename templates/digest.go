package templates

import "usagebot/usage"

// DigestOptions is what a digest shows beside the report. Nothing in it may belong to a single subscription: one card
// serves all that carry the same figures in the same language.
type DigestOptions struct {
	// DepartmentPath is the department with its parents (研发部/后端组); the report's department name when empty.
	DepartmentPath string
	// TimeZone is the name of the zone in which the bot tells what day it is; not mentioned when empty.
	TimeZone string

	Late          bool // it goes out after its time
	Test          bool // somebody tries it out
	CarriesFriday bool // it is Monday's, of a subscription to workdays

	Open   string // the command that asks the same as a usage card
	Manage string // the command that lists the chat's subscriptions
}

// maxTags is the platform's limit of tags in a head.
const maxTags = 3

// Digest draws a report that goes out by subscription.
func (t *Templates) Digest(lang Language, r usage.Report, o DigestOptions) Card {
	w := t.in(lang)
	p := newPage(w.digestHeader(r, o), w.digestSummary(r, o))
	if o.CarriesFriday {
		p.add(paragraph(w.say("digest.friday")))
	}
	w.usageBody(p, r, o.TimeZone)
	p.add(buttonRow(drawAll([]Button{
		{w.say("digest.open"), o.Open}, {w.say("digest.manage"), o.Manage},
	}, plainButton, maxActions)...)...)
	return p.card
}

func (w wording) digestHeader(r usage.Report, o DigestOptions) header {
	h := w.usageHeader(r, o.DepartmentPath)
	h.Title = text(w.digestTitle(r))
	var tags []textTag
	if o.Test {
		tags = append(tags, textTag{Text: text(w.say("digest.tag.test")), Color: violetTag})
	}
	if o.Late {
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
