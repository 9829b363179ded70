package reports

import (
	"sync/atomic"
	"time"
)

// gate is shut for a while. Whoever looks at it goes by the same clock as whoever shut it; one that would be shut for
// longer than gates are was shut before that clock was put back, and is open.
type gate struct {
	longest time.Duration
	until   atomic.Int64 // in Unix milliseconds
}

func (g *gate) shutFor(now time.Time, d time.Duration) {
	g.until.Store(now.Add(min(d, g.longest)).UnixMilli())
}

func (g *gate) shut(now time.Time) bool { return g.left(now) > 0 }

// left is for how long it is still shut.
func (g *gate) left(now time.Time) time.Duration {
	left := time.UnixMilli(g.until.Load()).Sub(now)
	if left > g.longest {
		return 0
	}
	return max(left, 0)
}

// fullFor is the longest that the app waits for a message's place: a minute, and what the messages before took.
const fullFor = 2 * time.Minute
