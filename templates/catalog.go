package templates

import (
	"embed"
	"math"
	"strconv"
	"strings"
	"time"

	"usagebot/locale"
	"usagebot/templates/card"
	"usagebot/usage"
)

//go:embed locale
var texts embed.FS

// Templates holds the texts of cards in every language. Create it with New. It is safe for concurrent use.
type Templates struct{ catalogs locale.Catalogs }

// New reads the texts of every language.
func New() (*Templates, error) {
	catalogs, err := locale.Load(texts)
	return &Templates{catalogs}, err
}

// In returns the texts of a language. Any unknown language is treated as Chinese.
func (t *Templates) In(lang locale.Language) Catalog { return Catalog{t.catalogs.In(lang)} }

// Catalog holds the texts of one language, and writes numbers, days and names in it. Functions such as Usage and Trend draw a
// card with its texts.
type Catalog struct{ locale.Catalog }

// count is Text in the form for n things. The text may use {n}.
func (cat Catalog) count(key string, n int, pairs ...string) string {
	return cat.Count(key, n, append([]string{"n", card.Integer(int64(n))}, pairs...)...)
}

// join joins words with the language's separator.
func (cat Catalog) join(words []string) string {
	return strings.Join(words, cat.Raw("list.separator"))
}

// leftOut says how many items a list leaves out, or returns nothing if it shows all.
func leftOut(cat Catalog, left int) []card.Element {
	if left <= 0 {
		return nil
	}
	return []card.Element{card.SmallText(cat.count("list.more", left))}
}

// notOffered says how many options do not fit into a field, or returns nothing if all do.
func notOffered(cat Catalog, p card.Pick) []card.Element {
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

// unsigned removes the sign of a number that signed or percent has written.
func unsigned(s string) string { return strings.TrimLeft(s, "+"+card.Minus) }

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
func (cat Catalog) short(n int64) string {
	size := math.Abs(float64(n))
	step, err := strconv.ParseFloat(cat.Text("number.step"), 64)
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
	return sign + strings.TrimSuffix(magnitude(size), ".0") + cat.Text("number.unit."+strconv.Itoa(unit))
}

// day writes a day with its weekday.
func (cat Catalog) day(d usage.Date) string {
	return cat.Text("date.day", "date", d.String(), "weekday", cat.weekday(d))
}

// MonthName returns the name of a month.
func MonthName(cat Catalog, m time.Month) string { return cat.Text("month." + strconv.Itoa(int(m))) }

func (cat Catalog) weekday(d usage.Date) string {
	return cat.Text("weekday." + strconv.Itoa(int(d.Weekday())))
}

// days writes the days from first to last.
func (cat Catalog) days(first, last usage.Date) string {
	if first == last {
		return cat.day(first)
	}
	return cat.Text("date.days", "first", cat.day(first), "last", cat.day(last))
}

// Days writes a range of days as cards do.
func Days(cat Catalog, first, last usage.Date) string {
	return cat.days(first, last)
}

// period writes the days of a whole period.
func (cat Catalog) period(p usage.Period) string { return cat.days(p.Start, p.End()) }

// covered writes the days that the report covers.
func (cat Catalog) covered(r usage.Report) string { return cat.days(r.Period.Start, lastDay(r)) }

func lastDay(r usage.Report) usage.Date {
	if r.Through.IsZero() || r.Through.Before(r.Period.Start) {
		return r.Period.End()
	}
	return r.Through
}

// moment writes a day with its weekday, and the time on a 24-hour clock in t's zone.
func (cat Catalog) moment(t time.Time) string {
	if t.IsZero() {
		return card.Absent
	}
	return cat.Text("date.moment", "day", cat.day(usage.DateOf(t)), "time", t.Format("15:04"))
}
