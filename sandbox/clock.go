package sandbox

import (
	"sync"
	"time"
)

// Clock is a clock that can be moved: it runs as its base does, from wherever it was set.
type Clock struct {
	base func() time.Time

	mu     sync.Mutex
	offset time.Duration
}

// NewClock returns a clock that shows what base shows; a nil base is the time of the machine.
func NewClock(base func() time.Time) *Clock {
	if base == nil {
		base = time.Now
	}
	return &Clock{base: base}
}

// Now returns the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.offset)
}

// Set moves the clock to t.
func (c *Clock) Set(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset = t.Sub(c.base())
}

// Advance moves the clock by d.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.offset += d
}

// zone is where the platform's days begin. China has had no summer time since 1991, so a fixed zone needs no database.
func zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }
