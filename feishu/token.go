package feishu

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// TokenStore shares tokens between the processes of a bot. Its methods do not fail: a store that cannot be reached finds
// nothing and drops what it is given.
type TokenStore interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
	Delete(ctx context.Context, key string)
}

// tokenMargin is how long before its end a token is no longer used. The platform gives a new one from 30 minutes before
// the end on, while the old one stays valid.
const tokenMargin = 5 * time.Minute

// token is a tenant_access_token and the time until which it is used.
type token struct {
	Value string    `json:"value"`
	Until time.Time `json:"until"`
}

func (t token) usable(now time.Time) bool { return t.Value != "" && now.Before(t.Until) }

// tokenSource provides the bot's token. The SDK's own cache is not used: it is global to the process, fails a call if its
// store fails, and keeps sending a revoked token until it expires.
type tokenSource struct {
	key     string
	store   TokenStore
	fetch   func(ctx context.Context) (value string, lifetime time.Duration, err error)
	now     func() time.Time
	timeout time.Duration

	group   singleflight.Group
	mu      sync.Mutex
	current token
}

// tokenKey contains a hash of the secret, so that after a change of the secret the old token is not found.
func tokenKey(appID, secret string) string {
	sum := sha256.Sum256([]byte("tenant_access_token\x00" + appID + "\x00" + secret))
	return "token:" + appID + ":" + hex.EncodeToString(sum[:8])
}

// get returns a token: the current one, the one in the store, or a new one. Concurrent callers share one fetch.
func (t *tokenSource) get(ctx context.Context) (string, error) {
	if held := t.currentToken(); held.usable(t.now()) {
		return held.Value, nil
	}
	result := t.group.DoChan("", func() (any, error) {
		// Other callers wait for the same token: they must not fail when the first caller gives up.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), t.timeout)
		defer cancel()
		return t.renew(ctx)
	})
	select {
	case r := <-result:
		value, _ := r.Val.(string)
		return value, r.Err
	case <-ctx.Done():
		return "", &Error{Endpoint: string(epToken), Class: Retry, Err: context.Cause(ctx)}
	}
}

func (t *tokenSource) renew(ctx context.Context) (string, error) {
	if held := t.currentToken(); held.usable(t.now()) {
		return held.Value, nil
	}
	if stored := t.storedToken(ctx); stored.usable(t.now()) {
		t.setCurrent(stored)
		return stored.Value, nil
	}
	value, lifetime, err := t.fetch(ctx)
	if err != nil {
		return "", err
	}
	left := lifetime - min(tokenMargin, lifetime/2)
	fresh := token{Value: value, Until: t.now().Add(left)}
	t.setCurrent(fresh)
	if b, err := json.Marshal(fresh); err == nil {
		t.store.Put(ctx, t.key, b, left)
	}
	return value, nil
}

// invalidate removes a token that the platform refused, unless it was replaced by a newer one.
func (t *tokenSource) invalidate(ctx context.Context, refused string) {
	t.mu.Lock()
	if t.current.Value == refused {
		t.current = token{}
	}
	t.mu.Unlock()
	if t.storedToken(ctx).Value == refused {
		t.store.Delete(ctx, t.key)
	}
}

func (t *tokenSource) currentToken() token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.current
}

func (t *tokenSource) setCurrent(fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.current = fresh
}

func (t *tokenSource) storedToken(ctx context.Context) token {
	var stored token
	if b, ok := t.store.Get(ctx, t.key); ok && json.Unmarshal(b, &stored) != nil {
		return token{}
	}
	return stored
}

// noStore is the TokenStore of a process on its own.
type noStore struct{}

func (noStore) Get(context.Context, string) ([]byte, bool)         { return nil, false }
func (noStore) Put(context.Context, string, []byte, time.Duration) {}
func (noStore) Delete(context.Context, string)                     {}
