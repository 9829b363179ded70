package redisstore

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/redis/go-redis/v9"

	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/store/redistest"
)

// minute is a window as the platform counts calls for figures.
func minute(key string, limit int) store.Window {
	return store.Window{Key: key, Limit: limit, Length: time.Minute, Hold: 15 * time.Second}
}

// short is a window that is full and free again within a test.
func short(key string, limit int) store.Window {
	return store.Window{Key: key, Limit: limit, Length: 300 * time.Millisecond, Hold: 200 * time.Millisecond}
}

func takeAll(t *testing.T, l store.Limiter, windows ...store.Window) (ids []string) {
	t.Helper()
	for {
		slot := l.Take(t.Context(), windows)
		if slot.Wait > 0 {
			return ids
		}
		ids = append(ids, slot.ID)
	}
}

func TestLimiterContract(t *testing.T) {
	t.Parallel()
	backends(t, func(t *testing.T, r *Redis) {
		away := r.breaker.isOpen()
		limiterContract(t, NewLimiter(r))
		if r.breaker.isOpen() != away {
			t.Errorf("Redis failed while it was used: %v", !away)
		}
	})
	t.Run("memory", func(t *testing.T) {
		t.Parallel()
		limiterContract(t, memstore.NewLimiter())
	})
}

// limiterContract is what a Limiter does over Redis, without it, and in memory.
func limiterContract(t *testing.T, l store.Limiter) {
	ctx := t.Context()
	t.Run("a caller with a smaller limit leaves places to others", func(t *testing.T) {
		background, people := minute("share", 8), minute("share", 10)
		if got := len(takeAll(t, l, background)); got != 8 {
			t.Fatalf("a limit of 8 gave %d places", got)
		}
		if got := l.Left(ctx, people); got != 2 {
			t.Errorf("Left = %d, want 2", got)
		}
		for _, want := range []int{1, 0} {
			if slot := l.Take(ctx, []store.Window{people}); slot.ID == "" || slot.Left != want {
				t.Errorf("Take = %+v, want a place and %d left", slot, want)
			}
		}
		if slot := l.Take(ctx, []store.Window{people}); slot.Wait <= 0 || slot.Wait > store.PollInterval || slot.Full != "share" || slot.ID != "" {
			t.Errorf("with all calls under way Take = %+v, want a wait of at most %v for the window", slot, store.PollInterval)
		}
		if got := l.Left(ctx, people); got != 0 {
			t.Errorf("Left = %d, want 0", got)
		}
	})
	t.Run("all windows or none", func(t *testing.T) {
		chat, app, rest := minute("chat", 2), minute("app", 3), minute("rest", 1)
		takeAll(t, l, chat, app)
		if slot := l.Take(ctx, []store.Window{app, chat}); slot.Full != "chat" || slot.Left != 0 {
			t.Errorf("Take = %+v, want the chat to be full", slot)
		}
		if got := l.Left(ctx, app); got != 1 {
			t.Errorf("Left = %d of the app's, want 1: what the chat has no place for takes none", got)
		}
		ids := takeAll(t, l, app, rest)
		if slot := l.Take(ctx, []store.Window{chat, app, rest}); len(ids) != 1 || slot.Full != "chat" {
			t.Errorf("Take = %+v after %d, want the first full window to be named", slot, len(ids))
		}
		l.Cancel(ctx, []store.Window{app, rest}, ids[0])
		if app, rest := l.Left(ctx, app), l.Left(ctx, rest); app != 1 || rest != 1 {
			t.Errorf("after Cancel %d and %d are left, want 1 and 1", app, rest)
		}
	})
	t.Run("a cancelled place is free, a settled one is not", func(t *testing.T) {
		w := []store.Window{minute("cancel", 2)}
		ids := takeAll(t, l, w...)
		l.Cancel(ctx, w, ids[0])
		again := l.Take(ctx, w)
		if again.Wait != 0 || again.Left != 0 {
			t.Fatalf("after one was cancelled: %+v", again)
		}
		l.Settle(ctx, w, ids[1])
		l.Settle(ctx, w, again.ID)
		if slot := l.Take(ctx, w); slot.Wait < 50*time.Second || slot.Wait > time.Minute+time.Second {
			t.Errorf("wait = %v, want nearly the window", slot.Wait)
		}
	})
	t.Run("without a hold a place counts from the moment it is taken", func(t *testing.T) {
		w := []store.Window{{Key: "requests", Limit: 1, Length: time.Minute}}
		takeAll(t, l, w...)
		if slot := l.Take(ctx, w); slot.Wait < 50*time.Second || slot.Wait > time.Minute+time.Second {
			t.Errorf("wait = %v, want nearly the window", slot.Wait)
		}
	})
	t.Run("waiting as told is enough", func(t *testing.T) {
		w := []store.Window{short("wait", 2)}
		for _, id := range takeAll(t, l, w...) {
			l.Settle(ctx, w, id)
		}
		for round := 0; ; round++ {
			slot := l.Take(ctx, w)
			if slot.Wait == 0 {
				break
			}
			if round > 3 {
				t.Fatalf("still told to wait %v", slot.Wait)
			}
			<-time.After(slot.Wait)
		}
	})
	t.Run("a call whose end is never told is given up", func(t *testing.T) {
		w, started := short("lost", 1), time.Now()
		takeAll(t, l, w)
		eventually(t, "the place is free again", func() bool {
			return l.Take(ctx, []store.Window{w}).Wait == 0
		})
		if held := time.Since(started); held < w.Length+w.Hold {
			t.Errorf("free after %v, want no less than %v", held, w.Length+w.Hold)
		}
	})
	t.Run("a block holds everybody", func(t *testing.T) {
		w := minute("block", 5)
		l.Block(ctx, w, 0)
		if got := l.Left(ctx, w); got != 5 {
			t.Errorf("a block of no time left %d of 5", got)
		}
		l.Block(ctx, w, time.Hour)
		l.Block(ctx, w, time.Millisecond)
		if slot := l.Take(ctx, []store.Window{minute("not blocked", 5), w}); slot.Wait < 59*time.Minute || slot.Wait > time.Hour || slot.Full != "block" {
			t.Errorf("Take = %+v, want the block's hour", slot)
		}
		if got := l.Left(ctx, w); got != 0 {
			t.Errorf("Left = %d while blocked, want 0", got)
		}
		w = minute("unblock", 5)
		l.Block(ctx, w, 20*time.Millisecond)
		eventually(t, "the block ends", func() bool { return l.Take(ctx, []store.Window{w}).Wait == 0 })
	})
	t.Run("no windows are no limit", func(t *testing.T) {
		slot := l.Take(ctx, nil)
		if slot.ID == "" || slot.Wait != 0 {
			t.Errorf("Take = %+v, want a place", slot)
		}
		l.Settle(ctx, nil, slot.ID)
		l.Cancel(ctx, nil, slot.ID)
	})
	t.Run("no limit and no context take nothing", func(t *testing.T) {
		ended, cancel := context.WithCancel(ctx)
		cancel()
		if slot := l.Take(ctx, []store.Window{minute("nothing", 0)}); slot.Wait <= 0 {
			t.Error("a limit of 0 let a call through")
		}
		if slot := l.Take(ended, []store.Window{minute("nothing", 5)}); slot.Wait <= 0 {
			t.Error("a caller who left was let through")
		}
		if got := len(takeAll(t, l, minute("nothing", 5))); got != 5 {
			t.Errorf("took %d, want 5", got)
		}
	})
}

// TestLimiter_ClockPutBack enters what is in Redis when its clock is put back by an hour while calls count: they end an hour
// ahead. Nobody waits for them; a call under way, whose end is ahead too, still counts.
func TestLimiter_ClockPutBack(t *testing.T) {
	t.Parallel()
	r := open(t, patient(redistest.Start(t)), Options{})
	here, there, w, ctx := NewLimiter(r), NewLimiter(r), minute("q", 100), t.Context()
	takeAll(t, here, minute("q", 2))
	for i := range 98 {
		end := float64(time.Now().Add(time.Hour + time.Duration(i)*time.Second).UnixMicro())
		if err := r.client.ZAdd(ctx, here.callsKey(w), redis.Z{Score: end, Member: numbered("before", i)}).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if got := there.Left(ctx, w); got != 98 {
		t.Errorf("Left = %d, want 98: only two calls are real", got)
	}
	if got := len(takeAll(t, there, w)); got != 98 {
		t.Errorf("%d calls have a place, want 98", got)
	}
	block := there.keys(w)[1]
	if err := r.client.Set(ctx, block, 5000, time.Hour).Err(); err != nil { // it was for five seconds, and ends in an hour
		t.Fatal(err)
	}
	if slot := NewLimiter(r).Take(ctx, []store.Window{minute("q", 101)}); slot.Wait != 0 {
		t.Errorf("Take = %+v, want a place: the block is not real", slot)
	}
}

// TestLimiter_BlockIsShared blocks a window in one process and asks in others, also after a shorter block.
func TestLimiter_BlockIsShared(t *testing.T) {
	t.Parallel()
	r, w := open(t, patient(redistest.Start(t)), Options{}), minute("q", 5)
	NewLimiter(r).Block(t.Context(), w, time.Hour)
	NewLimiter(r).Block(t.Context(), w, time.Millisecond)
	if slot := NewLimiter(r).Take(t.Context(), []store.Window{w}); slot.Wait < 59*time.Minute {
		t.Errorf("another process waits %v, want the block's hour", slot.Wait)
	}
}

// TestLimiter_LostReply sends a script again: the call finds the place that it took.
func TestLimiter_LostReply(t *testing.T) {
	t.Parallel()
	l := NewLimiter(open(t, patient(redistest.Start(t)), Options{}))
	windows := []store.Window{minute("a", 2), minute("b", 3)}
	for _, step := range []struct {
		id         string
		wait, left int
	}{{"one", 0, 1}, {"one", 0, 1}, {"one", 0, 1}, {"two", 0, 0}, {"two", 0, 0}} {
		if slot, err := l.takeShared(t.Context(), step.id, windows); err != nil || slot.Wait != 0 || slot.Left != step.left {
			t.Errorf("%s: %+v, %v, want a place and %d left", step.id, slot, err, step.left)
		}
	}
	if slot, err := l.takeShared(t.Context(), "three", windows); err != nil || slot.Wait == 0 || slot.Full != "a" {
		t.Errorf("a third call: %+v, %v, want no place in a", slot, err)
	}
}

// TestLimiter_AwayAndBack lets two processes take places while Redis is away. When it is back, empty, it learns of them.
func TestLimiter_AwayAndBack(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	here, there := open(t, patient(server), Options{}), open(t, patient(server), Options{})
	mine, other, ctx := NewLimiter(here), NewLimiter(there), t.Context()
	windows := []store.Window{minute("app", 100), minute("chat", 90)}
	take := func(l *Limiter, n int) {
		for range n {
			slot := l.Take(ctx, windows)
			if slot.Wait > 0 {
				t.Fatalf("told to wait %v", slot.Wait)
			}
			l.Settle(ctx, windows, slot.ID)
		}
	}
	take(mine, 10)
	cutOff(here)
	cutOff(there)
	take(mine, 30)
	take(other, 40)
	if err := here.client.FlushAll(ctx).Err(); err != nil {
		t.Fatal(err)
	}
	reconnect(here)
	reconnect(there)
	take(mine, 1)
	take(other, 1)
	for name, l := range map[string]*Limiter{"mine": mine, "other": other} {
		if app, chat := l.Left(ctx, windows[0]), l.Left(ctx, windows[1]); app != 100-10-30-40-2 || chat != 90-10-30-40-2 {
			t.Errorf("%s: %d and %d are left, want 18 and 8", name, app, chat)
		}
	}
}

// TestLimiter_PlaceInQuestion: a place that one caller is asking Redis for is not entered there by another caller of the same
// process. It would be taken unasked.
func TestLimiter_PlaceInQuestion(t *testing.T) {
	t.Parallel()
	l, w := NewLimiter(&Redis{}), minute("q", 10)
	for _, id := range []string{"in question", "taken"} {
		l.setAsking(id, true)
		l.mine.TakeAs(id, []store.Window{w})
	}
	l.setAsking("taken", false)
	if pairs := l.entries(w); len(pairs) != 2 || pairs[0] != "taken" {
		t.Errorf("entries = %v, want the taken one alone", pairs)
	}
}

// TestLimiter_Forbidden uses a Redis whose user may not run scripts: the process counts by itself, asks once a minute, and
// everything else in Redis goes on.
func TestLimiter_Forbidden(t *testing.T) {
	t.Parallel()
	r, refused := limitedUser(t, "+@all", "-@scripting")
	l, cache, windows := NewLimiter(r), NewCache(r), []store.Window{minute("q", 3)}
	if got := len(takeAll(t, l, windows...)); got != 3 {
		t.Errorf("%d calls have a place, want 3", got)
	}
	cache.Put(t.Context(), "k", []byte("v"), time.Hour)
	if value, ok := cache.Get(t.Context(), "k"); !ok || string(value) != "v" || !cache.changed.empty() {
		t.Errorf("the cache has %q, %v", value, ok)
	}
	if got := refused(); len(got) != 1 || got[0] != "limit_take" {
		t.Errorf("Redis refused %q, want limit_take once", got)
	}
}

// limitedUser opens a Redis as a user with some rights; refused returns the operations that failed.
func limitedUser(t *testing.T, rules ...string) (r *Redis, refused func() []string) {
	t.Helper()
	server := redistest.Start(t)
	args := []any{"ACL", "SETUSER", "bot", "on", ">sesame", "~usagebot:*"}
	for _, rule := range rules {
		args = append(args, rule)
	}
	if err := open(t, server.URL(), Options{}).client.Do(t.Context(), args...).Err(); err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var failed []string
	r = open(t, withUser(patient(server), "bot", "sesame"), Options{OnUnavailable: func(op string, _ error) {
		mu.Lock()
		defer mu.Unlock()
		failed = append(failed, op)
	}})
	return r, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return failed
	}
}

// call is the time in which the platform may count a call.
type call struct{ taken, settled time.Time }

// mostInOneWindow is the largest number of calls that the platform could count within one window, however long each of them
// was on its way.
func mostInOneWindow(calls []call, length time.Duration) int {
	most := 0
	for _, first := range calls {
		from, to, n := first.settled, first.settled.Add(length), 0
		for _, c := range calls {
			if !c.settled.Before(from) && !c.taken.After(to) {
				n++
			}
		}
		most = max(most, n)
	}
	return most
}

func TestLimiter_TwoProcesses(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	w := []store.Window{short("calls", 20)}
	limiters := []*Limiter{NewLimiter(open(t, patient(server), Options{})), NewLimiter(open(t, patient(server), Options{}))}
	var mu sync.Mutex
	var calls []call
	ctx, cancel := context.WithTimeout(t.Context(), 1300*time.Millisecond)
	defer cancel()
	var takers sync.WaitGroup
	for i := range 40 {
		takers.Go(func() {
			l := limiters[i%len(limiters)]
			for ctx.Err() == nil {
				slot := l.Take(ctx, w)
				if slot.Wait > 0 {
					pauseFor(ctx, min(slot.Wait, 20*time.Millisecond))
					continue
				}
				taken := time.Now()
				pauseFor(ctx, time.Duration(i)*time.Millisecond)
				settled := time.Now()
				l.Settle(ctx, w, slot.ID)
				mu.Lock()
				calls = append(calls, call{taken, settled})
				mu.Unlock()
			}
		})
	}
	takers.Wait()
	if most := mostInOneWindow(calls, w[0].Length); most > w[0].Limit {
		t.Errorf("%d calls could be counted in one window, the limit is %d", most, w[0].Limit)
	}
	if len(calls) < 2*w[0].Limit {
		t.Errorf("only %d calls got through", len(calls))
	}
}

func pauseFor(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// TestLimiter_Minutes plays minutes of greedy callers, whose calls take up to Hold, of which some are cancelled and each
// tenth never tells its end. In no minute does the platform count more than the limit.
func TestLimiter_Minutes(t *testing.T) {
	t.Parallel()
	for name, limiter := range map[string]func(t *testing.T) store.Limiter{
		"memory": func(*testing.T) store.Limiter { return memstore.NewLimiter() },
		"Redis away": func(t *testing.T) store.Limiter {
			r := open(t, "redis://127.0.0.1:1", Options{})
			cutOff(r)
			return NewLimiter(r)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				l, random := limiter(t), rand.New(rand.NewPCG(7, 11)) //nolint:gosec // a simulation
				calls := greedyCalls(t, l, random, 4*time.Minute)
				if most := mostInOneWindow(calls, time.Minute); most > 100 {
					t.Errorf("%d calls could be counted in one minute", most)
				}
				if len(calls) < 250 {
					t.Errorf("only %d calls got through in 4 minutes", len(calls))
				}
			})
		})
	}
}

func greedyCalls(t *testing.T, l store.Limiter, random *rand.Rand, length time.Duration) (calls []call) {
	t.Helper()
	var mu sync.Mutex
	var underway sync.WaitGroup
	for end := time.Now().Add(length); time.Now().Before(end); time.Sleep(time.Duration(random.IntN(400)) * time.Millisecond) {
		for range random.IntN(12) {
			w := []store.Window{minute("q", []int{100, 80}[random.IntN(2)])}
			slot := l.Take(t.Context(), w)
			if slot.Wait > 0 {
				break
			}
			if random.IntN(20) == 0 {
				l.Cancel(t.Context(), w, slot.ID)
				continue
			}
			taken, lasts, silent := time.Now(), time.Duration(random.Int64N(int64(w[0].Hold))), random.IntN(10) == 0
			underway.Go(func() {
				time.Sleep(lasts)
				if !silent {
					l.Settle(t.Context(), w, slot.ID)
				}
				mu.Lock()
				defer mu.Unlock()
				calls = append(calls, call{taken, time.Now()})
			})
		}
	}
	underway.Wait()
	return calls
}
