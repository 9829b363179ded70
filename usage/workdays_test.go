package usage

import (
	"strings"
	"testing"
	"time"
)

func TestWorkdays_China(t *testing.T) {
	t.Parallel()
	w := NewWorkdays(China)
	for day, want := range map[string]bool{
		"2026-01-01": false, "2026-01-04": true, "2026-02-14": true, "2026-02-16": false, "2026-02-28": true, "2026-05-09": true,
		"2026-09-20": true, "2026-10-01": false, "2026-10-07": false, "2026-10-08": true, "2026-10-10": true, "2026-10-11": false,
		"2026-11-23": true, "2026-11-22": false, "2027-01-31": true, "2027-02-14": true, "2027-05-08": true, "2027-09-26": true, "2027-10-09": true,
	} {
		if got := w.IsWorkday(theDay(t, day)); got != want {
			t.Errorf("%s is a workday: %v, want %v", day, got, want)
		}
	}
	for year, want := range map[int][2]int{2026: {39 - 6, 6}, 2027: {34 - 5, 5}, 2028: {0, 0}} { // days off and make-up workdays
		off, work := 0, 0
		for _, d := range w.In(year) {
			if d.Date.Year != year || d.Name == "" {
				t.Errorf("%d has %+v", year, d)
			}
			if d.Work {
				work++
			} else {
				off++
			}
		}
		if off != want[0] || work != want[1] || w.Knows(year) != (off > 0) {
			t.Errorf("%d: %d days off and %d make-up workdays, want %v; known: %v", year, off, work, want, w.Knows(year))
		}
	}
	if last := w.KnownThrough(); last != 2027 {
		t.Errorf("known through %d", last)
	}
	for year := 2013; year <= 2027; year++ { // before, some working Mondays are listed too
		for _, d := range w.In(year) {
			weekend := d.Date.Weekday() == time.Saturday || d.Date.Weekday() == time.Sunday
			if d.Work && !weekend {
				t.Errorf("%s (%s) makes up for a holiday and is no weekend", d.Date, d.Name)
			}
		}
	}
}

func theDay(t *testing.T, s string) Date {
	t.Helper()
	d, err := ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestWorkdays_Previous(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		country   Country
		day, want string
	}{
		{China, "2026-10-08", "2026-09-30"},
		{China, "2026-10-12", "2026-10-10"},
		{China, "2026-11-23", "2026-11-20"},
		{China, "2026-11-24", "2026-11-23"},
		{NoCountry, "2026-10-08", "2026-10-07"},
		{NoCountry, "2026-10-12", "2026-10-09"},
		{China, "2028-10-09", "2028-10-06"},
	} {
		if got, ok := NewWorkdays(tt.country).Previous(theDay(t, tt.day)); !ok || got.String() != tt.want {
			t.Errorf("%s: the workday before %s is %s, want %s", tt.country, tt.day, got, tt.want)
		}
	}
	var all []SpecialDay
	for d := NewDate(2026, 1, 1); d.Year == 2026; d = d.AddDays(1) {
		all = append(all, SpecialDay{Date: d, Name: "x"})
	}
	if got, ok := NewWorkdays(NoCountry, all...).Previous(NewDate(2026, 12, 1)); ok {
		t.Errorf("a year off has the workday %s", got)
	}
}

func TestWorkdays_Replace(t *testing.T) {
	t.Parallel()
	w := NewWorkdays(China, SpecialDay{Date: NewDate(2026, 11, 3), Name: "公司日"})
	w.Replace(SpecialDay{Date: NewDate(2026, 10, 8), Name: "公司日"}, SpecialDay{Date: NewDate(2028, 1, 3), Name: "元旦"})
	for day, want := range map[string]bool{"2026-10-08": false, "2028-01-03": false, "2026-11-03": true, "2026-10-10": true, "2026-10-01": false} {
		if got := w.IsWorkday(theDay(t, day)); got != want {
			t.Errorf("%s is a workday: %v, want %v", day, got, want)
		}
	}
	if !w.Knows(2028) || w.Knows(2029) {
		t.Error("a year is known when one of its days was given, want 2028 alone")
	}
}

func TestReadSpecialDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`{"year":2028,"days":[{"name":"元旦","date":"2028-01-03","isOffDay":true},{"name":"春节","date":"2028-01-23","isOffDay":false}]}`:  "",
		`[{"days":[{"name":"元旦","date":"2028-01-03","isOffDay":true}]},{"days":[{"name":"春节","date":"2028-01-23","isOffDay":false}]}]`: "",
		`{"days":[]}`: "the file has none",
		`{"days":[{"date":"2028-02-30","isOffDay":true}]}`: "2028-02-30",
		`{"days":[{"date":"2028-01-03"}]}`:                 "isOffDay is missing for 2028-01-03",
		`元旦`:                                               "it is not JSON",
		``:                                                 "it is not JSON",
	} {
		days, err := ReadSpecialDays(strings.NewReader(text))
		if want != "" {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want %q", text, err, want)
			}
			continue
		}
		w := NewWorkdays(NoCountry, days...)
		if err != nil || w.IsWorkday(NewDate(2028, 1, 3)) || !w.IsWorkday(NewDate(2028, 1, 23)) {
			t.Errorf("%s: %v, %v", text, days, err)
		}
	}
}

func FuzzReadSpecialDays(f *testing.F) {
	f.Add(`{"days":[{"name":"元旦","date":"2028-01-03","isOffDay":true}]}`)
	f.Fuzz(func(t *testing.T, text string) {
		days, err := ReadSpecialDays(strings.NewReader(text))
		if err == nil && (len(days) == 0 || len(days) > maxSpecialDays) {
			t.Errorf("%d days without an error", len(days))
		}
	})
}
