package reports

import (
	"testing"
	"time"
)

func TestGate(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	g := gate{longest: time.Minute}
	if g.shut(now) {
		t.Error("it begins shut")
	}
	g.shutFor(now, 20*time.Second)
	for after, left := range map[time.Duration]time.Duration{
		0: 20 * time.Second, 19 * time.Second: time.Second, 20 * time.Second: 0, time.Hour: 0,
		-30 * time.Second: 50 * time.Second, -time.Hour: 0, // the clock was put back
	} {
		if got := g.left(now.Add(after)); got != left {
			t.Errorf("after %v it is shut for %v, want %v", after, got, left)
		}
	}
	g.shutFor(now, time.Hour)
	if got := g.left(now); got != time.Minute {
		t.Errorf("it is shut for %v", got)
	}
}

func TestRepeatable(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	for before, want := range map[time.Duration]time.Duration{
		0: 55 * time.Minute, 54 * time.Minute: time.Minute, 55 * time.Minute: 0, time.Hour: -5 * time.Minute,
		-time.Minute: 56 * time.Minute, -time.Hour: 0,
	} {
		if got := repeatable(now.Add(-before), now); got != want {
			t.Errorf("sent %v ago it may be sent again for %v, want %v", before, got, want)
		}
	}
}

func TestCrowd(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 30, 0, 0, time.UTC)
	var c crowd
	var leaves []func()
	for range inHandOfChat {
		leave, _ := c.join("oc_1", now)
		leaves = append(leaves, leave)
	}
	for _, want := range []time.Duration{1000 * time.Millisecond, 1200 * time.Millisecond, 1400 * time.Millisecond} {
		leave, turn := c.join("oc_1", now)
		if leave != nil || turn.Sub(now) != want {
			t.Errorf("one too many has its turn after %v", turn.Sub(now))
		}
	}
	if leave, _ := c.join("oc_2", now); leave == nil {
		t.Error("another chat has to wait")
	}
	leaves[0]()
	if leave, _ := c.join("oc_1", now); leave == nil {
		t.Error("no room was made")
	}
	for range leaves {
		c.leave("oc_1")
	}
	if _, kept := c.chats["oc_1"]; kept {
		t.Error("what is not in hand is still counted")
	}
}

func TestRoom(t *testing.T) {
	t.Parallel()
	e := New(Settings{})
	rooms := make([]*room, workers+maxSlow)
	for i := range rooms {
		if e.spare() == 0 {
			t.Fatalf("no worker for number %d", i)
		}
		e.free.Release(int64(workers - 1 - max(0, i-maxSlow)))
		rooms[i] = &room{engine: e}
		if aside := rooms[i].stepAside(); aside != (i < maxSlow) || rooms[i].slow() != aside {
			t.Fatalf("number %d has stepped aside: %v", i, aside)
		}
	}
	if e.spare() != 0 {
		t.Error("there are more workers than there are")
	}
	for _, r := range rooms {
		r.leave()
		r.leave()
		if !r.stepAside() {
			t.Error("what has left has no room")
		}
	}
	if n := e.spare(); n != workers || !e.slow.TryAcquire(maxSlow) {
		t.Errorf("%d workers have come back", n)
	}
}
