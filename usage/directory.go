package usage

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

const (
	directoryKey      = "departments"
	directoryFresh    = time.Hour          // how old the index may grow before it is fetched again
	directoryKept     = 7 * 24 * time.Hour // how long an old index is better than none
	directoryPatience = 5 * time.Minute    // the longest that one fetch of all departments may take
	directoryLook     = time.Minute        // how often the other replicas' index is looked for; also the pause between fetches for an unknown name
)

// Directory is the index of the tenant's departments: fetched from the platform, shared through the cache, found by id,
// name, path or pinyin.
type Directory struct {
	fetch func(context.Context) ([]Department, error)
	cache Cache
	now   func() time.Time

	flight singleflight.Group
	ctx    context.Context // ends with Close; fetches live in it
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu     sync.Mutex
	index  *index
	looked time.Time // when the cache was last looked at
	tried  time.Time // when the platform was last asked
	stale  bool      // the platform told of a change since
	failed bool      // it gave no answer then

	fetching bool
}

// NewDirectory returns an empty directory over fetch, which lists all departments; Close ends it.
func NewDirectory(fetch func(context.Context) ([]Department, error), cache Cache, now func() time.Time) *Directory {
	d := &Directory{fetch: fetch, cache: cache, now: now}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Close ends the fetch in flight and waits for it.
func (d *Directory) Close() {
	d.mu.Lock()
	d.cancel()
	d.mu.Unlock()
	d.work.Wait()
}

// snapshot is what the replicas share.
type snapshot struct {
	At          time.Time    `json:"at"`
	Departments []Department `json:"departments"`
}

// Find resolves what a person typed. An index that has grown old still answers while a newer one is fetched; a name that
// it does not have waits for the newer one, and an open_department_id waits for nothing. It fails only when there is no
// index and none can be fetched.
func (d *Directory) Find(ctx context.Context, text string) (Match, error) {
	d.adopt(ctx)
	ix := d.peek()
	isID := strings.HasPrefix(strings.TrimSpace(text), idPrefix)
	var m Match
	if ix != nil {
		m = ix.find(text)
	}
	switch {
	case ix == nil && !isID:
		newer, err := d.refetch(ctx)
		if err != nil {
			return Match{}, err
		}
		return newer.find(text), nil
	case ix == nil || d.outdated(ix):
		newer := d.begin()
		if m.found() || isID {
			return m, nil
		}
		return d.findIn(ctx, newer, text, m), nil
	case !m.found() && !isID && d.mayRetry():
		// It may be a department of the last hour.
		return d.findIn(ctx, d.begin(), text, m), nil
	}
	return m, nil
}

// idPrefix begins every open_department_id.
const idPrefix = "od-"

func (m Match) found() bool { return m.One != nil || len(m.Several) > 0 }

// findIn looks into the index that is being fetched, or keeps what was found in the old one.
func (d *Directory) findIn(ctx context.Context, flight <-chan singleflight.Result, text string, old Match) Match {
	newer, err := wait(ctx, flight)
	if err != nil {
		return old
	}
	return newer.find(text)
}

// Changed tells that the platform's departments have changed: the index is fetched anew.
func (d *Directory) Changed() {
	d.mu.Lock()
	d.stale = true
	d.mu.Unlock()
	d.begin()
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

// mayRetry reports whether a name that the index does not have may be in a newer one: in the one that is being fetched,
// or in one that is worth fetching.
func (d *Directory) mayRetry() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fetching || d.now().Sub(d.tried) >= directoryLook
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

func (d *Directory) refetch(ctx context.Context) (*index, error) { return wait(ctx, d.begin()) }

// begin asks the platform, once for all who want it now. The fetch outlives whoever began it.
func (d *Directory) begin() <-chan singleflight.Result {
	return d.flight.DoChan("", func() (any, error) {
		d.mu.Lock()
		closed := d.ctx.Err() != nil
		if !closed {
			d.work.Add(1)
		}
		d.mu.Unlock()
		if closed {
			return nil, d.ctx.Err()
		}
		defer d.work.Done()
		ctx, cancel := context.WithTimeout(d.ctx, directoryPatience)
		defer cancel()
		return d.fetchIndex(ctx)
	})
}

func wait(ctx context.Context, flight <-chan singleflight.Result) (*index, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-flight:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(*index), nil
	}
}

func (d *Directory) fetchIndex(ctx context.Context) (*index, error) {
	d.attempt()
	defer d.attempted()
	list, err := d.fetch(ctx)
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
		d.cache.Put(ctx, directoryKey, b, directoryKept)
	}
	return ix, nil
}

func (d *Directory) attempt() {
	d.mu.Lock()
	defer d.mu.Unlock()
	// Cleared before the fetch: a change that is told meanwhile makes the next question fetch again.
	d.tried, d.stale, d.failed, d.fetching = d.now(), false, false, true
}

func (d *Directory) attempted() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fetching = false
}

func (d *Directory) fail() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale, d.failed = true, true
}
