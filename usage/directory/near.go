package directory

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"usagebot/usage"
)

// near gives the departments whose names are closest to a name that nobody has, best first.
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

// distance tells how far e's names are from a name; ok is false when nobody would think of it.
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
		if d := levenshtein.ComputeDistance(n, name); d <= tolerance(n, name) {
			take(d)
		}
	}
	for _, s := range e.sounds {
		n := s.String()
		if utf8.RuneCountInString(name) > 2 && contains(n, compact(name)) {
			take(2)
		}
		if d := levenshtein.ComputeDistance(n, compact(name)); d <= tolerance(n, name) {
			take(d)
		}
	}
	return best, best >= 0
}

func contains(a, b string) bool { return strings.Contains(a, b) || strings.Contains(b, a) }

// tolerance is how many letters may be wrong: a third of the shorter name.
func tolerance(a, b string) int {
	return max(1, min(utf8.RuneCountInString(a), utf8.RuneCountInString(b))/3)
}
