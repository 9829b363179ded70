package app

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
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

	"usagebot/inbox"
	"usagebot/sandbox"
	"usagebot/store/memstore"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
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
		"official-dispatcher": official(sb), "usagebot-embedded": ours(b, sb, "", ""),
		"usagebot-postgresql-redis": ours(b, sb, pgtest.Start(b).NewDatabase(b), redistest.Start(b).URL()),
	}
	for _, name := range []string{"official-dispatcher", "usagebot-embedded", "usagebot-postgresql-redis"} {
		b.Run(name, func(b *testing.B) { acceptEvents(b, sb, handlers[name]) })
	}
}

// ours is the program's own routes and inbox around an empty handler: each event is stored, acknowledged and finished.
func ours(b *testing.B, sb *sandbox.Sandbox, databaseURL, redisURL string) http.Handler {
	var seen inbox.Seen = memstore.NewSeen()
	if redisURL != "" {
		redis, err := redisstore.Open(redisURL, redisstore.Options{Namespace: sb.Options().AppID})
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = redis.Close() })
		seen = redisstore.NewSeen(redis)
	}
	db, err := sqlstore.Open(context.Background(), databaseURL, b.TempDir())
	if err != nil {
		b.Fatal(err)
	}
	o, stored := sb.Options(), inbox.New(db.Events, seen, time.Now, slog.New(slog.DiscardHandler))
	b.Cleanup(func() {
		stored.Close(context.Background())
		_ = db.Close()
	})
	webhook, err := events.NewWebhook(events.WebhookSettings{
		AppID: o.AppID, EncryptKey: o.EncryptKey, VerificationToken: o.VerificationToken,
		Handle: func(ctx context.Context, e *events.Event) (events.Response, error) {
			event := inbox.Event{Key: "message:" + e.Message.ID, Kind: inbox.Message, Queue: "a queue", Payload: []byte(e.Message.Text), CreatedAt: e.CreatedAt}
			if stored.Known(ctx, event.Key) {
				return events.Response{}, errors.New("a new message is known")
			}
			accepted, fresh, err := stored.Accept(ctx, event)
			if err != nil || !fresh {
				return events.Response{}, fmt.Errorf("a new message is not fresh: %w", err)
			}
			stored.Finish(accepted, inbox.Answered)
			return events.Response{}, nil
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

// deliveredAtOnce is how many deliveries are under way at once: at 1,000 a second, as many as arrive in 30 ms.
const deliveredAtOnce = 32

// acceptEvents delivers b.N messages that were sealed before.
func acceptEvents(b *testing.B, sb *sandbox.Sandbox, handler http.Handler) {
	bodies, headers := make([][]byte, b.N), make([]http.Header, b.N)
	for i := range b.N {
		bodies[i], headers[i] = sealedMessage(b, sb)
	}
	b.ReportAllocs()
	b.ResetTimer()
	before := cpuTime(b)
	var next atomic.Int64
	var deliveries sync.WaitGroup
	for range deliveredAtOnce {
		deliveries.Go(func() {
			for i := next.Add(1) - 1; i < int64(b.N); i = next.Add(1) - 1 {
				r := httptest.NewRequest(http.MethodPost, "/webhook/event", bytes.NewReader(bodies[i]))
				r.Header = headers[i]
				w := httptest.NewRecorder()
				handler.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Errorf("event %d was answered %d: %s", i, w.Code, w.Body)
				}
			}
		})
	}
	deliveries.Wait()
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
