package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"usagebot/locale"
	"usagebot/sandbox"
)

// TestInTheBrowser opens the sandbox's chat page in a real browser. One browser serves all of its tests, each in tabs of
// its own.
func TestInTheBrowser(t *testing.T) {
	t.Parallel()
	if !sandbox.PageBuilt() {
		t.Fatal("the chat page is not built: make web (needs Node.js); make test does it by itself")
	}
	b := startBrowser(t)
	tests := map[string]func(*testing.T, browser){
		"every view":               everyView,
		"a subscription's life":    aSubscriptionsLife,
		"what goes wrong":          whatGoesWrong,
		"the figures on the page":  theFiguresOnThePage,
		"an error is not missed":   anErrorIsNotMissed,
		"an old card, in a group":  anOldCardInAGroup,
		"the chart that fills up":  theChartThatFillsUp,
		"the page without content": thePageBeforeAnythingIsSaid,
		"people and groups":        peopleOnThePage,
	}
	if os.Getenv("USAGEBOT_BROWSER") != "" { // minutes of clicks; without a browser TestUsageCard_EveryControl makes them
		tests["every control"] = everyControl
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, b)
		})
	}
}

// browser is a running Chromium.
type browser struct{ ctx context.Context }

// startBrowser starts Chromium with an empty profile. It dies with the test program, whatever becomes of that.
func startBrowser(t *testing.T) browser {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatalf("there is no chromium, which make test installs: %v", err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.ModifyCmdFunc(func(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true} }))
	// The test's own context ends before its clean-up, in which the browser is to leave in peace.
	allocated, _ := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	ctx, _ := chromedp.NewContext(allocated)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start the browser: %v", err)
	}
	t.Cleanup(func() {
		if err := chromedp.Cancel(ctx); err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("stop the browser: %v", err)
		}
	})
	return browser{ctx}
}

// look is how a tab shows the page.
type look struct {
	language locale.Language
	dark     bool
	width    int64
}

// The widths of a desktop and of a phone.
const (
	desktop = 1280
	phone   = 375
)

func (l look) String() string {
	theme, device := "light", "desktop"
	if l.dark {
		theme = "dark"
	}
	if l.width == phone {
		device = "phone"
	}
	return fmt.Sprintf("%s_%s_%s", l.language, theme, device)
}

// tab is the chat page in a tab, with what went wrong in it.
type tab struct {
	*testing.T
	ctx  context.Context
	mu   sync.Mutex
	said []string
}

// tall leaves room for the highest card, so that each can be seen whole.
const tall = 2600

// tab opens the page of a test environment. Its storage is its own: tabs differ in language and looks.
func (b browser) tab(t *testing.T, h *testEnv, l look) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	p := &tab{T: t, ctx: ctx}
	if err := chromedp.Listen(ctx, p.hear); err != nil {
		t.Fatalf("open a tab: %v", err)
	}
	probe, err := os.ReadFile("testdata/browser.js")
	if err != nil {
		t.Fatal(err)
	}
	theme := map[bool]string{true: "dark", false: "light"}[l.dark]
	prefs := fmt.Sprintf("localStorage.setItem('lang', %q); localStorage.setItem('theme', %q);", l.language, theme)
	p.do(chromedp.EmulateViewport(l.width, tall),
		chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
			_, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: prefs + string(probe)})
			return err
		}),
		chromedp.Navigate(h.URL()+"/"), chromedp.WaitVisible(chromedp.CSS(hook("composer"))))
	t.Cleanup(func() {
		if said := p.complaints(); len(said) > 0 {
			t.Errorf("the page complained:\n%s", strings.Join(said, "\n"))
		}
	})
	return p
}

// hook is how the page's parts are found: sandbox/web/README.md lists them.
func hook(name string) string { return fmt.Sprintf("[data-testid=%q]", name) }

// hear collects errors and warnings of the page.
func (p *tab) hear(event any) {
	var said string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		said = e.ExceptionDetails.Text
		if thrown := e.ExceptionDetails.Exception; thrown != nil {
			said += " " + thrown.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			said = string(e.Type)
			for _, arg := range e.Args {
				said += fmt.Sprintf(" %s%s", arg.Value, arg.Description)
			}
		}
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError {
			said = e.Entry.Text + " " + e.Entry.URL
		}
	}
	if said != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.said = append(p.said, said)
	}
}

// complaints returns what the page complained of, and forgets it.
func (p *tab) complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	said := p.said
	p.said = nil
	return said
}

// do runs actions in the tab, for half a minute at most.
func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		p.Fatalf("in the page: %v", err)
	}
}

// ask evaluates a probe of testdata/browser.js, with its arguments.
func ask[T any](p *tab, probe string, args ...any) T {
	p.Helper()
	var words []string
	for _, arg := range args {
		b, err := json.Marshal(arg)
		if err != nil {
			p.Fatal(err)
		}
		words = append(words, string(b))
	}
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	line := fmt.Sprintf("probe.%s(%s)", probe, strings.Join(words, ", "))
	got, err := chromedp.Run(ctx, chromedp.Evaluate[T](line, chromedp.EvalAwaitPromise))
	if err != nil {
		p.Fatalf("%s: %v", line, err)
	}
	return got
}

// shows waits until the page shows a message as it is now, with its charts drawn.
func (p *tab) shows(a answer) {
	p.Helper()
	if !ask[bool](p, "wait", a.ID, a.UpdatedAt) {
		p.Fatalf("the page does not show:\n%s", a.text())
	}
}

// open opens a chat; on a phone the list of chats is out of sight.
func (p *tab) open(chat string) {
	p.Helper()
	p.do(chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector('[data-chat-id=%q]').click()", chat)))
}

// click presses what a person would, by the mouse.
func (p *tab) click(selector string) {
	p.Helper()
	p.do(chromedp.Click(chromedp.CSS(selector)))
}

// says types a line into the chat, sends it, and waits until the page shows the answer.
func (p *tab) says(h *testEnv, line string) answer {
	p.Helper()
	p.until(`document.querySelector("[data-testid=composer]").value === ""`) // what was sent before has been taken
	before := len(h.BotMessages(h.p2p))
	p.do(chromedp.SendKeys(chromedp.CSS(hook("composer")), line+"\r"))
	await(p.T, line+" is answered", func() bool { return len(h.BotMessages(h.p2p)) > before })
	a := answer{p.T, h.BotMessages(h.p2p)[before]}
	p.shows(a)
	return a
}

// sees waits until the page shows a text somewhere.
func (p *tab) sees(text string) {
	p.Helper()
	b, _ := json.Marshal(text) // a text is always JSON
	p.until(fmt.Sprintf("document.body.innerText.includes(%s)", b))
}

// until waits until a condition of the page holds.
func (p *tab) until(condition string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 30*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool](condition)); err != nil {
		p.Fatalf("in the page it never came about that %s: %v", condition, err)
	}
}

// fits checks that nothing is wider than its place and that each chart is drawn, in one message, or in all when id is empty.
func (p *tab) fits(what, id string) {
	p.Helper()
	for _, wide := range ask[[]string](p, "wide", id) {
		p.Errorf("%s: too wide: %s", what, wide)
	}
	for _, blank := range ask[[]string](p, "blank", id) {
		p.Errorf("%s: nothing is drawn in the chart of %s", what, blank)
	}
}

// atPage is a test environment whose person is the one that the page selects at first.
func atPage(t *testing.T, options ...option) *testEnv {
	t.Helper()
	h := open(t, wednesday, append(options, fastEngine)...)
	h.me = h.People()[0].OpenID
	chat, _ := h.Single(h.me)
	h.p2p = chat.ID
	if _, err := h.Enter(t.Context(), h.me); err != nil { // as the page does
		t.Fatal(err)
	}
	return h
}
