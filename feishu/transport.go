package feishu

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"
)

const (
	DefaultTimeout = 10 * time.Second
	maxAnswer      = 8 << 20 // bytes; the largest answer we ask for, 50 departments, is below 100 KiB
)

// wire is the HTTP client that the SDK is given. Every answer that is not a success ends here, as an *Error: the SDK
// would put headers and body of what it cannot read into its error's text.
type wire struct {
	http    *http.Client
	observe func(endpoint string, status, code int, d time.Duration)
}

func newWire(timeout time.Duration, observe func(string, int, int, time.Duration)) *wire {
	if timeout <= 0 {
		timeout = DefaultTimeout
	}
	if observe == nil {
		observe = func(string, int, int, time.Duration) {}
	}
	transport := http.DefaultTransport
	if t, ok := transport.(*http.Transport); ok {
		t = t.Clone()
		t.MaxIdleConnsPerHost = 16
		transport = t
	}
	client := &http.Client{
		Timeout:   timeout,
		Transport: transport,
		// The platform's API does not redirect. Whoever does is not the platform and gets no token.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &wire{http: client, observe: observe}
}

// Do makes the request. The answer it returns is always a success with a body in memory.
func (w *wire) Do(req *http.Request) (*http.Response, error) {
	e, started := endpointOf(req.Method, req.URL.Path), time.Now()
	resp, code, failure := w.try(e, req)
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	w.observe(string(e), status, code, time.Since(started))
	if failure != nil {
		return nil, failure
	}
	return resp, nil
}

func (w *wire) try(e endpoint, req *http.Request) (*http.Response, int, *Error) {
	resp, err := w.http.Do(req)
	if err != nil {
		return nil, 0, unanswered(e, err)
	}
	body, err := ReadAnswer(resp.Body)
	if err != nil {
		return resp, 0, unreadable(e, resp.StatusCode, logIDOf(resp.Header), err)
	}
	code, failure := judge(e, resp, body)
	resp.Body = io.NopCloser(bytes.NewReader(body))
	resp.Header.Set("Content-Type", "application/json; charset=utf-8") // it is, whatever a proxy made of the header
	return resp, code, failure
}

func ReadAnswer(body io.ReadCloser) (_ []byte, err error) {
	defer func() { err = errors.Join(err, body.Close()) }()
	b, err := io.ReadAll(io.LimitReader(body, maxAnswer+1))
	if err == nil && len(b) > maxAnswer {
		err = fmt.Errorf("it is longer than %d bytes", maxAnswer)
	}
	return b, err
}

// unanswered is a call that got no answer. Only when no connection was made is it certain that nothing was done.
func unanswered(e endpoint, err error) *Error {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err // without the URL, which holds ids
	}
	f := &Error{Endpoint: string(e), Class: lost(e), Err: err}
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "dial" {
		f.Class = Retry
	}
	return f
}
