package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/inbox"
	"usagebot/reports"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// scene is a bot with fakes around it, for use inside of a synctest bubble.
type scene struct {
	mu sync.Mutex // guards fail while questions are under way

	bot      *Bot
	settings Settings         // what the bot is made of; changed by set
	rights   *access.Resolver // its fields may be changed at any time
	make     func()           // makes the bot

	desk  *desk
	box   *box
	notes *notes
	took  time.Duration // how long the platform takes for an answer
	fail  error
	age   time.Duration // of the message when it is delivered

	figures func(context.Context, usage.Request) (usage.Figures, error) // nil: 42 people, whatever is asked
	missing func(usage.Request) bool                                    // what the platform has nothing for
}

func newScene(t *testing.T) *scene {
	t.Helper()
	notes := &notes{m: map[string][]byte{}, ttl: map[string]time.Duration{}, until: map[string]time.Time{}, ledger: &ledger{}}
	s := &scene{desk: &desk{}, box: newBox(), notes: notes}
	list := func(context.Context) ([]usage.Department, error) {
		return []usage.Department{{ID: "od-1", ParentID: "0", Name: "研发部", I18n: map[string]string{"en_us": "R&D"}}}, nil
	}
	departments := directory.New(list, notes, time.Now)
	asker := usage.NewClient(usage.Settings{
		Source: s, Quota: endless{}, Cache: notes, Now: time.Now, Zone: time.UTC, Children: departments.Children,
	})
	log := slog.New(slog.DiscardHandler)
	events := inbox.New(s.box, unseen{}, time.Now, log)
	s.rights = access.NewResolver(access.ResolverSettings{
		Mode: access.Everyone, Grants: notes, Directory: departments, Cache: notes, Log: log,
	})
	s.settings = Settings{
		Usage: asker, Directory: departments, Apps: directory.Apps{{ID: "cli_a", Name: "商城"}}, Rights: s.rights,
		Groups: notes, Audit: notes, Grants: notes, People: notes, Sender: notes, Store: notes.ledger, Overview: overview{ledger: notes.ledger},
		Messenger: s.desk, Inbox: events, Order: inOrder{}, Cache: notes, Chats: notes, Language: "zh", Zone: time.UTC, Now: time.Now,
		Log: log, Observe: func(string, string, time.Duration) {},
	}
	var bots []*Bot
	s.make = func() {
		b, err := New(s.settings)
		if err != nil {
			t.Fatal(err)
		}
		bots = append(bots, b)
		s.bot = b
	}
	s.make()
	t.Cleanup(func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for _, b := range bots {
			b.Stop(ctx)
		}
		events.Close(ctx)
		departments.Close()
		asker.Close()
	})
	return s
}

// set changes the bot's settings, and makes a new bot of them.
func (s *scene) set(change func(o *Settings)) {
	change(&s.settings)
	s.make()
}

// limit limits the bot's messages.
func (s *scene) limit(l sendLimiter) { s.set(func(o *Settings) { o.Limiter = l }) }

// Overview answers as the platform: 42 people, whatever is asked. Figures that only a chart needs come at once.
func (s *scene) Overview(ctx context.Context, ask usage.Request) (usage.Figures, error) {
	if s.figures != nil {
		return s.figures(ctx, ask)
	}
	took := s.took
	if ask.Date.Before(usage.DateOf(time.Now()).AddDays(-15)) {
		took = 0
	}
	select {
	case <-time.After(took):
		if s.missing != nil && s.missing(ask) {
			return nil, &usage.Failure{Reason: usage.NoData, Code: 211011, LogID: "log-1"}
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		return usage.Figures{usage.ActiveUsers: 42}, s.fail
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// failWith makes the platform fail from now on, or no longer. Earlier questions may still be under way.
func (s *scene) failWith(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = err
}

func (s *scene) say(text string) (events.Response, error) { return s.sayAs("ou_1", "om_1", text) }

func (s *scene) sayAs(person, message, text string) (events.Response, error) {
	return s.bot.Handle(context.Background(), &events.Event{ID: "e1", CreatedAt: time.Now().Add(-s.age), Message: &events.Message{
		ID: message, ChatID: "oc_1", ChatType: feishu.SingleChat, SenderID: person, SenderType: "user", Type: "text", Text: text,
	}})
}

func (s *scene) click(command string) (events.Response, error) {
	return s.bot.Handle(context.Background(), &events.Event{ID: "e2", Click: &events.Click{
		OperatorID: "ou_1", MessageID: "om_card", ChatID: "oc_1", Value: map[string]any{"cmd": command},
	}})
}

// desk is a messenger that records each call as a line.
type desk struct {
	mu        sync.Mutex
	lines     []string
	replyErrs []error // of the first replies; nil once they are used up
	updateErr error
	aloneErr  error // of ephemeral cards
	plain     bool  // the platform refuses cards
	noID      bool  // the platform returns no message ids
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
	d.lines = append(d.lines, "reply "+messageID+" "+kindOf(content))
	if d.noID {
		return feishu.Sent{}, nil
	}
	return feishu.Sent{ID: "om_answer_" + uuid[:4], Plain: d.plain}, nil
}

func (d *desk) SendEphemeral(_ context.Context, chatID, openID string, content feishu.Content) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, "ephemeral "+chatID+" "+openID+" "+kindOf(content))
	return d.aloneErr
}

func (d *desk) Update(_ context.Context, messageID string, content feishu.Content) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.lines = append(d.lines, "update "+strings.SplitAfter(messageID, "om_")[1][:4]+" "+kindOf(content))
	return d.updateErr
}

func kindOf(content feishu.Content) string {
	switch text := string(content.JSON()); {
	case strings.Contains(text, `"42`):
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

// box is an inbox.Store that takes every event, even one that it has, and records what became of each as a line.
type box struct {
	mu        sync.Mutex
	known     map[string]bool // events that were stored before
	insertErr error
	blocked   int           // how often an event is blocked by another process
	left      []inbox.Event // by other processes, or released
	retryAt   map[string]time.Time
	rows      map[string]inbox.Event
	renewals  int
	lines     []string
}

func newBox() *box {
	return &box{known: map[string]bool{}, retryAt: map[string]time.Time{}, rows: map[string]inbox.Event{}}
}

// String returns what became of the events, in which results are stored a little later.
func (x *box) String() string {
	time.Sleep(50 * time.Millisecond)
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Join(x.lines, "; ")
}

func (x *box) Insert(_ context.Context, _ string, _ time.Time, list []inbox.Event) (inserted []string, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.insertErr != nil {
		return nil, x.insertErr
	}
	for _, e := range list {
		if !x.known[e.Key] {
			x.rows[e.Key] = e
			inserted = append(inserted, e.Key)
		}
	}
	return inserted, nil
}

func (x *box) Claim(_ context.Context, _ string, now, _ time.Time, limit int) ([]inbox.Event, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	var list []inbox.Event
	x.left = slices.DeleteFunc(x.left, func(e inbox.Event) bool {
		if len(list) == limit || x.retryAt[e.Key].After(now) {
			return false
		}
		list = append(list, e)
		return true
	})
	for _, e := range list {
		x.rows[e.Key] = e
	}
	return list, nil
}

func (x *box) Renew(context.Context, string, time.Time) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.renewals++
	return nil
}

// Save keeps a released event, to be taken up again.
func (x *box) Save(_ context.Context, now time.Time, list []inbox.Result) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, r := range list {
		row, ok := x.rows[r.Event.Key]
		switch {
		case !ok || row.Attempt != r.Event.Attempt:
		case r.State == inbox.Open:
			x.lines = append(x.lines, "retry in "+r.RetryAt.Sub(now).Round(time.Second).String())
			row.Attempt++
			x.retryAt[row.Key] = r.RetryAt
			x.left = append(x.left, row)
		default:
			x.lines = append(x.lines, string(r.State))
		}
	}
	return nil
}

func (x *box) Blocked(context.Context, string, time.Time, inbox.Event) (bool, error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.blocked--
	return x.blocked >= 0, nil
}

func (x *box) Forget(context.Context, []string, string) error { return nil }

func (x *box) DeleteFinished(context.Context, time.Time, int) (int, error) { return 0, nil }

// unseen remembers no event.
type unseen struct{}

func (unseen) Known(_ context.Context, keys []string) []bool { return make([]bool, len(keys)) }
func (unseen) Note(context.Context, []string)                {}

// inOrder is an order in which each event is the latest.
type inOrder struct{ err error }

func (o inOrder) Precede(context.Context, string, string) error { return o.err }

type endless struct{}

func (endless) Take(context.Context, int) (string, time.Duration, int) { return "id", 0, 100 }
func (endless) Settle(context.Context, string)                         {}
func (endless) Cancel(context.Context, string)                         {}
func (endless) Block(context.Context, time.Duration)                   {}

// notes store everything but subscriptions. Preferences and welcomes are those of the chat oc_1 and of ou_1.
type notes struct {
	chatName string
	mu       sync.Mutex
	m        map[string][]byte
	ttl      map[string]time.Duration
	until    map[string]time.Time
	set      Preferences

	info     feishu.ChatInfo
	welcomes int  // how often it was asked whether a chat was welcomed
	welcomed bool // whether it was
	greeted  bool
	sent     int // messages that are no answers
	lastCard []byte
	sendErr  error // of the next ones
	chatErr  error // of the next look at a chat
	eraseErr error // of forgetting a person
	grants   []access.Grant
	ledger   *ledger
}

func (n *notes) Get(_ context.Context, key string) ([]byte, bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	v, ok := n.m[key]
	return v, ok && time.Now().Before(n.until[key])
}

func (n *notes) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.m)
}

// Chat returns direct messages, unless the chat has an owner.
func (n *notes) Chat(context.Context, string) (feishu.ChatInfo, error) {
	info := n.info
	info.Single = info.OwnerID == ""
	return info, n.chatErr
}

func (n *notes) Changes(context.Context, string, int) ([]access.Change, error) { return nil, nil }

// GrantsFor returns the grants of the person, of the chat, and of all departments.
func (n *notes) GrantsFor(_ context.Context, openID, chatID string) (found []access.Grant, err error) {
	ids := map[access.Kind]string{access.Person: openID, access.Chat: chatID}
	for _, g := range n.grants {
		if id, named := ids[g.Subject.Kind]; !named || g.Subject.ID == id {
			found = append(found, g)
		}
	}
	return found, nil
}

func (n *notes) Grants(context.Context, int) ([]access.Grant, error) { return n.grants, nil }

func (n *notes) Grant(context.Context, string, access.Grant, access.Change) (bool, error) {
	return true, nil
}

func (n *notes) Revoke(context.Context, string, access.Grant, func(access.Grant) access.Change) ([]access.Change, error) {
	return nil, nil
}

func (n *notes) Preferences(_ context.Context, chatID string) (Preferences, error) {
	if chatID != "oc_1" {
		return Preferences{}, nil
	}
	return n.set, nil
}

func (n *notes) Prefer(_ context.Context, _, chatID string, change func(*Preferences), _ access.Entry[Preferences]) error {
	if chatID != "oc_1" {
		return errors.New("another chat's preferences")
	}
	change(&n.set)
	return nil
}

func (n *notes) Welcomed(_ context.Context, chatID string) (bool, error) {
	n.welcomes++
	return chatID == "oc_1" && n.welcomed, nil
}

func (n *notes) Welcome(_ context.Context, chatID string) error {
	n.welcomed = n.welcomed || chatID == "oc_1"
	return nil
}

func (n *notes) Greeted(_ context.Context, openID string) (bool, error) {
	return openID == "ou_1" && n.greeted, nil
}

func (n *notes) Greet(_ context.Context, openID string, _ time.Time) error {
	n.greeted = n.greeted || openID == "ou_1"
	return nil
}

func (n *notes) Meet(context.Context, string, string, time.Time) error { return nil }

func (n *notes) Leave(context.Context, string, time.Time) error { return nil }
func (n *notes) Join(context.Context, string) error             { return nil }

func (n *notes) BeginForgetting(_ context.Context, f access.Forgetting, _ time.Time) (access.Forgetting, error) {
	return f, nil
}

func (n *notes) ClaimForgetting(context.Context, time.Time) (access.Forgetting, bool, error) {
	return access.Forgetting{}, false, nil
}

// LetGo makes the edits, one after the other.
func (n *notes) LetGo(ctx context.Context, f access.Forgetting, edits []reports.Edit, _ time.Time) (access.Forgetting, error) {
	for _, e := range edits {
		if _, err := n.ledger.Change(ctx, e); err != nil {
			return f, err
		}
		f.Removed++
	}
	return f, nil
}

func (n *notes) Erase(context.Context, access.Forgetting) error { return n.eraseErr }

func (n *notes) EndForgetting(_ context.Context, f access.Forgetting, _ access.Change) (access.Forgetting, error) {
	return f, nil
}

func (n *notes) Forget(_ context.Context, ids []string) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	maps.DeleteFunc(n.m, func(key string, value []byte) bool {
		return slices.ContainsFunc(ids, func(id string) bool { return strings.Contains(key+"\n"+string(value), id) })
	})
	return nil
}

// keysOf returns the keys that have an id in their name or value.
func (n *notes) keysOf(id string) (keys []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for key, value := range n.m {
		if strings.Contains(key+"\n"+string(value), id) {
			keys = append(keys, key)
		}
	}
	return keys
}

func (n *notes) Send(_ context.Context, _ feishu.To, content feishu.Content, _ string) (feishu.Sent, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sent++
	n.lastCard = content.JSON()
	return feishu.Sent{}, n.sendErr
}

// failSending makes the next messages that are no answers fail.
func (n *notes) failSending(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.sendErr = err
}

// sendings counts the messages that are no answers.
func (n *notes) sendings() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.sent
}

func (n *notes) Name(context.Context, string) (string, error) { return n.chatName, nil }
func (n *notes) Rename(context.Context, string, string) error { return nil }

func (n *notes) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.m[key], n.ttl[key], n.until[key] = value, ttl, time.Now().Add(ttl)
}

var (
	errAway = errors.New("redis is away")

	errGone   = &feishu.Error{Endpoint: "reply", Code: 230002, Class: feishu.TargetGone}
	errBusy   = &feishu.Error{Endpoint: "reply", Code: 99991400, Class: feishu.Retry}
	errEnough = &feishu.Error{Endpoint: "reply", Code: 230020, Class: feishu.Retry}
	errDenied = &feishu.Error{Endpoint: "update", Code: 99991672, Class: feishu.AppRejected}
	errLost   = &feishu.Error{Endpoint: "update", Code: 230011, Class: feishu.MessageGone}
)

// expect compares what was sent and what became of the request.
func (s *scene) expect(t *testing.T, desk, box string) {
	t.Helper()
	synctest.Wait()
	if got := s.desk.String(); got != desk {
		t.Errorf("sent: %s\nwant: %s", got, desk)
	}
	if got := s.box.String(); got != box {
		t.Errorf("inbox: %s\nwant:  %s", got, box)
	}
}

// publish makes what the test has changed visible to the rescuer, which runs beside it: both lock the box.
func (s *scene) publish() { _ = s.box.String() }

// happened delivers an event, which the bot takes, and waits until it is handled.
func (s *scene) happened(t *testing.T, e *events.Event) {
	t.Helper()
	if _, err := s.bot.Handle(context.Background(), e); err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
}

func unavailable(err error) string {
	switch {
	case err == nil:
		return "taken"
	case errors.Is(err, events.ErrUnavailable):
		return "send again"
	}
	return fmt.Sprint(err)
}

// ledger keeps subscriptions.
type ledger struct {
	reports.Store
	mu          sync.Mutex
	kept        []reports.Subscription
	deliveries  []reports.Delivery
	fail        error           // of the next change
	inChatErr   error           // of each look at a chat's subscriptions
	deliveryErr error           // of each look at a delivery
	made        map[string]bool // changes that were made for an event: its key and the subscription's id
}

// Subscribe keeps a subscription unless there is one for the same thing.
func (l *ledger) Subscribe(_ context.Context, _ string, s reports.Subscription, _ access.Entry[reports.Subscription]) (reports.Subscription, bool, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, known := range l.kept {
		if known.Key() == s.Key() && known.State != reports.Removed {
			return known, false, nil
		}
	}
	l.kept = append(l.kept, s)
	return s, true, nil
}

// overview shows what a ledger keeps.
type overview struct {
	reports.Overview
	ledger *ledger
}

func (o overview) All(_ context.Context, w reports.SubscriptionFilter, _ int) (found []reports.Subscription, err error) {
	o.ledger.mu.Lock()
	defer o.ledger.mu.Unlock()
	for _, s := range o.ledger.kept {
		gone := s.State == reports.Paused && s.Reason == reports.ChatGone
		if s.State != reports.Removed && (w.OwnerID == "" || s.OwnerID == w.OwnerID) && (w.ChatID == "" || s.ChatID == w.ChatID) && (!w.Reachable || !gone) {
			found = append(found, s)
		}
	}
	return found, nil
}

func (o overview) Count(ctx context.Context, w reports.SubscriptionFilter) (int, error) {
	found, err := o.All(ctx, w, 0)
	return len(found), err
}

func (o overview) Next(ctx context.Context, _ int) ([]reports.Subscription, error) {
	return o.All(ctx, reports.SubscriptionFilter{}, 0)
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
	return found, l.inChatErr
}

func (l *ledger) Delivery(_ context.Context, id string, p usage.Period) (reports.Delivery, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.deliveryErr != nil {
		return reports.Delivery{}, l.deliveryErr
	}
	for _, d := range l.deliveries {
		if d.SubscriptionID == id && d.Period == p {
			return d, nil
		}
	}
	return reports.Delivery{}, reports.ErrNotFound
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

// Change makes an edit, once for an idempotency key.
func (l *ledger) Change(_ context.Context, e reports.Edit) (reports.Subscription, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.fail; err != nil {
		l.fail = nil
		return reports.Subscription{}, err
	}
	for i, s := range l.kept {
		if s.ID != e.ID {
			continue
		}
		event := e.IdempotencyKey + " " + e.ID
		if e.IdempotencyKey != "" && l.made[event] {
			return s, nil
		}
		if err := e.Change(&s); err != nil {
			return l.kept[i], err
		}
		if l.made == nil {
			l.made = map[string]bool{}
		}
		l.kept[i], l.made[event] = s, true
		return s, nil
	}
	return reports.Subscription{}, reports.ErrNotFound
}
