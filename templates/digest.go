package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// DigestOptions is what a digest shows besides the report. It must not contain anything of a single subscription,
// because one card serves all subscriptions with the same figures and language.
type DigestOptions struct {
	// DepartmentPath names the department with its parents (研发部/后端组). If empty, the report's department name is used.
	DepartmentPath string
	// TimeZone is the zone in which the bot determines the day. It is not shown if empty.
	TimeZone string

	Trend  *usage.Trend    // of its active users; nil: no chart
	Remark usage.Highlight // the first sentence
	Lack   *Lack           // the app does not have the ability

	Late               bool // sent after its time
	LateFigures        bool // the figures came late
	Amended            bool // replaces a digest with zeros
	Test               bool // a test requested by a person
	CarriesLastWorkday bool // the digest goes out on workdays, and days off lie between its period and it

	Open      string // the command for the same figures as a usage card
	ShowWhy   string // as in UsageOptions
	ShowTrend string // the command for the trend
	ShowTop   string // the command that ranks the departments
	Pause     string // the command that pauses it
	Manage    string // the command that lists the chat's subscriptions
}

// maxDigestActions is how many buttons a digest has at most.
const maxDigestActions = 6

// maxTags is the platform's maximum of tags in a head.
const maxTags = 3

// Digest draws the report of a subscription.
func Digest(cat Catalog, r usage.Report, o DigestOptions) card.Card {
	p := card.NewPage(digestHeader(cat, r, o), digestSummary(cat, r, o))
	p.Add(firstSentence(cat, o.Remark)...)
	p.Add(lackNote(cat, o.Lack)...)
	if o.LateFigures {
		p.Add(card.Paragraph(cat.Text("digest.late_figures")))
	}
	switch {
	case o.Amended:
		p.Add(card.Paragraph(cat.Text("digest.amended")))
	case !r.ZerosFrom.IsZero() && !o.Test:
		p.Add(card.Paragraph(cat.Text("digest.may_follow")))
	}
	if o.CarriesLastWorkday {
		p.Add(card.Paragraph(cat.Text("digest.last_workday", "days", cat.period(r.Period))))
	}
	usageBody(cat, p, usageContent{report: r, trend: o.Trend, metric: usage.ActiveUsers}, o.TimeZone, o.Remark.Compares() || o.Remark.Kind == usage.Unknown, card.ButtonRow(card.DrawAll([]card.Button{
		{Label: cat.Text("digest.open"), Command: o.Open},
		{Label: cat.Text("control.why"), Command: o.ShowWhy},
		{Label: cat.Text("control.trend"), Command: o.ShowTrend},
		{Label: cat.Text("control.top"), Command: o.ShowTop},
		{Label: cat.Text("action.pause"), Command: o.Pause},
		{Label: cat.Text("digest.manage"), Command: o.Manage},
	}, card.PlainButton, maxDigestActions)...))
	return p.Card
}

func digestHeader(cat Catalog, r usage.Report, o DigestOptions) card.Header {
	h := usageHeader(cat, r, o.DepartmentPath)
	h.Title = card.Text(digestTitle(cat, r))
	var tags []card.TextTag
	if o.Test {
		tags = append(tags, card.TextTag{Text: card.Text(cat.Text("digest.tag.test")), Color: card.VioletTag})
	}
	switch {
	case o.LateFigures: // which is also why the digest is late
		tags = append(tags, card.TextTag{Text: card.Text(cat.Text("digest.tag.late_figures")), Color: card.OrangeTag})
	case o.Late:
		tags = append(tags, card.TextTag{Text: card.Text(cat.Text("digest.tag.late")), Color: card.OrangeTag})
	}
	tags = append(tags, h.TextTagList...)
	h.TextTagList = tags[:min(len(tags), maxTags)]
	return h
}

func digestTitle(cat Catalog, r usage.Report) string {
	q := r.Query
	return cat.Text("usage.title", "app", appName(q.App), "ability", cat.ability(q.Ability), "cycle", digestCycle(cat, q.Cycle))
}

func digestCycle(cat Catalog, c usage.Cycle) string { return cat.Text("digest.cycle." + c.String()) }

// digestSummary is the usage card's summary. It marks a test, because the list of chats does not show tags.
func digestSummary(cat Catalog, r usage.Report, o DigestOptions) string {
	if !o.Test {
		return usageSummary(cat, r, usage.ActiveUsers)
	}
	return cat.Text("digest.test_summary", "test", cat.Text("digest.tag.test"), "summary", usageSummary(cat, r, usage.ActiveUsers))
}

func abs(n int64) int64 { return max(n, -n) }

// FiguresLateView announces that a digest's figures are late. It contains nothing of a single subscription, because one
// card serves all chats that wait for the same figures.
type FiguresLateView struct {
	Topic  Topic
	Period usage.Period
	Lack   *Lack // the app does not have the ability, so that there may never be any figures
}

// FiguresLate draws the announcement that the digest will follow.
func FiguresLate(cat Catalog, v FiguresLateView) card.Card {
	title := cat.Text("late.title")
	words := cat.Text("late.body", "days", cat.period(v.Period))
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.GreyHead}, cat.Text("line.titled", "title", title, "text", cat.topic(v.Topic)))
	p.Add(card.Paragraph(cat.topic(v.Topic)))
	p.Add(card.Paragraph(words))
	if v.Lack != nil {
		p.Add(card.Paragraph(lackText(cat, *v.Lack)), card.Paragraph(cat.Text("late.lack")))
	}
	return p.Card
}
