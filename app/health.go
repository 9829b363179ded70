package app

import (
	"context"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"

	"usagebot/store/sqlstore"
)

// health is whether the bot can serve, and why not.
type health struct {
	mu     sync.Mutex
	reason string        // empty: ready
	away   string        // why no event can be taken now although the bot is ready; empty: nothing
	need   func() string // why what it needs is not there; nil: it needs nothing more
	once   sync.Once
	begun  chan struct{} // closed when it is ready for the first time
}

func newHealth() *health { return &health{reason: "starting", begun: make(chan struct{})} }

// database tells whether the database answers and takes what is to be kept: without it no event is taken.
func (h *health) database(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	switch why := sqlstore.Refusal(err); {
	case err == nil:
		h.away = ""
	case why != nil:
		h.away = why.Error()
	default:
		h.away = "the database does not answer"
	}
}

// needs makes it be ready only while reason gives none.
func (h *health) needs(reason func() string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.need = reason
}

// missing is why no event can be taken; empty: it can.
func (h *health) missing() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.away
}

func (h *health) ready() {
	h.unready("")
	h.once.Do(func() { close(h.begun) })
}

// wait returns when the bot is ready for the first time.
func (h *health) wait(ctx context.Context) error {
	select {
	case <-h.begun:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *health) unready(reason string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.reason != "stopping" { // a stopping bot does not become ready again
		h.reason = reason
	}
}

func (h *health) serve(c *gin.Context) {
	h.mu.Lock()
	reason := h.reason
	if reason == "" {
		reason = h.away
	}
	if reason == "" && h.need != nil {
		reason = h.need()
	}
	h.mu.Unlock()
	if reason != "" {
		c.JSON(http.StatusServiceUnavailable, gin.H{"status": "not ready", "reason": reason})
		return
	}
	c.JSON(http.StatusOK, gin.H{"status": "ready"})
}
