package redisstore

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
)

// ErrAway says that Redis did not answer, or was not asked because it did not
// answer a moment ago.
var ErrAway = errors.New("redis is away")

// Options are what Open needs beside the address.
type Options struct {
	// Namespace keeps apart the bots that share one Redis: the app id. It may
	// not contain braces, which Redis Cluster gives a meaning.
	Namespace string
	// Secret is what Hide hides names with.
	Secret string
	// Away is told of each call that Redis failed, with the call's name (such
	// as "cache_get") and an error that holds no password. Calls that were
	// not tried are not reported. It may be nil; it
	// must not block, and several goroutines may call it at once.
	Away func(op string, err error)
	// Now is the process's clock; nil means time.Now.
	Now func() time.Time
}

// Redis is one connection pool, shared by Cache, Quota and Inbox.
type Redis struct {
	client  redis.UniversalClient
	server  *embedded // nil when Redis is a server of its own
	prefix  string
	secret  []byte
	away    func(op string, err error)
	now     func() time.Time
	secrets []string
	addrs   []string
	secure  bool         // it is to speak TLS
	retryAt atomic.Int64 // unix nanoseconds until which Redis is left alone; 0: it answers
}

// Open prepares the connection that address names (see parseAddress for the
// forms); an empty address starts a Redis inside the process. A server that
// is not there is no error: Ping tells. Close ends it.
func Open(address string, opts Options) (*Redis, error) {
	if strings.ContainsAny(opts.Namespace, "{}") {
		return nil, fmt.Errorf("open redis: namespace %q contains a brace", opts.Namespace)
	}
	// The client library writes its own lines to stderr; what matters reaches
	// the caller's log through Away.
	logging.Disable()
	r := &Redis{prefix: "usagebot:" + opts.Namespace + ":", secret: []byte(opts.Secret), away: opts.Away, now: opts.Now}
	if r.away == nil {
		r.away = func(string, error) {}
	}
	if r.now == nil {
		r.now = time.Now
	}
	if address == "" {
		r.server = startEmbedded()
		r.client = r.server.client()
		return r, nil
	}
	options, err := parseAddress(address)
	if err != nil {
		return nil, fmt.Errorf("open redis: %w", err)
	}
	r.secrets = []string{options.Password, options.SentinelPassword}
	r.addrs, r.secure = options.Addrs, options.TLSConfig != nil
	r.client = redis.NewUniversalClient(options)
	return r, nil
}

// Embedded reports whether Redis lives inside this process: then nothing in
// it outlives the process and no other process sees it.
func (r *Redis) Embedded() bool { return r.server != nil }

// Ping asks Redis for a sign of life, also when it was away a moment ago.
func (r *Redis) Ping(ctx context.Context) error {
	return r.ask(ctx, "ping", func(ctx context.Context) error {
		return r.client.Ping(ctx).Err()
	})
}

// Close ends the connections and, when embedded, the server. It may be called
// more than once.
func (r *Redis) Close() error {
	err := r.client.Close()
	if r.server != nil {
		r.server.stop()
	}
	if err != nil && !errors.Is(err, redis.ErrClosed) {
		return fmt.Errorf("close redis: %w", err)
	}
	return nil
}

// everywhere makes a call to each server that holds keys: of a cluster there
// are several.
func (r *Redis) everywhere(ctx context.Context, call func(context.Context, redis.Cmdable) error) error {
	return r.do(ctx, "forget", func(ctx context.Context) error {
		if cluster, ok := r.client.(*redis.ClusterClient); ok {
			return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return call(ctx, node) })
		}
		return call(ctx, r.client)
	})
}

// globbed is a text as a pattern that matches it alone.
func globbed(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`).Replace(text)
}

// Hide returns what stands for a person or a chat in a name: the same for all
// processes, and nothing that leads back without the secret.
func (r *Redis) Hide(id string) string {
	mac := hmac.New(sha256.New, r.secret)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}

// key puts a name into this bot's part of Redis.
func (r *Redis) key(name string) string { return r.prefix + name }
