package e2e

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"usagebot/locale"
	"usagebot/sandbox"
	"usagebot/usage"
)

// aSubscriptionsLife writes, fills the form in, changes, pauses, resumes, tries out and removes, and sees the digest come,
// all by what the page offers.
func aSubscriptionsLife(t *testing.T, b browser) {
	h := atPage(t)
	p := b.tab(t, h, look{locale.Chinese, false, desktop})
	p.says(h, "/usage weekly h5 dept:研发部")
	press := func(label string) answer {
		t.Helper()
		await(t, label+" is offered", func() bool { return h.newest().offers(label) })
		a := h.newest()
		a.t = t
		p.shows(a)
		place := slices.IndexFunc(ask[[]string](p, "controls", a.ID), func(l string) bool { return strings.HasSuffix(l, label) })
		if place < 0 {
			t.Fatalf("the page offers no %q", label)
		}
		if got := ask[used](p, "use", a.ID, place); got.Changed == "" || got.Failed != "" {
			t.Fatalf("%q: changed %q, failed %q", label, got.Changed, got.Failed)
		}
		pace()
		return h.newest()
	}
	press("订阅这份数据")
	press("订阅")
	press("修改")
	press("保存修改")
	p.says(h, "/subs")
	press("试发一次")
	p.says(h, "/subs")
	press("暂停")
	press("恢复")
	before := len(h.digests(h.p2p))
	p.click(`[data-clock="monday"]`)
	await(t, "Monday's digest comes", func() bool { return len(h.digests(h.p2p)) > before })
	d := h.digests(h.p2p)[before]
	d.t = t
	p.shows(d)
	p.fits("the digest", d.ID)
	d.has(h.truth(t, usage.Web, usage.Weekly, "2026-11-23", h.department(t, "研发部"), usage.ActiveUsers))
	p.says(h, "/订阅 周报 网页 部门:研发部")
	press("取消订阅")
	press("取消订阅")
	p.says(h, "/subs")
	p.sees("还没有订阅")
}

// newest is the last message of the bot in the direct message chat.
func (h *testEnv) newest() answer {
	all := h.BotMessages(h.p2p)
	if len(all) == 0 {
		return answer{}
	}
	return answer{Message: all[len(all)-1]}
}

// offers reports whether a card has a button with the label.
func (a answer) offers(label string) bool {
	return strings.Contains(a.Content, fmt.Sprintf("%q", label))
}

// whatGoesWrong turns on each fault that the page offers, and looks at what the person then sees.
func whatGoesWrong(t *testing.T, b browser) {
	h := atPage(t)
	p := b.tab(t, h, look{locale.English, false, desktop})
	troubles := slices.DeleteFunc(h.FaultPresets(), func(tr sandbox.FaultPreset) bool { return tr.Name == sandbox.PresetThrottled })
	for _, trouble := range append(troubles, sandbox.FaultPreset{Name: sandbox.PresetThrottled}) { // last: for a while after it nothing is asked
		line, told := "/usage daily date:2026-10-14", "2026-10-14" // what a person sees all the same
		switch trouble.Name {
		case sandbox.PresetLate:
			line, told = "/usage daily h5", "2026-11-24"
		case sandbox.PresetScope:
			line, told = "/usage daily bot", "overview:readonly"
		case sandbox.PresetPlan:
			line, told = "/usage weekly h5", "旗舰版"
		case sandbox.PresetThrottled:
			line, told = "/usage monthly h5", "平台"
		case sandbox.PresetRefused:
			told = "200861" // the sandbox's own words; the answer is there as plain text
		}
		p.click(fmt.Sprintf("[data-trouble=%q]", trouble.Name))
		await(t, trouble.Name+" is on", func() bool {
			return slices.Contains(h.FaultPresets(), sandbox.FaultPreset{Name: trouble.Name, On: true})
		})
		a := p.says(h, line)
		p.sees(told)
		p.fits(trouble.Name, a.ID)
		keep(t, filepath.Join(screenshots(t), "trouble_"+trouble.Name+".png"), p.picture(a.ID))
		h.ClearFaultPresets()
	}
}

// theFiguresOnThePage holds the tables and lists that a person reads against what the platform has.
func theFiguresOnThePage(t *testing.T, b browser) {
	h := atPage(t)
	p := b.tab(t, h, look{locale.Chinese, false, desktop})
	rows := func(line string) (text string) {
		t.Helper()
		a := h.brings(t, line)
		p.shows(a)
		for _, row := range ask[[][]string](p, "rows", a.ID) {
			text += strings.Join(row, " | ") + "\n"
		}
		return text
	}
	holds := func(text, of, figure string) {
		t.Helper()
		if !slices.ContainsFunc(strings.Split(text, "\n"), func(row string) bool {
			return strings.Contains(row, of) && strings.Contains(row, figure)
		}) {
			t.Errorf("no row of %s says %s:\n%s", of, figure, text)
		}
	}
	rd := h.department(t, "研发部")
	trend := rows("/trend weekly h5 dept:研发部 n:8 date:2026-11-16")
	for p := (usage.Period{Cycle: usage.Weekly, Start: usage.NewDate(2026, 11, 16)}); p.Start.String() >= "2026-09-28"; p = p.Previous() {
		holds(trend, p.Start.String(), h.truth(t, usage.Web, usage.Weekly, p.Start.String(), rd, usage.ActiveUsers))
	}
	top := rows("/top weekly")
	for _, d := range h.Departments() {
		if d.ParentID == "0" {
			holds(top, d.Name, h.truth(t, usage.AppAbility, usage.Weekly, "2026-11-16", d.ID, usage.ActiveUsers))
		}
	}
}

// anErrorIsNotMissed makes the page complain, to see that the other tests would hear it.
func anErrorIsNotMissed(t *testing.T, b browser) {
	p := b.tab(t, atPage(t), look{locale.Chinese, false, phone})
	for _, wrong := range []string{`console.error("wrong")`, `setTimeout(() => { throw new Error("wrong") })`, `fetch("/nowhere").then(() => undefined)`} {
		if _, err := chromedp.Run(p.ctx, chromedp.Evaluate[chromedp.Void](wrong)); err != nil {
			t.Fatal(err)
		}
		await(t, "the tab hears of "+wrong, func() bool { return len(p.complaints()) > 0 })
	}
}

// theChartThatFillsUp watches a chart that has to wait.
func theChartThatFillsUp(t *testing.T, b browser) {
	h := atPage(t)
	p := b.tab(t, h, look{locale.Chinese, false, phone})
	h.say(t, "/usage daily h5")
	pace()
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 2 * time.Second, Times: 12})
	a := h.say(t, "/trend daily h5 n:20")
	a.has("刷新")
	await(t, "it fills up", func() bool { return !h.unfinished(&a) })
	p.sees("2026-11-05")
	p.shows(a)
	p.fits("the chart that has filled up", a.ID)
}

// thePageBeforeAnythingIsSaid looks at the page itself, on a phone and on a desktop.
func thePageBeforeAnythingIsSaid(t *testing.T, b browser) {
	h := atPage(t)
	for _, l := range []look{{locale.Chinese, false, desktop}, {locale.English, true, desktop}, {locale.English, false, phone}, {locale.Chinese, true, phone}} {
		p := b.tab(t, h, l)
		p.do(chromedp.EmulateViewport(l.width, 800))
		p.fits(l.String(), "")
		shot, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		if err != nil {
			t.Fatal(err)
		}
		keep(t, filepath.Join(screenshots(t), "page_"+l.String()+".png"), shot)
	}
}
