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

// connectionLimits bound the connections that are open at once. A connection counts as waiting while the server waits for
// its client: until the request has been read in full, and again after it was answered. Waiting connections are limited
// more strictly, because an unauthenticated client can open them.
type connectionLimits struct {
	waiting int // connections that wait for their client; each may hold about 0.5 MiB of headers
	total   int
	// minAge protects a new connection from being closed: in a burst its request may have arrived without being read yet.
	minAge time.Duration
	// workTimeout is how long an answer may take. A connection that takes longer counts as waiting for its client to read.
	workTimeout time.Duration
}

var defaultConnectionLimits = connectionLimits{waiting: 128, total: 1024, minAge: 100 * time.Millisecond, workTimeout: 3 * time.Second}

// limitedListener is a listener that enforces connectionLimits. If too many connections wait, it closes the one that has
// waited longest and accepts the new one. The platform sends its request at once, so its connections are not the ones
// closed, and clients that hold connections open without a request cannot lock it out.
type limitedListener struct {
	net.Listener
	limits connectionLimits
	onDrop func() // called when a connection was closed to make room

	changed chan struct{} // signals that the state of a connection has changed; capacity 1
	closed  context.Context
	close   context.CancelFunc

	mu   sync.Mutex
	open map[*connection]bool
}

func limitConnections(l net.Listener, limits connectionLimits, onDrop func()) *limitedListener {
	c := &limitedListener{Listener: l, limits: limits, onDrop: onDrop, changed: make(chan struct{}, 1), open: map[*connection]bool{}}
	c.closed, c.close = context.WithCancel(context.Background())
	return c
}

// Accept returns the next connection as soon as the limits allow it.
func (l *limitedListener) Accept() (net.Conn, error) {
	raw, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	c := &connection{Conn: raw, listener: l}
	for {
		drop, wait := l.add(c, time.Now())
		switch {
		case drop != nil:
			l.onDrop()
			_ = drop.Close() // an error does not matter: nobody uses the connection any more
		case wait > 0:
			if !l.waitForChange(wait) {
				return nil, errors.Join(net.ErrClosed, raw.Close())
			}
		default:
			return c, nil
		}
	}
}

// Close stops accepting connections. Open connections stay open.
func (l *limitedListener) Close() error {
	l.close()
	return l.Listener.Close()
}

// waitForChange returns when a connection has changed its state, after the given time, or when the listener is closed. It
// reports whether the listener is still open.
func (l *limitedListener) waitForChange(wait time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-l.changed:
	case <-timer.C:
	case <-l.closed.Done():
	}
	return l.closed.Err() == nil
}

// add registers c if the limits allow it. Otherwise it returns the connection to close first, or how long to wait until
// one may be closed.
func (l *limitedListener) add(c *connection, now time.Time) (drop *connection, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting := 0
	wait = l.limits.workTimeout
	for other := range l.open {
		if other.working && now.Sub(other.since) < l.limits.workTimeout {
			continue
		}
		waiting++
		if left := l.limits.minAge - now.Sub(other.opened); left > 0 {
			wait = min(wait, left)
			continue
		}
		if drop == nil || other.since.Before(drop.since) {
			drop = other
		}
	}
	if waiting < l.limits.waiting && len(l.open) < l.limits.total {
		c.opened, c.since = now, now
		l.open[c] = true
		return nil, 0
	}
	return drop, wait
}

// set records that c waits for its client from now on, or that its request is being handled.
func (l *limitedListener) set(c *connection, working bool) {
	l.mu.Lock()
	c.working, c.since = working, time.Now()
	l.mu.Unlock()
	l.notify()
}

func (l *limitedListener) remove(c *connection) {
	l.mu.Lock()
	delete(l.open, c)
	l.mu.Unlock()
	l.notify()
}

func (l *limitedListener) notify() {
	select {
	case l.changed <- struct{}{}:
	default:
	}
}

// attach makes server report the state of its connections to l.
func (l *limitedListener) attach(server *http.Server) {
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

// connectionKey is the context key of a request's connection.
type connectionKey struct{}

// connection is an accepted connection. The mutex of its listener guards all fields but Conn.
type connection struct {
	net.Conn
	listener *limitedListener
	opened   time.Time
	since    time.Time // when it began to wait, or to work
	working  bool      // its request has been read in full and is not answered yet
}

// Close closes the connection and frees its place in the limits.
func (c *connection) Close() error {
	c.listener.remove(c)
	return c.Conn.Close()
}

// CloseWrite closes the sending side only. net/http uses it so that a client can read a refusal before the connection is
// reset.
func (c *connection) CloseWrite() error {
	if tcp, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return tcp.CloseWrite()
	}
	return nil
}

// watchedBody is a request body that marks its connection as working once the body has been read in full.
type watchedBody struct {
	io.ReadCloser
	c *connection
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if errors.Is(err, io.EOF) {
		b.c.listener.set(b.c, true)
	}
	return n, err
}
