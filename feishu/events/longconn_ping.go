package events

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"
	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"

	"usagebot/feishu"
)

const (
	// pingInterval is how often the connection is pinged, besides the SDK's client, which does so as often as the platform
	// asks: every two minutes. A connection whose other end is gone would be found only after four.
	pingInterval = 10 * time.Second
	// silentPings is for how many intervals a connection may be silent before it counts as lost: 25 s.
	silentPings = 2.5
	// maxPing bounds the payload of a ping: a longer one would need another form of frame.
	maxPing = 125
)

// dialer returns the dialer of the SDK's client. Its connections are pinged, which needs the plain text of a connection: so
// it speaks TLS, and to a proxy, by itself.
func (l *LongConnection) dialer() *websocket.Dialer {
	plain := &net.Dialer{Timeout: feishu.DefaultTimeout}
	return &websocket.Dialer{
		HandshakeTimeout: feishu.DefaultTimeout,
		NetDialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := plain.DialContext(ctx, network, address)
			return l.pinged(conn), err
		},
		NetDialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := dialThroughProxy(ctx, plain, network, address)
			if err != nil {
				return nil, err
			}
			host, _, _ := net.SplitHostPort(address)
			secure := tls.Client(conn, &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12})
			if err := secure.HandshakeContext(ctx); err != nil {
				return nil, errors.Join(err, conn.Close())
			}
			return l.pinged(secure), nil
		},
	}
}

// dialThroughProxy connects to an address, through the proxy that the environment names for it, if any.
func dialThroughProxy(ctx context.Context, plain *net.Dialer, network, address string) (net.Conn, error) {
	proxy, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: address}})
	if err != nil || proxy == nil {
		return plain.DialContext(ctx, network, address)
	}
	host := proxy.Host
	if proxy.Port() == "" {
		host = net.JoinHostPort(proxy.Hostname(), "80")
	}
	conn, err := plain.DialContext(ctx, network, host)
	if err != nil {
		return nil, err
	}
	if err := connectThrough(ctx, conn, proxy, address); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}

// connectThrough asks a proxy for a connection to an address.
func connectThrough(ctx context.Context, conn net.Conn, proxy *url.URL, address string) error {
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: address}, Host: address, Header: http.Header{}}
	if user := proxy.User; user != nil {
		password, _ := user.Password()
		ask.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
	}
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	if err := ask.Write(conn); err != nil {
		return err
	}
	resp, err := http.ReadResponse(bufio.NewReader(byteReader{conn}), ask)
	if err != nil {
		return err
	}
	_ = resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the proxy answers %d", resp.StatusCode)
	}
	return conn.SetDeadline(time.Time{})
}

// byteReader reads one byte at a time, so that nothing is read beyond an answer: what follows belongs to the connection.
type byteReader struct{ io.Reader }

func (b byteReader) Read(p []byte) (int, error) { return b.Reader.Read(p[:min(len(p), 1)]) }

// pinged returns a connection that is pinged from the first answer on; nil for nil.
func (l *LongConnection) pinged(conn net.Conn) net.Conn {
	if conn == nil {
		return nil
	}
	ping, err := larkws.NewPingFrame(l.serviceID.Load()).Marshal()
	if err != nil || len(ping) > maxPing {
		return conn
	}
	return &pingedConn{Conn: conn, ping: ping, interval: l.set.PingInterval, onSilent: l.onSilent, closed: make(chan struct{}), whole: true}
}

// pingedConn sends pings between the frames that the SDK's client writes, and closes itself when nothing comes back.
type pingedConn struct {
	net.Conn
	ping     []byte
	interval time.Duration
	onSilent func(since time.Time)

	heard atomic.Int64 // when something came last, in nanoseconds since 1970
	begin sync.Once
	end   sync.Once

	closed chan struct{}
	mu     sync.Mutex // one frame is written at a time
	whole  bool       // no message is half written; guarded by mu
}

func (c *pingedConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.heard.Store(time.Now().UnixNano())
		c.begin.Do(func() { go c.run() }) // the handshake was answered
	}
	return n, err
}

// Write writes one frame: gorilla/websocket makes one call for each.
func (c *pingedConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	const final, control = 0x80, 0x08
	if len(p) > 0 && p[0]&control == 0 {
		c.whole = p[0]&final != 0
	}
	return c.Conn.Write(p)
}

func (c *pingedConn) Close() error {
	c.end.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// run pings until the connection is closed or silent for too long.
func (c *pingedConn) run() {
	tick := time.NewTicker(c.interval)
	defer tick.Stop()
	for {
		select {
		case <-c.closed:
			return
		case <-tick.C:
		}
		heard := time.Unix(0, c.heard.Load())
		if time.Since(heard) > time.Duration(silentPings*float64(c.interval)) {
			c.onSilent(heard)
			_ = c.Close() // the SDK's client notices and connects anew
			return
		}
		c.writePing()
	}
}

// writePing writes a ping as a masked binary frame, unless a message is half written. An error is left to the next read.
func (c *pingedConn) writePing() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.whole {
		return
	}
	const binary, masked, maskLength = 0x82, 0x80, 4
	frame := make([]byte, 2+maskLength, 2+maskLength+len(c.ping))
	frame[0], frame[1] = binary, masked|byte(len(c.ping))
	_, _ = rand.Read(frame[2:])
	for i, b := range c.ping {
		frame = append(frame, b^frame[2+i%maskLength])
	}
	_, _ = c.Conn.Write(frame)
}
