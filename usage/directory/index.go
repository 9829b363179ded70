package directory

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"usagebot/usage"
)

// index finds departments. It is immutable once built.
type index struct {
	at      time.Time
	entries []entry
	byID    map[string]*entry
	top     []*entry // departments without a parent in the index, in the platform's order
	names   func() *Names
}

// entry is one department with all names that it can be found by.
type entry struct {
	usage.Department
	parent *entry
	below  []*entry // children in the platform's order
	names  []string // folded, in all its languages
	sounds []sound  // pinyin of the main name, if it has Chinese characters
}

func newIndex(s snapshot) *index {
	ix := &index{at: s.At, entries: make([]entry, len(s.Departments)), byID: make(map[string]*entry, len(s.Departments))}
	for i, d := range s.Departments {
		ix.entries[i] = entry{Department: d, names: foldedNames(d), sounds: soundsOf(d.Name)}
		ix.byID[d.ID] = &ix.entries[i]
	}
	for i := range ix.entries {
		ix.attach(&ix.entries[i])
	}
	ix.names = sync.OnceValue(ix.allNames)
	for i := range ix.entries {
		ix.entries[i].Path = ix.entries[i].path("")
		ix.entries[i].Paths = ix.entries[i].paths()
	}
	return ix
}

func (ix *index) attach(e *entry) {
	if e.parent = ix.byID[e.ParentID]; e.parent == nil {
		ix.top = append(ix.top, e)
		return
	}
	e.parent.below = append(e.parent.below, e)
}

// foldedNames returns a department's names. A department whose name the bot may not read has none.
func foldedNames(d usage.Department) []string {
	var names []string
	if main := fold(d.Name); main != "" {
		names = append(names, main)
	}
	for _, n := range d.I18n {
		if f := fold(n); f != "" && !slices.Contains(names, f) {
			names = append(names, f)
		}
	}
	slices.Sort(names[min(len(names), 1):])
	return names
}

// fold normalises a name: full-width forms, case, runs of spaces, and characters without a width, which copied text contains.
func fold(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || r == '\u034f' {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), " ")
}

// maxDepth guards against a cycle in the tree.
const maxDepth = 32

// trail returns the entry and its ancestors, upwards.
func (e *entry) trail() (up []*entry) {
	for at := e; at != nil && len(up) < maxDepth; at = at.parent {
		up = append(up, at)
	}
	return up
}

// path returns the names of the entry and its ancestors, from the top down.
func (e *entry) path(locale string) string {
	var names []string
	for _, at := range e.trail() {
		names = append(names, cmp.Or(at.I18n[locale], at.Name))
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// paths returns the paths that differ from Path, by locale.
func (e *entry) paths() map[string]string {
	paths := map[string]string{}
	for _, at := range e.trail() {
		for locale := range at.I18n {
			if path := e.path(locale); path != e.Path {
				paths[locale] = path
			}
		}
	}
	return paths
}

// Children returns the direct sub-departments, or the top departments for an empty id or RootID, in the platform's
// order. An unknown department has none. It is as fresh as Find and fails in the same cases.
func (d *Directory) Children(ctx context.Context, id string) ([]usage.Department, error) {
	ix, err := d.loadedOrFetch(ctx)
	if err != nil {
		return nil, err
	}
	if _, known := ix.children(id); !known && d.mayRetry() {
		// It may be a new department.
		if newer, err := waitFor(ctx, d.startFetch()); err == nil {
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

// loadedOrFetch returns the index. If it is old, it returns it and starts a fetch.
func (d *Directory) loadedOrFetch(ctx context.Context) (*index, error) {
	d.syncFromCache(ctx)
	ix := d.loaded()
	switch {
	case ix == nil:
		return d.fetchAndWait(ctx)
	case d.outdated(ix):
		d.startFetch()
	}
	return ix, nil
}

// Known returns the department from the loaded index. It makes no calls.
func (d *Directory) Known(id string) (usage.Department, bool) {
	ix := d.loaded()
	if ix == nil || ix.byID[id] == nil {
		return usage.Department{}, false
	}
	return ix.byID[id].Department, true
}

// Trail returns the departments from the top down to the given one, or nothing if it is unknown. It does not wait for a
// fetch.
func (d *Directory) Trail(ctx context.Context, id string) []usage.Department {
	d.syncFromCache(ctx)
	return d.KnownTrail(id)
}

// KnownTrail is Trail from the loaded index. It makes no calls.
func (d *Directory) KnownTrail(id string) []usage.Department {
	ix := d.loaded()
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

// Lineage is a department and its ancestors.
type Lineage struct {
	IDs []string // the department first

	// Whole says that the ancestors are complete up to the tenant. Otherwise there may be more: the index lacks the
	// department or an ancestor, or the bot may not see a parent.
	Whole bool
}

// Lineage returns a department's ancestors for a decision about rights, from an index younger than bound. It waits for
// a newer index if that may know more, and fails if the loaded one is too old and no newer one comes.
func (d *Directory) Lineage(ctx context.Context, id string, bound time.Duration) (Lineage, error) {
	d.syncFromCache(ctx)
	ix := d.loaded()
	good := ix != nil && d.isRecent(ix.at, bound)
	if good && !d.mayBeNewer(ix, id) {
		return ix.lineage(id), nil
	}
	if failed := d.recentFailure(); ix != nil && !good && failed != nil {
		return Lineage{}, fmt.Errorf("the index of departments is too old: %w", failed)
	}
	waiting, cancel := ctx, context.CancelFunc(func() {})
	if good {
		waiting, cancel = context.WithTimeout(ctx, lineageWait)
	}
	defer cancel()
	newer, err := waitFor(waiting, d.startFetch())
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

// mayBeNewer reports whether a newer index could be had and could give another lineage.
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

// Below returns the number of direct sub-departments, or of top departments, in the loaded index.
func (d *Directory) Below(id string) int {
	ix := d.loaded()
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
