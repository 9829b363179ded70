// Package locale holds the languages that the program speaks, and reads their words. Every text that a person reads, on a
// card or from the doctor, has a key; a file for each language has the text of every key.
package locale

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Language is a language of the texts, and a language that commands are written in.
type Language string

// The languages.
const (
	Chinese Language = "zh"
	English Language = "en"
)

// Languages returns all languages.
func Languages() []Language { return []Language{Chinese, English} }

// Catalogs holds the texts of every language.
type Catalogs map[Language]Catalog

// Load reads the file locale/LANGUAGE.json of every language. It is an error if a text is missing in one of them, or has
// other placeholders there.
func Load(files fs.FS) (Catalogs, error) {
	all := Catalogs{}
	for _, lang := range Languages() {
		b, err := fs.ReadFile(files, "locale/"+string(lang)+".json")
		if err != nil {
			return nil, fmt.Errorf("read the texts of %s: %w", lang, err)
		}
		messages, err := parse(b)
		if err != nil {
			return nil, fmt.Errorf("understand the texts of %s: %w", lang, err)
		}
		all[lang] = Catalog{lang, messages}
	}
	return all, all.check()
}

// parse reads an object of messages. Unlike json.Unmarshal it does not accept a key twice.
func parse(b []byte) (map[string]message, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return nil, errors.New("no object")
	}
	messages := map[string]message{}
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return nil, err
		}
		key, m := fmt.Sprint(t), message{}
		if err := dec.Decode(&m); err != nil {
			return nil, fmt.Errorf("text %s: %w", key, err)
		}
		if _, twice := messages[key]; twice {
			return nil, fmt.Errorf("text %s stands there twice", key)
		}
		messages[key] = m
	}
	return messages, nil
}

// In returns the texts of a language. Any unknown language is treated as Chinese.
func (all Catalogs) In(lang Language) Catalog {
	if c, ok := all[lang]; ok {
		return c
	}
	return all[Chinese]
}

// check compares the keys and placeholders of all languages with those of Chinese.
func (all Catalogs) check() error {
	var faults []error
	wrong := func(lang Language, key, what string) {
		faults = append(faults, fmt.Errorf("text %s in %s: %s", key, lang, what))
	}
	model := all[Chinese]
	for _, lang := range Languages() {
		c := all[lang]
		for _, key := range c.Keys() {
			m := c.messages[key]
			switch of, known := model.messages[key]; {
			case m.other == "":
				wrong(lang, key, "is empty")
			case !known:
				wrong(Chinese, key, "is missing")
			case !slices.Equal(of.placeholders(), m.placeholders()):
				wrong(lang, key, fmt.Sprintf("has the placeholders %v, not %v", m.placeholders(), of.placeholders()))
			}
		}
		for _, key := range model.Keys() {
			if _, ok := c.messages[key]; !ok {
				wrong(lang, key, "is missing")
			}
		}
	}
	return errors.Join(faults...)
}

// Catalog holds the texts of one language by key.
type Catalog struct {
	Language Language
	messages map[string]message
}

// message is one text. one is used for a count of 1 in languages that distinguish it.
type message struct{ one, other string }

// UnmarshalJSON reads a string, or an object with one and other.
func (m *message) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &m.other) == nil {
		return nil
	}
	var both struct{ One, Other string }
	if err := json.Unmarshal(b, &both); err != nil {
		return fmt.Errorf("neither a text nor a pair of texts: %w", err)
	}
	m.one, m.other = both.One, both.Other
	return nil
}

// placeholders returns the names of the message's placeholders, each once.
func (m message) placeholders() []string {
	found := regexp.MustCompile(`\{[^}]*\}`).FindAllString(m.one+m.other, -1)
	slices.Sort(found)
	return slices.Compact(found)
}

// Keys returns all keys in order.
func (c Catalog) Keys() []string { return slices.Sorted(maps.Keys(c.messages)) }

// Raw returns the text of a key with its placeholders; it is empty if there is no such key.
func (c Catalog) Raw(key string) string { return c.messages[key].other }

// Text returns the text of a key and fills its {placeholders} from pairs of name and value.
func (c Catalog) Text(key string, pairs ...string) string { return fill(c.Raw(key), asMap(pairs)) }

// TextWith is Text with the values in a map.
func (c Catalog) TextWith(key string, values map[string]string) string {
	return fill(c.Raw(key), values)
}

// Count is Text in the form for n things. The caller writes the number itself.
func (c Catalog) Count(key string, n int, pairs ...string) string {
	if m := c.messages[key]; n == 1 && m.one != "" {
		return fill(m.one, asMap(pairs))
	}
	return c.Text(key, pairs...)
}

func asMap(pairs []string) map[string]string {
	values := make(map[string]string, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return values
}

// absent stands in the place of a value that is missing.
const absent = "—"

// fill replaces placeholders in one pass, so that {n} within a value stays unchanged.
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
			b.WriteString(absent)
		}
		s = after
	}
}
