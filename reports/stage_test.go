package reports_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/reports"
	"usagebot/store"
	"usagebot/usage"
)

// stage is an Engine on a real ledger, a SQLite file, before a platform that is played. Its clock stands still until a test
// moves it: all is played in a bubble.
type stage struct {
	*reports.Engine
	t        *testing.T
	ledger   *store.SQL
	platform *platform
	outcomes map[string]int
	mu       sync.Mutex // guards outcomes, and what a test notes while cards are drawn
}

// play runs a test on a stage at 10:30 on a Monday, in UTC.
func play(t *testing.T, test func(t *testing.T, s *stage)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.until(monday(10, 30))
		test(t, s)
	})
}

func newStage(t *testing.T) *stage {
	t.Helper()
	ledger, err := store.OpenSQL(t.Context(), "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &stage{t: t, ledger: ledger, platform: &platform{}, outcomes: map[string]int{}}
	s.Engine = s.another()
	t.Cleanup(func() {
		s.stop(s.Engine)
		if err := ledger.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// another is the engine of another replica, or of the next process.
func (s *stage) another() *reports.Engine {
	return reports.New(reports.Settings{
		Ledger: slowed{s.ledger, s.platform}, Figures: s.platform, Sender: s.platform, Pacer: s.platform, Artist: s.platform,
		AppName: func(id string) string { return id }, Admins: func(context.Context) []string { return s.platform.admins },
		Zone: time.UTC, Poll: 5 * time.Minute, Deadline: 14 * time.Hour, Lease: 2 * time.Minute,
		Now: func() time.Time { return time.Now().Add(s.platform.off) }, Log: slog.New(slog.DiscardHandler),
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
	})
}

func (s *stage) stop(e *reports.Engine) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	e.Stop(ctx)
}

func monday(hour, minute int) time.Time { return time.Date(2000, 1, 3, hour, minute, 0, 0, time.UTC) }

// until moves the clock.
func (s *stage) until(at time.Time) {
	time.Sleep(time.Until(at))
	synctest.Wait()
}

func (s *stage) pass(d time.Duration) { s.until(time.Now().Add(d)) }

// tick ticks once and waits until all that has come of it is over, or waits for time to pass.
func (s *stage) tick() {
	s.t.Helper()
	if err := s.Tick(s.t.Context()); err != nil {
		s.t.Errorf("Tick: %v", err)
	}
	synctest.Wait()
}

// ticks lets time pass as it does in the program, tick by tick.
func (s *stage) ticks(d time.Duration) {
	s.t.Helper()
	for end := time.Now().Add(d); time.Now().Before(end); {
		began := time.Now()
		s.tick()
		s.until(began.Add(time.Since(began).Truncate(time.Second) + time.Second))
	}
}

// subscribe subscribes a chat to a daily digest at 10:30, due now unless it is changed.
func (s *stage) subscribe(id, chat string, changes ...func(*reports.Subscription)) reports.Subscription {
	s.t.Helper()
	sub := reports.Subscription{
		ID: id, ChatID: chat, OwnerID: "ou_owner", AppID: "cli_a", Ability: usage.Web, State: reports.Active, DepartmentID: id,
		Schedule: reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}, NextDue: time.Now(), CreatedAt: time.Now(), UpdatedAt: time.Now(),
	}
	for _, change := range changes {
		change(&sub)
	}
	kept, created, err := s.ledger.Subscribe(s.t.Context(), "", sub, nil)
	if err != nil || !created {
		s.t.Fatalf("Subscribe: %v, %v", created, err)
	}
	return kept
}

// last is the newest delivery of a subscription.
func (s *stage) last(sub reports.Subscription) reports.Delivery {
	s.t.Helper()
	list, err := s.ledger.History(s.t.Context(), sub.ChatID, sub.ID, 1)
	if err != nil || len(list) != 1 {
		s.t.Fatalf("History: %+v, %v", list, err)
	}
	return list[0]
}

// became checks how far the newest delivery has come.
func (s *stage) became(sub reports.Subscription, state reports.DeliveryState, reason reports.Reason) reports.Delivery {
	s.t.Helper()
	d := s.last(sub)
	if d.State != state || d.Reason != reason {
		s.t.Errorf("the delivery of %s is %s (%s), want %s (%s)", sub.ID, d.State, d.Reason, state, reason)
	}
	return d
}

func (s *stage) subscription(id string) reports.Subscription {
	s.t.Helper()
	sub, err := s.ledger.Subscription(s.t.Context(), id)
	if err != nil {
		s.t.Fatal(err)
	}
	return sub
}

// slowed is the ledger, as slow as a test wants it.
type slowed struct {
	*store.SQL
	platform *platform
}

func (l slowed) Save(ctx context.Context, d reports.Delivery, hold bool, tell ...reports.Notice) error {
	if l.platform.save != nil {
		l.platform.save(hold)
	}
	if l.platform.saveErr != nil {
		if err := l.platform.saveErr(hold); err != nil {
			return err
		}
	}
	return l.SQL.Save(ctx, d, hold, tell...)
}

func (l slowed) Change(ctx context.Context, e reports.Edit) (reports.Subscription, error) {
	if l.platform.change != nil {
		if err := l.platform.change(e.ID); err != nil {
			return reports.Subscription{}, err
		}
	}
	return l.SQL.Change(ctx, e)
}

// message is a message that the platform was offered.
type message struct {
	at   time.Time
	to   reports.Target
	card string
	uuid string
}

// platform is what the Engine sees of the world outside. A nil function means that all is well.
type platform struct {
	mu     sync.Mutex
	sent   []message
	taken  []string  // uuids of digests that were accepted
	edits  []message // with the message's id for a uuid
	looked []string  // chats in which a message was looked for

	off     time.Duration // how wrong the clock of the engine is
	admins  []string
	owner   string // of each chat
	allowTo func(owner string) (bool, error)
	change  func(id string) error
	allow   func(ctx context.Context) (bool, error)
	state   func(ctx context.Context, appID string) (usage.DayState, error)
	used    func(first, last usage.Date) (bool, error)
	story   func(ctx context.Context, q usage.Query) error
	report  func(r *usage.Report) // what is told beside the period
	update  func(ctx context.Context, m message) error
	send    func(ctx context.Context, m message) error
	find    func(chatID string) (string, error)
	take    func(ctx context.Context, chatID string) reports.Full
	draw    func(what string)
	save    func(hold bool)
	saveErr func(hold bool) error
}

func (p *platform) DayState(ctx context.Context, appID string, _ usage.Date, _ usage.Share) (usage.DayState, error) {
	if p.state == nil {
		return usage.Published, nil
	}
	return p.state(ctx, appID)
}

func (p *platform) Used(_ context.Context, _ string, first, last usage.Date, _ usage.Share) (bool, error) {
	if p.used == nil {
		return false, nil
	}
	return p.used(first, last)
}

func (p *platform) Story(ctx context.Context, q usage.Query, _ usage.Share) (usage.Story, error) {
	if p.story != nil {
		if err := p.story(ctx, q); err != nil {
			return usage.Story{}, err
		}
	}
	period := usage.PeriodOf(q.Cycle, q.When.Date)
	r := usage.Report{Query: q, Period: period, Through: period.End(), Complete: true, Sections: []usage.Section{{}}}
	if p.report != nil {
		p.report(&r)
	}
	return usage.Story{Report: r}, nil
}

func (p *platform) Update(ctx context.Context, messageID string, card []byte) error {
	m := message{time.Now(), reports.Target{}, string(card), messageID}
	p.mu.Lock()
	p.edits = append(p.edits, m)
	p.mu.Unlock()
	if p.update != nil {
		return p.update(ctx, m)
	}
	return nil
}

func (p *platform) Send(ctx context.Context, to reports.Target, card []byte, uuid string) (string, error) {
	m := message{time.Now(), to, string(card), uuid}
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
	if to.ChatID != "" && string(card[:6]) == "digest" {
		p.taken = append(p.taken, uuid)
	}
	return "om_" + uuid[:8], nil
}

// accepted are the uuids of the digests that were accepted, each as often as it was.
func (p *platform) accepted() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.taken...)
}

func (p *platform) Find(_ context.Context, chatID, _ string, _, _ time.Time) (string, error) {
	p.mu.Lock()
	p.looked = append(p.looked, chatID)
	p.mu.Unlock()
	if p.find == nil {
		return "", nil
	}
	return p.find(chatID)
}

func (p *platform) Owner(context.Context, string) (string, error) { return p.owner, nil }

func (p *platform) Take(ctx context.Context, chatID string) (func(), reports.Full) {
	if p.take != nil {
		if full := p.take(ctx, chatID); full.Wait > 0 {
			return nil, full
		}
	}
	return func() {}, reports.Full{}
}

func (p *platform) drawn(what string) []byte {
	if p.draw != nil {
		p.draw(what)
	}
	return []byte(what)
}

func (p *platform) Digest(_ context.Context, story usage.Story, o reports.Looks) []byte {
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
	return p.drawn(words)
}
func (*platform) Mark(usage.Query, usage.Period) string { return "mark" }
func (p *platform) FiguresLate(_ context.Context, s reports.Subscription, _ reports.Delivery) []byte {
	return p.drawn("late " + s.AppID)
}

func (p *platform) OwnerNotice(_ context.Context, notices []reports.Notice) []byte {
	words := "notice"
	for _, n := range notices {
		words += fmt.Sprintf(" %s:%s", n.Subscription.ID, n.Reason)
	}
	return p.drawn(words)
}

func (p *platform) AdminAlert(_ context.Context, a reports.Alert) []byte {
	return p.drawn(fmt.Sprintf("alert %d %s", a.Code, a.AppID))
}

// to are the messages that were offered to a chat or a person.
func (p *platform) to(id string) (list []message) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.sent {
		if m.to.ChatID == id || m.to.OpenID == id {
			list = append(list, m)
		}
	}
	return list
}

// refuse is an answer of a kind.
func refuse(kind reports.TroubleKind, code int) error {
	return &reports.Trouble{Kind: kind, Code: code, Err: fmt.Errorf("the platform says %d", code)}
}

// all are the messages that were offered.
func (p *platform) all() []message {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]message(nil), p.sent...)
}
