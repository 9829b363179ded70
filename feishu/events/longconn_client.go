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
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"

	"usagebot/feishu"

	larkws "github.com/larksuite/oapi-sdk-go/v3/ws"
)

// newClient returns an SDK client with a handler for every event type.
func (l *LongConnection) newClient() *larkws.Client {
	select {
	case <-l.reopen: // what was learned is in this one
	default:
	}
	return larkws.NewClient(l.set.AppID, l.set.AppSecret,
		larkws.WithDomain(l.set.BaseURL),
		larkws.WithEventHandler(l.dispatcher()),
		larkws.WithLogger(wsLog{l}),
		larkws.WithHttpClient(bootstrap{service: &l.serviceID, http: &http.Client{
			Timeout: feishu.DefaultTimeout,
			// A server that redirects is not the platform and must not get the secret.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}}),
		larkws.WithWebSocketDialer(l.dialer()),
		larkws.WithOnReady(l.onOpen), larkws.WithOnReconnected(l.onOpen), larkws.WithOnDisconnected(l.onClosed), larkws.WithOnError(l.onFailed))
}

// bootstrap asks the platform where to connect to.
type bootstrap struct {
	http    *http.Client
	service *atomic.Int32 // gets the id of the service that the platform connects to, which pings carry
}

// Do makes the request. The SDK reads the code of an answer only if the status is 200, and treats any other status as a
// temporary error. So Do sets the status of a refusal with a code to 200.
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
		Data struct {
			URL string `json:"URL"`
		} `json:"data"`
	}
	refused := resp.StatusCode >= http.StatusBadRequest && resp.StatusCode < http.StatusInternalServerError
	if json.Unmarshal(body, &a) != nil {
		return resp, nil //nolint:nilerr // the SDK reports what it cannot read
	}
	if refused && resp.StatusCode != http.StatusTooManyRequests && a.Code != nil && *a.Code != 0 {
		resp.StatusCode = http.StatusOK
	}
	if where, err := url.Parse(a.Data.URL); err == nil {
		id, _ := strconv.ParseInt(where.Query().Get(larkws.ServiceID), 10, 32)
		b.service.Store(int32(id))
	}
	return resp, nil
}

// wsLog is the logger of the SDK's client. It logs nothing, because the SDK's texts contain whole events. It only reads the
// type of an event that was not registered, which the SDK reports in no other way.
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
		w.l.registerType(kind)
	}
}

// maxExtraTypes bounds how often invented types can reopen the connection.
const maxExtraTypes = 64

// registerType reopens the connection so that an event of an unregistered type is accepted when the platform pushes it
// again. The SDK has refused the event already, and its dispatcher must not be changed while it is in use.
func (l *LongConnection) registerType(eventType string) {
	l.set.Observe("other", Unavailable)
	l.mu.Lock()
	news := !l.extraTypes[eventType] && len(l.extraTypes) < maxExtraTypes
	if news {
		l.extraTypes[eventType] = true
	}
	l.mu.Unlock()
	if !news {
		return
	}
	select {
	case l.reopen <- struct{}{}:
	default: // it will be reopened already
	}
}

// loggable removes secrets from an error: the address, which contains a ticket, and the text of an answer.
func loggable(err error) error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		return wrapped.Err
	}
	if answered, ok := errors.AsType[*larkws.ServerError](err); ok {
		return fmt.Errorf("the platform answers %d", answered.Code)
	}
	return err
}
