package app

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/store/redisstore"
	"usagebot/store/redistest"
)

func plain(id string) string { return id }

// overRedis returns the limiter of a process that uses a Redis.
func overRedis(t *testing.T, url string) store.Limiter {
	t.Helper()
	redis, err := redisstore.Open(url, redisstore.Options{Namespace: "cli"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = redis.Close() })
	return redisstore.NewLimiter(redis)
}

// TestMessageLimits_OneChat has two replicas send to one chat, with Redis, while it is away, and without it.
func TestMessageLimits_OneChat(t *testing.T) {
	t.Parallel()
	url := redistest.Start(t).URL() + "?read_timeout=5s&pool_timeout=5s"
	for name, replicas := range map[string][]store.Limiter{
		"with Redis":    {overRedis(t, url), overRedis(t, url)},
		"Redis away":    {overRedis(t, "redis://127.0.0.1:1")},
		"without Redis": {memstore.NewLimiter()},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var limits []*messageLimits
			for _, l := range replicas {
				limits = append(limits, newMessageLimits(l, plain))
			}
			var mu sync.Mutex
			var sent []sandbox.Call
			var all sync.WaitGroup
			for i := range 3 * reports.ChatPerSecond {
				all.Go(func() {
					done, err := limits[i%len(limits)].Wait(t.Context(), "oc_1")
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
			for _, l := range limits {
				if n := len(l.queues.queues); n != 0 {
					t.Errorf("%d queues are left", n)
				}
			}
		})
	}
}

// TestMessageLimits_Reserve fills a chat, a second and a minute with digests: each leaves a part to answers, which digests,
// and replies to those who ask too fast, do not get.
func TestMessageLimits_Reserve(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		chats             int           // 1: all in one chat
		pause             time.Duration // after each digest
		digests, reserved int
		app               bool // the limit is the app's
	}{
		"chat":   {1, 0, 4, 1, false},
		"second": {1000, 0, 45, 5, true},
		"minute": {1000, 25 * time.Millisecond, 950, 50, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				limits := newMessageLimits(memstore.NewLimiter(), plain)
				background := limits.sendLimiter()
				chat := func(i int) string { return fmt.Sprint("oc_", i%tt.chats) }
				for i := range tt.digests {
					done, limited := background.Take(t.Context(), chat(i))
					if done == nil {
						t.Fatalf("digest %d has no place: %+v", i, limited)
					}
					done()
					time.Sleep(tt.pause)
				}
				if done := limits.TryBackground(t.Context(), chat(tt.digests)); done != nil {
					t.Error("a message for which nobody waits has a place in the reserve")
				}
				for i := range tt.reserved {
					if limits.Try(t.Context(), chat(tt.digests+i)) == nil {
						t.Errorf("answer %d has no place", i)
					}
					time.Sleep(tt.pause) // no more than a second has in all
				}
				if limits.Try(t.Context(), chat(tt.digests)) != nil {
					t.Error("more messages have a place than the platform takes")
				}
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
				defer cancel()
				if done, limited := background.Take(ctx, chat(tt.digests)); done != nil || limited.App != tt.app || limited.Wait <= 0 {
					t.Errorf("another digest: %+v, want the app to be full: %v", limited, tt.app)
				}
			})
		})
	}
}

// TestMessageLimits_FanOut lets two replicas send 5,000 digests while people ask now and then, the first one after 25 s and
// each on the replica that has not answered anybody for long. Nobody waits longer than 3 s, and the digests go out nearly as
// fast as the platform allows.
func TestMessageLimits_FanOut(t *testing.T) {
	t.Parallel()
	const digests, latency = 5000, 200 * time.Millisecond
	synctest.Test(t, func(t *testing.T) {
		shared := memstore.NewLimiter()
		replicas := []*messageLimits{newMessageLimits(shared, plain), newMessageLimits(shared, plain)}
		began, stop := time.Now(), make(chan struct{})
		var people sync.WaitGroup
		people.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				case <-time.After(25 * time.Second):
				}
				for n := range 5 { // several at once
					people.Go(func() {
						asked := time.Now()
						done, err := replicas[i%2].Wait(t.Context(), fmt.Sprint("oc_person_", i, n))
						if err != nil {
							t.Error(err)
							return
						}
						done()
						if waited := time.Since(asked); waited > 3*time.Second {
							t.Errorf("somebody who asked after %v waited %v", asked.Sub(began), waited)
						}
					})
				}
			}
		})
		var sent atomic.Int64
		var mu sync.Mutex
		var calls []sandbox.Call
		var workers sync.WaitGroup
		for _, limits := range replicas {
			limiter := limits.sendLimiter()
			for range 32 {
				workers.Go(func() {
					for {
						i := sent.Add(1)
						if i > digests {
							return
						}
						done, limited := limiter.Take(t.Context(), fmt.Sprint("oc_", i))
						for done == nil {
							time.Sleep(limited.Wait)
							done, limited = limiter.Take(t.Context(), fmt.Sprint("oc_", i))
						}
						mu.Lock()
						calls = append(calls, sandbox.Call{At: time.Now()})
						mu.Unlock()
						time.Sleep(latency)
						done()
					}
				})
			}
		}
		workers.Wait()
		took := time.Since(began)
		close(stop)
		people.Wait()
		if rate := float64(digests) / took.Minutes(); rate < 940 {
			t.Errorf("%.0f digests a minute went out, want 940 at least", rate)
		}
		if n := sandbox.Busiest(calls, time.Minute); n > 950 {
			t.Errorf("%d digests went out in one minute", n)
		}
	})
}

// TestMessageLimits_FanOutOverRedis fills the app's minute on one replica with all that digests may have of it. On another,
// where nobody has asked for anything yet, no digest has a place, and somebody who asks is answered at once.
func TestMessageLimits_FanOutOverRedis(t *testing.T) {
	t.Parallel()
	url := redistest.Start(t).URL() + "?read_timeout=5s&pool_timeout=5s"
	sending, other := overRedis(t, url), newMessageLimits(overRedis(t, url), plain)
	minute := other.backgroundWindows("oc_1")[1:2]
	for i := range minute[0].Limit {
		slot := sending.Take(t.Context(), minute)
		if slot.Wait > 0 {
			t.Fatalf("digest %d: %+v", i, slot)
		}
		sending.Settle(t.Context(), minute, slot.ID)
	}
	if done, limited := other.sendLimiter().Take(t.Context(), "oc_1"); done != nil || !limited.App || limited.Wait < 30*time.Second {
		t.Errorf("one more digest on the other replica: %+v, want it to wait for the minute", limited)
	}
	asked := time.Now()
	for i := range 50 {
		done, err := other.Wait(t.Context(), fmt.Sprint("oc_", i))
		if err != nil {
			t.Fatal(err)
		}
		done()
	}
	if waited := time.Since(asked); waited > 3*time.Second {
		t.Errorf("50 people were answered after %v", waited)
	}
}

// TestMessageLimits_ContextEnded settles a place after the message's context has ended: it is free again in time.
func TestMessageLimits_ContextEnded(t *testing.T) {
	t.Parallel()
	l := overRedis(t, redistest.Start(t).URL()+"?read_timeout=5s")
	limits := newMessageLimits(l, plain)
	ctx, cancel := context.WithCancel(t.Context())
	done, _ := limits.sendLimiter().Take(ctx, "oc_1")
	cancel()
	done()
	windows := limits.windows("oc_1")[:1]
	windows[0].Limit = 1
	if slot := l.Take(t.Context(), windows); slot.Wait <= 0 || slot.Wait > time.Second {
		t.Errorf("Take = %+v; want less than a second: the message has ended", slot)
	}
}

// TestRateCounter counts requests in several limits, all or none, and takes them back from some.
func TestRateCounter(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := rateCounter{memstore.NewLimiter(), plain}
		person, chat := bot.RateLimit{Kind: bot.PersonRate, ID: "ou_1", PerMinute: 1}, bot.RateLimit{Kind: bot.ChatRate, ID: "oc_1", PerMinute: 2}
		both := []bot.RateLimit{person, chat}
		expect := func(limits []bot.RateLimit, exceeded int, wait time.Duration) (id string) {
			t.Helper()
			id, full, got := r.Allow(t.Context(), limits)
			if full != exceeded || got.Truncate(time.Millisecond) != wait {
				t.Errorf("Allow waits %v for limit %d, want %v for %d", got, full, wait, exceeded)
			}
			return id
		}
		first := expect(both, 0, 0)
		time.Sleep(10 * time.Second)
		expect(both, 0, 50*time.Second)
		r.Undo(t.Context(), []bot.RateLimit{person}, first)
		expect(both, 0, 0)
		other := []bot.RateLimit{{Kind: bot.PersonRate, ID: "ou_2", PerMinute: 1}, chat}
		expect(other, 1, 50*time.Second) // and takes no place of the person
		expect(other[:1], 0, 0)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, wait := r.Allow(ctx, both); wait != 0 {
			t.Errorf("a request whose context has ended waits %v, want it to be admitted", wait)
		}
	})
}
