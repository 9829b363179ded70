package redisstore

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"usagebot/store"
)

// Inbox remembers which events were handled, so that of several deliveries of
// one event a single one is worked on. An event is known by a key; an owner is
// one attempt to handle it and must be unique to that attempt.
//
// Work that is taken or parked is held by a lease. When the lease ends without
// a sign of life, taken work is open to the next delivery and parked work to
// RescueExpired; whoever had it before is told ErrLost once somebody else has it.
//
// With an embedded Redis the ledger of this process is all there is. With a
// Redis of its own the ledger mirrors what this process did, and stands in
// while Redis is away. What must outlive both is Parking's to keep.
type Inbox struct {
	// TakeLease is how long taken work is held: 10 s.
	TakeLease time.Duration
	// ParkLease is how long parked work is held: 15 s.
	ParkLease time.Duration
	// Pause is how long parked work that was given back rests before somebody
	// else takes it over: 3 s.
	Pause time.Duration
	// Memory is how long an event is remembered: 24 h. The platform's last
	// repetition comes after about 7 h.
	Memory time.Duration

	redis   *Redis
	mine    *ledger
	scripts inboxScripts
	leases  string

	mu   sync.Mutex
	owed map[string]string // done while Redis was away: key and owner
}

// owedLimit bounds what is still to be told to Redis.
const owedLimit = 10_000

// NewInbox returns the inbox that lives in r.
func NewInbox(r *Redis) *Inbox {
	return &Inbox{
		TakeLease: 10 * time.Second, ParkLease: 15 * time.Second, Pause: 3 * time.Second, Memory: 24 * time.Hour,
		redis: r, mine: newLedger(ledgerEntries), scripts: newInboxScripts(),
		leases: r.key("{inbox}:parked"), owed: map[string]string{},
	}
}

// Take asks for the work called key and says what became of it: Taken, Again,
// Busy, Parked or Done. It fails only when ctx has ended.
func (in *Inbox) Take(ctx context.Context, key, owner string) (string, error) {
	state, _, err := in.claim(ctx, key, owner)
	return state, err
}

// claim does what Take does and tells whether that is certain: while Redis is
// away, it is only what this process knows.
func (in *Inbox) claim(ctx context.Context, key, owner string) (state string, certain bool, err error) {
	if err := ctx.Err(); err != nil {
		return "", false, err
	}
	now := in.redis.now()
	state = in.mine.take(now, key, owner, in.TakeLease, in.Memory)
	if in.alone() || state == store.Busy || state == store.Done {
		return state, true, nil
	}
	reply, err := in.run(ctx, "inbox_take", in.scripts.take, key, owner,
		in.TakeLease.Milliseconds(), in.Memory.Milliseconds())
	if shared, ok := reply.(string); err == nil && ok {
		in.mirror(now, key, owner, state, shared)
		return shared, true, nil
	}
	return state, false, nil
}

// mirror corrects the ledger, which took the work to be in state mine, by what
// Redis says.
func (in *Inbox) mirror(now time.Time, key, owner, mine, shared string) {
	switch {
	case isTaken(shared) && !isTaken(mine):
		in.mine.set(now, key, owner, store.Taken, in.TakeLease)
	case !isTaken(shared) && isTaken(mine):
		in.mine.forget(key, owner)
	}
}

func isTaken(state string) bool { return state == store.Taken || state == store.Again }

// Park writes the work down, so that another process can do it should this
// one die, and holds it with a longer lease. When Redis is away it cannot be
// written down: the error is ErrAway.
func (in *Inbox) Park(ctx context.Context, key, owner string, job []byte) error {
	now := in.redis.now()
	if in.alone() {
		return in.mine.Park(now, key, owner, job, in.ParkLease)
	}
	err := in.change(ctx, "inbox_park", in.scripts.park, key, owner,
		in.ParkLease.Milliseconds(), in.Memory.Milliseconds(), job)
	if err == nil {
		in.mine.set(now, key, owner, store.Parked, in.ParkLease)
	}
	return err
}

// Keep renews the lease. The error is ErrLost when the work is somebody
// else's, ErrAway when it could not be renewed.
func (in *Inbox) Keep(ctx context.Context, key, owner string) error {
	if in.alone() {
		return in.mine.keep(in.redis.now(), key, owner, in.TakeLease, in.ParkLease)
	}
	err := in.change(ctx, "inbox_keep", in.scripts.keep, key, owner,
		in.TakeLease.Milliseconds(), in.ParkLease.Milliseconds(), in.Memory.Milliseconds())
	if !errors.Is(err, store.ErrLost) {
		_ = in.mine.keep(in.redis.now(), key, owner, in.TakeLease, in.ParkLease) // a mirror has no say
	}
	return err
}

// Finish marks the work as done.
func (in *Inbox) Finish(ctx context.Context, key, owner string) error {
	now := in.redis.now()
	if in.alone() {
		return in.mine.finish(now, key, owner)
	}
	err := in.change(ctx, "inbox_finish", in.scripts.finish, key, owner, in.Memory.Milliseconds())
	if err == nil {
		in.mine.set(now, key, owner, store.Done, 0)
	}
	if !errors.Is(err, ErrUnavailable) {
		return err
	}
	if err := in.mine.finish(now, key, owner); err != nil {
		return err
	}
	in.owe(key, owner)
	return nil
}

// Release gives the work back undone: the next delivery may take it, or, when
// it is parked, anybody by RescueExpired after a Pause. While Redis is away it is
// free there when the lease has ended.
func (in *Inbox) Release(ctx context.Context, key, owner string) error {
	if in.alone() {
		return in.mine.release(in.redis.now(), key, owner, in.Pause)
	}
	err := in.change(ctx, "inbox_release", in.scripts.release, key, owner, in.Pause.Milliseconds())
	if err == nil {
		in.mine.forget(key, owner)
	}
	if errors.Is(err, ErrUnavailable) {
		return in.mine.release(in.redis.now(), key, owner, in.Pause)
	}
	return err
}

// drop takes what is written down of parked work out of Redis.
func (in *Inbox) drop(ctx context.Context, key string) error {
	if in.alone() {
		return nil // it is in the memory of whoever does it
	}
	return in.redis.do(ctx, "inbox_drop", func(ctx context.Context) error {
		if err := in.redis.client.Del(ctx, in.name(key)).Err(); err != nil {
			return err
		}
		return in.redis.client.ZRem(ctx, in.leases, key).Err()
	})
}

// alone reports whether no other process can share the inbox.
func (in *Inbox) alone() bool { return in.redis.Embedded() }

// change runs a script that only the owner may: it replies with 0 when the
// work is not the owner's, and then this process forgets that it was.
func (in *Inbox) change(ctx context.Context, op string, script *redis.Script, key, owner string, args ...any) error {
	reply, err := in.run(ctx, op, script, key, owner, args...)
	if err != nil {
		return err
	}
	if reply != int64(1) {
		in.mine.forget(key, owner)
		return store.ErrLost
	}
	return nil
}

func (in *Inbox) run(ctx context.Context, op string, script *redis.Script, key, owner string, args ...any) (any, error) {
	all := append(make([]any, 0, 2+len(args)), owner, key)
	return in.redis.run(ctx, op, script, []string{in.name(key), in.leases}, append(all, args...)...)
}

// name is the hash of one event. All lie in one slot of a cluster, together
// with the leases.
func (in *Inbox) name(key string) string { return in.redis.key("{inbox}:event:" + key) }
