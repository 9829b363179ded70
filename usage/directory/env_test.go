package directory

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

type memory struct {
	mu sync.Mutex
	m  map[string]kept
}
type kept struct {
	value []byte
	until time.Time
}

func (c *memory) Get(_ context.Context, key string) ([]byte, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k, ok := c.m[key]
	return k.value, ok && time.Now().Before(k.until)
}

func (c *memory) Put(_ context.Context, key string, value []byte, ttl time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.m == nil {
		c.m = map[string]kept{}
	}
	c.m[key] = kept{value, time.Now().Add(ttl)}
}

var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

// at runs a test at a moment of 2026 in Shanghai, on a clock of its own.
func at(t *testing.T, month time.Month, day, hour int, test func(t *testing.T)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Date(2026, month, day, hour, 0, 0, 0, shanghai)))
		test(t)
	})
}


func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
