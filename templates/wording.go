package templates

import (
	"embed"
	"encoding/json"
	"fmt"
	"strings"

	"usagebot/templates/card"
)

// Language is a language that cards are written in.
type Language string

// The languages. Any other value is treated as Chinese.
const (
	Chinese Language = "zh"
	English Language = "en"
)

// Languages returns all languages.
func Languages() []Language { return []Language{Chinese, English} }

//go:embed locale
var locale embed.FS

// Templates draws cards. Make it with New; it may be used from several goroutines.
type Templates struct {
	wordings map[Language]wording
}

// New reads the wording of every language.
func New() (*Templates, error) {
	t := &Templates{wordings: map[Language]wording{}}
	for _, lang := range Languages() {
		w, err := readWording(lang)
		if err != nil {
			return nil, err
		}
		t.wordings[lang] = w
	}
	return t, nil
}

func (t *Templates) in(lang Language) wording {
	if w, ok := t.wordings[lang]; ok {
		return w
	}
	return t.wordings[Chinese]
}

// wording is what is said in one language, by key.
type wording struct {
	lang  Language
	forms map[string]form
}

// form is one saying; one is used for a count of 1 where the language distinguishes it.
type form struct{ one, other string }

// UnmarshalJSON reads a string, or an object with one and other.
func (f *form) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &f.other) == nil {
		return nil
	}
	var both struct{ One, Other string }
	if err := json.Unmarshal(b, &both); err != nil {
		return fmt.Errorf("neither a text nor a pair of texts: %w", err)
	}
	f.one, f.other = both.One, both.Other
	return nil
}

func readWording(lang Language) (wording, error) {
	b, err := locale.ReadFile("locale/" + string(lang) + ".json")
	if err != nil {
		return wording{}, fmt.Errorf("read the wording of %s: %w", lang, err)
	}
	w := wording{lang: lang}
	if err := json.Unmarshal(b, &w.forms); err != nil {
		return wording{}, fmt.Errorf("understand the wording of %s: %w", lang, err)
	}
	return w, nil
}

// say returns the text of a key with its {placeholders} filled from pairs of name and value.
func (w wording) say(key string, pairs ...string) string {
	return fill(w.forms[key].other, asMap(pairs))
}

// sayWith is say with the values in a map.
func (w wording) sayWith(key string, values map[string]string) string {
	return fill(w.forms[key].other, values)
}

// count is say in the form for n things; the text may use {n}.
func (w wording) count(key string, n int, pairs ...string) string {
	values := asMap(pairs)
	values["n"] = card.Integer(int64(n))
	f := w.forms[key]
	if n == 1 && f.one != "" {
		return fill(f.one, values)
	}
	return fill(f.other, values)
}

// join makes a list of words.
func (w wording) join(words []string) string {
	return strings.Join(words, w.forms["list.separator"].other)
}

func asMap(pairs []string) map[string]string {
	values := make(map[string]string, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return values
}

// fill puts values in the places of a text, in one pass: a value that itself holds {n} stays as it is.
func fill(s string, values map[string]string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "{")
		place, after, closed := strings.Cut(rest, "}")
		b.WriteString(before)
		if !ok || !closed {
			return b.String()
		}
		if v := values[place]; v != "" {
			b.WriteString(v)
		} else {
			b.WriteString(card.Absent)
		}
		s = after
	}
}

// leftOut says how many items a list left out; nothing when it left out none.
func (w wording) leftOut(left int) []card.Element {
	if left <= 0 {
		return nil
	}
	return []card.Element{card.Remark(w.count("list.more", left))}
}

// notOffered says how many options a field has no room for; nothing when it offers them all.
func (w wording) notOffered(p card.Pick) []card.Element {
	left := len(card.Usable(p.Options)) - card.MaxPickOptions
	if !p.Usable() || left <= 0 {
		return nil
	}
	return []card.Element{card.Remark(w.count("pick.more", left))}
}
