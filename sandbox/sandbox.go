package sandbox

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"
)

// Sandbox simulates the platform. Its methods are safe for concurrent use. Each part is one theme with methods of its own,
// and all parts share the state.
type Sandbox struct {
	*state
	*toggles      // what is switched off, delayed or faulty
	*messageAPI   // messages
	*ephemeralAPI // cards that one person sees
	*chatAPI      // groups and direct chats
	*contactAPI   // people and departments
	*appAPI       // the apps in the developer console
	*overviewAPI  // usage figures
	*longConns    // events over the long connection
	*eventBuilder // what events contain
	*deliverer    // events on their way to the bot
	*userActions  // what people do
	*gateway      // what every call to the platform goes through
	mux           *http.ServeMux

	// The mutex of the state guards these.
	server *http.Server
	served chan struct{}
	url    string
}

// New returns a sandbox, which is an http.Handler. Start makes it listen by itself.
func New(o Options) (*Sandbox, error) {
	st, err := newState(o)
	if err != nil {
		return nil, err
	}
	st.openDemoChats()
	chats := &chatAPI{st}
	messages := &messageAPI{st, chats}
	conns := newLongConns(st)
	events := &eventBuilder{st}
	delivery := &deliverer{st, conns, newWebClient()}
	s := &Sandbox{
		state: st, toggles: &toggles{st}, messageAPI: messages, ephemeralAPI: &ephemeralAPI{st, chats}, chatAPI: chats, contactAPI: &contactAPI{st}, appAPI: &appAPI{st},
		overviewAPI: &overviewAPI{st}, longConns: conns, eventBuilder: events, deliverer: delivery,
		userActions: &userActions{st, chats, events, delivery}, gateway: &gateway{st, messages},
	}
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
