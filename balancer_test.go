package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// balancer hands each request to the next of several replicas. One that cannot be connected to is passed over; a request
// that was handed over and got no answer is answered 502, and nobody knows what became of it.
type balancer struct {
	*httptest.Server
	replicas []string
	next     atomic.Uint64
	client   *http.Client
}

func balance(t *testing.T, replicas []string) *balancer {
	t.Helper()
	// No connection is kept: one that a stopping replica closes at the moment of use would look like a lost request.
	b := &balancer{replicas: replicas, client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	return b
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for range b.replicas {
		resp, err := b.hand(r, b.replicas[b.next.Add(1)%uint64(len(b.replicas))], body)
		if refused := new(net.OpError); errors.As(err, &refused) && refused.Op == "dial" {
			continue
		}
		if err != nil {
			break
		}
		defer resp.Body.Close()
		answer, err := io.ReadAll(resp.Body)
		if err != nil {
			break
		}
		w.Header().Set("Content-Type", resp.Header.Get("Content-Type"))
		w.WriteHeader(resp.StatusCode)
		_, _ = w.Write(answer) // whoever asked may have left
		return
	}
	w.WriteHeader(http.StatusBadGateway)
}

func (b *balancer) hand(r *http.Request, replica string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, "http://"+replica+r.URL.Path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = r.Header.Clone()
	return b.client.Do(req)
}

// freeAddr is a loopback address that nothing listens on.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
