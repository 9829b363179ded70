package redisstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/logging"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// ErrUnavailable says that Redis did not answer, or was not called because it did not answer a moment ago.
var ErrUnavailable = errors.New("redis is away")

// Options are what Open needs besides the address.
type Options struct {
	// Namespace separates the bots that share one Redis: the app id. It must not contain braces, which have a meaning in
	// Redis Cluster.
	Namespace string
	// OnUnavailable is called for each call that Redis failed, with the call's name (such as "cache_get") and an error without
	// passwords. It is not called for calls that were not tried. It may be nil, must not block, and must be safe for
	// concurrent use.
	OnUnavailable func(op string, err error)
}

// Redis is one connection pool, shared by Cache, Limiter and Seen.
type Redis struct {
	client   redis.UniversalClient
	prefix   string
	away     func(op string, err error)
	secrets  []string
	addrs    []string
	secure   bool // it is to speak TLS
	breaker  breaker
	failures atomic.Uint64 // how many calls Redis did not answer
	denied   sync.Map      // operations that this user may not do, and until when (time.Time) they are not tried again
}

// Open prepares a connection to the address; parseAddress lists its forms. A server that cannot be reached is no error here;
// Ping reports it. Close ends the connection.
func Open(address string, opts Options) (*Redis, error) {
	if strings.ContainsAny(opts.Namespace, "{}") {
		return nil, fmt.Errorf("open redis: namespace %q contains a brace", opts.Namespace)
	}
	// The client library writes its own lines to stderr; what matters reaches
	// the caller's log through Away.
	logging.Disable()
	r := &Redis{prefix: "usagebot:" + opts.Namespace + ":", away: opts.OnUnavailable}
	if r.away == nil {
		r.away = func(string, error) {}
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

// Ping calls Redis, even if it was away a moment ago.
func (r *Redis) Ping(ctx context.Context) error {
	return r.attempt(ctx, "ping", func(ctx context.Context) error {
		return r.client.Ping(ctx).Err()
	})
}

// Close closes the connections. It may be called more than once.
func (r *Redis) Close() error {
	err := r.client.Close()
	if err != nil && !errors.Is(err, redis.ErrClosed) {
		return fmt.Errorf("close redis: %w", err)
	}
	return nil
}

// onEachServer makes a call to each server that holds keys: a cluster has several.
func (r *Redis) onEachServer(ctx context.Context, call func(context.Context, redis.Cmdable) error) error {
	return r.do(ctx, "forget", func(ctx context.Context) error {
		if cluster, ok := r.client.(*redis.ClusterClient); ok { // a list of addresses is a cluster
			return cluster.ForEachMaster(ctx, func(ctx context.Context, node *redis.Client) error { return call(ctx, node) })
		}
		return call(ctx, r.client)
	})
}

// escapeGlob returns a pattern that matches only the text.
func escapeGlob(text string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`, "]", `\]`).Replace(text)
}

// key returns the full key of a name: the prefix separates the bots.
func (r *Redis) key(name string) string { return r.prefix + name }

// Limits of one call. An event has 3 seconds in all, so a Redis that hangs
// must be given up long before that.
const (
	dialTimeout  = 500 * time.Millisecond
	callTimeout  = 300 * time.Millisecond
	retryBackoff = 20 * time.Millisecond
	idleTime     = 5 * time.Minute
	poolSize     = 32 // connections to each server
)

// errAddress never quotes the address, which may hold a password.
var errAddress = errors.New("the address is none of redis://[user:password@]host:port[/db], " +
	"rediss://… (TLS), redis://host1:port,host2:port (Cluster), redis://host1:port,host2:port/db?master_name=NAME (Sentinel); " +
	"in a password write / ? # @ , and % as percent codes")

// parseAddress reads an address of one of these forms:
//
//	redis://[user:password@]host:port[/db]
//	redis://[user:password@]host1:port,host2:port,…                      Cluster
//	redis://[user:password@]host1:port,host2:port,…[/db]?master_name=M   Sentinel
//
// rediss:// instead of redis:// asks for TLS, and each address of a list may
// repeat the scheme. User and password are those of Redis itself; Sentinel's
// own are given as sentinel_username and sentinel_password. One address is a
// plain server unless master_name is given. Other parameters are those of
// redis.ParseURL, such as skip_verify or read_timeout.
func parseAddress(address string) (*redis.UniversalOptions, error) {
	first, hosts, err := splitAddress(address)
	if err != nil {
		return nil, err
	}
	query := first.Query()
	master := query.Get("master_name")
	sentinelUser, sentinelPassword := query.Get("sentinel_username"), query.Get("sentinel_password")
	for _, ours := range []string{"master_name", "sentinel_username", "sentinel_password"} {
		query.Del(ours)
	}
	first.RawQuery = query.Encode()
	one, err := redis.ParseURL(first.String())
	if err != nil {
		return nil, errAddress
	}
	if len(hosts) > 1 && master == "" && one.DB != 0 {
		return nil, errors.New("a cluster has no database but 0")
	}
	options := universal(one)
	options.Addrs = hosts
	options.MasterName = master
	options.SentinelUsername, options.SentinelPassword = sentinelUser, sentinelPassword
	if options.TLSConfig != nil && (len(hosts) > 1 || master != "") {
		options.TLSConfig.ServerName = "" // each server shows a certificate of its own
	}
	return options, nil
}

// splitAddress separates the list of hosts, and returns the address as if it had only the first host.
func splitAddress(address string) (*url.URL, []string, error) {
	scheme, rest, ok := strings.Cut(strings.ReplaceAll(address, " ", ""), "://")
	if !ok || (scheme != "redis" && scheme != "rediss") {
		return nil, nil, errAddress
	}
	rest = strings.ReplaceAll(rest, ","+scheme+"://", ",")
	authority, tail := rest, ""
	if i := strings.IndexAny(rest, "/?#"); i >= 0 {
		authority, tail = rest[:i], rest[i:]
	}
	user := ""
	if i := strings.LastIndex(authority, "@"); i >= 0 {
		user, authority = authority[:i+1], authority[i+1:]
	}
	defaultPort := "6379"
	if strings.Contains(tail, "master_name=") {
		defaultPort = "26379"
	}
	var hosts []string
	for host := range strings.SplitSeq(authority, ",") {
		u, err := url.Parse(scheme + "://" + host)
		if err != nil || u.Hostname() == "" {
			return nil, nil, errAddress
		}
		port := u.Port()
		if port == "" {
			port = defaultPort
		}
		hosts = append(hosts, net.JoinHostPort(u.Hostname(), port))
	}
	first, err := url.Parse(scheme + "://" + user + hosts[0] + tail)
	if err != nil {
		return nil, nil, errAddress
	}
	return first, hosts, nil
}

// universal converts the parsed options and adds our limits.
func universal(o *redis.Options) *redis.UniversalOptions {
	return &redis.UniversalOptions{
		Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLSConfig,
		ClientName: o.ClientName,
		Protocol:   2, // the older dialect: no push messages to watch for on each call
		// One more try, for a connection that the server closed while idle.
		MaxRetries: 1, MaxRetryBackoff: retryBackoff,
		DialTimeout: orDefault(o.DialTimeout, dialTimeout), DialerRetries: 1,
		ReadTimeout: orDefault(o.ReadTimeout, callTimeout), WriteTimeout: orDefault(o.WriteTimeout, callTimeout),
		PoolSize: orDefault(o.PoolSize, poolSize), PoolTimeout: orDefault(o.PoolTimeout, callTimeout),
		PipelinePoolSize: -1, ConnMaxIdleTime: orDefault(o.ConnMaxIdleTime, idleTime),
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// orDefault returns value, or fallback if the address does not set it.
func orDefault[T int | time.Duration](value, fallback T) T {
	if value == 0 {
		return fallback
	}
	return value
}

// breakerPause is how long Redis is not called after a failure. Without it each event would wait for a timeout while Redis
// is away.
const breakerPause = time.Second

// breaker keeps callers from a Redis that failed a moment ago.
type breaker struct {
	mu      sync.Mutex
	open    bool // Redis failed, and has not answered since
	retryAt time.Time
	now     func() time.Time // nil: time.Now, whose readings have a monotonic part that no set clock changes
}

func (b *breaker) time() time.Time {
	if b.now != nil {
		return b.now()
	}
	return time.Now()
}

// allows reports whether Redis may be called. After a breakerPause one caller gets through to try; the others wait for its
// result.
func (b *breaker) allows() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return true
	}
	now := b.time()
	if now.Before(b.retryAt) {
		return false
	}
	b.retryAt = now.Add(breakerPause)
	return true
}

func (b *breaker) note(failed bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open = failed
	if failed {
		b.retryAt = b.time().Add(breakerPause)
	}
}

func (b *breaker) isOpen() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open
}

// deniedPause is how long an operation is not tried after Redis has forbidden it. A right comes from an operator, not by
// itself.
const deniedPause = time.Minute

// do makes one call to Redis, unless Redis failed less than breakerPause ago or has forbidden the operation. It returns nil,
// redis.Nil, or an error that is ErrUnavailable.
func (r *Redis) do(ctx context.Context, op string, call func(context.Context) error) error {
	until, denied := r.denied.Load(op)
	if denied && time.Now().Before(until.(time.Time)) || !r.breaker.allows() {
		return fmt.Errorf("%s: %w", op, ErrUnavailable)
	}
	return r.attempt(ctx, op, call)
}

// attempt makes the call without the caller's cancellation, so that a cancelled request neither looks like a Redis that is
// away nor loses a write. The timeouts of the client bound the call.
func (r *Redis) attempt(ctx context.Context, op string, call func(context.Context) error) error {
	err := call(context.WithoutCancel(ctx))
	if err == nil || errors.Is(err, redis.Nil) {
		r.breaker.note(false)
		return err
	}
	if isDenial(err) { // other operations may be allowed
		r.denied.Store(op, time.Now().Add(deniedPause))
	} else {
		r.breaker.note(true)
		r.failures.Add(1)
	}
	err = fmt.Errorf("%s: %w: %s", op, ErrUnavailable, r.redact(err.Error()))
	r.away(op, err)
	return err
}

// isDenial reports whether Redis answered that its user may not run a command or use a key, itself or in a script.
func isDenial(err error) bool {
	text := err.Error()
	return strings.Contains(text, "NOPERM") || strings.Contains(text, "The user executing the script can't") ||
		strings.Contains(text, "ACL failure in script") // Redis 6
}

// redact removes the passwords from an error text: an old server quotes the arguments of commands that it does not know,
// and AUTH may be one.
func (r *Redis) redact(text string) string {
	for _, secret := range r.secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "<secret>")
		}
	}
	return text
}

// run calls a script. The reply is nil if the script returned false.
func (r *Redis) run(ctx context.Context, op string, script *redis.Script, keys []string, args ...any) (any, error) {
	var reply any
	err := r.do(ctx, op, func(ctx context.Context) error {
		var err error
		reply, err = script.Run(ctx, r.client, keys, args...).Result()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return reply, err
}
