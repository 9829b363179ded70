package templates

import (
	"embed"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
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

// Templates draws cards. Create it with New. It is safe for concurrent use.
type Templates struct {
	catalogs map[Language]catalog
}

// New reads the texts of every language.
func New() (*Templates, error) {
	t := &Templates{catalogs: map[Language]catalog{}}
	for _, lang := range Languages() {
		cat, err := readCatalog(lang)
		if err != nil {
			return nil, err
		}
		t.catalogs[lang] = cat
	}
	return t, nil
}

func (t *Templates) in(lang Language) catalog {
	if cat, ok := t.catalogs[lang]; ok {
		return cat
	}
	return t.catalogs[Chinese]
}

// catalog holds the texts of one language by key.
type catalog struct {
	lang  Language
	forms map[string]message
}

// message is one text. one is used for a count of 1 in languages that distinguish it.
type message struct{ one, other string }

// UnmarshalJSON reads a string, or an object with one and other.
func (f *message) UnmarshalJSON(b []byte) error {
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

func readCatalog(lang Language) (catalog, error) {
	b, err := locale.ReadFile("locale/" + string(lang) + ".json")
	if err != nil {
		return catalog{}, fmt.Errorf("read the wording of %s: %w", lang, err)
	}
	cat := catalog{lang: lang}
	if err := json.Unmarshal(b, &cat.forms); err != nil {
		return catalog{}, fmt.Errorf("understand the wording of %s: %w", lang, err)
	}
	return cat, nil
}

// text returns the text of a key and fills its {placeholders} from pairs of name and value.
func (cat catalog) text(key string, pairs ...string) string {
	return fill(cat.forms[key].other, asMap(pairs))
}

// textWith is text with the values in a map.
func (cat catalog) textWith(key string, values map[string]string) string {
	return fill(cat.forms[key].other, values)
}

// count is text in the form for n things. The text may use {n}.
func (cat catalog) count(key string, n int, pairs ...string) string {
	values := asMap(pairs)
	values["n"] = card.Integer(int64(n))
	f := cat.forms[key]
	if n == 1 && f.one != "" {
		return fill(f.one, values)
	}
	return fill(f.other, values)
}

// join joins words with the language's separator.
func (cat catalog) join(words []string) string {
	return strings.Join(words, cat.forms["list.separator"].other)
}

func asMap(pairs []string) map[string]string {
	values := make(map[string]string, len(pairs)/2+1)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[pairs[i]] = pairs[i+1]
	}
	return values
}

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
			b.WriteString(card.Absent)
		}
		s = after
	}
}

// leftOut says how many items a list leaves out, or returns nothing if it shows all.
func (cat catalog) leftOut(left int) []card.Element {
	if left <= 0 {
		return nil
	}
	return []card.Element{card.SmallText(cat.count("list.more", left))}
}

// notOffered says how many options do not fit into a field, or returns nothing if all do.
func (cat catalog) notOffered(p card.Pick) []card.Element {
	left := len(card.Usable(p.Options)) - card.MaxPickOptions
	if !p.Usable() || left <= 0 {
		return nil
	}
	return []card.Element{card.SmallText(cat.count("pick.more", left))}
}

// signed writes n with its sign: +5, −5, 0.
func signed(n int64) string {
	if n > 0 {
		return "+" + card.Integer(n)
	}
	return card.Integer(n)
}

// percent writes a change of p per cent with one decimal: +12.3%, −100%. Rounding never hides a change or shows nearly
// 100% as 100%. From 1,000 on there are no decimals. It returns "" if p is not a number or too large for an int64.
func percent(p float64) string {
	size := math.Abs(p)
	sign := "+"
	if p < 0 {
		sign = card.Minus
	}
	switch {
	case math.IsNaN(p), math.IsInf(p, 0), size >= math.MaxInt64:
		return ""
	case size > 0 && size < 0.1:
		return sign + "<0.1%"
	case size < 100 && size > 99.9:
		size = 99.9
	}
	return sign + magnitude(size) + "%"
}

// magnitude writes a size with one decimal, from 1,000 on without. It rounds only once.
func magnitude(size float64) string {
	if r := rounded(size); r >= 1000 || size == math.Trunc(size) {
		return card.Integer(int64(r))
	}
	return strconv.FormatFloat(rounded(size), 'f', 1, 64)
}

func rounded(size float64) float64 {
	if tenths := math.Round(size * 10); tenths < 10_000 {
		return tenths / 10
	}
	return math.Round(size)
}

// shortFrom is the smallest count that short abbreviates.
const shortFrom = 100_000

// maxUnits is the number of units that a language has for large numbers.
const maxUnits = 3

// short abbreviates n where room is scarce: exact below 100,000, then with one decimal in the language's unit (12.3万,
// 123.4K). The caller must show the exact figure elsewhere in the card.
func (cat catalog) short(n int64) string {
	size := math.Abs(float64(n))
	step, err := strconv.ParseFloat(cat.text("number.step"), 64)
	if size < shortFrom || err != nil {
		return card.Integer(n)
	}
	unit := 1
	for size /= step; unit < maxUnits && rounded(size) >= step; unit++ {
		size /= step
	}
	sign := ""
	if n < 0 {
		sign = card.Minus
	}
	return sign + strings.TrimSuffix(magnitude(size), ".0") + cat.text("number.unit."+strconv.Itoa(unit))
}

// day writes a day with its weekday.
func (cat catalog) day(d usage.Date) string {
	return cat.text("date.day", "date", d.String(), "weekday", cat.weekday(d))
}

func (cat catalog) weekday(d usage.Date) string {
	return cat.text("weekday." + strconv.Itoa(int(d.Weekday())))
}

// days writes the days from first to last.
func (cat catalog) days(first, last usage.Date) string {
	if first == last {
		return cat.day(first)
	}
	return cat.text("date.days", "first", cat.day(first), "last", cat.day(last))
}

// Days writes a range of days as cards do.
func (t *Templates) Days(lang Language, first, last usage.Date) string {
	return t.in(lang).days(first, last)
}

// period writes the days of a whole period.
func (cat catalog) period(p usage.Period) string { return cat.days(p.Start, p.End()) }

// covered writes the days that the report covers.
func (cat catalog) covered(r usage.Report) string { return cat.days(r.Period.Start, lastDay(r)) }

func lastDay(r usage.Report) usage.Date {
	if r.Through.IsZero() || r.Through.Before(r.Period.Start) {
		return r.Period.End()
	}
	return r.Through
}

// moment writes a day with its weekday, and the time on a 24-hour clock in t's zone.
func (cat catalog) moment(t time.Time) string {
	if t.IsZero() {
		return card.Absent
	}
	return cat.text("date.moment", "day", cat.day(usage.DateOf(t)), "time", t.Format("15:04"))
}
