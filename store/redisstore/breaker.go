package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// pause is how long Redis is left alone after a call failed. Without it each
// event would wait for a timeout of its own while Redis is away.
const pause = time.Second

// do makes one call to Redis unless Redis failed less than a pause ago. It
// returns nil, redis.Nil, or an error that is ErrAway.
func (r *Redis) do(ctx context.Context, op string, call func(context.Context) error) error {
	if !r.due() {
		return fmt.Errorf("%s: %w", op, ErrAway)
	}
	return r.ask(ctx, op, call)
}

// due reports whether Redis may be asked. After a pause a single caller gets
// through to try; the others wait for what it finds.
func (r *Redis) due() bool {
	at := r.retryAt.Load()
	if at == 0 {
		return true
	}
	now := r.now()
	return now.UnixNano() >= at && r.retryAt.CompareAndSwap(at, now.Add(pause).UnixNano())
}

// ask makes the call and remembers how it went. The caller's own end is cut
// off: the client's limits are short anyway, a caller who leaves must not
// look like a Redis that is gone, and what was done has to be recorded even
// when the doer's time is up.
func (r *Redis) ask(ctx context.Context, op string, call func(context.Context) error) error {
	err := call(context.WithoutCancel(ctx))
	if err == nil || errors.Is(err, redis.Nil) {
		r.retryAt.Store(0)
		return err
	}
	r.retryAt.Store(r.now().Add(pause).UnixNano())
	err = fmt.Errorf("%s: %w: %s", op, ErrAway, r.redact(err.Error()))
	r.away(op, err)
	return err
}

// redact removes the passwords: an old server quotes the arguments of a
// command that it does not know, and a login is such a command.
func (r *Redis) redact(text string) string {
	for _, secret := range r.secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "<secret>")
		}
	}
	return text
}

// run calls a script; its reply is nil where the script returned false.
func (r *Redis) run(ctx context.Context, op string, script *redis.Script, keys []string, args ...any) (any, error) {
	var reply any
	err := r.do(ctx, op, func(ctx context.Context) error {
		var err error
		reply, err = script.Run(ctx, r.client, keys, args...).Result()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return nil, nil
	}
	return reply, err
}
