package usage

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	directoryKey   = "departments"
	directoryFresh = time.Hour          // how old the index may grow before it is fetched again
	directoryKept  = 7 * 24 * time.Hour // how long an old index is better than none
	directoryLook  = time.Minute        // how often the other replicas' index is looked for; also the pause between fetches for an unknown name
)

// Directory is the index of the tenant's departments: fetched from the platform, shared through the cache, found by id,
// name, path or pinyin.
type Directory struct {
	fetch func(context.Context) ([]Department, error)
	cache Cache
	now   func() time.Time

	flight singleflight.Group
	mu     sync.Mutex
	index  *index
	looked time.Time // when the cache was last looked at
	tried  time.Time // when the platform was last asked
	stale  bool      // the platform told of a change since
	failed bool      // it gave no answer then
}

// NewDirectory returns an empty directory over fetch, which lists all departments.
func NewDirectory(fetch func(context.Context) ([]Department, error), cache Cache, now func() time.Time) *Directory {
	return &Directory{fetch: fetch, cache: cache, now: now}
}

// snapshot is what the replicas share.
type snapshot struct {
	At          time.Time    `json:"at"`
	Departments []Department `json:"departments"`
}

// Find resolves what a person typed. It fails only when there is no index and none can be fetched.
func (d *Directory) Find(ctx context.Context, text string) (Match, error) {
	ix, err := d.current(ctx)
	if err != nil {
		return Match{}, err
	}
	m := ix.find(text)
	if m.One == nil && len(m.Several) == 0 && d.mayRetry() {
		// It may be a department of the last hour.
		if newer, err := d.refetch(ctx); err == nil {
			m = newer.find(text)
		}
	}
	return m, nil
}

// Changed tells that the platform's departments have changed: the next question fetches them anew.
func (d *Directory) Changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale = true
}

// Refresh fetches the index when it is missing or has grown old. It is meant to be called every few minutes.
func (d *Directory) Refresh(ctx context.Context) error {
	d.adopt(ctx)
	if ix := d.peek(); ix != nil && !d.outdated(ix) {
		return nil
	}
	_, err := d.refetch(ctx)
	return err
}

func (d *Directory) current(ctx context.Context) (*index, error) {
	d.adopt(ctx)
	ix := d.peek()
	if ix != nil && !d.outdated(ix) {
		return ix, nil
	}
	newer, err := d.refetch(ctx)
	if err != nil && ix != nil {
		return ix, nil // an old index is better than none
	}
	return newer, err
}

func (d *Directory) peek() *index {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.index
}

func (d *Directory) outdated(ix *index) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.now()
	if d.failed && now.Sub(d.tried) < directoryLook {
		return false // it is asked again, but not by every question
	}
	return d.stale || now.Sub(ix.at) >= directoryFresh
}

func (d *Directory) mayRetry() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now().Sub(d.tried) >= directoryLook
}

// adopt takes over a newer index that another replica has fetched.
func (d *Directory) adopt(ctx context.Context) {
	d.mu.Lock()
	due := d.index == nil || d.now().Sub(d.looked) >= directoryLook
	if due {
		d.looked = d.now()
	}
	d.mu.Unlock()
	if !due {
		return
	}
	b, ok := d.cache.Get(ctx, directoryKey)
	if !ok {
		return
	}
	var s snapshot
	if json.Unmarshal(b, &s) != nil {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.index == nil || s.At.After(d.index.at) {
		d.index = newIndex(s)
	}
}

// refetch asks the platform, once for all who want it now.
func (d *Directory) refetch(ctx context.Context) (*index, error) {
	got, err, _ := d.flight.Do("", func() (any, error) {
		d.begin()
		list, err := d.fetch(context.WithoutCancel(ctx))
		if err != nil {
			d.fail()
			return nil, fmt.Errorf("listing departments: %w", err)
		}
		s := snapshot{At: d.now(), Departments: list}
		ix := newIndex(s)
		d.mu.Lock()
		d.index = ix
		d.mu.Unlock()
		if b, err := json.Marshal(s); err == nil {
			d.cache.Put(context.WithoutCancel(ctx), directoryKey, b, directoryKept)
		}
		return ix, nil
	})
	if err != nil {
		return nil, err
	}
	return got.(*index), nil
}

func (d *Directory) begin() {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Cleared before the fetch: a change that is told meanwhile makes the next question fetch again.
	d.tried, d.stale, d.failed = d.now(), false, false
}

func (d *Directory) fail() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale, d.failed = true, true
}
