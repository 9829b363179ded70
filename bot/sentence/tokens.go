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
}

// segment returns the tokens of a normalized text, with the fewest unknown characters and then the fewest tokens. Unknown
// neighbours are one token.
func (c Context) segment(text string) []token {
	s := segmenter{Context: c, text: text}
	for i := range text {
		s.starts = append(s.starts, i)
	}
	s.starts = append(s.starts, len(text))
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
func (s *segmenter) boundary(i int) bool {
	if i == 0 || i == len(s.starts)-1 {
		return true
	}
	before, _ := utf8.DecodeLastRuneInString(s.text[:s.starts[i]])
	after, _ := utf8.DecodeRuneInString(s.text[s.starts[i]:])
	return !isWord(before) || !isWord(after)
}

// candidates calls found for every token that can begin at a rune.
func (s *segmenter) candidates(i int, found func(t token, end int)) {
	if !s.boundary(i) {
		return
	}
	from, words := s.starts[i], lexicon()
	longest := words.longest
	if s.Names != nil {
		longest = max(longest, s.Names.longest+maxUnit)
	}
	for end := i + 1; end < len(s.starts) && end-i <= longest; end++ {
		if !s.boundary(end) {
			continue
		}
		text := s.text[from:s.starts[end]]
		t := token{from: from, to: s.starts[end]}
		known := false
		if t.entry, known = words.of[text]; known {
			if t.sort == when {
				t.period = period{form: unclear}
			}
			t.also = s.nameToo(text, t.sort)
			found(t, end)
		}
		s.named(text, known, t, func(t token) { found(t, end) })
	}
	s.scan(i, found)
}

// maxUnit is the length of the longest word for a unit after a name, in runes.
const maxUnit = 12

// named finds the text among the names, with or without a word for a unit after it.
func (s *segmenter) named(text string, isWordToo bool, t token, found func(token)) {
	t.entry = entry{sort: name}
	if app, ok := s.Apps.find(text); ok && !isWordToo {
		t.of, t.apps = app, true
		found(t)
	}
	if s.Names == nil {
		return
	}
	dept, ok := s.Names.find(text)
	if ok && !isWordToo {
		t.of, t.apps = dept, false
		found(t)
	}
	if ok && dept.tier <= base {
		return
	}
	for _, unit := range unitWords {
		short, ends := strings.CutSuffix(text, unit)
		if !ends || short == "" {
			continue
		}
		if dept, ok := s.Names.find(strings.TrimSpace(short)); ok {
			t.of, t.apps = dept, false
			found(t)
			return
		}
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
