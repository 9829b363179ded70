package app

import (
	"context"
	"testing"
	"time"

	"usagebot/store/redisstore"
)

// TestRatesCountAndTakeBack counts by the embedded Redis, as it does for the bot.
func TestRatesCountAndTakeBack(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	r, ctx := rates{redis}, t.Context()
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

// TestRatesWithoutTimePass: a request whose time is over before it is counted is not taken for too much, which would leave it
// without an answer.
func TestRatesWithoutTimePass(t *testing.T) {
	t.Parallel()
	redis, err := redisstore.Open("", redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, wait := (rates{redis}).Allow(ctx, "person:ou_1", 1); wait != 0 {
		t.Errorf("it has to wait for %v", wait)
	}
	if first, _ := (rates{redis}).FirstIn(ctx, "told", time.Minute); !first {
		t.Error("it is not the first of its kind")
	}
}
