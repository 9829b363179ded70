package redisstore

import (
	"context"
	"net"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
)

// expiryStep is how often the embedded server is told that time has passed.
// It does not look at a clock for its expiries, and its own way of doing so
// costs milliseconds a command once there are many keys.
const expiryStep = 250 * time.Millisecond

// embeddedTimeout limits a call to the embedded server.
const embeddedTimeout = 5 * time.Second

// embedded is a Redis in this process, reached through memory: no port.
type embedded struct {
	mini *miniredis.Miniredis
	quit chan struct{}
	done chan struct{}
	once sync.Once
}

func startEmbedded() *embedded {
	e := &embedded{mini: miniredis.NewMiniRedis(), quit: make(chan struct{}), done: make(chan struct{})}
	go e.age()
	return e
}

// age lets keys expire until the server is stopped.
func (e *embedded) age() {
	defer close(e.done)
	ticker := time.NewTicker(expiryStep)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-e.quit:
			return
		case <-ticker.C:
			now := time.Now()
			e.mini.FastForward(now.Sub(last))
			last = now
		}
	}
}

func (e *embedded) client() redis.UniversalClient {
	// This server cannot be away; a busy processor must not make it look so.
	options := universal(&redis.Options{PoolSize: 8, ReadTimeout: embeddedTimeout, WriteTimeout: embeddedTimeout})
	options.Addrs = []string{"embedded"}
	options.ReadBufferSize, options.WriteBufferSize = 4096, 4096
	options.Dialer = func(context.Context, string, string) (net.Conn, error) { return e.mini.Dial() }
	return redis.NewUniversalClient(options)
}

func (e *embedded) stop() {
	e.once.Do(func() {
		close(e.quit)
		<-e.done
		e.mini.Close()
	})
}
