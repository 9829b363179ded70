package sandbox

import (
	"fmt"
	"sync"
	"time"

	"usagebot/sandbox/cardcheck"
	"usagebot/sandbox/company"
	"usagebot/usage"
)

// state is the tenant and what has happened in it. All parts of a Sandbox share it.
type state struct {
	opts       Options
	clock      *Clock
	company    *company.Company
	simulation *company.Simulation
	cards      *cardcheck.Checker

	mu               sync.Mutex // guards everything below
	webhook          string
	limits           Limits
	windows          map[string]*window
	tokens           []token
	scopes           map[string]bool
	plan             bool            // the tenant's plan has usage figures
	stopped          bool            // the bot's app is switched off
	offline          map[string]bool // people whose client is offline, by open_id
	contactRange     bool            // the app may see the departments
	publicationDelay time.Duration   // after the midnight that ends a day, its figures are out
	overviewChange   Overview        // what the overview answers instead; nil: nothing
	console          console
	chats            []*Chat
	messages         []*Message
	uuids            map[string]sent
	calls            []Call
	faults           []*Fault
	deliveries       []*Delivery
	serial           int // makes ids differ
}

func newState(o Options) (*state, error) {
	clock := NewClock(o.Clock)
	o = o.withDefaults(clock.Now())
	if err := o.check(); err != nil {
		return nil, err
	}
	cards, err := cardcheck.New()
	if err != nil {
		return nil, err
	}
	tenant := company.New(o.Seed, o.People)
	return &state{
		opts: o, clock: clock, company: tenant, cards: cards,
		simulation: company.NewSimulation(o.Seed, o.Since, tenant, o.Apps),
		webhook:    o.Webhook,
		limits:     o.Limits,
		windows:    map[string]*window{},
		offline:    map[string]bool{},
		scopes:     defaultScopes(), console: newConsole(),
		plan: true, contactRange: true,
		publicationDelay: usualPublication,
		uuids:            map[string]sent{},
	}, nil
}

// Options returns what the sandbox was made with, the defaults filled in.
func (s *state) Options() Options { return s.opts }

// Apps returns the tenant's apps, the bot's own first.
func (s *state) Apps() []company.App { return append([]company.App(nil), s.opts.Apps...) }

// Clock returns the sandbox's clock, which can be moved. Moving it by itself delivers no event again: see Advance.
func (s *state) Clock() *Clock { return s.clock }

// Now returns the sandbox's time.
func (s *state) Now() time.Time { return s.clock.Now() }

// Newest returns the newest day whose figures are out.
func (s *state) Newest() usage.Date {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest()
}

func (s *state) newest() usage.Date {
	return usage.DateOf(s.clock.Now().In(zone()).Add(-s.publicationDelay)).AddDays(-1)
}

// nextID makes an id that the sandbox has not given before. The caller holds s.mu.
func (s *state) nextID(prefix string) string {
	s.serial++
	return prefix + company.Digest(company.Numbered(s.opts.AppID+prefix, s.serial))[:32]
}

// openDemoChats creates the group and the direct chats of the demo.
func (s *state) openDemoChats() {
	people := s.People()
	group := Chat{
		ID: chatID(s.opts.AppID, "group"), Name: "用量周报群", Mode: "group", Status: "normal", BotInside: true,
		Owner: people[0].OpenID, Managers: []string{people[1].OpenID},
	}
	for _, p := range people {
		group.Members = append(group.Members, p.OpenID)
	}
	s.chats = append(s.chats, &group)
	for i := range people {
		s.single(s.company.People[i])
	}
}

// People returns the demo's people: the group's owner, its manager, and an ordinary member.
func (s *state) People() []company.Person {
	var people []company.Person
	for i := range min(len(company.PersonNames()), len(s.company.People)) {
		people = append(people, *s.company.People[i])
	}
	return people
}

// single returns p's direct chat and creates it if there is none. The caller holds s.mu.
func (s *state) single(p *company.Person) *Chat {
	id := chatID(s.opts.AppID, p.OpenID)
	if c := s.chat(id); c != nil {
		return c
	}
	c := &Chat{ID: id, Name: p.Name, Mode: "p2p", Status: "normal", BotInside: true, Members: []string{p.OpenID}}
	s.chats = append(s.chats, c)
	return c
}

// chat finds a chat; nil when there is none. The caller holds s.mu.
func (s *state) chat(id string) *Chat {
	for _, c := range s.chats {
		if c.ID == id {
			return c
		}
	}
	return nil
}

// message finds a message; nil when there is none. The caller holds s.mu.
func (s *state) message(id string) *Message {
	for i := len(s.messages) - 1; i >= 0; i-- { // it is almost always a recent one
		if s.messages[i].ID == id {
			return s.messages[i]
		}
	}
	return nil
}

// addMessage puts a message into its chat. The caller holds s.mu.
func (s *state) addMessage(m Message) *Message {
	m.ID = s.nextID("om_")
	m.CreatedAt = s.clock.Now()
	m.UpdatedAt = m.CreatedAt
	for _, who := range m.mentions {
		m.Mentions = append(m.Mentions, Mentioned{who.key, who.openID, who.name, who.kind == "bot"})
	}
	s.messages = append(s.messages, &m)
	return &m
}

// isPerson reports whether an id belongs to a person that a card may mention.
func (s *state) isPerson(id string) bool {
	_, ok := s.company.ByPersonID[id]
	return ok || id == "all"
}

// BotOpenID is the open_id of the bot itself, by which it is mentioned.
func (s *state) BotOpenID() string { return "ou_" + company.Digest("bot " + s.opts.AppID)[:32] }

// admit applies the rates to the calls with the key. The caller holds s.mu.
func (s *state) admit(key string, now time.Time, rates ...Rate) (Rate, time.Duration) {
	w := s.windows[key]
	if w == nil {
		w = &window{}
		s.windows[key] = w
	}
	return w.admit(now, rates...)
}

// logID makes an id in the platform's form: the time and a part that is unique. The caller holds s.mu.
func (s *state) logID(now time.Time) string {
	s.serial++
	return fmt.Sprintf("%s%020X", now.In(zone()).Format("20060102150405"), s.serial)
}

func (s *state) locked(change func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change()
}
