package app

import (
	"slices"
	"sync"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/redisstore"
	"usagebot/store/redistest"
)

// TestMessagesTakeTurns has two replicas send to one chat: answers and what goes out by itself, with Redis and without.
func TestMessagesTakeTurns(t *testing.T) {
	t.Parallel()
	limits := func(t *testing.T, url string) *messageLimits {
		t.Helper()
		redis, err := redisstore.Open(url, redisstore.Options{Namespace: "cli"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = redis.Close() })
		return newMessageLimits(redis, newMetrics())
	}
	server := redistest.Start(t)
	for name, replicas := range map[string][]*messageLimits{
		"with Redis":    {limits(t, server.URL()), limits(t, server.URL())},
		"without Redis": {limits(t, "redis://127.0.0.1:1")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var mu sync.Mutex
			var sent []sandbox.Call
			var all sync.WaitGroup
			for i := range 3 * reports.ChatPerSecond {
				all.Go(func() {
					done, err := replicas[i%len(replicas)].Wait(t.Context(), "oc_1")
					if err != nil {
						t.Error(err)
						return
					}
					defer done()
					mu.Lock()
					defer mu.Unlock()
					sent = append(sent, sandbox.Call{At: time.Now()})
				})
			}
			all.Wait()
			slices.SortFunc(sent, func(a, b sandbox.Call) int { return a.At.Compare(b.At) })
			if n, took := sandbox.Busiest(sent, time.Second), sent[len(sent)-1].At.Sub(sent[0].At); n > reports.ChatPerSecond || took > 4*time.Second {
				t.Errorf("%d messages in one second, all after %v", n, took)
			}
		})
	}
}

// TestWhatGoesOutByItselfLeavesRoom fills a chat with digests: an answer still finds a place, of which the last is its own.
func TestWhatGoesOutByItselfLeavesRoom(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	limits := newMessageLimits(redis, newMetrics())
	digest := limits.digests("oc_1")
	for i := range reports.ChatPerSecond {
		if _, wait, _ := digest.Take(t.Context(), reports.ChatPerSecond); (wait > 0) != (i == reports.ChatPerSecond-1) {
			t.Errorf("digest %d has to wait for %v", i, wait)
		}
	}
	if limits.Try(t.Context(), "oc_1") == nil {
		t.Error("an answer has no place")
	}
	if limits.Try(t.Context(), "oc_1") != nil {
		t.Error("a sixth message has a place")
	}
	if limits.Try(t.Context(), "oc_2") == nil {
		t.Error("another chat has no place")
	}
}

// TestDigestsSpareTheAppsLimitsWhilePeopleAsk lets digests use all of a second, and after an answer not all of it.
func TestDigestsSpareTheAppsLimitsWhilePeopleAsk(t *testing.T) {
	t.Parallel()
	for _, asked := range []bool{false, true} {
		redis, err := redisstore.Open("", redisstore.Options{Namespace: "cli"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = redis.Close() })
		limits := newMessageLimits(redis, newMetrics())
		want := 10
		if asked {
			done, err := limits.Wait(t.Context(), "oc_1")
			if err != nil {
				t.Fatal(err)
			}
			done()
			want = 8 // one was the answer, one is spared
		}
		got, digest := 0, sparing{limits.minute, limits.peopleAsk}
		for range 10 {
			if _, wait, _ := digest.Take(t.Context(), 10); wait == 0 {
				got++
			}
		}
		if got != want {
			t.Errorf("asked %v: %d of 10 digests have a place, want %d", asked, got, want)
		}
	}
}
