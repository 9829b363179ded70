package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"usagebot/sandbox/cardcheck"
	"usagebot/sandbox/company"
	"usagebot/usage"
)

// Sandbox simulates the platform. Its methods are safe for concurrent use.
type Sandbox struct {
	opts       Options
	clock      *Clock
	company    *company.Company
	simulation *company.Simulation
	cards      *cardcheck.Checker
	mux        *http.ServeMux
	webClient  *http.Client

	mu               sync.Mutex // guards everything below
	server           *http.Server
	served           chan struct{}
	url              string
	webhook          string
	limits           Limits
	windows          map[string]*window
	tokens           []token
	scopes           map[string]bool
	plan             bool          // the tenant's plan has usage figures
	stopped          bool          // the bot's app is switched off
	contactRange     bool          // the app may see the departments
	publicationDelay time.Duration // after the midnight that ends a day, its figures are out
	overviewChange   Overview      // what the overview answers instead; nil: nothing
	console          console
	chats            []*Chat
	messages         []*Message
	uuids            map[string]sent
	calls            []Call
	faults           []*Fault
	deliveries       []*Delivery
	streams          int // number of browsers with an open stream
	longConns        longConns
	closing          bool // no new long connection is let in
	serial           int  // makes ids differ
}

// New returns a sandbox, which is an http.Handler. Start makes it listen by itself.
func New(o Options) (*Sandbox, error) {
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
	s := &Sandbox{
		opts: o, clock: clock, company: tenant, cards: cards,
		simulation: company.NewSimulation(o.Seed, o.Since, tenant, o.Apps),
		webClient:  newWebClient(),
		webhook:    o.Webhook,
		limits:     o.Limits,
		windows:    map[string]*window{},
		scopes:     defaultScopes(), console: newConsole(),
		plan: true, contactRange: true,
		publicationDelay: usualPublication,
		uuids:            map[string]sent{},
		longConns:        newLongConns(),
	}
	s.openDemoChats()
	s.mux = s.routes()
	return s, nil
}

// ServeHTTP answers as the platform does, and under /sandbox/ as the control API.
func (s *Sandbox) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// Start serves on addr, which must be of the loopback interface; no host means 127.0.0.1 and port 0 a free one.
func (s *Sandbox) Start(ctx context.Context, addr string) error {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("sandbox: read the address %q: %w", addr, err)
	}
	if host == "" {
		host = "127.0.0.1"
	}
	if !loopback(host) {
		return fmt.Errorf("sandbox: %q is not of the loopback interface, and the sandbox serves nowhere else", host)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return fmt.Errorf("sandbox: listen: %w", err)
	}
	return s.serve(listener)
}

// maxHeaders limits headers to 16 KiB: net/http adds 4096 bytes to MaxHeaderBytes.
const maxHeaders = 12 << 10

func (s *Sandbox) serve(listener net.Listener) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return errors.Join(errors.New("sandbox: it serves already"), listener.Close())
	}
	server, served := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: maxHeaders}, make(chan struct{})
	s.server, s.served, s.url, s.closing = server, served, "http://"+listener.Addr().String(), false
	go func() {
		defer close(served)
		_ = server.Serve(listener) // ends with Close, and there is nothing to do about any other end
	}()
	return nil
}

// Close stops serving. It does nothing if the sandbox does not serve.
func (s *Sandbox) Close() error {
	s.webClient.CloseIdleConnections()
	s.mu.Lock()
	server, served := s.server, s.served
	s.server, s.closing = nil, true
	s.mu.Unlock()
	s.DropConnections()
	s.longConns.readers.Wait()
	if server == nil {
		return nil
	}
	err := server.Close()
	<-served
	if err != nil {
		return fmt.Errorf("sandbox: stop: %w", err)
	}
	return nil
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// URL is the address that it serves on, for the base URL of a client; empty before Start.
func (s *Sandbox) URL() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.url
}

// Options returns what the sandbox was made with, the defaults filled in.
func (s *Sandbox) Options() Options { return s.opts }

// Apps returns the tenant's apps, the bot's own first.
func (s *Sandbox) Apps() []company.App { return append([]company.App(nil), s.opts.Apps...) }

// Clock returns the sandbox's clock, which can be moved. Moving it by itself delivers no event again: see Advance.
func (s *Sandbox) Clock() *Clock { return s.clock }

// Now returns the sandbox's time.
func (s *Sandbox) Now() time.Time { return s.clock.Now() }

// Newest returns the newest day whose figures are out.
func (s *Sandbox) Newest() usage.Date {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.newest()
}

func (s *Sandbox) newest() usage.Date {
	return usage.DateOf(s.clock.Now().In(zone()).Add(-s.publicationDelay)).AddDays(-1)
}

// nextID makes an id that the sandbox has not given before. The caller holds s.mu.
func (s *Sandbox) nextID(prefix string) string {
	s.serial++
	return prefix + company.Digest(company.Numbered(s.opts.AppID+prefix, s.serial))[:32]
}

// Clock is a clock that can be moved: it runs as its base does, from wherever it was set.
type Clock struct {
	base func() time.Time

	mu     sync.Mutex
	offset time.Duration
}

// NewClock returns a clock that shows what base shows; a nil base is the time of the machine.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.offset)
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = t.Sub(c.base())
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// zone is where the platform's days begin. China has had no summer time since 1991, so a fixed zone needs no database.
func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }
