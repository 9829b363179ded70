package events

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"
)

func TestRoom(t *testing.T) {
	t.Parallel()
	var all atomic.Int64
	one, two := &byteBudget{all: &all}, &byteBudget{all: &all}
	for i, step := range []struct {
		of    *byteBudget
		bytes int64
		most  int64
		want  bool
		left  int64
	}{
		{one, 40, 100, true, 40},
		{one, 60, 100, true, 60},
		{one, 50, 10, true, 60}, // it has that already
		{two, 40, 100, true, 100},
		{two, 41, 100, false, 100},
		{one, 61, 50, false, 100},
	} {
		if got := step.of.grow(step.bytes, step.most); got != step.want || all.Load() != step.left {
			t.Errorf("step %d: %v, %d are taken; want %v, %d", i, got, all.Load(), step.want, step.left)
		}
	}
	one.release()
	two.release()
	if n := all.Load(); n != 0 {
		t.Errorf("%d bytes are still taken", n)
	}
}

// TestMemoryOfUnreadBodiesIsBounded finds much of the byte budget taken: a small body is read, a large one put off, and with all of
// it taken the small one is as well. Afterwards nothing more is taken than before.
func TestMemoryOfUnreadBodiesIsBounded(t *testing.T) {
	t.Parallel()
	w, err := NewWebhook(WebhookSettings{
		AppID: "cli_test", EncryptKey: "key", VerificationToken: "token",
		Handle: func(context.Context, *Event) (Response, error) { return Response{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		taken  int64
		size   int
		status int
	}{
		"a small body":                  {maxReserved / 2, 1000, http.StatusUnauthorized},
		"a large body":                  {0, MaxEventSize - 1, http.StatusUnauthorized},
		"a large body among many":       {maxReserved / 2, MaxEventSize - 1, http.StatusServiceUnavailable},
		"a small body among all others": {maxReserved, 1000, http.StatusServiceUnavailable},
	} {
		w.reserved.Store(tt.taken)
		rec := httptest.NewRecorder()
		engine := gin.New()
		engine.POST("/", w.ServeGin)
		// Without a length, as of a body that comes in chunks.
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", io.MultiReader(strings.NewReader("{"), bytes.NewReader(make([]byte, tt.size))))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Lark-Signature", "wrong") // without one it would have to be smaller
		engine.ServeHTTP(rec, r)
		if rec.Code != tt.status || w.reserved.Load() != tt.taken {
			t.Errorf("%s: %d, %d bytes are taken; want %d, %d", name, rec.Code, w.reserved.Load(), tt.status, tt.taken)
		}
	}
}

// TestLargeBuffersAreNotKept releases buffers that grew for one delivery: the next one begins with small ones.
func TestLargeBuffersAreNotKept(t *testing.T) {
	t.Parallel()
	for name, b := range map[string]*buffers{
		"raw":   {raw: make([]byte, 0, maxPooledBuffer+1)},
		"plain": {plain: make([]byte, 0, maxPooledBuffer+1)},
	} {
		w := new(Webhook)
		w.putBuffers(b)
		if next := w.getBuffers(); next == b {
			t.Errorf("%s: it is kept", name)
		}
	}
}
