package events_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/gin-gonic/gin"

	"usagebot/feishu/events"
)

// unread is a body that nobody may look at.
type unread struct{ t *testing.T }

func (b unread) Read([]byte) (int, error) {
	b.t.Error("the body was read")
	return 0, http.ErrBodyNotAllowed
}

// TestOverloadIsAnsweredEarlyAndPasses fills a webhook, has it put off what comes beyond without a look at it, and empties
// it.
func TestOverloadIsAnsweredEarlyAndPasses(t *testing.T) {
	t.Parallel()
	const room = 3
	var full atomic.Bool
	var refused atomic.Int32
	inside, leave := make(chan struct{}), make(chan struct{})
	w, err := events.NewWebhook(events.WebhookSettings{
		AppID: testApp, EncryptKey: testKey, VerificationToken: testToken, Now: testNow, MaxActive: room, Full: full.Load,
		Handle: func(context.Context, *events.Event) (events.Response, error) {
			inside <- struct{}{}
			<-leave
			return events.Response{}, nil
		},
		Observe: func(_ string, o events.Outcome) {
			if o == events.Overloaded {
				refused.Add(1)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	engine := gin.New()
	engine.POST("/webhook/event", w.ServeGin)
	putOff := func() {
		t.Helper()
		rec := httptest.NewRecorder()
		engine.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/webhook/event", unread{t}))
		if rec.Code != http.StatusServiceUnavailable || rec.Header().Get("Retry-After") == "" {
			t.Errorf("answer = %d, headers %v; want 503 with Retry-After", rec.Code, rec.Header())
		}
	}
	fill := func() (wait func()) {
		var deliveries sync.WaitGroup
		for range room {
			deliveries.Go(func() {
				rec := httptest.NewRecorder()
				engine.ServeHTTP(rec, delivery(sealed(sample(t, "im.message.receive_v1", nil)), testNow(), testKey))
				if rec.Code != http.StatusOK {
					t.Errorf("answer = %d, want 200", rec.Code)
				}
			})
			<-inside
		}
		return deliveries.Wait
	}
	wait := fill()
	putOff()
	for range room {
		leave <- struct{}{}
	}
	wait()
	full.Store(true)
	putOff()
	full.Store(false)
	wait = fill()
	close(leave)
	wait()
	if n := refused.Load(); n != 2 {
		t.Errorf("%d deliveries were told as overload, want 2", n)
	}
}
