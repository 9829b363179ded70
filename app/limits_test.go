package app

import (
	"context"
	"slices"
	"strconv"
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
	digest := limits.chatBackgroundLimit("oc_1")
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
		got, digest := 0, backgroundLimit{limits.minute, limits.peopleActive}
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

func TestRecentKeepsTheLastAndForgetsOthers(t *testing.T) {
	t.Parallel()
	made := map[string]int{}
	r := newGenerationCache(3, func(key string) int { made[key]++; return made[key] })
	for i := range 100 {
		r.get("asked again and again")
		r.get(strconv.Itoa(i))
	}
	if made["asked again and again"] != 1 {
		t.Errorf("what is used was made %d times", made["asked again and again"])
	}
	if r.get("0") != 2 || len(r.current)+len(r.previous) > 6 {
		t.Errorf("%d are kept", len(r.current)+len(r.previous))
	}
}

// TestAChatsLimitHoldsWithoutRedis takes places in the local quota that is used while Redis does not answer.
func TestAChatsLimitHoldsWithoutRedis(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("redis://127.0.0.1:1", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	pace := newMessageLimits(redis, newMetrics()).sendLimiter()
	taken := 0
	for range 3 * reports.ChatPerSecond {
		done, full := pace.Take(t.Context(), "oc_1")
		if done != nil {
			taken++
		} else if full.App || full.Wait <= 0 || full.Wait > time.Second {
			t.Errorf("without a place: %+v", full)
		}
	}
	if taken != withoutReserve(reports.ChatPerSecond) {
		t.Errorf("%d digests may go to one chat at once", taken)
	}
	if done, full := pace.Take(t.Context(), "oc_2"); done == nil {
		t.Errorf("another chat has to wait: %+v", full)
	}
}

// TestRatesCountAndTakeBack counts by the embedded Redis, as it does for the bot.
func TestRatesCountAndTakeBack(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	r, ctx := rateLimiter{redis}, t.Context()
	back, wait := r.Allow(ctx, "person:ou_1", 1)
	if wait != 0 {
		t.Errorf("the first has to wait for %v", wait)
	}
	if _, wait := r.Allow(ctx, "person:ou_1", 1); wait < 50*time.Second || wait > time.Minute {
		t.Errorf("the second has to wait for %v", wait)
	}
	back()
	if _, wait := r.Allow(ctx, "person:ou_1", 1); wait != 0 {
		t.Errorf("after one was taken back the next has to wait for %v", wait)
	}
	first := func(during time.Duration) bool {
		first, b := r.FirstIn(ctx, "told", during)
		back = b
		return first
	}
	if !first(time.Minute) {
		t.Error("the first of its kind is not the first")
	}
	taken := back
	if first(time.Minute) {
		t.Error("the second of its kind is the first")
	}
	taken()
	if !first(200 * time.Millisecond) {
		t.Error("after that was taken back nobody is the first")
	}
	time.Sleep(300 * time.Millisecond)
	if !first(time.Minute) {
		t.Error("when its time is over nobody is the first")
	}
}

// TestRatesWithoutTimePass checks that a request whose context ends before it is counted is admitted: otherwise it would get
// no answer.
func TestRatesWithoutTimePass(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, wait := (rateLimiter{redis}).Allow(ctx, "person:ou_1", 1); wait != 0 {
		t.Errorf("it has to wait for %v", wait)
	}
	if first, _ := (rateLimiter{redis}).FirstIn(ctx, "told", time.Minute); !first {
		t.Error("it is not the first of its kind")
	}
}
