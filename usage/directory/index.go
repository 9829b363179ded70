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
	"unicode/utf8"

	"github.com/mozillazg/go-pinyin"
	"golang.org/x/text/unicode/norm"

	"usagebot/typo"
	"usagebot/usage"
)

// Match is the result of a search: One department, or a choice of Several, or none with the Near ones.
type Match struct {
	One     *usage.Department
	Several []usage.Department
	Near    []usage.Department
}

// maxNear is how many similar departments are offered for an unknown name.
const maxNear = 8

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

func foldedNames(d usage.Department) []string {
	names := []string{fold(d.Name)}
	for _, n := range d.I18n {
		if f := fold(n); f != "" && !slices.Contains(names, f) {
			names = append(names, f)
		}
	}
	slices.Sort(names[1:])
	return names
}

// fold normalises a name: full-width forms, case, and runs of spaces.
func fold(s string) string {
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

// find tries the strictest interpretation of the text first and stops at the first one that matches anything.
func (ix *index) find(text string) Match {
	id := strings.TrimSpace(text)
	if one := ix.filter(func(e *entry) bool { return e.ID == id }); len(one) > 0 {
		return Match{One: &one[0]}
	}
	path := splitPath(fold(text))
	if len(path) == 0 {
		return Match{}
	}
	whole := fold(text)
	for _, means := range []func(*entry) bool{
		func(e *entry) bool {
			return id != "" && strings.EqualFold(e.CustomID, id) || slices.Contains(e.names, whole)
		},
		func(e *entry) bool { return e.matchesPath(path, (*entry).hasName) },
		func(e *entry) bool { return e.matchesPath(path, (*entry).matchesPinyin) },
		func(e *entry) bool { return e.matchesPath(path, (*entry).hasPrefix) },
	} {
		switch found := ix.filter(means); len(found) {
		case 0:
		case 1:
			return Match{One: &found[0]}
		default:
			return Match{Several: found}
		}
	}
	return Match{Near: ix.near(path[len(path)-1])}
}

// splitPath splits a path of names: 研发部/后端组.
func splitPath(folded string) []string {
	var parts []string
	for _, p := range strings.Split(folded, "/") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

func (ix *index) filter(means func(*entry) bool) []usage.Department {
	var found []usage.Department
	for i := range ix.entries {
		if means(&ix.entries[i]) {
			found = append(found, ix.entries[i].Department)
		}
	}
	return found
}

// matchesPath reports whether the last name of the path matches e, the one before it e's parent, and so on.
func (e *entry) matchesPath(path []string, called func(*entry, string) bool) bool {
	at := e
	for i := len(path) - 1; i >= 0; i-- {
		if at == nil || !called(at, path[i]) {
			return false
		}
		at = at.parent
	}
	return true
}

func (e *entry) hasName(name string) bool { return slices.Contains(e.names, name) }

// matchesPinyin reports whether the name is e's name or its pinyin, in full or by initials.
func (e *entry) matchesPinyin(name string) bool {
	return e.hasName(name) || slices.ContainsFunc(e.sounds, func(s sound) bool { return s.is(compact(name)) })
}

// hasPrefix reports whether e's name begins with the given one: 研发 or yanfa for 研发部.
func (e *entry) hasPrefix(name string) bool {
	return e.matchesPinyin(name) ||
		slices.ContainsFunc(e.names, func(n string) bool { return strings.HasPrefix(n, name) }) ||
		slices.ContainsFunc(e.sounds, func(s sound) bool { return s.begins(compact(name)) })
}

func compact(s string) string { return strings.ReplaceAll(s, " ", "") }

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

// near returns the departments with the names most similar to an unknown name, best first.
func (ix *index) near(name string) []usage.Department {
	type candidate struct {
		*entry
		distance int
	}
	var candidates []candidate
	for i := range ix.entries {
		if d, ok := ix.entries[i].distance(name); ok {
			candidates = append(candidates, candidate{&ix.entries[i], d})
		}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var found []usage.Department
	for _, c := range candidates[:min(len(candidates), maxNear)] {
		found = append(found, c.Department)
	}
	return found
}

// distance returns how much e's names differ from the given one. ok is false if they are too different.
func (e *entry) distance(name string) (best int, ok bool) {
	best = -1
	take := func(d int) {
		if best < 0 || d < best {
			best = d
		}
	}
	for _, n := range e.names {
		if contains(n, name) {
			take(1)
		}
		if d, near := typo.Distance(n, name); near {
			take(d)
		}
	}
	for _, s := range e.sounds {
		n := s.String()
		if utf8.RuneCountInString(name) > 2 && contains(n, compact(name)) {
			take(2)
		}
		if d, near := typo.Distance(n, compact(name)); near {
			take(d)
		}
	}
	return best, best >= 0
}

func contains(a, b string) bool { return strings.Contains(a, b) || strings.Contains(b, a) }

// maxReadings limits the readings kept per name: every character with several readings multiplies them (重庆: chongqing,
// zhongqing).
const maxReadings = 16

// sound is one reading of a Chinese name: its syllables in order.
type sound []string

// soundsOf returns the readings of a name, or none if it has no Chinese character.
func soundsOf(name string) []sound {
	args := pinyin.NewArgs()
	args.Heteronym = true
	readings := []sound{nil}
	chinese := false
	for _, r := range strings.ToLower(name) {
		var ways []string
		switch {
		case unicode.Is(unicode.Han, r):
			ways = distinct(pinyin.SinglePinyin(r, args))
			chinese = chinese || len(ways) > 0
		case unicode.IsLetter(r), unicode.IsDigit(r):
			ways = []string{string(r)}
		}
		readings = extend(readings, ways)
	}
	if !chinese {
		return nil
	}
	return readings
}

func extend(readings []sound, ways []string) []sound {
	if len(ways) == 0 {
		return readings
	}
	var longer []sound
	for _, w := range ways {
		for _, r := range readings {
			if len(longer) == maxReadings {
				return longer
			}
			longer = append(longer, append(r[:len(r):len(r)], w))
		}
	}
	return longer
}

func distinct(ways []string) []string {
	var out []string
	for _, w := range ways {
		if w != "" && !strings.Contains(" "+strings.Join(out, " ")+" ", " "+w+" ") {
			out = append(out, w)
		}
	}
	return out
}

// is reports whether text is the whole name in pinyin, in full or by initials.
func (s sound) is(text string) bool {
	if text == strings.Join(s, "") {
		return true
	}
	var initials strings.Builder
	for _, syllable := range s {
		initials.WriteByte(syllable[0])
	}
	return len(s) > 1 && text == initials.String()
}

// begins reports whether text is the first syllables of the name, at least two.
func (s sound) begins(text string) bool {
	at := ""
	for i, syllable := range s {
		at += syllable
		if i > 0 && at == text {
			return true
		}
	}
	return false
}

func (s sound) String() string { return strings.Join(s, "") }
