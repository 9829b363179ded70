package reports_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/reports"
	"usagebot/store/sqlstore"
	"usagebot/store/sqltest"
	"usagebot/usage"
)

// testEnv is an Engine with a real store, a SQLite file, and a platform that a test controls. It runs in a synctest bubble:
// its clock stands still until the test advances it.
type testEnv struct {
	*reports.Engine
	t        *testing.T
	settings reports.Settings // of the engines that are made from now on
	store    *sqlstore.Store
	platform *fakePlatform
	outcomes map[string]int
	mu       sync.Mutex // guards outcomes, and what a test notes while cards are rendered
}

// withEnv runs a test at 10:30 on a Monday, in UTC.
func withEnv(t *testing.T, test func(t *testing.T, s *testEnv)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newTestEnv(t)
		s.advanceTo(monday(10, 30))
		test(t, s)
	})
}

// calendar is what the engine reads schedules by.
func (s *testEnv) calendar() reports.Calendar {
	return reports.Calendar{Platform: s.settings.PlatformZone, Workdays: s.settings.Workdays}
}

func newTestEnv(t *testing.T) *testEnv {
	t.Helper()
	db, err := sqlstore.Open(t.Context(), "", sqltest.Folder(t))
	if err != nil {
		t.Fatal(err)
	}
	s := &testEnv{t: t, store: db, platform: &fakePlatform{}, outcomes: map[string]int{}}
	s.settings = reports.Settings{
		Store: faultyStore{db.Reports(), s.platform}, Figures: s.platform, Sender: s.platform, Limiter: s.platform, Renderer: s.platform,
		AppName: func(id string) string { return id }, Admins: func(context.Context) []string { return s.platform.admins },
		Zone: time.UTC, PlatformZone: time.UTC, Workdays: usage.NewWorkdays(usage.China), Poll: 5 * time.Minute, Deadline: 14 * time.Hour, Lease: 2 * time.Minute, Gather: 30 * time.Second,
		Now: func() time.Time { return time.Now().Add(s.platform.clockOffset) }, Log: slog.New(slog.DiscardHandler),
		Observe: func(outcome string) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.outcomes[outcome]++
		},
		Allowed: func(ctx context.Context, sub reports.Subscription) (bool, error) {
			if s.platform.allowTo != nil {
				return s.platform.allowTo(sub.OwnerID)
			}
			if s.platform.allow == nil {
				return true, nil
			}
			return s.platform.allow(ctx)
		},
	}
	s.Engine = s.newEngine()
	t.Cleanup(func() {
		s.stop(s.Engine)
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// newEngine returns the engine of another replica, or of the next process.
func (s *testEnv) newEngine() *reports.Engine { return reports.New(s.settings) }

// configure replaces the engine by one with other settings.
func (s *testEnv) configure(change func(*reports.Settings)) {
	s.stop(s.Engine)
	change(&s.settings)
	s.Engine = s.newEngine()
}

func (s *testEnv) stop(e *reports.Engine) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	e.Stop(ctx)
}

func monday(hour, minute int) time.Time { return time.Date(2000, 1, 3, hour, minute, 0, 0, time.UTC) }

// advanceTo moves the clock.
func (s *testEnv) advanceTo(at time.Time) {
	time.Sleep(time.Until(at))
	synctest.Wait()
}

func (s *testEnv) advance(d time.Duration) { s.advanceTo(time.Now().Add(d)) }

// tick ticks once, and waits until all tasks of the tick are over or wait for time to pass.
func (s *testEnv) tick() {
	s.t.Helper()
	if err := s.Tick(s.t.Context()); err != nil {
		s.t.Errorf("Tick: %v", err)
	}
	synctest.Wait()
}

// tickFor ticks every second, as the program does, for the first and the last seconds. Between them it ticks more rarely, as
// a busy program does: each tick asks the database a dozen questions.
func (s *testEnv) tickFor(d time.Duration) {
	s.t.Helper()
	const first, last, step = 15 * time.Second, 5 * time.Second, 5 * time.Second
	for start, end := time.Now(), time.Now().Add(d); time.Now().Before(end); {
		began := time.Now()
		s.tick()
		next := began.Add(time.Since(began).Truncate(time.Second) + time.Second)
		if rare := next.Add(step - time.Second); next.Sub(start) > first && end.Sub(rare) >= last {
			next = rare
		}
		s.advanceTo(next)
	}
}

// subscribe subscribes a chat to a daily digest at 10:30. It is due now unless a change says otherwise.
func (s *testEnv) subscribe(id, chat string, changes ...func(*reports.Subscription)) reports.Subscription {
	s.t.Helper()
	sub := reports.Subscription{
		ID: id, ChatID: chat, OwnerID: "ou_owner", AppID: "cli_a", Ability: usage.Web, State: reports.Active, DepartmentID: id,
		Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}, NextDue: time.Now(), CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}
	for _, change := range changes {
		change(&sub)
	}
	kept, created, err := s.store.Subscriptions.Subscribe(s.t.Context(), "", sub, nil)
	if err != nil || !created {
		s.t.Fatalf("Subscribe: %v, %v", created, err)
	}
	return kept
}

// lastDelivery returns the newest delivery of a subscription.
func (s *testEnv) lastDelivery(sub reports.Subscription) reports.Delivery {
	s.t.Helper()
	list, err := s.store.Deliveries.History(s.t.Context(), sub.ChatID, sub.ID, 1)
	if err != nil || len(list) != 1 {
		s.t.Fatalf("History: %+v, %v", list, err)
	}
	return list[0]
}

// wantDelivery checks the state of the newest delivery, and returns it.
func (s *testEnv) wantDelivery(sub reports.Subscription, state reports.DeliveryState, reason reports.Reason) reports.Delivery {
	s.t.Helper()
	d := s.lastDelivery(sub)
	if d.State != state || d.Reason != reason {
		s.t.Errorf("the delivery of %s is %s (%s), want %s (%s)", sub.ID, d.State, d.Reason, state, reason)
	}
	return d
}

func (s *testEnv) subscription(id string) reports.Subscription {
	s.t.Helper()
	sub, err := s.store.Subscriptions.Subscription(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return sub
}

// faultyStore is a store that is slow, or fails, as a test wants.
type faultyStore struct {
	reports.Store
	platform *fakePlatform
}

func (l faultyStore) Save(ctx context.Context, d reports.Delivery, hold bool, tell ...reports.Notice) error {
	if l.platform.onSave != nil {
		l.platform.onSave(hold)
	}
	if l.platform.saveErr != nil {
		if err := l.platform.saveErr(hold); err != nil {
			return err
		}
	}
	return l.Store.Save(ctx, d, hold, tell...)
}

func (l faultyStore) Change(ctx context.Context, e reports.Edit) (reports.Subscription, error) {
	if l.platform.change != nil {
		if err := l.platform.change(e.ID); err != nil {
			return reports.Subscription{}, err
		}
	}
	return l.Store.Change(ctx, e)
}

// message is a message that was sent to the platform, whether it took it or not.
type message struct {
	at   time.Time
	to   reports.Target
	card string
	uuid string
}

// fakeCard is a card that says what it is.
type fakeCard string

func (c fakeCard) JSON() []byte    { return []byte(c) }
func (c fakeCard) Compact() []byte { return nil }
func (c fakeCard) Text() string    { return string(c) }

// fakePlatform is all that the Engine depends on except the store. A nil function means that the call succeeds.
type fakePlatform struct {
	mu            sync.Mutex
	sent          []message
	acceptedUUIDs []string  // uuids of digests that were accepted
	edits         []message // with the message's id for a uuid
	searched      []string  // chats in which a message was looked for

	clockOffset time.Duration // how wrong the clock of the engine is
	admins      []string
	owner       string // of each chat
	allowTo     func(owner string) (bool, error)
	change      func(id string) error
	allow       func(ctx context.Context) (bool, error)
	state       func(ctx context.Context, appID string) (usage.DayState, error)
	used        func(first, last usage.Date) (bool, error)
	story       func(ctx context.Context, q usage.Query) error
	report      func(r *usage.Report) // changes the report of a story
	update      func(ctx context.Context, m message) error
	send        func(ctx context.Context, m message) error
	find        func(chatID string) (string, error)
	limit       func(ctx context.Context, chatID string) reports.Limited
	onRender    func(what string)
	onSave      func(hold bool)
	saveErr     func(hold bool) error
}

func (p *fakePlatform) DayState(ctx context.Context, appID string, _ usage.Date, _ usage.Share) (usage.DayState, error) {
	if p.state == nil {
		return usage.Published, nil
	}
	return p.state(ctx, appID)
}

func (p *fakePlatform) Used(_ context.Context, _ string, first, last usage.Date, _ usage.Share) (bool, error) {
	if p.used == nil {
		return false, nil
	}
	return p.used(first, last)
}

func (p *fakePlatform) DigestData(ctx context.Context, q usage.Query, _ usage.Share) (usage.DigestData, error) {
	if p.story != nil {
		if err := p.story(ctx, q); err != nil {
			return usage.DigestData{}, err
		}
	}
	period := usage.PeriodOf(q.Cycle, q.When.Date)
	r := usage.Report{Query: q, Period: period, Through: period.End(), Complete: true, Sections: []usage.Section{{}}}
	if p.report != nil {
		p.report(&r)
	}
	return usage.DigestData{Report: r}, nil
}

func (p *fakePlatform) Update(ctx context.Context, messageID string, card reports.Card) error {
	m := message{time.Now(), reports.Target{}, string(card.JSON()), messageID}
	p.mu.Lock()
	p.edits = append(p.edits, m)
	p.mu.Unlock()
	if p.update != nil {
		return p.update(ctx, m)
	}
	return nil
}

func (p *fakePlatform) Send(ctx context.Context, to reports.Target, card reports.Card, uuid string) (string, error) {
	m := message{time.Now(), to, string(card.JSON()), uuid}
	p.mu.Lock()
	p.sent = append(p.sent, m)
	p.mu.Unlock()
	if p.send != nil {
		if err := p.send(ctx, m); err != nil {
			return "", err
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if to.ChatID != "" && strings.HasPrefix(m.card, "digest") {
		p.acceptedUUIDs = append(p.acceptedUUIDs, uuid)
	}
	return "om_" + uuid[:8], nil
}

// accepts returns the uuids of the accepted digests, each as often as it was accepted.
func (p *fakePlatform) accepts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.acceptedUUIDs...)
}

func (p *fakePlatform) Find(_ context.Context, chatID, _ string, _, _ time.Time) (string, error) {
	p.mu.Lock()
	p.searched = append(p.searched, chatID)
	p.mu.Unlock()
	if p.find == nil {
		return "", nil
	}
	return p.find(chatID)
}

func (p *fakePlatform) Owner(context.Context, string) (string, error) { return p.owner, nil }

func (p *fakePlatform) Take(ctx context.Context, chatID string) (func(), reports.Limited) {
	if p.limit != nil {
		if full := p.limit(ctx, chatID); full.Wait > 0 {
			return nil, full
		}
	}
	return func() {}, reports.Limited{}
}

func (p *fakePlatform) render(what string) reports.Card {
	if p.onRender != nil {
		p.onRender(what)
	}
	return fakeCard(what)
}

func (p *fakePlatform) Digest(_ context.Context, story usage.DigestData, o reports.DigestOptions) reports.Card {
	words := "digest " + o.SubscriptionID
	if r := story.Report; !r.ZerosFrom.IsZero() {
		words += " with zeros as of " + r.AsOf.Format("15:04")
	}
	if story.Report.Empty() {
		words += " without figures"
	}
	if o.LateFigures {
		words += " of late figures"
	}
	if o.Amended {
		words += ", amended"
	}
	return p.render(words)
}
func (*fakePlatform) LookupKey(usage.Query, usage.Period) string { return "mark" }
func (p *fakePlatform) FiguresLate(_ context.Context, s reports.Subscription, _ reports.Delivery) reports.Card {
	return p.render("late " + s.AppID)
}

func (p *fakePlatform) OwnerLeft(_ context.Context, s reports.Subscription) reports.Card {
	return p.render("owner left " + s.ID)
}

func (p *fakePlatform) OwnerNotice(_ context.Context, notices []reports.Notice) reports.Card {
	words := "notice"
	for _, n := range notices {
		words += fmt.Sprintf(" %s:%s", n.Subscription.ID, n.Reason)
	}
	return p.render(words)
}

func (p *fakePlatform) AdminAlert(_ context.Context, a reports.Alert) reports.Card {
	return p.render(fmt.Sprintf("alert %d %s", a.Code, a.AppID))
}

// to returns the messages that were sent to a chat or a person, also those that were refused.
func (p *fakePlatform) to(id string) (list []message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.sent {
		if m.to.ChatID == id || m.to.OpenID == id {
			list = append(list, m)
		}
	}
	return list
}

// sendError returns a SendError of the kind.
func sendError(kind reports.SendErrorKind, code int) error {
	return &reports.SendError{Kind: kind, Code: code, Err: fmt.Errorf("the platform says %d", code)}
}

// all returns all messages that were sent, also those that were refused.
func (p *fakePlatform) all() []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]message(nil), p.sent...)
}
