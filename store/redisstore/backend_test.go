package redisstore

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/store/redistest"
)

// clock is a clock that moves when it is told to.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Unix(1_700_000_000, 0)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// open opens a Redis until the test ends.
func open(t testing.TB, address string, opts Options) *Redis {
	t.Helper()
	r, err := Open(address, opts)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return r
}

// patient is a server's address with limits that a busy machine keeps.
func patient(s *redistest.Server) string { return s.URL() + "?read_timeout=5s&pool_timeout=5s" }

// cutOff makes r look away until reconnect.
func cutOff(r *Redis) {
	r.breaker.mu.Lock()
	defer r.breaker.mu.Unlock()
	r.breaker.open, r.breaker.retryAt = true, time.Now().Add(24*time.Hour)
	r.failures.Add(1)
}

func reconnect(r *Redis) { r.breaker.note(false) }

// backends runs a contract on a real server, and on the process's own memory with Redis away.
func backends(t *testing.T, contract func(t *testing.T, r *Redis)) {
	server := redistest.Start(t)
	for name, prepare := range map[string]func(t *testing.T) *Redis{
		"real": func(t *testing.T) *Redis { return open(t, patient(server), Options{Namespace: t.Name()}) },
		"away": func(t *testing.T) *Redis {
			r := open(t, "redis://127.0.0.1:1", Options{})
			cutOff(r)
			return r
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contract(t, prepare(t))
		})
	}
}

// A cluster refuses calls whose keys do not belong together. One node shows
// it, and one start, which takes seconds, serves all contracts.
func TestContractsInACluster(t *testing.T) {
	t.Parallel()
	r := startCluster(t)
	for name, contract := range map[string]func(*testing.T, *Redis){
		"cache":   func(t *testing.T, r *Redis) { cacheContract(t, NewCache(r)) },
		"limiter": func(t *testing.T, r *Redis) { limiterContract(t, NewLimiter(r)) },
		"seen":    func(t *testing.T, r *Redis) { seenContract(t, NewSeen(r)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contract(t, r)
		})
	}
}

// startCluster gives all slots to one node. Naming it twice makes a list, and
// a list is a cluster.
func startCluster(t *testing.T) *Redis {
	server := redistest.Start(t, "--cluster-enabled", "yes")
	node := open(t, patient(server), Options{})
	if err := node.client.ClusterAddSlotsRange(t.Context(), 0, 16383).Err(); err != nil {
		t.Fatalf("give the node its slots: %v", err)
	}
	eventually(t, "the cluster is ready", func() bool {
		info, err := node.client.ClusterInfo(t.Context()).Result()
		return err == nil && strings.Contains(info, "cluster_state:ok")
	})
	host := strings.TrimPrefix(server.URL(), "redis://")
	return open(t, "redis://"+host+","+host+"?read_timeout=5s&pool_timeout=5s", Options{Namespace: "cluster"})
}

// eventually waits for something that takes real time on a real server.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(3 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-deadline:
			t.Fatal("never happened: " + what)
		case <-tick.C:
		}
	}
}

func numbered(prefix string, n int) string { return fmt.Sprintf("%s-%d", prefix, n) }

// withUser is an address with a user and a password.
func withUser(address, user, password string) string {
	return strings.Replace(address, "://", "://"+user+":"+password+"@", 1)
}
