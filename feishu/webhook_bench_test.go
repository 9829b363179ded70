package feishu_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkevent "github.com/larksuite/oapi-sdk-go/v3/event"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"
	larkim "github.com/larksuite/oapi-sdk-go/v3/service/im/v1"

	"usagebot/feishu"
)

// The two benchmarks deliver the same encrypted and signed message, through gin, to a handler that does nothing. The
// official dispatcher checks neither freshness nor token nor app.

func BenchmarkWebhook(b *testing.B) {
	w, err := feishu.NewWebhook(feishu.WebhookSettings{
		AppID: testApp, EncryptKey: testKey, VerificationToken: testToken, Now: testNow,
		Handle: func(context.Context, *feishu.Event) (feishu.Response, error) { return feishu.Response{}, nil },
	})
	if err != nil {
		b.Fatal(err)
	}
	benchmark(b, engine(w.ServeGin))
}

func BenchmarkOfficialDispatcher(b *testing.B) {
	d := dispatcher.NewEventDispatcher(testToken, testKey).
		OnP2MessageReceiveV1(func(context.Context, *larkim.P2MessageReceiveV1) error { return nil })
	d.InitConfig(larkevent.WithLogger(silent{}), larkevent.WithLogLevel(larkcore.LogLevelError))
	benchmark(b, engine(func(c *gin.Context) {
		body, err := io.ReadAll(io.LimitReader(c.Request.Body, 1<<20))
		if err != nil {
			c.Status(http.StatusBadRequest)
			return
		}
		resp := d.Handle(c.Request.Context(), &larkevent.EventReq{
			Header: c.Request.Header, Body: body, RequestURI: c.Request.RequestURI,
		})
		for name, values := range resp.Header {
			for _, v := range values {
				c.Writer.Header().Add(name, v)
			}
		}
		c.Writer.WriteHeader(resp.StatusCode)
		_, _ = c.Writer.Write(resp.Body)
	}))
}

func benchmark(b *testing.B, e *gin.Engine) {
	b.Helper()
	body := sealed(sample(b, "im.message.receive_v1", nil))
	r := delivery(body, testNow(), testKey)
	reader := bytes.NewReader(body)
	rec := httptest.NewRecorder()
	b.ReportAllocs()
	for b.Loop() {
		reader.Reset(body)
		r.Body = io.NopCloser(reader)
		rec.Body.Reset()
		e.ServeHTTP(rec, r)
		if rec.Code != http.StatusOK {
			b.Fatalf("status %d", rec.Code)
		}
	}
}

type silent struct{}

func (silent) Debug(context.Context, ...any) {}
func (silent) Info(context.Context, ...any)  {}
func (silent) Warn(context.Context, ...any)  {}
func (silent) Error(context.Context, ...any) {}
