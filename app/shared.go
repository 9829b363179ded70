package app

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"usagebot/config"
	"usagebot/inbox"
	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/store/redisstore"
)

// sharedState is what all replicas share and what may be lost. It is in Redis, or in this process's memory if there is none.
type sharedState struct {
	redis   *redisstore.Redis // nil without Redis
	cache   cache
	limiter store.Limiter
	seen    inbox.Seen
}

// cache keeps values for a while, and may lose them.
type cache interface {
	Get(ctx context.Context, key string) ([]byte, bool)
	Put(ctx context.Context, key string, value []byte, ttl time.Duration)
	Delete(ctx context.Context, key string)
	Forget(ctx context.Context, ids []string) error
}

func (a *App) openShared(cfg config.Config) (sharedState, error) {
	if cfg.RedisURL.IsZero() {
		return sharedState{cache: memstore.NewCache(), limiter: a.metrics.countWaits(memstore.NewLimiter()), seen: memstore.NewSeen()}, nil
	}
	redis, err := redisstore.Open(cfg.RedisURL.Reveal(), redisstore.Options{Namespace: cfg.AppID, OnUnavailable: func(op string, err error) {
		a.metrics.redisFailures.WithLabelValues(op).Inc()
		a.Log.Warn("redis did not answer", "operation", op, "error", err)
	}})
	if err != nil {
		return sharedState{}, fmt.Errorf("opening redis: %w", err)
	}
	return sharedState{redis, redisstore.NewCache(redis), a.metrics.countWaits(redisstore.NewLimiter(redis)), redisstore.NewSeen(redis)}, nil
}

// ping returns an error if Redis does not answer.
func (s sharedState) ping(ctx context.Context) error {
	if s.redis == nil {
		return nil
	}
	return s.redis.Ping(ctx)
}

// close closes the connections to Redis.
func (s sharedState) close() error {
	if s.redis == nil {
		return nil
	}
	return s.redis.Close()
}

// keyedHash returns a hash for the id of a person or a chat that is the same in all replicas and not reversible without the
// secret: what is counted is nobody else's business.
func keyedHash(secret, id string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil)[:16])
}
