package e2e

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
	"time"
)

// balancer hands each request to the next of several replicas that say that they are ready, or to any when none does. One
// that cannot be connected to is passed over; a request that was handed over and got no answer is answered 502, and nobody
// knows what became of it.
type balancer struct {
	*httptest.Server
	replicas []string
	ready    []atomic.Bool
	next     atomic.Uint64
	client   *http.Client
}

func balance(t *testing.T, replicas []string) *balancer {
	t.Helper()
	// No connection is kept: one that a stopping replica closes at the moment of use would look like a lost request.
	b := &balancer{replicas: replicas, ready: make([]atomic.Bool, len(replicas)), client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}}
	b.Server = httptest.NewServer(b)
	t.Cleanup(b.Close)
	for i := range replicas {
		go b.watch(t.Context(), i)
	}
	return b
}

// watch asks a replica again and again whether it is ready.
func (b *balancer) watch(ctx context.Context, i int) {
	for ctx.Err() == nil {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.replicas[i]+"/readyz", nil)
		if err != nil {
			return
		}
		resp, err := b.client.Do(req)
		b.ready[i].Store(err == nil && resp.StatusCode == http.StatusOK)
		if err == nil {
			_ = resp.Body.Close() // the status says it all
		}
		linger(ctx, 100*time.Millisecond)
	}
}

// turn is the order in which the replicas are tried for the next request.
func (b *balancer) turn() (order []string) {
	first := b.next.Add(1)
	for _, ready := range []bool{true, false} {
		for i := range b.replicas {
			if at := (first + uint64(i)) % uint64(len(b.replicas)); b.ready[at].Load() == ready {
				order = append(order, b.replicas[at])
			}
		}
	}
	return order
}

func (b *balancer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	for _, replica := range b.turn() {
		resp, err := b.hand(r, replica, body)
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
		_, _ = w.Write(answer) // the client may have gone
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
func freeAddr(t testing.TB) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
