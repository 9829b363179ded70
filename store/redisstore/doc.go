// Package redisstore keeps in Redis what may be lost: which events were handled, sessions, cached answers and the
// platform's quota. While Redis is away, the process uses its own memory instead.
package redisstore
