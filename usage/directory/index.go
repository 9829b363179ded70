package directory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"usagebot/usage"
)

// Match is what a text may mean among the departments: One, or a choice of Several, or nothing, with the Near ones.
type Match struct {
	One     *usage.Department
	Several []usage.Department
	Near    []usage.Department
}

// maxNear is how many departments are offered for a name that none has.
const maxNear = 8

// index finds departments. It is built once and only read.
type index struct {
	at      time.Time
	entries []entry
	byID    map[string]*entry
	top     []*entry // those without a parent in the index, in the platform's order
}

// entry is one department with everything by which it can be called.
type entry struct {
	usage.Department
	parent *entry
	below  []*entry // in the platform's order
	names  []string // as in its own languages, folded
	sounds []sound  // of the first name, where it has Chinese characters
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

// fold makes equal what a person would call the same name: full-width forms, case, and runs of spaces.
func fold(s string) string {
	return strings.Join(strings.Fields(strings.ToLower(norm.NFKC.String(s))), " ")
}

// maxDepth guards against a tree that bites its own tail.
const maxDepth = 32

// trail returns the entry and all above it.
func (e *entry) trail() (up []*entry) {
	for at := e; at != nil && len(up) < maxDepth; at = at.parent {
		up = append(up, at)
	}
	return up
}

// path names the entry and all above it, from the top down.
func (e *entry) path(locale string) string {
	var names []string
	for _, at := range e.trail() {
		names = append(names, cmp.Or(at.I18n[locale], at.Name))
	}
	slices.Reverse(names)
	return strings.Join(names, "/")
}

// paths are those that are others than Path, by locale.
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

// find goes from the strictest meaning of the text to the loosest and stops where something is found.
func (ix *index) find(text string) Match {
	id := strings.TrimSpace(text)
	if one := ix.where(func(e *entry) bool { return e.ID == id }); len(one) > 0 {
		return Match{One: &one[0]}
	}
	path := split(fold(text))
	if len(path) == 0 {
		return Match{}
	}
	whole := fold(text)
	for _, means := range []func(*entry) bool{
		func(e *entry) bool {
			return id != "" && strings.EqualFold(e.CustomID, id) || slices.Contains(e.names, whole)
		},
		func(e *entry) bool { return e.under(path, (*entry).named) },
		func(e *entry) bool { return e.under(path, (*entry).spelled) },
		func(e *entry) bool { return e.under(path, (*entry).begins) },
	} {
		switch found := ix.where(means); len(found) {
		case 0:
		case 1:
			return Match{One: &found[0]}
		default:
			return Match{Several: found}
		}
	}
	return Match{Near: ix.near(path[len(path)-1])}
}

// split takes a path of names apart: 研发部/后端组.
func split(folded string) []string {
	var parts []string
	for _, p := range strings.Split(folded, "/") {
		if p = strings.TrimSpace(p); p != "" {
			parts = append(parts, p)
		}
	}
	return parts
}

func (ix *index) where(means func(*entry) bool) []usage.Department {
	var found []usage.Department
	for i := range ix.entries {
		if means(&ix.entries[i]) {
			found = append(found, ix.entries[i].Department)
		}
	}
	return found
}

// under reports whether the last name of the path calls e, the one before its parent, and so on.
func (e *entry) under(path []string, called func(*entry, string) bool) bool {
	at := e
	for i := len(path) - 1; i >= 0; i-- {
		if at == nil || !called(at, path[i]) {
			return false
		}
		at = at.parent
	}
	return true
}

func (e *entry) named(name string) bool { return slices.Contains(e.names, name) }

// spelled reports whether the name is written in pinyin, whole or by initials.
func (e *entry) spelled(name string) bool {
	return e.named(name) || slices.ContainsFunc(e.sounds, func(s sound) bool { return s.is(compact(name)) })
}

// begins reports whether the name is what e's begins with: 研发 or yanfa for 研发部.
func (e *entry) begins(name string) bool {
	return e.spelled(name) ||
		slices.ContainsFunc(e.names, func(n string) bool { return strings.HasPrefix(n, name) }) ||
		slices.ContainsFunc(e.sounds, func(s sound) bool { return s.begins(compact(name)) })
}

func compact(s string) string { return strings.ReplaceAll(s, " ", "") }
