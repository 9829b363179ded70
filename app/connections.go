package app

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// connectionLimits bound the connections that are open at once. A connection waits for its client from when it is opened
// until its request is there in full, and again afterwards. Nobody knows yet who sent what waits.
type connectionLimits struct {
	waiting int // what so many may hold in headers has to fit into memory: about 0.5 MiB each
	all     int
	// least is for how long a new connection is not closed: in a burst its request may be there and not read yet.
	least time.Duration
	// work is how long an answer may take. A connection that takes longer waits for its client to read.
	work time.Duration
}

var defaultConnectionLimits = connectionLimits{waiting: 128, all: 1024, least: 100 * time.Millisecond, work: 3 * time.Second}

// connections is a listener that keeps to the limits. When too many connections wait, it closes the one that has waited
// for longest rather than let new ones wait: the platform sends its request at once, so it is not the one closed, while
// clients that hold connections open without a request cannot keep it out.
type connections struct {
	net.Listener
	limits connectionLimits
	onDrop func() // a connection was closed to make room

	changed chan struct{} // another one may be closed, or is; holds one notice
	closed  context.Context
	close   context.CancelFunc

	mu   sync.Mutex
	open map[*connection]bool
}

func limitConnections(l net.Listener, limits connectionLimits, onDrop func()) *connections {
	c := &connections{Listener: l, limits: limits, onDrop: onDrop, changed: make(chan struct{}, 1), open: map[*connection]bool{}}
	c.closed, c.close = context.WithCancel(context.Background())
	return c
}

// Accept returns the next connection, once there is room for it.
func (l *connections) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: raw, all: l}
	for {
		drop, wait := l.add(c, time.Now())
		switch {
		case drop != nil:
			l.onDrop()
			_ = drop.Close() // it is given up
		case wait > 0:
			if !l.await(wait) {
				return nil, errors.Join(net.ErrClosed, raw.Close())
			}
		default:
			return c, nil
		}
	}
}

// Close accepts no more connections.
func (l *connections) Close() error {
	l.close()
	return l.Listener.Close()
}

// await returns when there may be room, or after a while. It reports whether the listener is open.
func (l *connections) await(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-l.changed:
	case <-timer.C:
	case <-l.closed.Done():
	}
	return l.closed.Err() == nil
}

// add adds a connection if there is room. If there is none it returns which other one to close first, or how long it may
// take until one may be closed.
func (l *connections) add(c *connection, now time.Time) (drop *connection, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := 0
	wait = l.limits.work
	for other := range l.open {
		if other.working && now.Sub(other.since) < l.limits.work {
			continue
		}
		waiting++
		if left := l.limits.least - now.Sub(other.opened); left > 0 {
			wait = min(wait, left)
			continue
		}
		if drop == nil || other.since.Before(drop.since) {
			drop = other
		}
	}
	if waiting < l.limits.waiting && len(l.open) < l.limits.all {
		c.opened, c.since = now, now
		l.open[c] = true
		return nil, 0
	}
	return drop, wait
}

// set notes that a connection waits from now on, or that its request is being worked on.
func (l *connections) set(c *connection, working bool) {
	l.mu.Lock()
	c.working, c.since = working, time.Now()
	l.mu.Unlock()
	l.tell()
}

func (l *connections) remove(c *connection) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
	l.tell()
}

func (l *connections) tell() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// watch has a server tell how its connections stand.
func (l *connections) watch(server *http.Server) {
	server.ConnState = func(c net.Conn, state http.ConnState) {
		if c, ok := c.(*connection); ok && (state == http.StateActive || state == http.StateIdle) {
			l.set(c, false)
		}
	}
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context {
		return context.WithValue(ctx, connectionKey{}, c)
	}
	next := server.Handler
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connectionKey{}).(*connection); ok {
			if r.Body == http.NoBody {
				l.set(c, true)
			} else {
				r.Body = &watchedBody{r.Body, c}
			}
		}
		next.ServeHTTP(w, r)
	})
}

// connectionKey finds a request's connection in its context.
type connectionKey struct{}

// connection is one of connections, whose mutex holds all but Conn.
type connection struct {
	net.Conn
	all     *connections
	opened  time.Time
	since   time.Time // it waits, or works, since then
	working bool      // its request is there in full, and is not answered yet
}

// Close closes it and makes room for others.
func (c *connection) Close() error {
	c.all.remove(c)
	return c.Conn.Close()
}

// CloseWrite lets net/http give a client time to read a refusal before the connection is reset.
func (c *connection) CloseWrite() error {
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}

// watchedBody tells when it was read in full.
type watchedBody struct {
	io.ReadCloser
	c *connection
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.c.all.set(b.c, true)
	}
	return n, err
}
