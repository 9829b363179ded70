package directory

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"usagebot/typo"
	"usagebot/usage"
)

// Match is the result of a search: One department, or a choice of Several, or none with the Near ones.
type Match struct {
	One     *usage.Department
	Several []usage.Department
	Near    []usage.Department
	Literal bool // One or Several have the id or the whole name that was typed
	Exact   bool // they have that name, or sound like it, apart from 部, team and the like at its end
	Closed  bool // the name is that of departments that the person may not see
}

// See returns those of some departments that a person may see.
type See func(context.Context, []usage.Department) []usage.Department

func everything(_ context.Context, all []usage.Department) []usage.Department { return all }

// maxNear is how many similar departments are offered for an unknown name.
const maxNear = 8

// find tries the strictest interpretation of the text first and stops at the first one that matches anything that the
// person may see. Departments that they may not see count only by their whole name: anything less would tell what they
// are called.
func (ix *index) find(ctx context.Context, text string, see See) Match {
	id := strings.TrimSpace(text)
	if e := ix.byID[id]; e != nil {
		m := ix.choose(ctx, []usage.Department{e.Department}, see, true, true)
		m.Literal = true
		return m
	}
	whole := fold(text)
	path := splitPath(whole)
	if len(path) == 0 {
		return Match{}
	}
	for _, level := range []struct {
		means   func(*entry) bool
		literal bool // as in Match
		exact   bool
		spelt   bool // the name itself was typed
	}{
		{func(e *entry) bool {
			return id != "" && strings.EqualFold(e.CustomID, id) || slices.Contains(e.names, whole)
		}, true, true, true},
		{func(e *entry) bool { return e.matchesPath(path, (*entry).hasName) }, true, true, true},
		{func(e *entry) bool { return e.matchesPath(path, (*entry).hasCore) }, false, true, true},
		{func(e *entry) bool { return e.matchesPath(path, (*entry).soundsLike) }, false, true, false},
		{func(e *entry) bool { return e.matchesPath(path, (*entry).begins) }, false, false, false},
		{func(e *entry) bool { return e.matchesPath(path, (*entry).abbreviated) }, false, false, false},
	} {
		m := ix.choose(ctx, ix.filter(level.means), see, level.exact, level.spelt)
		if m.found() {
			m.Literal = level.literal
			return m
		}
	}
	return Match{Near: ix.near(ctx, path[len(path)-1], see)}
}

// choose returns what a person may see of the departments that were found.
func (ix *index) choose(ctx context.Context, found []usage.Department, see See, exact, spelt bool) Match {
	if len(found) == 0 {
		return Match{}
	}
	switch open := see(ctx, found); len(open) {
	case 0:
		return Match{Closed: spelt}
	case 1:
		return Match{One: &open[0], Exact: exact}
	default:
		return Match{Several: open, Exact: exact}
	}
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

// Each of the following is looser than the one before, so that the names of a path may differ in how they are written.

func (e *entry) hasName(name string) bool { return slices.Contains(e.names, name) }

// hasCore reports whether the name is e's but for a word such as 部 or team at its end.
func (e *entry) hasCore(name string) bool {
	return e.hasName(name) || slices.ContainsFunc(e.names, func(n string) bool { return core(n) == core(name) })
}

// soundsLike reports whether the name is e's whole name in pinyin.
func (e *entry) soundsLike(name string) bool {
	return e.hasCore(name) || slices.ContainsFunc(e.sounds, func(s sound) bool { return s.String() == compact(name) })
}

// begins reports whether e's name begins with the given one: 研发 for 研发部署组.
func (e *entry) begins(name string) bool {
	return e.soundsLike(name) || slices.ContainsFunc(e.names, func(n string) bool {
		return strings.HasPrefix(n, name) || strings.HasPrefix(n, core(name))
	})
}

// abbreviated reports whether the name is e's in pinyin by initials, or its first syllables.
func (e *entry) abbreviated(name string) bool {
	return e.begins(name) || slices.ContainsFunc(e.sounds, func(s sound) bool { return s.is(compact(name)) || s.begins(compact(name)) })
}

func compact(s string) string { return strings.ReplaceAll(s, " ", "") }

// core returns a folded name without the word at its end that says what it is: 研发 for 研发部, finance for finance team.
func core(name string) string {
	for _, kind := range []string{"部门", "团队", "小组", "部", "组", " department", " dept.", " dept", " team", " group"} {
		if rest, ends := strings.CutSuffix(name, kind); ends && rest != "" {
			return strings.TrimSpace(rest)
		}
	}
	return name
}

// near returns the departments with the names most similar to an unknown name that the person may see, best first.
func (ix *index) near(ctx context.Context, name string, see See) []usage.Department {
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
	for some := range slices.Chunk(candidates, maxNear) {
		var list []usage.Department
		for _, c := range some {
			list = append(list, c.Department)
		}
		if found = append(found, see(ctx, list)...); len(found) >= maxNear {
			return found[:maxNear]
		}
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
		for _, part := range []string{n, core(n), firstWords(n, name)} {
			for _, typed := range []string{name, core(name)} {
				if d, near := typo.Distance(part, typed); near {
					take(d)
				}
			}
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

// firstWords returns as many of the first words of a name as another has: "slaes" is near to Sales East by its first.
func firstWords(name, other string) string {
	words := strings.Fields(name)
	return strings.Join(words[:min(len(words), len(strings.Fields(other)))], " ")
}

// contains reports whether one text is a part of the other. A single letter is a part of too many.
func contains(a, b string) bool {
	if len(a) < 2 || len(b) < 2 { // a Chinese character has three bytes
		return false
	}
	return strings.Contains(a, b) || strings.Contains(b, a)
}
