package store

import (
	"context"
	"fmt"
	"sync"
)

// Parking is an Inbox whose parked work outlives the process also with an
// embedded Redis: it is written down in the database as well, and the next
// process does what an earlier one left. With a Redis of its own the Inbox is
// enough.
type Parking struct {
	*Inbox
	sql *SQL

	mu     sync.Mutex
	kept   map[string]bool // written down by this process, or taken over
	left   []parkedJob     // by an earlier process
	looked bool            // whether left has been read
}

type parkedJob struct {
	key string
	job []byte
}

// NewParking returns the inbox in r whose parked work is kept in s.
func NewParking(r *Redis, s *SQL) *Parking {
	return &Parking{Inbox: NewInbox(r), sql: s, kept: map[string]bool{}}
}

// Park does what Inbox.Park does.
func (p *Parking) Park(ctx context.Context, key, owner string, job []byte) error {
	if err := p.Inbox.Park(ctx, key, owner, job); err != nil || !p.alone() {
		return err
	}
	_, err := p.sql.update(ctx, "write parked work down", `INSERT INTO parked (id, job, at_ms) VALUES ($1, $2, $3)
		ON CONFLICT (id) DO UPDATE SET job = excluded.job`, key, string(job), p.redis.now().UnixMilli())
	if err != nil {
		return err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.kept[key] = true
	return nil
}

// Finish does what Inbox.Finish does.
func (p *Parking) Finish(ctx context.Context, key, owner string) error {
	if err := p.Inbox.Finish(ctx, key, owner); err != nil {
		return err
	}
	p.mu.Lock()
	kept := p.kept[key]
	delete(p.kept, key)
	p.mu.Unlock()
	if !kept {
		return nil
	}
	_, err := p.sql.update(ctx, "forget parked work", `DELETE FROM parked WHERE id = $1`, key)
	return err
}

// Orphan does what Inbox.Orphan does; with an embedded Redis it also takes
// over what an earlier process left.
func (p *Parking) Orphan(ctx context.Context, owner string) (key string, job []byte, err error) {
	key, job, err = p.Inbox.Orphan(ctx, owner)
	if err != nil || key != "" || !p.alone() {
		return key, job, err
	}
	next, ok, err := p.next(ctx)
	if err != nil || !ok {
		return "", nil, err
	}
	if state, err := p.Take(ctx, next.key, owner); err != nil || !isTaken(state) {
		return "", nil, err // it was delivered once more meanwhile, and is in other hands
	}
	if err := p.Park(ctx, next.key, owner, next.job); err != nil {
		return "", nil, fmt.Errorf("take over parked work: %w", err)
	}
	return next.key, next.job, nil
}

// next returns one job of an earlier process.
func (p *Parking) next(ctx context.Context) (parkedJob, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.looked {
		left, err := p.read(ctx)
		if err != nil {
			return parkedJob{}, false, err
		}
		for _, job := range left {
			if !p.kept[job.key] {
				p.left = append(p.left, job)
			}
		}
		p.looked = true
	}
	if len(p.left) == 0 {
		return parkedJob{}, false, nil
	}
	job := p.left[0]
	p.left = p.left[1:]
	return job, true, nil
}

func (p *Parking) read(ctx context.Context) ([]parkedJob, error) {
	row := func(row scan) (j parkedJob, err error) {
		err = row(&j.key, &j.job)
		return j, err
	}
	return lookUp(ctx, p.sql, "read parked work", row, `SELECT id, job FROM parked ORDER BY at_ms`)
}
