package sentence

import (
	"strings"
	"unicode/utf8"

	"usagebot/usage"
)

// token is a stretch of the text with one meaning.
type token struct {
	entry
	from, to int // in the text, in bytes
	text     string
	n        int     // of numbers, ranks and spans
	period   period  // of periods and spans
	of       called  // of names
	apps     bool    // the name is an app's
	also     *called // the text is a word of the lexicon and a department's name too
}

// The costs of a segmentation. Unknown text costs far more than any number of tokens.
const (
	unknownCost = 1000
	tokenCost   = 10
)

// segmenter splits one text.
type segmenter struct {
	Context
	text   string
	starts []int // the byte offsets of the runes, and the end
	bounds []bool
}

// segment returns the tokens of a normalized text, with the fewest unknown characters and then the fewest tokens. Unknown
// neighbours are one token.
func (c Context) segment(text string) []token {
	s := segmenter{Context: c, text: text}
	for i := range text {
		s.starts = append(s.starts, i)
	}
	s.starts = append(s.starts, len(text))
	s.bounds = boundaries(text, s.starts)
	n := len(s.starts) - 1
	cost := make([]int, n+1)
	best := make([]token, n+1) // the token that begins at each rune
	next := make([]int, n+1)
	for i := n - 1; i >= 0; i-- {
		if text[s.starts[i]] == ' ' {
			cost[i], next[i] = cost[i+1], i+1
			continue
		}
		end := s.unknownEnd(i)
		cost[i], next[i] = unknownCost+cost[end], end
		best[i] = token{from: s.starts[i], to: s.starts[end]}
		s.candidates(i, func(t token, end int) {
			total := tokenCost + cost[end]
			if t.sort == filler {
				total++
			}
			if t.sort == name && t.of.tier >= sound {
				total += 2
			}
			if total < cost[i] || total == cost[i] && end > next[i] {
				cost[i], next[i], best[i] = total, end, t
			}
		})
	}
	return s.collect(best, next, n)
}

func (s *segmenter) collect(best []token, next []int, n int) (tokens []token) {
	for i := 0; i < n; i = next[i] {
		t := best[i]
		if t.to == 0 { // a space
			continue
		}
		t.text = s.text[t.from:t.to]
		if last := len(tokens) - 1; last >= 0 && t.sort == unknown && tokens[last].sort == unknown && tokens[last].to == t.from {
			tokens[last].to, tokens[last].text = t.to, s.text[tokens[last].from:t.to]
			continue
		}
		tokens = append(tokens, t)
	}
	return tokens
}

// unknownEnd returns where the unknown unit that begins at a rune ends: one Chinese character, or one word.
func (s *segmenter) unknownEnd(i int) int {
	end := i + 1
	for end < len(s.starts)-1 && !s.boundary(end) {
		end++
	}
	return end
}

// boundary reports whether a token may begin or end at a rune: not inside of a word that is written with spaces around it.
func (s *segmenter) boundary(i int) bool { return s.bounds[i] }

func boundaries(text string, starts []int) []bool {
	bounds := make([]bool, len(starts))
	before := rune(0)
	for i, r := range []rune(text) {
		bounds[i] = !isWord(before) || !isWord(r)
		before = r
	}
	bounds[len(starts)-1] = true
	return bounds
}

// candidates calls found for every token that can begin at a rune.
func (s *segmenter) candidates(i int, found func(t token, end int)) {
	if !s.boundary(i) {
		return
	}
	from, words := s.starts[i], lexicon()
	first, _ := utf8.DecodeRuneInString(s.text[from:])
	longest := max(words.longest[first], s.Names.longestFrom(first), s.Apps.longestFrom(first))
	for end := i + 1; end < len(s.starts) && end-i <= longest; end++ {
		if !s.boundary(end) {
			continue
		}
		text := s.text[from:s.starts[end]]
		t := token{from: from, to: s.starts[end]}
		var known bool
		if t.entry, known = words.of[text]; known {
			if t.sort == when {
				t.period = s.holiday(t.value, 0)
			}
			t.also = s.nameToo(text, t.sort)
			found(t, end)
		}
		s.named(text, known, t, end, found)
	}
	s.scan(i, found)
}

// named finds the text among the names. A department's may be followed by a word for a unit.
func (s *segmenter) named(text string, isWordToo bool, t token, end int, found func(t token, end int)) {
	t.entry, t.also = entry{sort: name}, nil
	if app, ok := s.Apps.find(text); ok && !isWordToo {
		t.of, t.apps = app, true
		found(t, end)
	}
	dept, ok := s.Names.find(text)
	if !ok {
		return
	}
	t.of, t.apps = dept, false
	if !isWordToo {
		found(t, end)
	}
	rest := s.text[t.to:]
	for _, unit := range unitWords {
		if !strings.HasPrefix(rest, unit) {
			continue
		}
		t.to += len(unit)
		if end += utf8.RuneCountInString(unit); s.boundary(end) {
			found(t, end)
		}
		return
	}
}

// nameToo returns the departments that have a word of the lexicon for a name. A mere beginning of a name does not count, nor
// does a word that is needed to speak of usage at all.
func (s *segmenter) nameToo(text string, sort sort) *called {
	dept, ok := s.Names.find(text)
	if !ok || dept.tier > base || sort == filler && dept.tier > whole || sort == join || sort == within {
		return nil
	}
	return &dept
}

// cycleOf returns the cycle that a word for a length of time stands for, and how many of it: a year is twelve months.
func cycleOf(unit string) (c usage.Cycle, times int) {
	switch {
	case strings.HasPrefix(unit, "d"), unit == "天", unit == "日":
		return usage.Daily, 1
	case strings.HasPrefix(unit, "w"), unit == "周", unit == "星期", unit == "礼拜":
		return usage.Weekly, 1
	case strings.HasPrefix(unit, "y"), unit == "年":
		return usage.Monthly, 12
	case strings.HasPrefix(unit, "q"), unit == "季度":
		return usage.Monthly, 3
	}
	return usage.Monthly, 1
}
