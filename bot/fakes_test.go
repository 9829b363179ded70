package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/reports"
	"usagebot/usage"
)

// scene is a bot among fakes, to be used inside of a synctest bubble.
type scene struct {
	bot     *Bot
	desk    *desk
	box     *box
	notes   *notes
	took    time.Duration // how long the platform takes for an answer
	fail    error
	missing func(usage.Ask) bool // what the platform has nothing for
	age     time.Duration        // of the message when it is delivered
}

func newScene(t *testing.T) *scene {
	t.Helper()
	notes := &notes{m: map[string][]byte{}, ttl: map[string]time.Duration{}, ledger: &ledger{}}
	s := &scene{desk: &desk{}, box: &box{states: []string{taken}}, notes: notes}
	list := func(context.Context) ([]usage.Department, error) {
		return []usage.Department{{ID: "od-1", ParentID: "0", Name: "研发部", I18n: map[string]string{"en_us": "R&D"}}}, nil
	}
	directory := usage.NewDirectory(list, notes, time.Now)
	asker := usage.NewAsker(usage.Settings{
		Source: s, Quota: endless{}, Cache: notes, Now: time.Now, Zone: time.UTC, Children: directory.Children,
	})
	b, err := New(Settings{
		Asker: asker, Directory: directory, Apps: usage.Apps{{ID: "cli_a", Name: "商城"}},
		Groups: notes, Record: notes, Grants: notes, People: notes, Greeter: notes, Ledger: notes.ledger, Overview: overview{ledger: notes.ledger}, Access: access.Everyone, Messenger: s.desk, Inbox: s.box, Sessions: notes, Chats: notes, Language: "zh", Zone: time.UTC, Now: time.Now,
		Log: slog.New(slog.DiscardHandler), Observe: func(string, string, time.Duration) {},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.bot = b
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		b.Stop(ctx)
		directory.Close()
		asker.Close()
	})
	return s
}

// Overview is the platform's: 42 people for whatever is asked. What only a chart asks for comes at once.
func (s *scene) Overview(ctx context.Context, ask usage.Ask) (usage.Figures, error) {
	took := s.took
	if ask.Date.Before(usage.DateOf(time.Now()).AddDays(-15)) {
		took = 0
	}
	select {
	case <-time.After(took):
		if s.missing != nil && s.missing(ask) {
			return nil, &usage.Failure{Reason: usage.NoData, Code: 211011, LogID: "log-1"}
		}
		return usage.Figures{usage.ActiveUsers: 42}, s.fail
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (s *scene) say(text string) (feishu.Response, error) { return s.sayAs("ou_1", "om_1", text) }

func (s *scene) sayAs(person, message, text string) (feishu.Response, error) {
	return s.bot.Handle(context.Background(), &feishu.Event{ID: "e1", CreatedAt: time.Now().Add(-s.age), Message: &feishu.Message{
		ID: message, ChatID: "oc_1", ChatType: feishu.SingleChat, SenderID: person, SenderType: "user", Type: "text", Text: text,
	}})
}

func (s *scene) click(command string) (feishu.Response, error) {
	return s.bot.Handle(context.Background(), &feishu.Event{ID: "e2", Click: &feishu.Click{
		OperatorID: "ou_1", MessageID: "om_card", ChatID: "oc_1", Value: map[string]any{"cmd": command},
	}})
}

// desk is a messenger that keeps what it was given, a line each.
type desk struct {
	mu        sync.Mutex
	lines     []string
	replyErrs []error // of the first replies; nil once they are used up
	updateErr error
	plain     bool // the platform refuses cards
}

func (d *desk) Reply(_ context.Context, messageID string, content feishu.Content, uuid string) (feishu.Sent, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.replyErrs) > 0 {
		err := d.replyErrs[0]
		d.replyErrs = d.replyErrs[1:]
		if err != nil {
			d.lines = append(d.lines, "refused "+messageID)
			return feishu.Sent{}, err
		}
	}
	d.lines = append(d.lines, "reply "+messageID+" "+kindOf(content.Card))
	return feishu.Sent{ID: "om_answer_" + uuid[:4], Plain: d.plain}, nil
}

func (d *desk) Update(_ context.Context, messageID string, card []byte) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, "update "+strings.SplitAfter(messageID, "om_")[1][:4]+" "+kindOf(card))
	return d.updateErr
}

func kindOf(card []byte) string {
	switch text := string(card); {
	case strings.Contains(text, `"42"`):
		return "figures"
	case strings.Contains(text, "正在"):
		return "notice"
	}
	return "problem"
}

func (d *desk) String() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.Join(d.lines, "; ")
}

// box is an inbox that answers Take from a list, the last entry for ever, and keeps what happened to the request.
type box struct {
	mu      sync.Mutex
	states  []string
	parkErr error
	lines   []string
	orphan  []byte
}

func (x *box) note(line string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lines = append(x.lines, line)
}

func (x *box) String() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Join(x.lines, "; ")
}

func (x *box) Take(context.Context, string, string) (string, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	state := x.states[0]
	if len(x.states) > 1 {
		x.states = x.states[1:]
	}
	return state, nil
}

func (x *box) Park(_ context.Context, _, _ string, job []byte) error {
	if x.parkErr != nil {
		return x.parkErr
	}
	x.note("park")
	x.mu.Lock()
	defer x.mu.Unlock()
	x.orphan = job
	return nil
}

func (x *box) Once(ctx context.Context, _ string) context.Context { return ctx }

func (x *box) Keep(context.Context, string, string) error   { x.note("keep"); return nil }
func (x *box) Finish(context.Context, string, string) error { x.note("finish"); return nil }
func (x *box) Release(context.Context, string, string) error {
	x.note("release")
	return nil
}

func (x *box) Orphan(context.Context, string) (string, []byte, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	job := x.orphan
	x.orphan = nil
	if job == nil {
		return "", nil, nil
	}
	return "message:om_1", job, nil
}

type endless struct{}

func (endless) Take(context.Context, int) (string, time.Duration, int) { return "id", 0, 100 }
func (endless) Settle(context.Context, string)                         {}
func (endless) Cancel(context.Context, string)                         {}
func (endless) Block(context.Context, time.Duration)                   {}

type notes struct {
	mu  sync.Mutex
	m   map[string][]byte
	ttl map[string]time.Duration
	set Preferences

	info     feishu.ChatInfo
	welcomes int  // how often it was asked whether a chat was welcomed
	welcomed bool // whether it was
	greeted  bool
	sent     int   // messages that are no answers
	sendErr  error // of the next ones
	chatErr  error // of the next look at a chat
	grants   []access.Grant
	ledger   *ledger
}

func (n *notes) Get(_ context.Context, key string) ([]byte, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.m[key]
	return v, ok
}

func (n *notes) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.m)
}

// Chat is everybody's single one, unless somebody owns it.
func (n *notes) Chat(context.Context, string) (feishu.ChatInfo, error) {
	info := n.info
	info.Single = info.OwnerID == ""
	return info, n.chatErr
}

func (n *notes) Changes(context.Context, string, int) ([]access.Change, error) { return nil, nil }

// GrantsFor grants nobody anything.
func (n *notes) GrantsFor(context.Context, string, string) ([]access.Grant, error) { return nil, nil }

func (n *notes) Grants(context.Context, int) ([]access.Grant, error) { return n.grants, nil }

func (n *notes) Grant(context.Context, access.Grant, access.Change) (bool, error) { return true, nil }

func (n *notes) Revoke(context.Context, access.Grant, func(access.Grant) access.Change) ([]access.Change, error) {
	return nil, nil
}

func (n *notes) Preferences(context.Context, string) (Preferences, error) { return n.set, nil }

func (n *notes) Prefer(_ context.Context, _ string, change func(*Preferences), _ access.Entry[Preferences]) error {
	change(&n.set)
	return nil
}

func (n *notes) Welcomed(context.Context, string) (bool, error) { n.welcomes++; return n.welcomed, nil }
func (n *notes) Welcome(context.Context, string) error          { n.welcomed = true; return nil }

func (n *notes) Greeted(context.Context, string) (bool, error)  { return n.greeted, nil }
func (n *notes) Greet(context.Context, string, time.Time) error { n.greeted = true; return nil }

// Forget makes the edits, one after the other.
func (n *notes) Forget(ctx context.Context, _, _ string, edits []reports.Edit, _ access.Change) (made []access.Change, err error) {
	for _, e := range edits {
		is, err := n.ledger.Change(ctx, e)
		if err != nil {
			return nil, err
		}
		made = append(made, e.Entry(is, is))
	}
	return made, nil
}

func (n *notes) Send(context.Context, feishu.To, feishu.Content, string) (feishu.Sent, error) {
	n.sent++
	return feishu.Sent{}, n.sendErr
}

func (n *notes) Name(context.Context, string) (string, error) { return "", nil }
func (n *notes) Rename(context.Context, string, string) error { return nil }

func (n *notes) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.m[key], n.ttl[key] = value, ttl
}

var (
	errAway   = errors.New("redis is away")
	errGone   = &feishu.Error{Endpoint: "reply", Code: 230002, Class: feishu.TargetGone}
	errBusy   = &feishu.Error{Endpoint: "reply", Code: 99991400, Class: feishu.Retry}
	errEnough = &feishu.Error{Endpoint: "reply", Code: 230020, Class: feishu.Retry}
	errDenied = &feishu.Error{Endpoint: "update", Code: 99991672, Class: feishu.Ours}
	errLost   = &feishu.Error{Endpoint: "update", Code: 230011, Class: feishu.MessageGone}
)

// expect compares what was sent and what became of the request.
func (s *scene) expect(t *testing.T, desk, box string) {
	t.Helper()
	if got := s.desk.String(); got != desk {
		t.Errorf("sent: %s\nwant: %s", got, desk)
	}
	if got := s.box.String(); got != box {
		t.Errorf("inbox: %s\nwant:  %s", got, box)
	}
}

func unavailable(err error) string {
	switch {
	case err == nil:
		return "taken"
	case errors.Is(err, feishu.ErrUnavailable):
		return "send again"
	}
	return fmt.Sprint(err)
}

// ledger keeps subscriptions.
type ledger struct {
	reports.Ledger
	mu   sync.Mutex
	kept []reports.Subscription
}

// overview shows what a ledger keeps.
type overview struct {
	reports.Overview
	ledger *ledger
}

func (o overview) All(_ context.Context, w reports.Which, _ int) (found []reports.Subscription, err error) {
	o.ledger.mu.Lock()
	defer o.ledger.mu.Unlock()
	for _, s := range o.ledger.kept {
		if s.State != reports.Removed && (w.OwnerID == "" || s.OwnerID == w.OwnerID) {
			found = append(found, s)
		}
	}
	return found, nil
}

func (o overview) Count(ctx context.Context, w reports.Which) (int, error) {
	found, err := o.All(ctx, w, 0)
	return len(found), err
}

func (o overview) Next(ctx context.Context, _ int) ([]reports.Subscription, error) {
	return o.All(ctx, reports.Which{}, 0)
}

func (overview) Latest(context.Context, reports.DeliveryState, int) ([]reports.Delivery, error) {
	return nil, nil
}

func (*ledger) History(context.Context, string, string, int) ([]reports.Delivery, error) {
	return nil, nil
}

func (*ledger) Overdue(context.Context, time.Time) (int, time.Time, error) {
	return 0, time.Time{}, nil
}

func (l *ledger) InChat(_ context.Context, chatID string) (found []reports.Subscription, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.kept {
		if s.ChatID == chatID && s.State != reports.Removed {
			found = append(found, s)
		}
	}
	return found, nil
}

func (l *ledger) Subscription(_ context.Context, id string) (reports.Subscription, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, s := range l.kept {
		if s.ID == id {
			return s, nil
		}
	}
	return reports.Subscription{}, reports.ErrNotFound
}

func (l *ledger) Change(_ context.Context, e reports.Edit) (reports.Subscription, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, s := range l.kept {
		if s.ID != e.ID {
			continue
		}
		if err := e.Change(&s); err != nil {
			return l.kept[i], err
		}
		l.kept[i] = s
		return s, nil
	}
	return reports.Subscription{}, reports.ErrNotFound
}
