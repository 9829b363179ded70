package doctor

import (
	"embed"
	"strconv"
	"strings"
	"time"

	"usagebot/locale"
)

//go:embed locale
var texts embed.FS

// Text is a worded finding.
type Text struct {
	Title  string // what was checked
	Detail string // what was found
	Todo   string // what to do about it; empty if there is nothing to do
}

// Catalog holds the doctor's texts in one language.
type Catalog struct{ locale.Catalog }

// CatalogFor returns the texts of a language.
func CatalogFor(lang locale.Language) Catalog {
	all, err := locale.Load(texts)
	if err != nil {
		panic("doctor: its own texts cannot be read: " + err.Error()) // the files are part of the program, and a test reads them
	}
	return Catalog{all.In(lang)}
}

// Text words the finding.
func (f Finding) Text(lang locale.Language) Text { return CatalogFor(lang).Text(f) }

// Text words a finding.
func (w Catalog) Text(f Finding) Text {
	t := Text{Title: w.Title(f.Check), Detail: w.format(f.Key, f.Args), Todo: w.format(f.Key+".todo", f.Args)}
	if f.Subject != "" {
		t.Title += " " + f.Subject
	}
	if need := f.Args["check"]; f.Key == "needs" {
		t.Detail = w.format("needs", map[string]string{"check": w.Title(need)})
	}
	return t
}

// Line words what was checked and what was found, in one line.
func (w Catalog) Line(t Text) string {
	return w.format("line", map[string]string{"title": t.Title, "detail": t.Detail})
}

// Title returns the title of a check.
func (w Catalog) Title(check string) string {
	if title := w.Raw("title." + check); title != "" {
		return title
	}
	return check
}

// Status names a status.
func (w Catalog) Status(s Status) string { return w.Raw("status." + string(s)) }

// Summary sums up the findings in one line.
func (w Catalog) Summary(findings []Finding) string {
	key := "summary." + string(Worst(findings))
	return w.format(key, map[string]string{
		"failures": strconv.Itoa(Count(findings, StatusFailure)), "warnings": strconv.Itoa(Count(findings, StatusWarning)), "all": strconv.Itoa(len(findings)),
	})
}

// format fills the placeholders of a text. A value that begins with @ is the key of another text, or a list of such keys.
func (w Catalog) format(key string, values map[string]string) string {
	resolved := make(map[string]string, len(values))
	for name, value := range values {
		resolved[name] = w.resolve(value)
	}
	return w.TextWith(key, resolved)
}

// spanKey is the prefix of a value that is a span of time: its wording depends on the language.
const spanKey = "span:"

// Span returns a value that the Catalog words as a span of time, such as "31 days 21 hours"; the sign is dropped.
func Span(d time.Duration) string { return "@" + spanKey + d.Abs().Round(time.Second).String() }

// span words a length by its largest unit and the next one.
func (w Catalog) span(length string) string {
	d, err := time.ParseDuration(length)
	if err != nil {
		return ""
	}
	var parts []string
	for _, unit := range []struct {
		name   string
		length time.Duration
	}{{"day", 24 * time.Hour}, {"hour", time.Hour}, {"minute", time.Minute}, {"second", time.Second}} {
		n := int(d / unit.length)
		d %= unit.length
		switch {
		case n == 0 && len(parts) > 0:
			return parts[0]
		case n == 0 && unit.length > time.Second:
			continue
		}
		if parts = append(parts, w.Count("span."+unit.name, n, "n", strconv.Itoa(n))); len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, w.Raw("span.join"))
}

// resolve returns the text for a value that consists of keys, and any other value unchanged.
func (w Catalog) resolve(value string) string {
	keys := strings.Split(value, " ")
	words := make([]string, len(keys))
	for i, key := range keys {
		word, is := strings.CutPrefix(key, "@")
		words[i] = w.Raw(word)
		if length, isSpan := strings.CutPrefix(word, spanKey); is && isSpan {
			words[i] = w.span(length)
		}
		if !is || words[i] == "" {
			return value
		}
	}
	return strings.Join(words, w.Raw("separator"))
}
