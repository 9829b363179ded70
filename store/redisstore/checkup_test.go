package redisstore

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"usagebot/store"
	"usagebot/store/redistest"
)

func TestRedisTellsAboutItself(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t, "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
	r := open(t, patient(server), Options{})
	c, err := r.Checkup(t.Context())
	if err != nil || c.Version == "" || c.Persistence != "none" || c.Eviction != "allkeys-lru" || c.Limit != 64<<20 || c.Used == 0 ||
		c.Replica || c.ClusterNode || c.Forbidden != "" || c.Unwritable != "" {
		t.Errorf("a real one: %+v, %v", c, err)
	}
	if err := r.client.ConfigSet(t.Context(), "save", "60 1").Err(); err != nil {
		t.Fatal(err)
	}
	if c, err := r.Checkup(t.Context()); err != nil || c.Persistence != "rdb" {
		t.Errorf("with snapshots: %+v, %v", c, err)
	}
	server.Stop()
	if _, err := r.Checkup(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Errorf("a stopped one: %v", err)
	}
}

func TestRedisNamesWhyItRefuses(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	if err := open(t, server.URL(), Options{}).client.ConfigSet(t.Context(), "requirepass", "sesame").Err(); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*url.URL)
		want   store.Fault
	}{
		"no password":         {func(u *url.URL) { u.User = nil }, store.Refused},
		"a wrong password":    {func(u *url.URL) { u.User = url.UserPassword("", "wrong-password") }, store.Refused},
		"no such database":    {func(u *url.URL) { u.User, u.Path = url.UserPassword("", "sesame"), "/99" }, store.Missing},
		"TLS that it has not": {func(u *url.URL) { u.Scheme = "rediss" }, store.Insecure},
		"nobody there":        {func(u *url.URL) { u.Host = "127.0.0.1:1" }, store.NoAnswer},
		"all is well":         {func(u *url.URL) { u.User = url.UserPassword("", "sesame") }, ""},
	} {
		other := *u
		tt.change(&other)
		c, err := open(t, other.String(), Options{}).Checkup(t.Context())
		if c.Fault != tt.want || errors.Is(err, ErrUnavailable) != (tt.want != "") || err != nil && strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("%s: %+v, %v, want %q", name, c, err, tt.want)
		}
	}
}

// neededRights are what the documents say that a user of Redis needs.
var neededRights = []string{"+ping", "+get", "+set", "+del", "+exists", "+scan", "+pexpire", "+pttl", "+time", "+eval", "+evalsha", "+@sortedset"}

// TestNeededRights_AreEnough uses everything as a user who may do no more.
func TestNeededRights_AreEnough(t *testing.T) {
	t.Parallel()
	r, refused := limitedUser(t, neededRights...)
	cacheContract(t, NewCache(r))
	seenContract(t, NewSeen(r))
	limiterContract(t, NewLimiter(r))
	if err := NewCache(r).Forget(t.Context(), []string{"ou_1"}); err != nil {
		t.Error(err)
	}
	if got := refused(); len(got) > 0 {
		t.Errorf("Redis refused %q", got)
	}
}

// TestRedisCheckup_Refusals looks at servers that do not let the program do what it does.
func TestRedisCheckup_Refusals(t *testing.T) {
	t.Parallel()
	server := func(args ...string) func(*testing.T) *Redis {
		return func(t *testing.T) *Redis {
			t.Helper()
			return open(t, patient(redistest.Start(t, args...)), Options{})
		}
	}
	user := func(rules ...string) func(*testing.T) *Redis {
		return func(t *testing.T) *Redis {
			t.Helper()
			r, _ := limitedUser(t, rules...)
			return r
		}
	}
	for name, tt := range map[string]struct {
		open func(*testing.T) *Redis
		want RedisCheckup
	}{
		"replica":                      {server("--replicaof", "127.0.0.1 1"), RedisCheckup{Replica: true}},
		"replica that tells nothing":   {server("--replicaof", "127.0.0.1 1", "--rename-command", "INFO", ""), RedisCheckup{Replica: true}},
		"one node of a cluster":        {server("--cluster-enabled", "yes"), RedisCheckup{ClusterNode: true, Unwritable: "CLUSTERDOWN Hash slot not served"}},
		"user who may not write":       {user("+@all", "-@write"), RedisCheckup{Forbidden: "SET"}},
		"user who may not run EVAL":    {user("+@all", "-eval"), RedisCheckup{Forbidden: "EVAL"}},
		"user who may not use limits":  {user("+@all", "resetkeys", "~usagebot::cache*", "~usagebot::checkup"), RedisCheckup{Forbidden: "EVAL"}},
		"user who may not list":        {user("+@all", "-scan"), RedisCheckup{Forbidden: "SCAN"}},
		"user who may not add":         {user("+@all", "-zadd"), RedisCheckup{Forbidden: "EVAL"}},
		"user who may not ask for TTL": {user("+@all", "-pttl"), RedisCheckup{Forbidden: "EVAL"}},
		"user with all it needs":       {user(neededRights...), RedisCheckup{}},
		"no memory left":               {server("--maxmemory", "1"), RedisCheckup{Unwritable: "OOM command not allowed when used memory > 'maxmemory'."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := tt.open(t).Checkup(t.Context())
			got := RedisCheckup{Replica: c.Replica, ClusterNode: c.ClusterNode, Forbidden: c.Forbidden, Unwritable: c.Unwritable}
			if err != nil || got != tt.want {
				t.Errorf("got %+v, %v; want %+v", got, err, tt.want)
			}
		})
	}
}
