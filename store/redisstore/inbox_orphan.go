package redisstore

import (
	"context"
	"maps"

	"usagebot/store"
)

// RescueExpired takes over one parked job whose lease has ended, for owner and with a
// new lease. The key is empty when there is none. It is meant to be called
// every few seconds by each process, and also tells Redis what this process
// finished while Redis was away, before somebody does it again.
func (in *Inbox) RescueExpired(ctx context.Context, owner string) (key string, job []byte, err error) {
	if in.alone() {
		key, job = in.mine.orphan(in.redis.now(), owner, in.ParkLease, in.Memory)
		return key, job, nil
	}
	if err := in.settle(ctx); err != nil {
		return "", nil, err
	}
	keys, err := in.lapsed(ctx)
	if err != nil {
		return "", nil, err
	}
	for _, key := range keys {
		reply, err := in.run(ctx, "inbox_adopt", in.scripts.adopt, key, owner, in.ParkLease.Milliseconds())
		if err != nil {
			return "", nil, err
		}
		if job, ok := reply.(string); ok {
			in.mine.set(in.redis.now(), key, owner, store.Parked, in.ParkLease)
			return key, []byte(job), nil
		}
	}
	return "", nil, nil
}

// lapsed lists some parked jobs whose lease has ended.
func (in *Inbox) lapsed(ctx context.Context) ([]string, error) {
	reply, err := in.redis.run(ctx, "inbox_lapsed", in.scripts.lapsed, []string{in.leases})
	if err != nil {
		return nil, err
	}
	items, _ := reply.([]any)
	keys := make([]string, 0, len(items))
	for _, item := range items {
		if key, ok := item.(string); ok {
			keys = append(keys, key)
		}
	}
	return keys, nil
}

// owe notes work that was finished while Redis was away.
func (in *Inbox) owe(key, owner string) {
	in.mu.Lock()
	defer in.mu.Unlock()
	if len(in.owed) < owedLimit {
		in.owed[key] = owner
	}
}

// settle marks what is owed as done, whoever may have taken it since: its
// effect has happened.
func (in *Inbox) settle(ctx context.Context) error {
	in.mu.Lock()
	owed := maps.Clone(in.owed)
	in.mu.Unlock()
	for key, owner := range owed {
		if _, err := in.run(ctx, "inbox_settle", in.scripts.settle, key, owner, in.Memory.Milliseconds()); err != nil {
			return err
		}
		in.mu.Lock()
		delete(in.owed, key)
		in.mu.Unlock()
	}
	return nil
}
