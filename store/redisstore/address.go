package redisstore

import (
	"errors"
	"net"
	"net/url"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

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

// splitAddress takes the list of hosts apart and returns the address as if it
// had only the first.
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

// universal copies what an address can say and fills in our limits.
func universal(o *redis.Options) *redis.UniversalOptions {
	return &redis.UniversalOptions{
		Username: o.Username, Password: o.Password, DB: o.DB, TLSConfig: o.TLSConfig,
		ClientName: o.ClientName,
		Protocol:   2, // the older dialect: no push messages to watch for on each call
		// One more try, for a connection that the server closed while idle.
		MaxRetries: 1, MaxRetryBackoff: retryBackoff,
		DialTimeout: or(o.DialTimeout, dialTimeout), DialerRetries: 1,
		ReadTimeout: or(o.ReadTimeout, callTimeout), WriteTimeout: or(o.WriteTimeout, callTimeout),
		PoolSize: or(o.PoolSize, poolSize), PoolTimeout: or(o.PoolTimeout, callTimeout),
		PipelinePoolSize: -1, ConnMaxIdleTime: or(o.ConnMaxIdleTime, idleTime),
		DisableIdentity:          true,
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
}

// or is value, or fallback where the address did not say.
func or[T int | time.Duration](value, fallback T) T {
	if value == 0 {
		return fallback
	}
	return value
}
