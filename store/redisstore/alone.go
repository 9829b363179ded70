package redisstore

import "time"

// Alone returns what an Inbox without Redis is made of: it has no connection.
func Alone(now func() time.Time) *Redis {
	if now == nil {
		now = time.Now
	}
	return &Redis{now: now}
}

// Embedded reports whether there is no Redis, so that nothing is shared with other processes.
func (r *Redis) Embedded() bool { return r.client == nil }
