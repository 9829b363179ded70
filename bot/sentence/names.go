package sentence

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"usagebot/typo"
)

// Name is a department or an app with all that it may be called.
type Name struct {
	ID     string
	Parent string // the id of the department above
	Name   string
	Path   string   // names from the top down
	Also   []string // other names, such as those in other languages
	Sounds []string // its name in pinyin
}

// Names finds departments or apps by what they are called. It never changes once built.
type Names struct {
	list    []Name
	byID    map[string]int
	called  map[string]called // by folded words
	folded  [][]string        // the folded names of each
	by      map[rune][]int    // which have a name with the rune
	exact   map[string]int    // how many have the folded name
	paths   map[string]int
	longest map[rune]int // in runes, by the first rune
}

// called is what a text calls, in the strictest tier that anything is called so.
type called struct {
	tier tier
	of   []int
}

// tier is how well a text fits a name. A better one hides the others.
type tier int

const (
	whole  tier = iota + 1 // the whole name
	base                   // the name without its 部 or team
	sound                  // its pinyin
	prefix                 // its beginning
)

// unitWords end a department's name without being part of what it is called. Longer ones come first.
var unitWords = []string{
	"部门", "小组", "团队", "分公司", "事业部", "部", "组", " department", " dept.", " dept", " team", " group", " division",
}

// The shortest beginnings of a name that are enough, in runes.
const (
	shortestHan   = 2
	shortestLatin = 4
	longestName   = 32 // longer names are found by their beginning
)

// NewNames builds the index. A thing without a name is never found.
func NewNames(list []Name) *Names {
	n := &Names{
		list: list, byID: make(map[string]int, len(list)), called: make(map[string]called, 12*len(list)),
		folded: make([][]string, len(list)), longest: map[rune]int{}, by: map[rune][]int{}, exact: make(map[string]int, len(list)), paths: make(map[string]int, len(list)),
	}
	for i, named := range list {
		n.byID[named.ID] = i
		all := foldedNames(named)
		n.folded[i] = all
		for _, name := range all {
			n.exact[name]++
			n.add(name, whole, i)
			short := withoutUnit(name)
			if short != name {
				n.add(short, base, i)
			}
			n.addPrefixes(name, i)
			n.addRunes(short, i)
		}
		n.paths[foldText(named.Path)]++
		for _, s := range named.Sounds {
			n.add(s, sound, i)
			for _, unit := range []string{"bu", "zu", "bumen", "tuandui"} {
				if short := strings.TrimSuffix(s, unit); len(short) >= shortestLatin && short != s {
					n.add(short, sound, i)
				}
			}
		}
	}
	return n
}

func foldedNames(named Name) (all []string) {
	for _, name := range append([]string{named.Name}, named.Also...) {
		folded := foldText(name)
		if folded == "" || slices.Contains(all, folded) {
			continue
		}
		all = append(all, folded)
		if joined := strings.ReplaceAll(folded, " ", ""); joined != folded && isHanText(folded) {
			all = append(all, joined)
		}
		if spelled := strings.Join(strings.Fields(strings.ReplaceAll(folded, "&", " and ")), " "); spelled != folded {
			all = append(all, spelled, strings.Join(strings.Fields(strings.ReplaceAll(folded, "&", " & ")), " "))
		}
	}
	return all
}

// withoutUnit returns the folded name without the word for a unit at its end.
func withoutUnit(name string) string {
	for _, unit := range unitWords {
		short, ends := strings.CutSuffix(name, unit)
		if short = strings.TrimSpace(short); ends && utf8.RuneCountInString(short) >= shortestHan {
			return short
		}
	}
	return name
}

func (n *Names) addPrefixes(name string, i int) {
	runes := []rune(name)
	for end := shortestHan; end < min(len(runes), longestName); end++ {
		last, next := runes[end-1], runes[end]
		han := unicode.Is(unicode.Han, last)
		if han || end >= shortestLatin && last != ' ' || !isWord(next) && isWord(last) {
			n.add(string(runes[:end]), prefix, i)
		}
	}
}

// add records that a text calls the thing. A better tier replaces a worse one.
func (n *Names) add(text string, t tier, i int) {
	length := utf8.RuneCountInString(text)
	if length < shortestHan && t != whole || length == 0 || length > longestName {
		return
	}
	first, _ := utf8.DecodeRuneInString(text)
	n.longest[first] = max(n.longest[first], length)
	old := n.called[text]
	switch {
	case old.tier == 0 || t < old.tier:
		n.called[text] = called{t, []int{i}}
	case t == old.tier && !slices.Contains(old.of[max(0, len(old.of)-2):], i):
		old.of = append(old.of, i)
		n.called[text] = old
	}
}

// find returns what a folded text calls.
func (n *Names) find(text string) (called, bool) {
	if n == nil {
		return called{}, false
	}
	c, ok := n.called[text]
	return c, ok
}

// longestFrom returns the length of the longest text that begins with a rune and calls anything.
func (n *Names) longestFrom(first rune) int {
	if n == nil {
		return 0
	}
	return n.longest[first]
}

// within reports whether the thing is below another one.
func (n *Names) within(i, above int) bool {
	for range 32 {
		up, ok := n.byID[n.list[i].Parent]
		if !ok {
			return false
		}
		if up == above {
			return true
		}
		i = up
	}
	return false
}

// below returns the departments directly under one.
func (n *Names) below(above int) (found []int) {
	for i := range n.list {
		if n.list[i].Parent == n.list[above].ID && n.list[i].Name != "" {
			found = append(found, i)
		}
	}
	return found
}

// written returns how the grammar finds the thing: by its name if nothing else has it, else by its path or id.
func (n *Names) written(i int) string {
	named := n.list[i]
	switch {
	case n.exact[foldText(named.Name)] == 1:
		return named.Name
	case named.Path != "" && n.paths[foldText(named.Path)] == 1:
		return named.Path
	}
	return named.ID
}

// maxOffers is how many readings are offered.
const maxOffers = 5

// maxCompared is how many names are compared with an unknown one.
const maxCompared = 100

// near returns the things with names like the text, best first.
func (n *Names) near(text string) []int {
	if n == nil || utf8.RuneCountInString(text) > longestName {
		return nil
	}
	type scored struct{ i, distance int }
	var found []scored
	short := withoutUnit(text)
	for _, i := range n.similar(short) {
		best := -1
		for _, name := range n.folded[i] {
			if d, ok := typo.Distance(withoutUnit(name), short); ok && (best < 0 || d < best) {
				best = d
			}
			if isHanText(name) && sharedStart(name, text) >= 2 && best < 0 {
				best = 3
			}
		}
		if best >= 0 {
			found = append(found, scored{i, best})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return cmp.Compare(a.distance, b.distance) })
	var list []int
	for _, s := range found[:min(len(found), maxOffers)] {
		list = append(list, s.i)
	}
	return list
}

// addRunes records the runes by which similar names are looked up: every Chinese character, or the first two letters.
func (n *Names) addRunes(name string, i int) {
	for at, r := range name {
		if had := n.by[r]; (isHan(r) || at < 2) && (len(had) == 0 || had[len(had)-1] != i) {
			n.by[r] = append(had, i)
		}
	}
}

// similar returns the things that share a rune with the text.
func (n *Names) similar(text string) (found []int) {
	seen := map[int]bool{}
	for at, r := range text {
		if !isHan(r) && at > 1 {
			break
		}
		for _, i := range n.by[r] {
			if !seen[i] && len(found) < maxCompared {
				seen[i] = true
				found = append(found, i)
			}
		}
	}
	return found
}

func isHanText(s string) bool { return strings.ContainsFunc(s, isHan) }

// sharedStart returns how many runes two texts begin with alike.
func sharedStart(a, b string) (n int) {
	other := []rune(b)
	for _, r := range a {
		if n == len(other) || other[n] != r {
			break
		}
		n++
	}
	return n
}
