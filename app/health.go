package app

import (
	"context"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"usagebot/store/sqlstore"
)

// health records whether the bot can serve, and if not, why.
type health struct {
	mu          sync.Mutex
	reason      string        // empty: ready
	unavailable string        // why no event can be accepted although the bot has started; empty: it can
	extraCheck  func() string // returns another reason for not being ready, or ""; nil: no further check
	once        sync.Once
	firstReady  chan struct{} // closed when the bot is ready for the first time
}

func newHealth() *health { return &health{reason: "starting", firstReady: make(chan struct{})} }

// setDatabase records the result of a database check. While the database does not answer or refuses writes, no event is
// accepted.
func (h *health) setDatabase(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch why := sqlstore.Refusal(err); {
	case err == nil:
		h.unavailable = ""
	case why != nil:
		h.unavailable = why.Error()
	default:
		h.unavailable = "the database does not answer"
	}
}

// setExtraCheck adds a readiness check: the bot is ready only while reason returns "".
func (h *health) setExtraCheck(reason func() string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.extraCheck = reason
}

// unavailableReason returns why no event can be accepted, or "" if events are accepted.
func (h *health) unavailableReason() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.unavailable
}

func (h *health) setReady() {
	h.setUnready("")
	h.once.Do(func() { close(h.firstReady) })
}

// waitReady blocks until the bot has been ready once, or ctx ends.
func (h *health) waitReady(ctx context.Context) error {
	select {
	case <-h.firstReady:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *health) setUnready(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reason != "stopping" { // a stopping bot does not become ready any more
		h.reason = reason
	}
}

func (h *health) serve(c *gin.Context) {
	h.mu.Lock()
	reason := h.reason
	if reason == "" {
		reason = h.unavailable
	}
	if reason == "" && h.extraCheck != nil {
		reason = h.extraCheck()
	}
	h.mu.Unlock()
	if reason != "" {
		c.JSON(http.StatusServiceUnavailable, gin.H{"status": "not ready", "reason": reason})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}
