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

// TokenStore keeps tokens where other processes of the same bot find them. It never fails: a store that cannot be
// reached has nothing and keeps nothing.
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

// tokens hands out the bot's token. The SDK's own cache is not used: it belongs to the whole process, fails a call when
// its store fails, and sends a revoked token again until its time is over.
type tokens struct {
	key     string
	store   TokenStore
	fetch   func(ctx context.Context) (value string, lifetime time.Duration, err error)
	now     func() time.Time
	timeout time.Duration

	once singleflight.Group
	mu   sync.Mutex
	held token
}

// tokenKey is made with the secret's hash, so that a changed secret does not meet the old one's token.
func tokenKey(appID, secret string) string {
	sum := sha256.Sum256([]byte("tenant_access_token\x00" + appID + "\x00" + secret))
	return "token:" + appID + ":" + hex.EncodeToString(sum[:8])
}

// get returns a token: the one in hand, the one in the store, or a new one, which is fetched once for everybody who
// waits for it.
func (t *tokens) get(ctx context.Context) (string, error) {
	if held := t.inHand(); held.usable(t.now()) {
		return held.Value, nil
	}
	result := t.once.DoChan("", func() (any, error) {
		// Others wait for the same token: that the first of them gives up must not fail the rest.
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

func (t *tokens) renew(ctx context.Context) (string, error) {
	if held := t.inHand(); held.usable(t.now()) {
		return held.Value, nil
	}
	if stored := t.stored(ctx); stored.usable(t.now()) {
		t.hold(stored)
		return stored.Value, nil
	}
	value, lifetime, err := t.fetch(ctx)
	if err != nil {
		return "", err
	}
	left := lifetime - min(tokenMargin, lifetime/2)
	fresh := token{Value: value, Until: t.now().Add(left)}
	t.hold(fresh)
	if b, err := json.Marshal(fresh); err == nil {
		t.store.Put(ctx, t.key, b, left)
	}
	return value, nil
}

// drop forgets a token that the platform refused, unless somebody has put a newer one in its place.
func (t *tokens) drop(ctx context.Context, refused string) {
	t.mu.Lock()
	if t.held.Value == refused {
		t.held = token{}
	}
	t.mu.Unlock()
	if t.stored(ctx).Value == refused {
		t.store.Delete(ctx, t.key)
	}
}

func (t *tokens) inHand() token {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.held
}

func (t *tokens) hold(fresh token) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.held = fresh
}

func (t *tokens) stored(ctx context.Context) token {
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
