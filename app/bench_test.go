package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"syscall"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"usagebot/feishu/events"
	"usagebot/store/redisstore"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"

	larkevent "github.com/larksuite/oapi-sdk-go/v3/event"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"

	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"

	"usagebot/sandbox"
	"usagebot/store"
	"usagebot/store/redistest"
)

// BenchmarkAcceptedEvent delivers distinct messages, encrypted and signed, to handlers that do nothing: to ours, which
// checks signature, freshness, token and app and lets each message in once, and to the official dispatcher behind gin,
// which checks the signature. cpu-ns/event is what the whole process used, collector of garbage included.
func BenchmarkAcceptedEvent(b *testing.B) {
	sb, err := sandbox.New(sandbox.Options{})
	if err != nil {
		b.Fatal(err)
	}
	handlers := map[string]http.Handler{ // made before: the official one prints a line when it is
		"official-dispatcher": official(sb), "usagebot-embedded": ours(b, sb, ""), "usagebot-redis": ours(b, sb, redistest.Start(b).URL()),
	}
	for _, name := range []string{"official-dispatcher", "usagebot-embedded", "usagebot-redis"} {
		b.Run(name, func(b *testing.B) { acceptEvents(b, sb, handlers[name]) })
	}
}

// ours is the program's own routes and inbox around an empty handler.
func ours(b *testing.B, sb *sandbox.Sandbox, redisURL string) http.Handler {
	redis := redisstore.Alone(time.Now)
	if redisURL != "" {
		var err error
		if redis, err = redisstore.Open(redisURL, redisstore.Options{Namespace: sb.Options().AppID}); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = redis.Close() })
	}
	inbox, o := redisstore.NewInbox(redis), sb.Options()
	webhook, err := events.NewWebhook(events.WebhookSettings{
		AppID: o.AppID, EncryptKey: o.EncryptKey, VerificationToken: o.VerificationToken,
		Handle: func(ctx context.Context, e *events.Event) (events.Response, error) {
			key, owner := "message:"+e.Message.ID, rand.Text()
			if state, err := inbox.Take(ctx, key, owner); err != nil || state != store.Taken {
				return events.Response{}, fmt.Errorf("a new message is %s: %w", state, err)
			}
			return events.Response{}, inbox.Finish(ctx, key, owner)
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	a := &App{Log: slog.New(slog.DiscardHandler), metrics: newMetrics(), health: newHealth()}
	return a.routes(webhook)
}

func official(sb *sandbox.Sandbox) http.Handler {
	o := sb.Options()
	d := dispatcher.NewEventDispatcher(o.VerificationToken, o.EncryptKey).
		OnP2MessageReceiveV1(func(context.Context, *larkim.P2MessageReceiveV1) error { return nil })
	d.InitConfig(larkevent.WithLogger(silent{}), larkevent.WithLogLevel(larkcore.LogLevelError))
	gin.SetMode(gin.ReleaseMode)
	router := gin.New()
	router.POST("/webhook/event", func(c *gin.Context) {
		body, err := io.ReadAll(io.LimitReader(c.Request.Body, 1<<20))
		if err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		resp := d.Handle(c.Request.Context(), &larkevent.EventReq{Header: c.Request.Header, Body: body, RequestURI: c.Request.RequestURI})
		for name, values := range resp.Header {
			for _, v := range values {
				c.Writer.Header().Add(name, v)
			}
		}
		c.Data(resp.StatusCode, "application/json", resp.Body)
	})
	return router
}

// acceptEvents delivers b.N messages that were sealed before.
func acceptEvents(b *testing.B, sb *sandbox.Sandbox, handler http.Handler) {
	bodies, headers := make([][]byte, b.N), make([]http.Header, b.N)
	for i := range b.N {
		bodies[i], headers[i] = sealedMessage(b, sb)
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	for i := range b.N {
		r := httptest.NewRequest(http.MethodPost, "/webhook/event", bytes.NewReader(bodies[i]))
		r.Header = headers[i]
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("event %d was answered %d: %s", i, w.Code, w.Body)
		}
	}
	b.ReportMetric(float64(cpuTime(b)-before)/float64(b.N), "cpu-ns/event")
}

func sealedMessage(b *testing.B, sb *sandbox.Sandbox) ([]byte, http.Header) {
	b.Helper()
	content, _ := json.Marshal(map[string]string{"text": "@_user_1 /usage weekly h5 dept:研发部"})
	_, event, err := sb.Event("im.message.receive_v1", map[string]any{
		"sender": map[string]any{"sender_id": map[string]any{"open_id": "ou_1", "union_id": "on_1", "user_id": "u1"}, "sender_type": "user", "tenant_key": "t"},
		"message": map[string]any{
			"message_id": "om_" + rand.Text(), "chat_id": "oc_1", "chat_type": "group", "message_type": "text",
			"create_time": "1609073151345", "update_time": "1609073151345", "content": string(content),
			"mentions": []any{map[string]any{"key": "@_user_1", "id": map[string]any{"open_id": sb.BotOpenID()}, "mentioned_type": "bot", "name": "bot"}},
		},
	})
	if err != nil {
		b.Fatal(err)
	}
	body, header, err := sb.Seal(event, time.Now())
	if err != nil {
		b.Fatal(err)
	}
	return body, header
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

type silent struct{}

func (silent) Debug(context.Context, ...any) {}
func (silent) Info(context.Context, ...any)  {}
func (silent) Warn(context.Context, ...any)  {}
func (silent) Error(context.Context, ...any) {}
