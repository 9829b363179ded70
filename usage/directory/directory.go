package directory

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"usagebot/usage"
)

const (
	cacheKey     = "departments"
	maxAge       = time.Hour          // how old the index may grow before it is fetched again
	cacheTTL     = 7 * 24 * time.Hour // how long an old index is better than none
	fetchTimeout = 5 * time.Minute    // the longest that one fetch of all departments may take
	lineageWait  = 10 * time.Second   // how long a question of rights waits for a newer index than a good one
	syncInterval = time.Minute        // how often the other replicas' index is looked for; also the pause between fetches for an unknown name, for a change, and after a failure
)

// Directory is the index of the tenant's departments: fetched from the platform, shared through the cache, found by id,
// name, path or pinyin.
type Directory struct {
	fetch func(context.Context) ([]usage.Department, error)
	cache usage.Cache
	now   func() time.Time

	ctx    context.Context // ends with Close; fetches live in it
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu            sync.Mutex
	index         *index
	syncedAt      time.Time   // when the cache was last looked at
	askedAt       time.Time   // when the platform was last asked
	stale         bool        // the platform told of a change that the index may lack
	changeAskedAt time.Time   // when the platform was last asked since it had told of a change
	failure       error       // why it gave no answer the last time; nil when it did
	fetching      *fetchCall  // the fetch in flight; nil for none
	fetchTimer    *time.Timer // begins the fetch for a change that came too soon after another; nil for none
}

// fetchCall is one fetch, for all who wait for it.
type fetchCall struct {
	done  chan struct{} // closed when the result is there
	index *index
	err   error
}

// New returns an empty directory over fetch, which lists all departments; Close ends it.
func New(fetch func(context.Context) ([]usage.Department, error), cache usage.Cache, now func() time.Time) *Directory {
	d := &Directory{fetch: fetch, cache: cache, now: now}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Close ends the fetch in flight and waits for it.
func (d *Directory) Close() {
	d.mu.Lock()
	d.cancel()
	if d.fetchTimer != nil {
		d.fetchTimer.Stop()
	}
	d.mu.Unlock()
	d.work.Wait()
}

// snapshot is what the replicas share.
type snapshot struct {
	At          time.Time          `json:"at"`
	Departments []usage.Department `json:"departments"`
}

// Find resolves what a person typed. An index that has grown old still answers while a newer one is fetched; a name that
// it does not have waits for the newer one, and an open_department_id waits for nothing. It fails only when there is no
// index and none can be fetched.
func (d *Directory) Find(ctx context.Context, text string) (Match, error) {
	d.syncFromCache(ctx)
	ix := d.loaded()
	isID := strings.HasPrefix(strings.TrimSpace(text), idPrefix)
	var m Match
	if ix != nil {
		m = ix.find(text)
	}
	switch {
	case ix == nil && !isID:
		newer, err := d.fetchAndWait(ctx)
		if err != nil {
			return Match{}, err
		}
		return newer.find(text), nil
	case ix == nil || d.outdated(ix):
		newer := d.startFetch()
		if m.found() || isID {
			return m, nil
		}
		return d.findIn(ctx, newer, text, m), nil
	case !m.found() && !isID && d.mayRetry():
		// It may be a department of the last hour.
		return d.findIn(ctx, d.startFetch(), text, m), nil
	}
	return m, nil
}

// idPrefix begins every open_department_id.
const idPrefix = "od-"

func (m Match) found() bool { return m.One != nil || len(m.Several) > 0 }

// findIn looks into the index that is being fetched, or keeps what was found in the old one.
func (d *Directory) findIn(ctx context.Context, flight *fetchCall, text string, old Match) Match {
	newer, err := waitFor(ctx, flight)
	if err != nil {
		return old
	}
	return newer.find(text)
}

// Changed tells that the platform's departments have changed, which makes the index stale. It is fetched anew at once, but
// only once a minute however many changes are told. What is told during a fetch may not be in its answer, so that the
// index stays stale after it.
func (d *Directory) Changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale = true
	d.fetchIfStale()
}

// fetchIfStale fetches a stale index, when the minute since the last fetch for a change is over. The caller holds d.mu.
func (d *Directory) fetchIfStale() {
	if !d.stale || d.fetching != nil || d.fetchTimer != nil || d.ctx.Err() != nil {
		return
	}
	wait := syncInterval - d.now().Sub(d.changeAskedAt)
	if wait <= 0 {
		d.startFetchLocked()
		return
	}
	d.fetchTimer = time.AfterFunc(min(wait, syncInterval), func() { // a clock that was put back makes the wait no longer
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.fetchTimer = nil; d.stale {
			d.startFetchLocked()
		}
	})
}

// Refresh fetches the index when it is missing or has grown old. It is meant to be called every few minutes.
func (d *Directory) Refresh(ctx context.Context) error {
	d.syncFromCache(ctx)
	if ix := d.loaded(); ix != nil && !d.outdated(ix) {
		return nil
	}
	_, err := d.fetchAndWait(ctx)
	return err
}

func (d *Directory) loaded() *index {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.index
}

func (d *Directory) outdated(ix *index) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch {
	case d.failure != nil && d.isRecent(d.askedAt, syncInterval):
		return false // it is asked again, but not by every question
	case d.stale:
		return !d.isRecent(d.changeAskedAt, syncInterval)
	}
	return !d.isRecent(ix.at, maxAge)
}

// recentFailure returns why the platform gave no index, if it was asked less than a minute ago: it is asked again, but not
// by every question.
func (d *Directory) recentFailure() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.isRecent(d.askedAt, syncInterval) {
		return nil
	}
	return d.failure
}

// isRecent reports whether a moment lies less than a span back. One that is to come does not: the clock was put back since.
func (d *Directory) isRecent(moment time.Time, span time.Duration) bool {
	age := d.now().Sub(moment)
	return age >= 0 && age < span
}

// mayRetry reports whether a name that the index does not have may be in a newer one: in the one that is being fetched,
// or in one that is worth fetching.
func (d *Directory) mayRetry() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fetching != nil || !d.isRecent(d.askedAt, syncInterval)
}

// syncFromCache takes over a newer index that another replica has fetched.
func (d *Directory) syncFromCache(ctx context.Context) {
	d.mu.Lock()
	due := d.index == nil || d.now().Sub(d.syncedAt) >= syncInterval
	if due {
		d.syncedAt = d.now()
	}
	d.mu.Unlock()
	if !due {
		return
	}
	b, ok := d.cache.Get(ctx, cacheKey)
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

func (d *Directory) fetchAndWait(ctx context.Context) (*index, error) {
	return waitFor(ctx, d.startFetch())
}

// startFetch asks the platform, once for all who want it now. The fetch outlives whoever began it.
func (d *Directory) startFetch() *fetchCall {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.startFetchLocked()
}

// startFetchLocked is begin for a caller that holds d.mu.
func (d *Directory) startFetchLocked() *fetchCall {
	if d.fetching != nil {
		return d.fetching
	}
	f := &fetchCall{done: make(chan struct{})}
	if f.err = d.ctx.Err(); f.err != nil {
		close(f.done)
		return f
	}
	d.fetching, d.askedAt = f, d.now()
	if d.stale {
		d.changeAskedAt = d.askedAt
	}
	// Cleared before the platform is asked: a change that is told meanwhile makes the index stale again.
	d.stale = false
	d.work.Go(func() { d.runFetch(f, snapshot{At: d.askedAt}) })
	return f
}

// runFetch fetches the index and gives it to all who wait. An index is as old as the question, since the platform may have
// changed while it answered.
func (d *Directory) runFetch(f *fetchCall, s snapshot) {
	ctx, cancel := context.WithTimeout(d.ctx, fetchTimeout)
	defer cancel()
	list, err := d.fetch(ctx)
	if err == nil {
		s.Departments = list
		f.index = newIndex(s)
		if b, err := json.Marshal(s); err == nil {
			d.cache.Put(ctx, cacheKey, b, cacheTTL)
		}
	} else {
		f.err = fmt.Errorf("listing departments: %w", err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.fetching, d.failure = nil, f.err
	close(f.done)
	if f.err != nil {
		d.stale = true // the next question or Refresh asks again, a minute later
		return
	}
	d.index = f.index
	d.fetchIfStale()
}

func waitFor(ctx context.Context, f *fetchCall) (*index, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-f.done:
		return f.index, f.err
	}
}

// Apps are the apps that are reported on; the first is the default.
type Apps []usage.App

// Find resolves what a person typed: an app id, its name, or its name in pinyin, whole or its beginning. ok is false
// when no app or more than one is meant.
func (a Apps) Find(text string) (app usage.App, ok bool) {
	var s snapshot
	for _, app := range a {
		s.Departments = append(s.Departments, usage.Department{ID: app.ID, Name: app.Name})
	}
	// An app is called as a department is: the same index finds it.
	if one := newIndex(s).find(text).One; one != nil {
		return usage.App{ID: one.ID, Name: one.Name}, true
	}
	return usage.App{}, false
}
