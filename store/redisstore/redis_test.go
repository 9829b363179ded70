package redisstore

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"usagebot/store/redistest"
)

func TestPing(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	r := open(t, patient(server), Options{})
	if err := r.Ping(t.Context()); err != nil {
		t.Fatalf("Ping: %v", err)
	}
	server.Stop()
	if err := r.Ping(t.Context()); !errors.Is(err, ErrUnavailable) {
		t.Fatalf("Ping of a stopped server = %v, want ErrAway", err)
	}
	server.Restart()
	if err := r.Ping(t.Context()); err != nil {
		t.Errorf("Ping must try although Redis was away a moment ago: %v", err)
	}
}

func TestHangingRedisIsWaitedForOnce(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	clock := newClock()
	var failures atomic.Int32
	r := open(t, server.URL(), Options{OnUnavailable: func(op string, err error) {
		failures.Add(1)
		if op != "cache_get" || !errors.Is(err, ErrUnavailable) {
			t.Errorf("Away(%q, %v)", op, err)
		}
	}})
	r.breaker.now = clock.Now
	cache := NewCache(r)
	server.Freeze()
	for range 100 {
		cache.Get(t.Context(), "k")
	}
	if got := failures.Load(); got != 1 {
		t.Fatalf("%d of 100 calls waited for a hanging Redis, want 1", got)
	}
	clock.Advance(breakerPause)
	for range 100 {
		cache.Get(t.Context(), "k")
	}
	if got := failures.Load(); got != 2 {
		t.Fatalf("%d calls waited in two pauses, want 2", got)
	}
	server.Thaw()
	clock.Advance(breakerPause)
	eventually(t, "Redis is used again", func() bool {
		clock.Advance(breakerPause)
		cache.Put(t.Context(), "k", []byte("v"), time.Hour)
		_, ok := cache.Get(t.Context(), "k")
		return ok && cache.changed.empty()
	})
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var b breaker
		allowed := func() (n int) {
			var tried atomic.Int32
			var callers sync.WaitGroup
			for range 50 {
				callers.Go(func() {
					if b.allows() {
						tried.Add(1)
					}
				})
			}
			callers.Wait()
			return int(tried.Load())
		}
		for i, step := range []struct {
			do   func()
			want int
		}{
			{func() {}, 50},
			{func() { b.note(true) }, 0},
			{func() { time.Sleep(breakerPause) }, 1}, // one caller tries, and the others wait for its result
			{func() { time.Sleep(breakerPause) }, 1},
			{func() { b.note(false) }, 50},
		} {
			step.do()
			if got := allowed(); got != step.want {
				t.Errorf("step %d: %d of 50 callers are let through, want %d", i, got, step.want)
			}
		}
	})
}

func TestCallerWhoLeavesIsNotRedisAway(t *testing.T) {
	t.Parallel()
	r := open(t, patient(redistest.Start(t)), Options{OnUnavailable: func(op string, err error) { t.Errorf("Away(%s, %v)", op, err) }})
	cache := NewCache(r)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	cache.Put(ctx, "k", []byte("v"), time.Hour)
	if _, ok := cache.Get(t.Context(), "k"); !ok {
		t.Error("what a caller put before it left was not kept")
	}
}

func TestErrorsHoldNoPassword(t *testing.T) {
	t.Parallel()
	const password = "hunter2-secret"
	server := redistest.Start(t)
	var told []string
	r := open(t, strings.Replace(server.URL(), "://", "://someone:"+password+"@", 1), Options{
		OnUnavailable: func(_ string, err error) { told = append(told, err.Error()) },
	})
	err := r.Ping(t.Context())
	if !errors.Is(err, ErrUnavailable) {
		t.Fatalf("Ping with a wrong password = %v, want ErrAway", err)
	}
	for _, text := range append(told, err.Error(), r.redact("ERR unknown command HELLO 2 AUTH someone "+password)) {
		if strings.Contains(text, password) {
			t.Errorf("the password is in %q", text)
		}
	}
	if len(told) != 1 {
		t.Errorf("Away was told %d times, want once", len(told))
	}
}

func TestNamespacesAreApart(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	one := NewCache(open(t, patient(server), Options{Namespace: "cli_one"}))
	two := NewCache(open(t, patient(server), Options{Namespace: "cli_two"}))
	one.Put(t.Context(), "k", []byte("v"), time.Hour)
	if _, ok := two.Get(t.Context(), "k"); ok {
		t.Error("one bot reads what another put")
	}
	if _, err := Open("redis://127.0.0.1:1", Options{Namespace: "a{b"}); err == nil {
		t.Error("a brace in the namespace was accepted")
	}
}

func TestCollector(t *testing.T) {
	t.Parallel()
	r := open(t, "redis://127.0.0.1:1", Options{})
	const up = "# HELP usagebot_redis_up 1 while Redis answers, 0 while the process stands in for it.\n# TYPE usagebot_redis_up gauge\n"
	if err := testutil.CollectAndCompare(r.Collector(), strings.NewReader(up+"usagebot_redis_up 1\n"), "usagebot_redis_up"); err != nil {
		t.Error(err)
	}
	cutOff(r)
	if err := testutil.CollectAndCompare(r.Collector(), strings.NewReader(up+"usagebot_redis_up 0\n"), "usagebot_redis_up"); err != nil {
		t.Error(err)
	}
	if problems, err := testutil.CollectAndLint(r.Collector()); err != nil || len(problems) > 0 {
		t.Errorf("lint: %v %v", problems, err)
	}
	if got := testutil.CollectAndCount(r.Collector()); got != 6 {
		t.Errorf("%d metrics, want 6", got)
	}
}
