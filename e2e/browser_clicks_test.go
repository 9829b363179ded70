package e2e

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/locale"
	"usagebot/sandbox"
)

// used is what came of using a control.
type used struct {
	Label   string  `json:"label"`
	Changed string  `json:"changed"` // what changed first; empty: nothing
	Took    float64 `json:"took"`    // in milliseconds
	Failed  string  `json:"failed"`  // the error that the person saw
}

// everyControl uses each control of each view: the card must change, or a toast or an answer come. That it does so within
// 3 s is the sandbox's to say, which turns a later answer into a client's error; how long the page takes to draw it on a
// busy machine is not the bot's. A dashboard has a test environment of its own, since its controls
// ask for nearly all the figures that the platform gives in a minute.
func everyControl(t *testing.T, b browser) {
	var plain []string
	for _, line := range lines() {
		name, kind, _ := strings.Cut(line[0], "_")
		switch {
		case kind == "all", kind == "unfinished", line[0] == "trend_daily", line[0] == "top_below": // have the controls of the others
		case slices.Contains([]string{"usage", "trend", "top"}, name):
			t.Run(line[0], func(t *testing.T) {
				t.Parallel()
				b.walks(t, line[1])
			})
		default:
			plain = append(plain, line[1])
		}
	}
	for part := range slices.Chunk(plain, 5) {
		t.Run(part[0], func(t *testing.T) {
			t.Parallel()
			b.walks(t, part...)
		})
	}
}

func (b browser) walks(t *testing.T, lines ...string) {
	h := atPage(t)
	p := b.tab(t, h, look{locale.Chinese, false, desktop})
	for _, line := range lines {
		p.usesAll(h, line)
	}
}

// usesAll says a line and uses each control of the answer, which it asks for anew whenever the card became another.
func (p *tab) usesAll(h *testEnv, line string) {
	p.Helper()
	bring := func() answer {
		p.Helper()
		filled := line
		if strings.HasSuffix(line, " ") { // a click may have removed the subscription
			filled += h.subscribed(p.T, "/subscribe weekly h5")
			pace()
		}
		a := h.brings(p.T, filled)
		p.shows(a)
		return a
	}
	a := bring()
	for i, control := range ask[[]string](p, "controls", a.ID) {
		if regexp.MustCompile(`^button ([4-9]|\d\d)\. `).MatchString(control) {
			continue // the fourth department of a ranking is asked for as the first three are
		}
		got := ask[used](p, "use", a.ID, i)
		if strings.Contains(got.Failed, strconv.Itoa(sandbox.ClickNoAnswer)) { // a machine may stand still once
			a = bring()
			got = ask[used](p, "use", a.ID, i)
		}
		p.Logf("%s: %s: %s after %.0f ms", line, got.Label, got.Changed, got.Took)
		if got.Changed == "" {
			p.Errorf("%s: nothing came of %q", line, got.Label)
		}
		if got.Failed != "" {
			p.Errorf("%s: %q failed: %s", line, got.Label, got.Failed)
		}
		if got.Changed == "look" {
			continue // the bot was not asked
		}
		a.Message, _ = h.Message(a.ID)
		p.shows(a)
		p.fits(line+", "+got.Label, a.ID)
		a = bring()
	}
}

// anOldCardInAGroup has another person than the one who asked use a card of last week.
func anOldCardInAGroup(t *testing.T, b browser) {
	h := atPage(t)
	group := h.AddGroup("产品周会", h.me, h.People()[1].OpenID)
	p := b.tab(t, h, look{locale.Chinese, false, desktop})
	p.open(group.ID)
	p.click(`[data-person-id="` + h.People()[1].OpenID + `"]`)
	h.p2p = group.ID
	a := p.says(h, "/usage weekly h5")
	h.Clock().Advance(7 * 24 * time.Hour)
	p.click(`[data-person-id="` + h.me + `"]`)
	for i := range 3 { // the period before, a date, a cycle: the card is of today after the first
		got := ask[used](p, "use", a.ID, i)
		if got.Changed == "" || got.Failed != "" {
			t.Errorf("%q of a card that is a week old: changed %q, failed %q", got.Label, got.Changed, got.Failed)
		}
	}
}
