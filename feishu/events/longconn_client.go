package events

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gorilla/websocket"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"

	"usagebot/feishu"

	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

// newClient makes the SDK's client with a handler for every event.
func (l *LongConnection) newClient() *larkws.Client {
	select {
	case <-l.renew: // what was learned is in this one
	default:
	}
	return larkws.NewClient(l.set.AppID, l.set.AppSecret,
		larkws.WithDomain(l.set.BaseURL),
		larkws.WithEventHandler(l.dispatcher()),
		larkws.WithLogger(wsLog{l}),
		larkws.WithHttpClient(bootstrap{&http.Client{
			Timeout: feishu.DefaultTimeout,
			// Whoever redirects is not the platform and gets no secret.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}),
		larkws.WithWebSocketDialer(&websocket.Dialer{Proxy: http.ProxyFromEnvironment, HandshakeTimeout: feishu.DefaultTimeout}),
		larkws.WithOnReady(l.up), larkws.WithOnReconnected(l.up), larkws.WithOnDisconnected(l.down), larkws.WithOnError(l.failed))
}

// bootstrap asks the platform where to connect to.
type bootstrap struct{ http *http.Client }

// Do makes the request. The SDK looks at the code of an answer only when its status is 200, and takes any other for a
// passing trouble: so a refusal with a code gets that status, whichever it came with.
func (b bootstrap) Do(req *http.Request) (*http.Response, error) {
	resp, err := b.http.Do(req)
	if err != nil {
		return nil, err
	}
	body, err := feishu.ReadAnswer(resp.Body)
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	var a struct {
		Code *int `json:"code"`
	}
	refused := resp.StatusCode >= http.StatusBadRequest && resp.StatusCode < http.StatusInternalServerError
	if refused && resp.StatusCode != http.StatusTooManyRequests && json.Unmarshal(body, &a) == nil && a.Code != nil && *a.Code != 0 {
		resp.StatusCode = http.StatusOK
	}
	return resp, nil
}

// wsLog is the logger of the SDK's client. It passes nothing on: the SDK's texts hold whole events, and what matters in
// them reaches us in another way. But one thing cannot be had otherwise: the type of an event that was not registered.
type wsLog struct{ l *LongConnection }

func (wsLog) Debug(context.Context, ...any) {}
func (wsLog) Info(context.Context, ...any)  {}
func (wsLog) Warn(context.Context, ...any)  {}

func (w wsLog) Error(_ context.Context, args ...any) {
	before, after, _ := strings.Cut(dispatcher.NotFoundEventHandlerErr{}.Error(), ": ,")
	text := fmt.Sprint(args...)
	_, kind, found := strings.Cut(text, "err: "+before+": ")
	kind, ended := strings.CutSuffix(kind, ","+after)
	if found && ended {
		w.l.learn(kind)
	}
}

// maxLearned bounds what a stream of made-up types can cost.
const maxLearned = 64

// learn makes an event of a type that nobody foresaw be taken when it is pushed again. The SDK has refused it already,
// and its dispatcher may not be changed while it is used: so the connection is opened anew.
func (l *LongConnection) learn(eventType string) {
	l.set.Observe("other", Unavailable)
	l.mu.Lock()
	news := !l.learned[eventType] && len(l.learned) < maxLearned
	if news {
		l.learned[eventType] = true
	}
	l.mu.Unlock()
	if !news {
		return
	}
	select {
	case l.renew <- struct{}{}:
	default: // it will be opened anew as it is
	}
}

// loggable leaves out what may not be logged: an address, which holds a ticket, and the text of an answer.
func loggable(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	if answered, ok := errors.AsType[*larkws.ServerError](err); ok {
		return fmt.Errorf("the platform answers %d", answered.Code)
	}
	return err
}
