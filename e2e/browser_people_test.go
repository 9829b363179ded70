package e2e

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"usagebot/locale"
)

// peopleOnThePage mentions a person by the picker, looks at a card that only one person sees, clicks on an idea, and dissolves
// the group.
func peopleOnThePage(t *testing.T, b browser) {
	for _, l := range []look{{locale.Chinese, false, desktop}, {locale.English, true, 360}, {locale.Chinese, false, 360}, {locale.English, true, desktop}} {
		h := atPage(t)
		h.app.Rights.Admins = []string{h.me}
		other := h.People()[1]
		group := h.AddGroup("产品周会", h.me, other.OpenID).ID
		p := b.tab(t, h, l)
		p.do(chromedp.EmulateViewport(l.width, 800))
		shot := func(what string) {
			t.Helper()
			p.fits(what+" "+l.String(), "")
			png, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Fatal(err)
			}
			keep(t, filepath.Join(screenshots(t), fmt.Sprintf("%s_%s_%d.png", what, l, l.width)), png)
		}
		p.open(group)
		p.until(`document.querySelectorAll(".idea").length === 10`)
		shot("ideas")
		p.do(chromedp.SendKeys(chromedp.CSS(hook("composer")), "/admin grant @"+other.Name[:3]))
		p.until(`document.querySelector("[data-testid=mention-list] [data-value='` + other.OpenID + `']").title === "` + other.OpenID + `"`)
		shot("picker")
		p.click(hook("mention-list") + ` [data-value="` + other.OpenID + `"]`)
		p.do(chromedp.SendKeys(chromedp.CSS(hook("composer")), "viewer"))
		p.until(`document.querySelector("[data-testid=composer]").value.endsWith(" viewer")`)
		p.do(chromedp.SendKeys(chromedp.CSS(hook("composer")), "\r"))
		await(t, "the role is given", func() bool {
			list := h.BotMessages(group)
			return len(list) == 1 && strings.Contains(list[0].Content, other.OpenID) && list[0].VisibleTo == ""
		})
		p.until(`document.querySelector(".bubble .mention[title='` + other.OpenID + `']") !== null`)
		p.until(`document.querySelector("[data-testid=composer]").value === ""`)
		p.do(chromedp.SendKeys(chromedp.CSS(hook("composer")), "/admin roles\r"))
		p.until(`document.querySelectorAll("[data-testid=only-you]").length === 1`)
		shot("only_you")
		p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-person-id='` + other.OpenID + `']").click()`))
		p.until(`document.querySelectorAll("[data-testid=only-you]").length === 0`)
		p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-person-id='` + h.me + `']").click()`))
		p.do(chromedp.Evaluate[chromedp.Void](`document.querySelector("[data-testid=disband]").click()`))
		p.click(hook("confirm-ok"))
		p.until(`document.querySelector(".composer--closed") !== null`)
		shot("dissolved")
	}
}
