package main

import (
	"slices"
	"sync"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store"
	"usagebot/store/redistest"
)

// TestACrowdIsAnsweredInTurn has forty questions asked in one group in one second, which is within the limits of people and
// chats, on a platform that takes five messages a second into it. It is not parallel: forty acknowledgements in 3 s want a
// processor.
func TestACrowdIsAnsweredInTurn(t *testing.T) {
	const crowd = 40
	h := open(t, wednesday, func(c *config.Config) { c.RatePerson, c.RateChat = 20, crowd })
	group := h.AddGroup("周会", h.me).ID
	began := time.Now()
	var mu sync.Mutex
	var acknowledged []time.Duration
	var asked []string
	var events sync.WaitGroup
	people := h.People()
	for i := range crowd {
		time.Sleep(time.Second / crowd)
		events.Go(func() {
			asking := time.Now()
			d, err := h.Say(t.Context(), group, people[i%len(people)].OpenID, "/help")
			if err != nil || !d.Taken {
				t.Errorf("a question was answered %d, %v", d.Status(), err)
			}
			mu.Lock()
			defer mu.Unlock()
			acknowledged, asked = append(acknowledged, time.Since(asking)), append(asked, d.MessageID)
		})
	}
	events.Wait()
	await(t, "everybody is answered", func() bool { return len(h.BotMessages(group)) >= crowd })
	took := time.Since(began)
	answers := map[string]int{}
	for _, m := range h.BotMessages(group) {
		answers[m.ParentID]++
	}
	for _, id := range asked {
		if answers[id] != 1 {
			t.Errorf("somebody got %d answers", answers[id])
		}
	}
	refused := 0
	for _, c := range h.Calls("message.reply") {
		if c.Code != 0 {
			refused++
		}
	}
	t.Logf("the last of %d was acknowledged after %v and answered after %v; %d replies were refused",
		crowd, slices.Max(acknowledged).Round(time.Millisecond), took.Round(time.Millisecond), refused)
	if refused > 2 || took > 20*time.Second {
		t.Error("want next to no refusals, and answers after some 8 s")
	}
}

// TestMessagesTakeTurns has two replicas send to one chat: answers and what goes out by itself, with Redis and without.
func TestMessagesTakeTurns(t *testing.T) {
	t.Parallel()
	limits := func(t *testing.T, url string) *messageLimits {
		t.Helper()
		redis, err := store.Open(url, store.Options{Namespace: "cli"})
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
	redis, err := store.Open("", store.Options{Namespace: "cli"})
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
		redis, err := store.Open("", store.Options{Namespace: "cli"})
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
