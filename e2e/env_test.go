package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/app"
	"usagebot/config"
	"usagebot/locale"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/sqltest"
	"usagebot/usage"
)

// testEnv is the real program against the sandbox, through its real webhook.
type testEnv struct {
	*sandbox.Sandbox
	app *app.App
	log *logBuffer
	me  string // open_id of the person who writes
	p2p string // their direct message chat
}

// logBuffer collects the log.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (j *logBuffer) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.Write(p)
}

func (j *logBuffer) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.b.String()
}

// wednesday is when the tests begin, unless they say otherwise: a working day after ten.
var wednesday = time.Date(2026, 11, 25, 11, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))

// clockFrom makes the sandbox's clock begin at a time and run on.
func clockFrom(at time.Time) func(*sandbox.Options) {
	began := time.Now()
	return func(o *sandbox.Options) { o.Clock = func() time.Time { return at.Add(time.Since(began)) } }
}

// longEventTimeout makes the sandbox wait long for the acknowledgement of an event: the machine may be busy with other tests.
func longEventTimeout(o *sandbox.Options) { o.EventTimeout = time.Minute }

// option changes the settings before the program starts.
type option func(*config.Config)

func english(c *config.Config) { c.Language = locale.English }

// withNotices makes the bot send its "still working" notices as it does by default.
func withNotices(c *config.Config) { c.NoticeAfter = 0 }

func open(t testing.TB, at time.Time, options ...option) *testEnv {
	t.Helper()
	return openOn(t, sandboxtest.Start(t, clockFrom(at), longEventTimeout), options...)
}

func openOn(t testing.TB, sb *sandbox.Sandbox, options ...option) *testEnv {
	t.Helper()
	h := newEnv(t, sb)
	h.app = h.start(t, options...)
	h.SetWebhook(h.app.URL() + "/webhook/event")
	return h
}

// newEnv is a test environment in which the program does not run yet.
func newEnv(t testing.TB, sb *sandbox.Sandbox) *testEnv {
	t.Helper()
	h := &testEnv{Sandbox: sb, log: &logBuffer{}}
	h.me = h.People()[2].OpenID
	chat, ok := h.Single(h.me)
	if !ok {
		t.Fatal("the person has no direct message chat")
	}
	h.p2p = chat.ID
	return h
}

// start starts the program. A test may start several on the same sandbox.
func (h *testEnv) start(t testing.TB, options ...option) *app.App {
	t.Helper()
	o := h.Options()
	cfg, err := config.Load(config.Serve, []string{
		"FEISHU_APP_ID=" + o.AppID, "FEISHU_APP_SECRET=" + o.AppSecret, "FEISHU_ENCRYPT_KEY=" + o.EncryptKey,
		"FEISHU_VERIFICATION_TOKEN=" + o.VerificationToken, "FEISHU_BASE_URL=" + h.URL(), "LISTEN_ADDR=127.0.0.1:0",
		"LOG_LEVEL=debug", "LOG_FORMAT=json", "DATA_DIR=" + t.TempDir(), "DIGEST_JITTER=0s",
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	cfg.RatePerson, cfg.RateChat = 0, 0 // tests ask faster than people
	cfg.NoticeAfter = time.Hour         // on a busy machine notices would use up counted faults, and be counted as messages
	for _, m := range options {
		m(&cfg)
	}
	if cfg.DatabaseURL.IsZero() {
		sqltest.Fill(t, cfg.DataDir)
	}
	a, err := app.New(t.Context(), cfg, "test", slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: cfg.LogLevel})), h.Now)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(cfg.ListenAddr); err != nil {
		t.Fatal(err)
	}
	var once sync.Once
	t.Cleanup(func() { once.Do(a.Stop) })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if err := a.WaitReady(ctx); err != nil {
		t.Fatalf("not ready: %v\n%s", err, h.log)
	}
	return a
}

// handled waits until no event is open.
func (h *testEnv) handled(t *testing.T) {
	t.Helper()
	await(t, "all events are handled", func() bool {
		open, _, err := h.app.SQL.Events.Backlog(t.Context())
		return err == nil && open == 0
	})
}

// say writes to the bot in the direct message chat and returns its one answer.
func (h *testEnv) say(t *testing.T, text string) answer {
	t.Helper()
	return h.sayIn(t, h.p2p, text)
}

func (h *testEnv) sayIn(t *testing.T, chat, text string) answer {
	t.Helper()
	id := h.write(t, chat, text)
	var got []sandbox.Message
	await(t, "an answer, in its turn, and more than a notice", func() bool {
		got = h.answersTo(chat, id, h.me)
		return len(got) > 1 || len(got) == 1 && isFinal(got[0].Content)
	})
	if len(got) != 1 {
		t.Fatalf("%q got %d answers, want 1", text, len(got))
	}
	return answer{t, got[0]}
}

// write writes to the bot, and returns the message's id once it is acknowledged.
func (h *testEnv) write(t *testing.T, chat, text string) (id string) {
	t.Helper()
	d, err := h.Say(t.Context(), chat, h.me, text)
	return taken(t, h.Sandbox, d, err).MessageID
}

// taken returns a delivery once it is acknowledged. A delivery that a busy machine did not acknowledge in time is repeated, as
// the platform does.
func taken(t *testing.T, sb *sandbox.Sandbox, d sandbox.Delivery, err error) sandbox.Delivery {
	t.Helper()
	for tries := 1; err == nil && !d.Taken && tries < 20; tries++ {
		d, err = sb.Repeat(t.Context(), d.EventID)
	}
	if err != nil || !d.Taken {
		t.Fatalf("a delivery was answered HTTP %d, %v", d.Status(), err)
	}
	return d
}

// sayUntilNotice asks the bot something that takes long, and returns its "still working" notice.
func (h *testEnv) sayUntilNotice(t *testing.T, text string) answer {
	t.Helper()
	id := h.write(t, h.p2p, text)
	var got []sandbox.Message
	await(t, "a notice", func() bool { got = h.repliesTo(h.p2p, id); return len(got) > 0 })
	if len(got) != 1 || isFinal(got[0].Content) {
		t.Fatalf("%q got %d answers, want a notice", text, len(got))
	}
	return answer{t, got[0]}
}

// repliesTo are the bot's replies to a message, without what it sends by itself, such as a digest.
func (h *testEnv) repliesTo(chat, message string) []sandbox.Message {
	return slices.DeleteFunc(h.BotMessages(chat), func(m sandbox.Message) bool { return m.ParentID != message })
}

// answersTo are the bot's replies to a message or a card, and the cards that it has shown since to one person alone. To a card
// that one person alone sees there is no reply: what answers it goes to the chat.
func (h *testEnv) answersTo(chat, message, person string) []sandbox.Message {
	all := h.Messages(chat)
	from := slices.IndexFunc(all, func(m sandbox.Message) bool { return m.ID == message })
	ephemeral := from >= 0 && all[from].VisibleTo != ""
	return slices.DeleteFunc(all[from+1:], func(m sandbox.Message) bool {
		toChat := ephemeral && m.ParentID == "" && m.VisibleTo == ""
		return !m.ByBot || m.ParentID != message && m.VisibleTo != person && !toChat
	})
}

// answer is a message of the bot.
type answer struct {
	t *testing.T
	sandbox.Message
}

func (a answer) text() string { return sandbox.CardText(a.Content) }

// has checks that the answer shows each text.
func (a answer) has(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if !strings.Contains(a.text(), text) {
			a.t.Errorf("the answer does not say %q:\n%s", text, a.text())
		}
	}
	return a
}

func (a answer) lacks(texts ...string) answer {
	a.t.Helper()
	for _, text := range texts {
		if strings.Contains(a.text(), text) {
			a.t.Errorf("the answer says %q:\n%s", text, a.text())
		}
	}
	return a
}

// button returns the value of the button with the label.
func (a answer) button(label string) map[string]any {
	a.t.Helper()
	var card any
	if err := json.Unmarshal([]byte(a.Content), &card); err != nil {
		a.t.Fatal(err)
	}
	if v := findButton(card, label); v != nil {
		return v
	}
	a.t.Fatalf("no button %q:\n%s", label, a.text())
	return nil
}

func findButton(node any, label string) map[string]any {
	return valueOf(find(node, func(o map[string]any) bool {
		text, _ := o["text"].(map[string]any)
		return o["tag"] == "button" && text["content"] == label
	}))
}

// find returns the first object in a card for which meant is true.
func find(node any, meant func(map[string]any) bool) map[string]any {
	switch node := node.(type) {
	case []any:
		for _, n := range node {
			if o := find(n, meant); o != nil {
				return o
			}
		}
	case map[string]any:
		if meant(node) {
			return node
		}
		for _, name := range slices.Sorted(maps.Keys(node)) {
			if o := find(node[name], meant); o != nil {
				return o
			}
		}
	}
	return nil
}

// valueOf is the value that a component sends when it is used.
func valueOf(component map[string]any) map[string]any {
	behaviors, _ := component["behaviors"].([]any)
	if len(behaviors) == 0 {
		return nil
	}
	behavior, _ := behaviors[0].(map[string]any)
	value, _ := behavior["value"].(map[string]any)
	return value
}

// press uses the button with the label, as somebody, and returns the card as it is then.
func (h *testEnv) press(t *testing.T, a answer, by, label string) answer {
	t.Helper()
	return h.use(t, a, by, map[string]any{"tag": "button", "value": a.button(label)})
}

// pick chooses an option in the field that completes a command by the argument.
func (h *testEnv) pick(t *testing.T, a answer, by, arg, option string) answer {
	t.Helper()
	var card any
	if err := json.Unmarshal([]byte(a.Content), &card); err != nil {
		t.Fatal(err)
	}
	field := find(card, func(o map[string]any) bool { return valueOf(o)["with"] == arg })
	if field == nil {
		t.Fatalf("no field for %s:\n%s", arg, a.text())
	}
	return h.use(t, a, by, map[string]any{"tag": field["tag"], "value": valueOf(field), "option": option})
}

// use sends an action of a card and returns the card as it is then, or the message that answers the click.
func (h *testEnv) use(t *testing.T, a answer, by string, action map[string]any) answer {
	t.Helper()
	clicked, shown := h.clickUntilAnswered(t, a.ID, by, action)
	if clicked.Status != http.StatusOK || clicked.Error != 0 || clicked.ToastType == "error" {
		t.Fatalf("the click came to HTTP %d, error %d, %s %q", clicked.Status, clicked.Error, clicked.ToastType, clicked.Toast)
	}
	return answer{t, shown}
}

// clickUntilTaken clicks, and clicks again while the bot has no time for it, as a person would. A click that was not taken
// has changed nothing.
func (h *testEnv) clickUntilTaken(t *testing.T, messageID, by string, action map[string]any) (clicked sandbox.Clicked) {
	t.Helper()
	action["timezone"] = "Asia/Shanghai"
	await(t, "a click is taken", func() bool {
		var err error
		if clicked, err = h.ClickAction(t.Context(), messageID, by, action); err != nil {
			t.Fatal(err)
		}
		return clicked.Status != http.StatusServiceUnavailable
	})
	return clicked
}

// clickUntilAnswered clicks, and waits for the answer if it is not in the click's callback: in a group it may be a message of
// its own, and if it comes late the card is updated afterwards, or a problem is sent as a reply to it. It returns what the
// person saw, and the message that shows the answer.
func (h *testEnv) clickUntilAnswered(t *testing.T, messageID, by string, action map[string]any) (sandbox.Clicked, sandbox.Message) {
	t.Helper()
	before, _ := h.Message(messageID)
	answers := len(h.answersTo(before.ChatID, messageID, by))
	clicked := h.clickUntilTaken(t, messageID, by, action)
	shown, _ := h.Message(messageID)
	if clicked.Status != http.StatusOK || clicked.ToastType != "info" { // a toast of that type says that the answer comes elsewhere or later
		return clicked, shown
	}
	direct, _ := h.Single(by)
	await(t, "the answer to a click", func() bool {
		if list := h.answersTo(before.ChatID, messageID, by); len(list) > answers {
			shown = list[len(list)-1]
			clicked.Toast = answer{t, shown}.text()
			if before.ChatID == direct.ID {
				clicked.ToastType = "error"
			}
			return true
		}
		now, _ := h.Message(messageID)
		if len(now.History) == len(before.History) {
			return false
		}
		shown, clicked.Card = now, now.Content
		return true
	})
	return clicked, shown
}

// truth is the platform's figure for a question, in the form that cards show.
func (h *testEnv) truth(t *testing.T, ability usage.Ability, cycle usage.Cycle, date, department string, m usage.Metric) string {
	t.Helper()
	d, err := usage.ParseDate(date)
	if err != nil {
		t.Fatal(err)
	}
	figures, code := h.Figures(usage.Request{AppID: h.app.Config.AppID, Ability: ability, Cycle: cycle, Date: d, DepartmentID: department})
	if code != 0 {
		t.Fatalf("the sandbox has no figures: %d", code)
	}
	return thousands(figures[m])
}

func thousands(n int64) string {
	s := []byte{}
	for i := 0; ; i++ {
		if i > 0 && i%3 == 0 {
			s = append(s, ',')
		}
		s = append(s, byte('0'+n%10))
		if n /= 10; n == 0 {
			break
		}
	}
	for i, j := 0, len(s)-1; i < j; i, j = i+1, j-1 {
		s[i], s[j] = s[j], s[i]
	}
	return string(s)
}

// department returns the id of the one department with the name.
func (h *testEnv) department(t *testing.T, name string) string {
	t.Helper()
	for _, d := range h.Departments() {
		if d.Name == name {
			return d.ID
		}
	}
	t.Fatalf("no department %q", name)
	return ""
}

// await waits until a condition holds that another goroutine brings about. It waits so long that a busy machine does not fail
// it.
func await(t testing.TB, what string, holds func() bool) {
	t.Helper()
	pause := 10 * time.Millisecond
	for deadline := time.Now().Add(4 * time.Minute); time.Now().Before(deadline); time.Sleep(pause) {
		if holds() {
			return
		}
		pause = min(pause*5/4, 100*time.Millisecond) // many conditions ask the database, which would slow the program down
	}
	t.Fatalf("this never happened: %s", what)
}
