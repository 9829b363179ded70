package doctor

import (
	"embed"
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

//go:embed locale
var locale embed.FS

// Language is a language that findings are worded in.
type Language string

// The languages. Any other value is treated as Chinese.
const (
	Chinese Language = "zh"
	English Language = "en"
)

// Text is a finding in words.
type Text struct {
	Title  string // what was looked at
	Detail string // what was seen
	Todo   string // what to do about it; empty when there is nothing to do
}

// Words puts findings into words in one language.
type Words map[string]string

// Wording reads the words of a language.
func Wording(lang Language) Words {
	if lang != English {
		lang = Chinese
	}
	words := Words{}
	b, err := locale.ReadFile("locale/" + string(lang) + ".json")
	if err == nil {
		err = json.Unmarshal(b, &words)
	}
	if err != nil {
		panic("doctor: its own words cannot be read: " + err.Error()) // a test holds that they can
	}
	return words
}

// Text words the finding.
func (f Finding) Text(lang Language) Text { return Wording(lang).Text(f) }

// Text words a finding.
func (w Words) Text(f Finding) Text {
	t := Text{Title: w.Title(f.Check), Detail: w.fill(f.Key, f.Args), Todo: w.fill(f.Key+".todo", f.Args)}
	if f.Subject != "" {
		t.Title += " " + f.Subject
	}
	if need := f.Args["check"]; f.Key == "needs" {
		t.Detail = w.fill("needs", map[string]string{"check": w.Title(need)})
	}
	return t
}

// Line is what was looked at and what was seen, in a line.
func (w Words) Line(t Text) string {
	return w.fill("line", map[string]string{"title": t.Title, "detail": t.Detail})
}

// Title is what a check is called.
func (w Words) Title(check string) string {
	if title := w["title."+check]; title != "" {
		return title
	}
	return check
}

// Status names a status.
func (w Words) Status(s Status) string { return w["status."+string(s)] }

// Summary says in a line what became of all checks.
func (w Words) Summary(findings []Finding) string {
	key := "summary." + string(Worst(findings))
	return w.fill(key, map[string]string{
		"failures": strconv.Itoa(Count(findings, Failure)), "warnings": strconv.Itoa(Count(findings, Warning)), "all": strconv.Itoa(len(findings)),
	})
}

// fill puts the values into the places of a text, in one pass: a value that itself holds a place stays as it is. A value
// that begins with @ is the key of other words, or a list of such keys.
func (w Words) fill(key string, values map[string]string) string {
	pairs := make([]string, 0, 2*len(values))
	for name, value := range values {
		pairs = append(pairs, "{"+name+"}", w.worded(value))
	}
	return strings.NewReplacer(pairs...).Replace(w[key])
}

// spanKey stands before the length of a span of time in a value: words differ by language.
const spanKey = "span:"

// Span is a value of a finding that is worded as a span of time, whichever way it goes: 31 days 21 hours.
func Span(d time.Duration) string { return "@" + spanKey + d.Abs().Round(time.Second).String() }

// span words a length by its largest unit and the next one.
func (w Words) span(length string) string {
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
		key := "span." + unit.name
		if n == 1 {
			key += ".one"
		}
		if parts = append(parts, w.fill(key, map[string]string{"n": strconv.Itoa(n)})); len(parts) == 2 {
			break
		}
	}
	return strings.Join(parts, w["span.join"])
}

// worded is a value in words, where it is made of keys.
func (w Words) worded(value string) string {
	keys := strings.Split(value, " ")
	words := make([]string, len(keys))
	for i, key := range keys {
		word, is := strings.CutPrefix(key, "@")
		words[i] = w[word]
		if length, isSpan := strings.CutPrefix(word, spanKey); is && isSpan {
			words[i] = w.span(length)
		}
		if !is || words[i] == "" {
			return value
		}
	}
	return strings.Join(words, w["separator"])
}
