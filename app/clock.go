package app

import (
	"context"
	"log/slog"
	"time"
)

const (
	// maxClockJump is how far the clock may move beside the time that has passed.
	maxClockJump = 2 * time.Minute
	// clockTimeout bounds the question for the platform's time.
	clockTimeout = 3 * time.Second
)

// clockCheck notices when this machine's clock jumps, and then compares it with the platform's. A clock that is days ahead
// for one tick would enter digests of days that have not come, and they would be lost.
type clockCheck struct {
	now   func() time.Time
	ahead func(ctx context.Context) (time.Duration, error) // by how much the platform's clock is ahead of this one
	log   *slog.Logger

	wall      time.Time // what the clock said when it was last right
	monotonic time.Time // when that was, by a clock that cannot be set
	logged    time.Time // when it was last logged that the clock is wrong
}

// right reports whether the clock can be trusted. Without an answer of the platform a jump is not trusted; a clock that was
// never compared is.
func (c *clockCheck) right(ctx context.Context) bool {
	wall, monotonic := c.now().Round(0), time.Now()
	if !c.wall.IsZero() && (wall.Sub(c.wall)-monotonic.Sub(c.monotonic)).Abs() <= maxClockJump {
		c.wall, c.monotonic = wall, monotonic
		return true
	}
	ctx, cancel := context.WithTimeout(ctx, clockTimeout)
	defer cancel()
	ahead, err := c.ahead(ctx)
	switch {
	case err != nil && !c.wall.IsZero():
		if c.logsNow() {
			c.log.Warn("the clock has jumped, and the platform's time is not known: nothing is sent until it is", "error", err)
		}
		return false
	case err == nil && ahead.Abs() > maxClockJump:
		if c.logsNow() {
			c.log.Warn("this machine's clock is wrong: nothing is sent until it is right", "platform_is_ahead_by", ahead.String())
		}
		return false
	}
	c.wall, c.monotonic = wall, monotonic
	return true
}

// logsNow reports whether it is time to log that the clock is wrong: once a minute.
func (c *clockCheck) logsNow() bool {
	now := time.Now()
	if !c.logged.IsZero() && now.Sub(c.logged) < time.Minute {
		return false
	}
	c.logged = now
	return true
}
