package reports

import (
	"testing"
	"time"
)

func TestCooldown(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	c := cooldown{max: time.Minute}
	if c.active(now) {
		t.Error("it is active before it was started")
	}
	c.start(now, 20*time.Second)
	for after, want := range map[time.Duration]time.Duration{
		0: 20 * time.Second, 19 * time.Second: time.Second, 20 * time.Second: 0, time.Hour: 0,
		-30 * time.Second: 50 * time.Second, -time.Hour: 0, // the clock was set back
	} {
		if got := c.left(now.Add(after)); got != want {
			t.Errorf("after %v it is active for %v, want %v", after, got, want)
		}
	}
	c.start(now, time.Hour)
	if got := c.left(now); got != time.Minute {
		t.Errorf("it is active for %v, want its maximum of a minute", got)
	}
}

func TestResendTimeLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	for before, want := range map[time.Duration]time.Duration{
		0: 55 * time.Minute, 54 * time.Minute: time.Minute, 55 * time.Minute: 0, time.Hour: -5 * time.Minute,
		-time.Minute: 56 * time.Minute, -time.Hour: 0,
	} {
		if got := resendTimeLeft(now.Add(-before), now); got != want {
			t.Errorf("a message sent %v ago may be sent again for %v, want %v", before, got, want)
		}
	}
}

func TestChatLimiter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	l := newChatLimiter()
	var releases []func()
	for range maxChatSlots {
		release, _ := l.acquire("oc_1", now)
		releases = append(releases, release)
	}
	for _, want := range []time.Duration{1000 * time.Millisecond, 1200 * time.Millisecond, 1400 * time.Millisecond} {
		release, next := l.acquire("oc_1", now)
		if release != nil || next.Sub(now) != want {
			t.Errorf("without a free slot the next try is after %v, want %v", next.Sub(now), want)
		}
	}
	if _, next := l.acquire("oc_1", now.Add(-time.Hour)); next.Sub(now.Add(-time.Hour)) != time.Second {
		t.Errorf("after the clock was put back by an hour the next try is at %v", next)
	}
	if release, _ := l.acquire("oc_2", now); release == nil {
		t.Error("another chat has to wait")
	}
	releases[0]()
	if release, _ := l.acquire("oc_1", now); release == nil {
		t.Error("a released slot is not given again")
	}
	for range releases {
		l.release("oc_1")
	}
	if _, kept := l.chats["oc_1"]; kept {
		t.Error("a chat without messages under way is kept")
	}
}

func TestWorkerSlot(t *testing.T) {
	t.Parallel()
	pool := newWorkerPool()
	slots := make([]*workerSlot, workers+maxSlow)
	for i := range slots {
		if pool.tryAcquire(1) != 1 {
			t.Fatalf("no worker for number %d", i)
		}
		slots[i] = &workerSlot{pool: pool}
		if moved := slots[i].moveToSlowPool(); moved != (i < maxSlow) || slots[i].isSlow() != moved {
			t.Fatalf("number %d has moved to the slow pool: %v", i, moved)
		}
	}
	if n := pool.tryAcquire(workers); n != 0 {
		t.Errorf("%d workers are free, want none", n)
	}
	for _, s := range slots {
		s.release()
		s.release()
		if !s.moveToSlowPool() {
			t.Error("a released slot needs room in the slow pool")
		}
	}
	if n := pool.tryAcquire(2 * workers); n != workers || !pool.slow.TryAcquire(maxSlow) {
		t.Errorf("%d workers have come back, want %d", n, workers)
	}
}
