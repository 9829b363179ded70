package sandbox

import (
	"context"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strconv"
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

// longConn is one open long connection.
type longConn struct {
	conn  *websocket.Conn
	write sync.Mutex
	gone  chan struct{} // closed when it has broken
}

// longConns holds the long connections and sends events over them. The mutex of the state guards its fields.
type longConns struct {
	*state
	open    []*longConn
	used    bool // there has been a connection
	closing bool // no new connection is let in
	refused int  // the code with which new ones are refused; 0 lets them in
	tickets map[string]bool
	pushes  map[string]chan Attempt // who waits for the answer to a frame, by message id
	changed chan struct{}           // closed and replaced when a connection opens
	readers sync.WaitGroup
	// entering is held for reading while a connection opens: its client may know sooner than the sandbox.
	entering sync.RWMutex
}

func newLongConns(s *state) *longConns {
	return &longConns{state: s, tickets: map[string]bool{}, pushes: map[string]chan Attempt{}, changed: make(chan struct{})}
}

// Connections returns how many long connections are open.
func (s *longConns) Connections() int { return len(s.connections()) }

// connections returns the open connections, including those that only the client knows to be open yet.
func (s *longConns) connections() []*longConn {
	s.entering.Lock()
	defer s.entering.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.open)
}

// DropConnections closes all long connections without a close message, and returns how many there were.
func (s *longConns) DropConnections() int {
	open := s.connections()
	for _, l := range open {
		_ = l.conn.Close() // it is to be gone, however
	}
	return len(open)
}

// RefuseConnections refuses new long connections with a code, as the platform does for a wrong secret or an app that is
// not allowed; 0 lets them in again. Those that are open stay.
func (s *longConns) RefuseConnections(code int) { s.locked(func() { s.refused = code }) }

// connectionEndpoint checks the credentials and returns the address to connect to. Refusals are HTTP 200 with a code.
func (s *longConns) connectionEndpoint(c *call) answer {
	var req struct{ AppID, AppSecret string }
	err := json.Unmarshal(c.body, &req)
	s.mu.Lock()
	defer s.mu.Unlock()
	code := s.refused
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
	s.tickets[ticket] = true
	query := url.Values{"device_id": {randomHex(8)}, "service_id": {"33554678"}, "ticket": {ticket}}
	return success(map[string]any{
		"URL":          "ws://" + c.request.Host + pathConnection + "?" + query.Encode(),
		"ClientConfig": s.opts.ClientConfig,
	})
}

// connect accepts a connection and reads from it until it breaks.
func (s *longConns) connect(w http.ResponseWriter, r *http.Request) {
	if status, code := s.mayConnect(r.URL.Query().Get("ticket")); status != "" {
		w.Header().Set("Handshake-Status", status)
		w.Header().Set("Handshake-Msg", "refused")
		w.Header().Set("Handshake-Autherrcode", code)
		w.WriteHeader(http.StatusForbidden)
		return
	}
	if l := s.enter(w, r); l != nil {
		defer s.readers.Done()
		s.readFrom(l)
	}
}

// enter opens a connection. It returns nil if the handshake fails.
func (s *longConns) enter(w http.ResponseWriter, r *http.Request) *longConn {
	s.entering.RLock()
	defer s.entering.RUnlock()
	conn, err := new(websocket.Upgrader).Upgrade(w, r, nil)
	if err != nil {
		return nil // the upgrader has answered
	}
	l := &longConn{conn: conn, gone: make(chan struct{})}
	if !s.opened(l) {
		_ = conn.Close() // the sandbox is closing: an error does not matter
		return nil
	}
	return l
}

// mayConnect returns the status and the code with which a handshake is refused; an empty status accepts it.
func (s *longConns) mayConnect(ticket string) (status, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	known := s.tickets[ticket]
	delete(s.tickets, ticket)
	switch {
	case !known:
		return codeAuthFailed, ""
	case len(s.open) >= MaxConnections:
		return codeAuthFailed, codeTooManyConnections
	}
	return "", ""
}

func (s *longConns) opened(l *longConn) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.readers.Add(1)
	s.open = append(s.open, l)
	s.used = true
	close(s.changed)
	s.changed = make(chan struct{})
	return true
}

func (s *longConns) broken(l *longConn) {
	_ = l.conn.Close() // it is broken already, or read no more
	s.mu.Lock()
	defer s.mu.Unlock()
	s.open = slices.DeleteFunc(s.open, func(other *longConn) bool { return other == l })
	close(l.gone)
}

// readFrom reads pings and answers from a connection. It closes the connection if the client is silent for too long.
func (s *longConns) readFrom(l *longConn) {
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

// pong returns the answer to a ping, which repeats the client's settings.
func (s *longConns) pong(ping *frame) *frame {
	payload, _ := json.Marshal(s.opts.ClientConfig) // four numbers: it cannot fail
	return &frame{service: ping.service, method: frameControl, headers: []frameHeader{{"type", "pong"}}, payload: payload}
}

func (l *longConn) send(f *frame) error {
	l.write.Lock()
	defer l.write.Unlock()
	if err := l.conn.SetWriteDeadline(time.Now().Add(eventTimeout)); err != nil {
		return err
	}
	return l.conn.WriteMessage(websocket.BinaryMessage, f.marshal())
}

// framePayload is the largest part of an event in one frame; a larger event is split.
const framePayload = 64 << 10

// frameGap is the time between the frames of one event. The SDK's client handles each frame in a goroutine and joins them
// without a lock: two frames that arrive at the same moment are lost.
const frameGap = 20 * time.Millisecond

// Why a push has no answer.
const (
	failedNoConnection = "no long connection is open"
	failedBroken       = "the long connection broke before the answer"
	failedTimeout      = "no answer in time"
)

// overConnection reports whether events go over the long connection: if an option says so, or if no webhook is set and a
// long connection has been open.
func (s *longConns) overConnection() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.opts.LongConnection || s.webhook == "" && s.used
}

// reconnectWait is how long a push whose connection broke waits for another connection.
const reconnectWait = eventTimeout

// push sends an event over a random connection. If the connection breaks before the answer, push sends the event again over
// the next connection, unless it is a click. It returns all attempts.
func (s *longConns) push(ctx context.Context, d *Delivery) []Attempt {
	attempts := []Attempt{s.pushOnce(ctx, d)}
	for a := attempts[0]; a.broke && d.Type != EventClick && s.awaitConnection(ctx); {
		a = s.pushOnce(ctx, d)
		attempts = append(attempts, a)
	}
	return attempts
}

// awaitConnection waits until a connection is open.
func (s *longConns) awaitConnection(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, reconnectWait)
	defer cancel()
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if s.Connections() > 0 {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

func (s *longConns) pushOnce(ctx context.Context, d *Delivery) Attempt {
	ctx, cancel := context.WithTimeout(ctx, eventTimeout)
	defer cancel()
	id, answers := randomHex(16), make(chan Attempt, 1)
	a, l := Attempt{At: s.clock.Now()}, s.expect(id, answers)
	if l == nil {
		a.Failed = failedNoConnection
		return a
	}
	defer s.locked(func() { delete(s.pushes, id) })
	if l.sendEvent(ctx, id, d.payload) != nil {
		a.Failed, a.broke = failedBroken, true
		return a
	}
	select {
	case answer := <-answers:
		a.Status, a.Body = answer.Status, answer.Body
	case <-l.gone:
		a.Failed, a.broke = failedBroken, true
	case <-ctx.Done():
		a.Failed = failedTimeout
	}
	return a
}

// expect chooses a connection and registers the channel for the answer. It returns nil if there is no connection.
func (s *longConns) expect(id string, answers chan Attempt) *longConn {
	open := s.connections()
	if len(open) == 0 {
		return nil
	}
	s.locked(func() { s.pushes[id] = answers })
	return open[rand.IntN(len(open))]
}

// sendEvent sends an event in as many frames as it needs.
func (l *longConn) sendEvent(ctx context.Context, id string, payload []byte) error {
	parts := slices.Collect(slices.Chunk(payload, framePayload))
	for i, part := range parts {
		if i > 0 {
			select {
			case <-time.After(frameGap):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		err := l.send(&frame{seqID: uint64(i), service: 33554678, method: frameData, payload: part, headers: []frameHeader{
			{"type", "event"},
			{"message_id", id},
			{"sum", strconv.Itoa(len(parts))},
			{"seq", strconv.Itoa(i)},
			{"trace_id", id},
			{"timestamp", strconv.FormatInt(time.Now().UnixMilli(), 10)},
		}})
		if err != nil {
			return err
		}
	}
	return nil
}

// answered passes an answer to the push that waits for it. Late and unreadable answers are dropped.
func (s *longConns) answered(f *frame) {
	var answer struct {
		Code int    `json:"code"`
		Data []byte `json:"data"`
	}
	if json.Unmarshal(f.payload, &answer) != nil {
		return
	}
	body := string(answer.Data)
	if body == "" {
		body = "{}" // nothing to say
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if waiting := s.pushes[f.header("message_id")]; waiting != nil {
		delete(s.pushes, f.header("message_id"))
		waiting <- Attempt{Status: answer.Code, Body: body} // it has room for one, and gets one
	}
}
