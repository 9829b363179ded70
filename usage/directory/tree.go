package directory

import (
	"context"
	"fmt"
	"slices"
	"time"

	"usagebot/usage"
)

// Children returns the departments right below one, or those at the top for an empty id or RootID, in the platform's
// order. A department that is not known has none. It is as fresh as Find, and fails where Find does.
func (d *Directory) Children(ctx context.Context, id string) ([]usage.Department, error) {
	ix, err := d.current(ctx)
	if err != nil {
		return nil, err
	}
	if _, known := ix.children(id); !known && d.mayRetry() {
		// It may be a department of the last hour.
		if newer, err := wait(ctx, d.begin()); err == nil {
			ix = newer
		}
	}
	entries, _ := ix.children(id)
	found := make([]usage.Department, len(entries))
	for i, e := range entries {
		found[i] = e.Department
	}
	return found, nil
}

// current returns the index. One that has grown old will do while a newer one is fetched.
func (d *Directory) current(ctx context.Context) (*index, error) {
	d.adopt(ctx)
	ix := d.peek()
	switch {
	case ix == nil:
		return d.refetch(ctx)
	case d.outdated(ix):
		d.begin()
	}
	return ix, nil
}

// Known returns the department with the id as the index at hand has it. It asks nobody.
func (d *Directory) Known(id string) (usage.Department, bool) {
	ix := d.peek()
	if ix == nil || ix.byID[id] == nil {
		return usage.Department{}, false
	}
	return ix.byID[id].Department, true
}

// Trail returns the departments from the top down to one, itself the last; nothing for one that is not known. It waits
// for nothing.
func (d *Directory) Trail(ctx context.Context, id string) []usage.Department {
	d.adopt(ctx)
	ix := d.peek()
	if ix == nil {
		return nil
	}
	var trail []usage.Department
	for _, at := range ix.byID[id].trail() {
		trail = append(trail, at.Department)
	}
	slices.Reverse(trail)
	return trail
}

// Lineage is a department and those above it.
type Lineage struct {
	IDs []string // the department first

	// Whole says that these are all, up to the tenant. Otherwise there may be more: the index does not have the department,
	// or something above it, or was not told what is above.
	Whole bool
}

// Lineage returns the lineage of a department for a decision about rights: by an index that is younger than a bound. It
// waits for a newer index where that may tell more, and fails where the one at hand is too old and no newer one comes.
func (d *Directory) Lineage(ctx context.Context, id string, bound time.Duration) (Lineage, error) {
	d.adopt(ctx)
	ix := d.peek()
	good := ix != nil && d.within(ix.at, bound)
	if good && !d.mayBeNewer(ix, id) {
		return ix.lineage(id), nil
	}
	if failed := d.failedJustNow(); ix != nil && !good && failed != nil {
		return Lineage{}, fmt.Errorf("the index of departments is too old: %w", failed)
	}
	waiting, cancel := ctx, context.CancelFunc(func() {})
	if good {
		waiting, cancel = context.WithTimeout(ctx, directoryWait)
	}
	defer cancel()
	newer, err := wait(waiting, d.begin())
	switch {
	case err == nil:
		return newer.lineage(id), nil
	case ctx.Err() != nil:
		return Lineage{}, ctx.Err()
	case good:
		return ix.lineage(id), nil
	}
	return Lineage{}, err
}

// mayBeNewer reports whether a newer index that can be had may tell another lineage of the department.
func (d *Directory) mayBeNewer(ix *index, id string) bool {
	if _, known := ix.children(id); !known {
		return d.mayRetry()
	}
	d.mu.Lock()
	inFlight, stale := d.fetching != nil, d.stale
	d.mu.Unlock()
	return inFlight || stale && d.outdated(ix)
}

func (ix *index) lineage(id string) Lineage {
	if id == "" || id == usage.RootID {
		return Lineage{IDs: []string{usage.RootID}, Whole: true}
	}
	l := Lineage{IDs: []string{id}}
	if e := ix.byID[id]; e != nil {
		up := e.trail()
		for _, above := range up[1:] {
			l.IDs = append(l.IDs, above.ID)
		}
		l.Whole = up[len(up)-1].ParentID == usage.RootID
	}
	return l
}

// Below returns how many departments are right below one, or at the top, as far as it is known.
func (d *Directory) Below(id string) int {
	ix := d.peek()
	if ix == nil {
		return 0
	}
	entries, _ := ix.children(id)
	return len(entries)
}

func (ix *index) children(id string) (below []*entry, known bool) {
	if id == "" || id == usage.RootID {
		return ix.top, true
	}
	if e := ix.byID[id]; e != nil {
		return e.below, true
	}
	return nil, false
}
