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
	maxAge       = time.Hour          // age at which the index is fetched again
	cacheTTL     = 7 * 24 * time.Hour // how long an old index stays usable
	fetchTimeout = 5 * time.Minute    // limit of one fetch of all departments
	lineageWait  = 10 * time.Second   // how long a decision about rights waits for a newer index if the current one is acceptable
	syncInterval = time.Minute        // how often the cache is checked for another replica's index; also the minimum time between fetches for an unknown name, after a change, and after a failure
)

// Directory is the index of the tenant's departments. It fetches them from the platform, shares them with other
// replicas through the cache, and finds them by id, name, path or pinyin.
type Directory struct {
	fetch func(context.Context) ([]usage.Department, error)
	cache usage.Cache
	now   func() time.Time

	ctx    context.Context // ends with Close; fetches run under it
	cancel context.CancelFunc
	work   sync.WaitGroup

	mu            sync.Mutex
	index         *index
	syncedAt      time.Time   // when the cache was last read
	askedAt       time.Time   // when the platform was last asked
	stale         bool        // the platform reported a change that the index may lack
	changeAskedAt time.Time   // when the platform was last asked because of a change
	failure       error       // error of the last fetch; nil if it succeeded
	fetching      *fetchCall  // the fetch in flight; nil if there is none
	fetchTimer    *time.Timer // starts the fetch for a change that came too soon after another; nil if there is none
}

// fetchCall is one fetch, shared by all callers that wait for it.
type fetchCall struct {
	done  chan struct{} // closed when the result is set
	index *index
	err   error

	change bool // it was started because the platform reported a change
}

// New returns an empty directory. fetch must return all departments. The caller must Close it.
func New(fetch func(context.Context) ([]usage.Department, error), cache usage.Cache, now func() time.Time) *Directory {
	d := &Directory{fetch: fetch, cache: cache, now: now}
	d.ctx, d.cancel = context.WithCancel(context.Background())
	return d
}

// Close cancels the fetch in flight and waits for it.
func (d *Directory) Close() {
	d.mu.Lock()
	d.cancel()
	if d.fetchTimer != nil {
		d.fetchTimer.Stop()
	}
	d.mu.Unlock()
	d.work.Wait()
}

// snapshot is the cached form that replicas share.
type snapshot struct {
	At          time.Time          `json:"at"`
	Departments []usage.Department `json:"departments"`
}

// Find resolves what a person typed. An old index still answers while a newer one is fetched. Only an unknown name waits for
// the newer one, and after a change also a name that was not typed in full: it may be the whole name of the department that has
// changed. An open_department_id never waits. Find fails only if there is no index and none can be fetched.
func (d *Directory) Find(ctx context.Context, text string) (Match, error) {
	return d.FindFor(ctx, text, everything)
}

// FindFor is Find for a person who may not see every department: it matches and offers only what they may see.
func (d *Directory) FindFor(ctx context.Context, text string, see See) (Match, error) {
	d.syncFromCache(ctx)
	ix := d.loaded()
	isID := strings.HasPrefix(strings.TrimSpace(text), idPrefix)
	var m Match
	if ix != nil {
		m = ix.find(ctx, text, see)
	}
	switch {
	case ix == nil && !isID:
		newer, err := d.fetchAndWait(ctx)
		if err != nil {
			return Match{}, err
		}
		return newer.find(ctx, text, see), nil
	case ix == nil || d.outdated(ix):
		newer := d.startFetch()
		if m.found() || isID {
			return m, nil
		}
		return d.findIn(ctx, newer, text, see, m), nil
	case m.found() && !m.Literal && d.fetchingChange():
		return d.findIn(ctx, d.startFetch(), text, see, m), nil
	case !m.found() && !isID && d.mayRetry():
		// It may be a new department.
		return d.findIn(ctx, d.startFetch(), text, see, m), nil
	}
	return m, nil
}

// FindLoaded is FindFor in the loaded index. It makes no calls.
func (d *Directory) FindLoaded(ctx context.Context, text string, see See) Match {
	if ix := d.loaded(); ix != nil {
		return ix.find(ctx, text, see)
	}
	return Match{}
}

// idPrefix begins every open_department_id.
const idPrefix = "od-"

func (m Match) found() bool { return m.One != nil || len(m.Several) > 0 || m.Closed }

// findIn searches the index that is being fetched, and returns old if the fetch fails.
func (d *Directory) findIn(ctx context.Context, flight *fetchCall, text string, see See, old Match) Match {
	newer, err := waitFor(ctx, flight)
	if err != nil {
		return old
	}
	return newer.find(ctx, text, see)
}

// Changed says that the platform's departments have changed. The index is fetched again at once, but at most once a
// minute. A fetch that is already running may not include the change, so the index stays stale after it.
func (d *Directory) Changed() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.stale = true
	d.fetchIfStale()
}

// fetchIfStale fetches a stale index, or schedules the fetch if the last one for a change was less than a minute ago.
// The caller holds d.mu.
func (d *Directory) fetchIfStale() {
	if !d.stale || d.fetching != nil || d.fetchTimer != nil || d.ctx.Err() != nil {
		return
	}
	wait := syncInterval - d.now().Sub(d.changeAskedAt)
	if wait <= 0 {
		d.startFetchLocked()
		return
	}
	d.fetchTimer = time.AfterFunc(min(wait, syncInterval), func() { // the limit holds if the clock was set back
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.fetchTimer = nil; d.stale {
			d.startFetchLocked()
		}
	})
}

// Refresh fetches the index if it is missing or old. Call it every few minutes.
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
		return false // ask again, but not for every question
	case d.stale:
		return !d.isRecent(d.changeAskedAt, syncInterval)
	}
	return !d.isRecent(ix.at, maxAge)
}

// recentFailure returns the error of the last fetch if it was less than a minute ago. Questions then do not fetch
// again.
func (d *Directory) recentFailure() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.isRecent(d.askedAt, syncInterval) {
		return nil
	}
	return d.failure
}

// isRecent reports whether moment is less than span ago. A moment in the future is not recent: the clock was set back.
func (d *Directory) isRecent(moment time.Time, span time.Duration) bool {
	age := d.now().Sub(moment)
	return age >= 0 && age < span
}

// fetchingChange reports whether departments are being fetched that the platform has changed.
func (d *Directory) fetchingChange() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fetching != nil && d.fetching.change
}

// mayRetry reports whether an unknown name may be in a newer index: one is being fetched, or the last fetch was long
// enough ago.
func (d *Directory) mayRetry() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.fetching != nil || !d.isRecent(d.askedAt, syncInterval)
}

// syncFromCache loads a newer index that another replica has fetched.
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

// startFetch starts a fetch, or returns the one in flight. It does not end with the caller's context, because others
// may be waiting for it.
func (d *Directory) startFetch() *fetchCall {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.startFetchLocked()
}

// startFetchLocked is startFetch for a caller that holds d.mu.
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
		d.changeAskedAt, f.change = d.askedAt, true
	}
	// Cleared before the platform is asked, so that a change during the fetch makes the index stale again.
	d.stale = false
	d.work.Go(func() { d.runFetch(f, snapshot{At: d.askedAt}) })
	return f
}

// runFetch fetches the index and wakes all callers. The index is dated from before the fetch, because departments may
// change while the platform answers.
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
		d.stale = true // the next question or Refresh fetches again, a minute later
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
