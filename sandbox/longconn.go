package sandbox

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// MaxConnections is how many long connections an app may have open.
const MaxConnections = 50

// The paths of the long connection: the first gives the address of the second.
const (
	pathEndpoint   = "/callback/ws/endpoint"
	pathConnection = "/callback/ws"
)

// codeAuthFailed is the status of a handshake that is refused for a reason with a code of its own.
const codeAuthFailed = "514"

// ClientConfig is what the platform tells a client of the long connection to do, in seconds. A negative ReconnectCount
// has no end.
type ClientConfig struct {
	ReconnectCount    int
	ReconnectInterval int // between tries to connect again
	ReconnectNonce    int // the first try comes at a random moment within this
	PingInterval      int
}

func defaultClientConfig() ClientConfig {
	return ClientConfig{ReconnectCount: -1, ReconnectInterval: 120, ReconnectNonce: 30, PingInterval: 120}
}

// link is one open long connection.
type link struct {
	conn  *websocket.Conn
	write sync.Mutex
	gone  chan struct{} // closed when it has broken
}

// links are the long connections and what is known of them. The sandbox's lock holds them.
type links struct {
	open    []*link
	used    bool // there has been one
	refused int  // the code with which new ones are refused; 0 lets them in
	tickets map[string]bool
	pushes  map[string]chan Attempt // who waits for the answer to a frame, by message id
	changed chan struct{}           // closed and replaced when a connection opens
	readers sync.WaitGroup
	// entering is held for reading while a connection opens: its client may know sooner than the sandbox.
	entering sync.RWMutex
}

func newLinks() links {
	return links{tickets: map[string]bool{}, pushes: map[string]chan Attempt{}, changed: make(chan struct{})}
}

// Connections returns how many long connections are open.
func (s *Sandbox) Connections() int { return len(s.connections()) }

// connections returns those that are open, with those that a client knows to be open already.
func (s *Sandbox) connections() []*link {
	s.links.entering.Lock()
	defer s.links.entering.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.links.open)
}

// DropConnections breaks all long connections without a word, and returns how many there were.
func (s *Sandbox) DropConnections() int {
	open := s.connections()
	for _, l := range open {
		_ = l.conn.Close() // it is to be gone, however
	}
	return len(open)
}

// RefuseConnections refuses new long connections with a code, as the platform does for a wrong secret or an app that is
// not allowed; 0 lets them in again. Those that are open stay.
func (s *Sandbox) RefuseConnections(code int) { s.set(func() { s.links.refused = code }) }

// connectionEndpoint checks the credentials and gives the address to connect to. Its refusals are HTTP 200 with a code.
func (s *Sandbox) connectionEndpoint(c *call) answer {
	var req struct{ AppID, AppSecret string }
	err := json.Unmarshal(c.body, &req)
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.links.refused
	switch {
	case err != nil || req.AppID != s.opts.AppID:
		code = codeBadCredentials
	case req.AppSecret != s.opts.AppSecret:
		code = s.opts.WrongSecretCode
	case code == 0 && s.stopped:
		code = codeAppStopped
	}
	if code != 0 {
		a := refuse(code)
		a.status = http.StatusOK
		return a
	}
	ticket := randomHex(16)
	s.links.tickets[ticket] = true
	query := url.Values{"device_id": {randomHex(8)}, "service_id": {"33554678"}, "ticket": {ticket}}
	return success(map[string]any{
		"URL":          "ws://" + c.request.Host + pathConnection + "?" + query.Encode(),
		"ClientConfig": s.opts.ClientConfig,
	})
}

// connect takes a connection in, and reads from it until it breaks.
func (s *Sandbox) connect(w http.ResponseWriter, r *http.Request) {
	if status, code := s.mayConnect(r.URL.Query().Get("ticket")); status != "" {
		w.Header().Set("Handshake-Status", status)
		w.Header().Set("Handshake-Msg", "refused")
		w.Header().Set("Handshake-Autherrcode", code)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if l := s.enter(w, r); l != nil {
		defer s.links.readers.Done()
		s.readFrom(l)
	}
}

// enter opens a connection; nil when it does not come to that.
func (s *Sandbox) enter(w http.ResponseWriter, r *http.Request) *link {
	s.links.entering.RLock()
	defer s.links.entering.RUnlock()
	conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		return nil // the upgrader has answered
	}
	l := &link{conn: conn, gone: make(chan struct{})}
	if !s.opened(l) {
		_ = conn.Close() // the sandbox is closing: nobody is left to be told
		return nil
	}
	return l
}

// mayConnect returns the status and the code of a handshake that is refused; an empty status lets it in.
func (s *Sandbox) mayConnect(ticket string) (status, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.links.tickets[ticket]
	delete(s.links.tickets, ticket)
	switch {
	case !known:
		return codeAuthFailed, ""
	case len(s.links.open) >= MaxConnections:
		return codeAuthFailed, codeTooManyConnections
	}
	return "", ""
}

func (s *Sandbox) opened(l *link) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.links.readers.Add(1)
	s.links.open = append(s.links.open, l)
	s.links.used = true
	close(s.links.changed)
	s.links.changed = make(chan struct{})
	return true
}

func (s *Sandbox) broken(l *link) {
	_ = l.conn.Close() // it is broken already, or read no more
	s.mu.Lock()
	defer s.mu.Unlock()
	s.links.open = slices.DeleteFunc(s.links.open, func(other *link) bool { return other == l })
	close(l.gone)
}

// readFrom takes pings and answers. A client that is silent for longer than it may be is cut off.
func (s *Sandbox) readFrom(l *link) {
	defer s.broken(l)
	for {
		silence := 2*time.Duration(s.opts.ClientConfig.PingInterval)*time.Second + 5*time.Second
		if l.conn.SetReadDeadline(time.Now().Add(silence)) != nil {
			return
		}
		kind, data, err := l.conn.ReadMessage()
		if err != nil {
			return
		}
		f, err := parseFrame(data)
		switch {
		case kind != websocket.BinaryMessage || err != nil:
			return
		case f.method == frameControl && f.header("type") == "ping":
			err = l.send(s.pong(f))
		case f.method == frameData:
			s.answered(f)
		}
		if err != nil {
			return
		}
	}
}

// pong answers a ping, and tells the client's settings anew.
func (s *Sandbox) pong(ping *frame) *frame {
	payload, _ := json.Marshal(s.opts.ClientConfig) // four numbers: it cannot fail
	return &frame{service: ping.service, method: frameControl, headers: []frameHeader{{"type", "pong"}}, payload: payload}
}

func (l *link) send(f *frame) error {
	l.write.Lock()
	defer l.write.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(eventPatience)); err != nil {
		return err
	}
	return l.conn.WriteMessage(websocket.BinaryMessage, f.marshal())
}
