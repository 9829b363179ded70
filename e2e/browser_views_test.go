package e2e

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"usagebot/config"
	"usagebot/locale"
	"usagebot/sandbox"
)

// view is a card of the bot by its name.
type view struct {
	name string
	answer
}

// lines are the commands that bring up a view each. The id of a subscription follows where a line ends in a space.
func lines() [][2]string {
	return [][2]string{
		{"usage_daily", "/usage daily"},
		{"usage_weekly", "/usage weekly h5 dept:研发部"},
		{"usage_monthly", "/usage monthly"},
		{"usage_all", "/usage weekly all"},
		{"usage_unfinished", "/usage this-month"},
		{"trend_daily", "/trend daily n:20"},
		{"trend_weekly", "/trend weekly h5 dept:研发部 n:8"},
		{"trend_all", "/trend weekly all n:8"},
		{"top", "/top weekly"},
		{"top_below", "/top weekly dept:研发部"},
		{"form", "/subscribe weekly form"},
		{"subscribed", "/subscribe weekly h5 dept:研发部 on:mon"},
		{"subs", "/subs"},
		{"paused", "/pause "},
		{"resumed", "/resume "},
		{"test", "/test "},
		{"history", "/history"},
		{"removal", "/unsubscribe "},
		{"settings", "/settings"},
		{"help", "/help"},
		{"help_topic", "/help trend"},
		{"sentence_chat", "hello"},
		{"sentence_ask", "运营部上周用得怎么样"},
		{"sentence_cannot", "张伟上周用了几次"},
		{"sentence_confirm", "每周五下午5点推研发部的周报"},
		{"sentence_run", "上周h5用得怎么样"},
		{"problem", "/usage weekley"},
		{"choice", "/usage dept:后端组"},
	}
}

// digestViews lets a group be greeted, subscribes, lets figures be late, and moves the clock to Monday: the welcome, the cards of digests, and the
// id of a subscription.
func (h *testEnv) digestViews(t *testing.T) (views []view, id string) {
	t.Helper()
	h.p2p = h.AddGroup("产品周会", h.me, h.People()[1].OpenID).ID
	for _, inside := range []func(context.Context, string, string) (sandbox.Delivery, error){h.RemoveBot, h.AddBot} {
		if _, err := inside(t.Context(), h.p2p, h.me); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "the welcome", func() bool { return len(h.BotMessages(h.p2p)) == 1 })
	id = h.subscribed(t, "/subscribe weekly h5 dept:研发部 on:mon")
	h.subscribed(t, "/subscribe daily")
	before := len(h.BotMessages(h.p2p))
	next := func(name string, when time.Time) {
		t.Helper()
		h.setClock(when)
		await(t, name, func() bool { return len(h.BotMessages(h.p2p)) > before })
		views = append(views, view{name, answer{t, h.BotMessages(h.p2p)[before]}})
		before++
	}
	views = append(views, view{"welcome", answer{t, h.BotMessages(h.p2p)[0]}})
	if err := h.SetFaultPreset(sandbox.PresetLate, true); err != nil {
		t.Fatal(err)
	}
	next("late", at(11, 26, 14, 1))
	h.ClearFaultPresets()
	next("digest_daily", at(11, 26, 14, 10))
	h.setClock(at(11, 30, 10, 30))
	rd := h.department(t, "研发部") // which the card calls as its language does
	weekly := func(m sandbox.Message) bool { return strings.Contains(m.Content, rd) }
	await(t, "both of Monday's digests", func() bool {
		two := h.BotMessages(h.p2p)[before:]
		return len(two) == 2 && slices.ContainsFunc(two, weekly)
	})
	two := h.BotMessages(h.p2p)[before:]
	return append(views, view{"digest", answer{t, two[slices.IndexFunc(two, weekly)]}}), id
}

// views brings up every view, one after another, each in a minute of its own: together they ask for more figures than the
// platform gives in one.
func (h *testEnv) views(t *testing.T) []view {
	t.Helper()
	views, id := h.digestViews(t)
	for _, line := range lines() {
		said := line[1]
		if strings.HasSuffix(said, " ") {
			said += id
		}
		h.Clock().Advance(time.Minute)
		views = append(views, view{line[0], h.brings(t, said)})
	}
	return views
}

// brings says a line and waits for the whole answer, which on a busy machine may follow after the event is taken.
func (h *testEnv) brings(t *testing.T, line string) answer {
	t.Helper()
	before := len(h.BotMessages(h.p2p))
	if _, err := h.Say(t.Context(), h.p2p, h.me, line); err != nil {
		t.Fatal(err)
	}
	await(t, line+" is answered", func() bool { return len(h.BotMessages(h.p2p)) > before })
	a := answer{t, h.BotMessages(h.p2p)[before]}
	await(t, line+" is answered in full", func() bool { return !h.unfinished(&a) })
	pace()
	return a
}

// unfinished reports whether an answer is only a notice so far, or its chart has gaps that are being filled; a is what the
// message says now.
func (h *testEnv) unfinished(a *answer) bool {
	a.Message, _ = h.Message(a.ID)
	return slices.ContainsFunc([]string{"正在查询", "Working on it", "刷新", "Refresh"}, a.offers)
}

// pace keeps to what the platform takes: 5 messages a second into one chat.
func pace() { time.Sleep(220 * time.Millisecond) }

// everyView holds each view in both languages, light and dark, on a desktop and on a phone, against what every card must
// keep to, and keeps its picture.
func everyView(t *testing.T, b browser) {
	for _, language := range []locale.Language{locale.Chinese, locale.English} {
		t.Run(string(language), func(t *testing.T) {
			t.Parallel()
			h := atPage(t, func(c *config.Config) {
				c.Language = language
				c.UnlimitedCalls = true // the bot counts its calls by the machine's minute, the sandbox by its own clock
			})
			views := h.views(t)
			for _, dark := range []bool{false, true} {
				for _, width := range []int64{desktop, phone} {
					if os.Getenv("SCREENSHOTS") == "" && dark != (width == phone) {
						continue // a light desktop and a dark phone are enough without pictures
					}
					b.looksAt(t, h, look{language, dark, width}, views)
				}
			}
			if folder := os.Getenv("PICTURES"); folder != "" {
				b.pictures(t, h, language, views, folder)
			}
		})
	}
}

// looksAt shows all views in one tab.
func (b browser) looksAt(t *testing.T, h *testEnv, l look, views []view) {
	t.Run(l.String(), func(t *testing.T) {
		t.Parallel()
		folder := screenshots(t)
		p := b.tab(t, h, l)
		p.open(h.p2p)
		for _, v := range views {
			p.shows(v.answer)
		}
		p.fits(l.String(), "")
		if os.Getenv("SCREENSHOTS") == "" {
			return // a picture takes long
		}
		for _, v := range views {
			keep(t, filepath.Join(folder, v.name+"_"+l.String()+".png"), p.picture(v.ID))
		}
	})
}

// screenshots is the folder that SCREENSHOTS names, else the test's own.
func screenshots(t *testing.T) string {
	t.Helper()
	folder := os.Getenv("SCREENSHOTS")
	if folder == "" {
		return t.ArtifactDir()
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	return folder
}

func keep(t *testing.T, path string, picture []byte) {
	t.Helper()
	if err := os.WriteFile(path, picture, 0o644); err != nil {
		t.Fatal(err)
	}
}

// picture is a card's picture as a PNG file.
func (p *tab) picture(id string) []byte {
	p.Helper()
	at := ask[page.Viewport](p, "place", id)
	at.Scale = 1
	var shot []byte
	p.do(chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
		fast := true
		got, err := cdp.Call(ctx, target, page.CaptureScreenshot, page.CaptureScreenshotParams{Clip: &at, OptimizeForSpeed: &fast})
		shot = got.Data
		return err
	}))
	return shot
}
