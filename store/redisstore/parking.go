package redisstore

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"usagebot/store"
	"usagebot/store/sqlstore"
)

// Parking is an Inbox that outlives Redis. What is parked and what was done
// stand in the database as well: an event that was acknowledged is not lost
// with Redis, and one that was done is not done again after Redis came back
// empty. Redis says who holds an event; while it is away or has forgotten it,
// the leases in the database do, by the clocks of the processes.
type Parking struct {
	*Inbox
	sql  sqlstore.Events
	born time.Time

	mu    sync.Mutex
	swept time.Time // when what is too old was dropped last
}

// sweepEvery is how often each process drops what is too old to matter.
const sweepEvery = time.Hour

// adoptionLooks bounds how much parked work that is in other hands is passed
// over in one call of RescueExpired.
const adoptionLooks = 16

// NewParking returns the inbox in r that keeps in s what may not be lost.
func NewParking(r *Redis, s sqlstore.Events) *Parking {
	return &Parking{Inbox: NewInbox(r), sql: s, born: r.now()}
}

// Take does what Inbox.Take does. While Redis is away it says Again in place of
// Taken: another process may have had the work. It fails when the database
// does not answer.
func (p *Parking) Take(ctx context.Context, key, owner string) (string, error) {
	state, certain, err := p.claim(ctx, key, owner)
	if err != nil || !isTaken(state) {
		return state, err
	}
	known, err := p.sql.Standing(ctx, key)
	switch {
	case err != nil:
		return "", errors.Join(err, p.Inbox.Release(context.WithoutCancel(ctx), key, owner))
	case known == store.Done:
		return store.Done, p.Inbox.Finish(ctx, key, owner)
	case known == store.Parked:
		return store.Parked, p.Inbox.Release(ctx, key, owner)
	case !certain:
		return store.Again, nil
	}
	return state, nil
}

// Park does what Inbox.Park does, also while Redis is away. The database is
// told first: whoever reads in Redis that an event is parked acknowledges it.
func (p *Parking) Park(ctx context.Context, key, owner string, job []byte) error {
	now := p.redis.now()
	if err := p.sql.Park(ctx, key, owner, job, now, now.Add(p.ParkLease)); err != nil {
		return err
	}
	err := p.Inbox.Park(ctx, key, owner, job)
	if errors.Is(err, ErrUnavailable) {
		p.mine.set(now, key, owner, store.Parked, p.ParkLease)
		err = nil
	}
	return err
}

// Keep does what Inbox.Keep does. While Redis is away the lease in the database
// is enough.
func (p *Parking) Keep(ctx context.Context, key, owner string) error {
	err := p.Inbox.Keep(ctx, key, owner)
	if errors.Is(err, store.ErrLost) {
		return err
	}
	hold := p.sql.HandParked // Redis has said whose it is
	if err != nil {
		hold = p.sql.LeaseParked
	}
	kept, keeping := hold(ctx, key, owner, p.redis.now().Add(p.ParkLease))
	if keeping != nil || kept {
		return keeping
	}
	return err
}

// Finish does what Inbox.Finish does. The database is told whoever may have
// taken the work since: its effect has happened.
func (p *Parking) Finish(ctx context.Context, key, owner string) error {
	return errors.Join(p.sql.Handle(ctx, key, p.redis.now()), p.Inbox.Finish(ctx, key, owner))
}

// Forget drops the parked work in which one of the ids is, but not the work
// called except: it goes on where it is done, and is lost if that process dies.
// It fails while Redis or the database is away.
func (p *Parking) Forget(ctx context.Context, ids []string, except string) error {
	for {
		keys, err := p.sql.ParkedOf(ctx, ids, except)
		if err != nil || len(keys) == 0 {
			return err
		}
		for _, key := range keys {
			if err := p.drop(ctx, key); err != nil {
				return err
			}
		}
		if err := p.sql.DropParked(ctx, keys); err != nil {
			return err
		}
	}
}

// Release does what Inbox.Release does.
func (p *Parking) Release(ctx context.Context, key, owner string) error {
	err := p.Inbox.Release(ctx, key, owner)
	if errors.Is(err, store.ErrLost) {
		return err
	}
	_, freeing := p.sql.LeaseParked(ctx, key, owner, p.redis.now().Add(p.Pause))
	return errors.Join(err, freeing)
}

// RescueExpired does what Inbox.RescueExpired does, and takes over what Redis has forgotten.
func (p *Parking) RescueExpired(ctx context.Context, owner string) (key string, job []byte, err error) {
	if err := p.sweep(ctx); err != nil {
		return "", nil, err
	}
	key, job, err = p.Inbox.RescueExpired(ctx, owner)
	if key != "" {
		// If the database does not answer, its lease ends, and Redis is asked whose the work is.
		_, err = p.sql.HandParked(ctx, key, owner, p.redis.now().Add(p.ParkLease))
		return key, job, err
	}
	if err != nil && !errors.Is(err, ErrUnavailable) {
		return "", nil, err
	}
	return p.forgotten(ctx, owner)
}

// forgotten takes over parked work whose lease in the database has ended.
func (p *Parking) forgotten(ctx context.Context, owner string) (key string, job []byte, err error) {
	for range adoptionLooks {
		now := p.redis.now()
		found, err := p.sql.ClaimParked(ctx, owner, now, now.Add(p.ParkLease))
		if err != nil || len(found) == 0 {
			return "", nil, err
		}
		state, _, err := p.claim(ctx, found[0].Key, owner)
		switch {
		case err != nil:
			return "", nil, err
		case isTaken(state):
			if err := p.Park(ctx, found[0].Key, owner, found[0].Job); err != nil {
				return "", nil, fmt.Errorf("take over parked work: %w", err)
			}
			return found[0].Key, found[0].Job, nil
		case state == store.Done: // the database was away when it was finished
			if err := p.sql.Handle(ctx, found[0].Key, now); err != nil {
				return "", nil, err
			}
		}
		// Otherwise it is in other hands, and looked at again when this lease ends.
	}
	return "", nil, nil
}

// sweep drops from time to time what is too old to matter. A process that
// shares its inbox with nobody begins with what an earlier one left: no lease of
// that one is good any more.
func (p *Parking) sweep(ctx context.Context) error {
	now := p.redis.now()
	p.mu.Lock()
	first, due := p.swept.IsZero(), now.Sub(p.swept) >= sweepEvery
	p.mu.Unlock()
	if !due {
		return nil
	}
	if first && p.alone() {
		if err := p.sql.FreeParked(ctx, p.born); err != nil {
			return err
		}
	}
	if err := p.sql.ForgetHandled(ctx, now.Add(-p.Memory)); err != nil {
		return err
	}
	p.mu.Lock()
	p.swept = now
	p.mu.Unlock()
	return nil
}
