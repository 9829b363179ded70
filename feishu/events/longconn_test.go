package events_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

// longLine is a long connection under test, to a sandbox of its own.
type longLine struct {
	*events.LongConnection
	sb    *sandbox.Sandbox
	ended chan struct{} // closed when Run has returned

	mu       sync.Mutex
	events   []*events.Event
	outcomes []string
	answer   func(context.Context, *events.Event) (events.Response, error)
	log      bytes.Buffer
}

func (l *longLine) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(p)
}

func (l *longLine) handle(ctx context.Context, e *events.Event) (events.Response, error) {
	l.mu.Lock()
	l.events = append(l.events, e)
	answer := l.answer
	l.mu.Unlock()
	if answer == nil {
		return events.Response{}, nil
	}
	return answer(ctx, e)
}

func (l *longLine) logged() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

func (l *longLine) answers(answer func(context.Context, *events.Event) (events.Response, error)) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.answer = answer
}

// begin makes a long connection and runs it for as long as the test does.
func begin(t *testing.T, sb *sandbox.Sandbox) *longLine {
	t.Helper()
	return beginWith(t, sb, func(*events.LongConnectionSettings) {})
}

func beginWith(t *testing.T, sb *sandbox.Sandbox, change func(*events.LongConnectionSettings)) *longLine {
	t.Helper()
	l := &longLine{sb: sb, ended: make(chan struct{})}
	settings := events.LongConnectionSettings{
		AppID: sb.Options().AppID, AppSecret: sb.Options().AppSecret, BaseURL: sb.URL(), RetryWait: 20 * time.Millisecond,
		Handle: l.handle, Now: sb.Now, Log: slog.New(slog.NewTextHandler(l, nil)),
		Observe: func(kind string, o events.Outcome) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.outcomes = append(l.outcomes, kind+"/"+string(o))
		},
	}
	change(&settings)
	var err error
	l.LongConnection, err = events.NewLongConnection(settings)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		defer close(l.ended)
		l.Run(ctx)
	}()
	t.Cleanup(func() {
		cancel()
		<-l.ended
	})
	return l
}

// openLine begins one and waits until it is open.
func openLine(t *testing.T) *longLine {
	t.Helper()
	l := begin(t, sandboxtest.Start(t, sandboxtest.LongConnection))
	l.until(t, "it is open", func() bool { return l.State().Up })
	return l
}

func (l *longLine) until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !holds(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it never came about: %s\n%+v\n%s", what, l.State(), l.logged())
		}
	}
}

func (l *longLine) say(t *testing.T, text string) sandbox.Delivery {
	t.Helper()
	d, err := l.sb.Say(t.Context(), l.sb.Group().ID, l.sb.People()[0].OpenID, text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLongConnectionTakesEvents(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	me, group := l.sb.People()[0].OpenID, l.sb.AddGroup("new", l.sb.People()[0].OpenID)
	rd := l.sb.Departments()[0]
	var want []string
	for _, act := range []func() (sandbox.Delivery, error){
		func() (sandbox.Delivery, error) { return l.sb.Say(t.Context(), group.ID, me, "hello") },
		func() (sandbox.Delivery, error) { return l.sb.AddBot(t.Context(), group.ID, me) },
		func() (sandbox.Delivery, error) { return l.sb.Enter(t.Context(), me) },
		func() (sandbox.Delivery, error) { return l.sb.PressMenu(t.Context(), me, "weekly") },
		func() (sandbox.Delivery, error) { return l.sb.RenameDepartment(t.Context(), rd.ID, "x") },
		func() (sandbox.Delivery, error) { return l.sb.RemoveBot(t.Context(), group.ID, me) },
		func() (sandbox.Delivery, error) { return l.sb.Disband(t.Context(), group.ID, me) },
	} {
		d, err := act()
		if err != nil || !d.Taken {
			t.Errorf("%+v, %v\n%s", d, err, l.logged())
		}
		want = append(want, d.Type)
	}
	var got []string
	for _, e := range l.events {
		got = append(got, e.Type)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if m := l.events[0].Message; m.Text != "@_user_1 hello" || m.ChatID != group.ID || m.SenderID != me {
		t.Errorf("the message is %+v", m)
	}
	if l.outcomes[0] != events.MessageReceived+"/accepted" {
		t.Errorf("outcomes are %v", l.outcomes)
	}
}

func TestLongConnectionAnswersAClick(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	client := feishu.New(feishu.Settings{AppID: l.sb.Options().AppID, AppSecret: l.sb.Options().AppSecret, BaseURL: l.sb.URL()})
	card := func(text string) []byte {
		return []byte(`{"schema":"2.0","body":{"elements":[{"tag":"markdown","content":"` + text + `"}]}}`)
	}
	sent, err := client.Send(t.Context(), feishu.To{Kind: feishu.ToChat, ID: l.sb.Group().ID}, content{card("before")}, "u")
	if err != nil {
		t.Fatal(err)
	}
	id := sent.ID
	click := func(r events.Response, err error) sandbox.Clicked {
		l.answers(func(context.Context, *events.Event) (events.Response, error) { return r, err })
		seen, err := l.sb.Click(t.Context(), id, l.sb.People()[0].OpenID, map[string]any{"cmd": "/usage"})
		if err != nil {
			t.Fatal(err)
		}
		return seen
	}
	if seen := click(events.Response{}, nil); !reflect.DeepEqual(seen, sandbox.Clicked{Status: http.StatusOK}) {
		t.Errorf("an empty answer: %+v", seen)
	}
	if seen := click(events.Response{Toast: &events.Toast{Type: events.ToastWarning, Content: "wait"}}, nil); seen.Toast != "wait" || seen.ToastType != "warning" {
		t.Errorf("a toast: %+v", seen)
	}
	if seen := click(events.Response{Card: card("after")}, nil); seen.Error != 0 || seen.Card != string(card("after")) {
		t.Errorf("a card: %+v", seen)
	}
	if seen := click(events.Response{Card: []byte("{")}, nil); seen.Error != sandbox.ClickBadStatus {
		t.Errorf("no card: %+v", seen)
	}
	if seen := click(events.Response{}, errors.New("no")); seen.Error != sandbox.ClickBadStatus {
		t.Errorf("an error: %+v", seen)
	}
	if v := l.events[0].Click; v.Value["cmd"] != "/usage" || v.MessageID != id {
		t.Errorf("the click is %+v", v)
	}
}

func TestLongConnectionAcknowledgesUnknownTypes(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	deliver := func(eventType string) sandbox.Delivery {
		id, payload, err := l.sb.Event(eventType, map[string]any{"anything": true})
		if err != nil {
			t.Fatal(err)
		}
		d, err := l.sb.Deliver(t.Context(), eventType, id, payload)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := deliver("contact.user.created_v3"); !d.Taken || len(d.Attempts) != 1 {
		t.Errorf("one that the bot has no use for: %+v", d)
	}
	// The SDK refuses what nobody has registered. The next time it is known.
	if d := deliver("some.unforeseen.event_v9"); d.Status() != http.StatusInternalServerError {
		t.Errorf("one that nobody foresaw: %+v", d)
	}
	l.until(t, "it is opened anew", func() bool { return l.State().Connections == 2 && l.State().Up })
	if err := l.sb.Advance(t.Context(), 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	if d := l.sb.Deliveries()[1]; !d.Taken || len(d.Attempts) != 2 {
		t.Errorf("pushed again: %+v", d)
	}
	if d := deliver("some.unforeseen.event_v9"); !d.Taken {
		t.Errorf("another one: %+v", d)
	}
	want := []string{"other/ignored", "other/unavailable", "other/ignored", "other/ignored"}
	if diff := cmp.Diff(want, l.outcomes); diff != "" || len(l.events) != 0 {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
}

func TestLongConnectionAsksForAnEventAgain(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	for name, fail := range map[string]func() error{
		"unavailable": func() error { return events.ErrUnavailable },
		"an error":    func() error { return errors.New("no") },
		"a panic":     func() error { panic("no") },
	} {
		l.answers(func(context.Context, *events.Event) (events.Response, error) { return events.Response{}, fail() })
		d := l.say(t, name)
		if d.Taken || d.Status() != http.StatusInternalServerError {
			t.Errorf("%s: %+v", name, d)
		}
		l.answers(nil)
		if err := l.sb.Advance(t.Context(), 24*time.Hour); err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(l.sb.Deliveries(), func(other sandbox.Delivery) bool { return other.EventID == d.EventID })
		if d = l.sb.Deliveries()[i]; !d.Taken || len(d.Attempts) != 2 {
			t.Errorf("%s, pushed again: %+v", name, d)
		}
	}
}

func TestLongConnectionRefusesWhatIsNotForTheApp(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	id, payload, err := l.sb.Event(sandbox.EventChatEntered, map[string]any{"chat_id": "oc_a"})
	if err != nil {
		t.Fatal(err)
	}
	own := []byte(l.sb.Options().AppID)
	for name, tt := range map[string]struct {
		payload []byte
		want    string
	}{
		"another app":  {bytes.ReplaceAll(payload, own, []byte("cli_other")), "/wrong_app"},
		"no chat":      {bytes.ReplaceAll(payload, []byte("oc_a"), nil), "/not_event"},
		"no schema":    {bytes.ReplaceAll(payload, []byte(`"2.0"`), []byte(`"3.0"`)), "/not_event"},
		"over the top": {slices.Concat(payload, bytes.Repeat([]byte(" "), events.MaxEventSize)), "/too_large"},
	} {
		d, err := l.sb.Deliver(t.Context(), sandbox.EventChatEntered, id, tt.payload)
		if err != nil || d.Status() != http.StatusInternalServerError {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
		if got := l.outcomes[len(l.outcomes)-1]; got != tt.want || len(l.events) != 0 {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestLongConnectionKeepsSecrets(t *testing.T) {
	t.Parallel()
	l := openLine(t)
	l.answers(func(context.Context, *events.Event) (events.Response, error) {
		return events.Response{}, errors.New("no")
	})
	l.say(t, "what a person typed")
	l.sb.AddFault(sandbox.Fault{Endpoint: "ws.endpoint", HTML: true, Times: 1})
	l.sb.AddFault(sandbox.Fault{Endpoint: "ws.endpoint", DropAnswer: true, Times: 1})
	l.sb.DropConnections()
	l.until(t, "it is open again", func() bool { return l.State().Connections == 2 })
	log := l.logged()
	for _, secret := range []string{l.sb.Options().AppSecret, "typed", l.sb.People()[0].OpenID, "ticket", "html"} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds %q:\n%s", secret, log)
		}
	}
}

func TestNewLongConnectionNeedsItsCredentials(t *testing.T) {
	t.Parallel()
	handle := func(context.Context, *events.Event) (events.Response, error) { return events.Response{}, nil }
	for want, s := range map[string]events.LongConnectionSettings{
		"app id":     {AppSecret: "s", Handle: handle},
		"app secret": {AppID: "cli_a", Handle: handle},
		"handles":    {AppID: "cli_a", AppSecret: "s"},
	} {
		if _, err := events.NewLongConnection(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want one about the %s", err, want)
		}
	}
}

// content is a message with a card and no simpler form.
type content struct{ card []byte }

func (c content) JSON() []byte  { return c.card }
func (content) Compact() []byte { return nil }
func (content) Text() string    { return "" }
