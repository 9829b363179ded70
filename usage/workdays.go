package usage

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/6tail/lunar-go/HolidayUtil"
)

// Country is whose public holidays count.
type Country string

// The countries whose calendars are known.
const (
	China     Country = "cn"
	NoCountry Country = "none" // Monday to Friday are workdays, always
)

// SpecialDay is a day that is off or worked against the rule that Monday to Friday are workdays.
type SpecialDay struct {
	Date Date
	Name string // of the holiday, in Chinese as it is published: "国庆节"
	Work bool   // a weekend day that is worked to make up for a holiday
}

// Workdays tells workdays from days off. It may be used by several goroutines, also while Replace changes it.
type Workdays struct {
	country []SpecialDay
	days    atomic.Pointer[specialDays]
}

// specialDays is immutable once built.
type specialDays struct {
	byDate map[Date]SpecialDay
	years  map[int]bool // those whose public holidays are known
}

// firstHolidayYear is the first year of the built-in calendar of China that is whole.
const firstHolidayYear = 2002

// NewWorkdays returns the workdays of a country, with days of its own as Replace takes them.
//
// China's calendar changes every year: the State Council announces it in November of the year before. A year that was not announced when
// the program was built has no holidays until they are given.
func NewWorkdays(c Country, days ...SpecialDay) *Workdays {
	w := &Workdays{}
	if c == China {
		w.country = builtinHolidays()
	}
	w.Replace(days...)
	return w
}

// LoadWorkdays returns the workdays of a country, with the days of a file as ReadSpecialDays reads them; without a name there is no file.
func LoadWorkdays(c Country, file string) (*Workdays, error) {
	if file == "" {
		return NewWorkdays(c), nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("open the days off: %w", err)
	}
	defer f.Close()
	days, err := ReadSpecialDays(f)
	if err != nil {
		return nil, err
	}
	return NewWorkdays(c, days...), nil
}

// Replace gives the organisation days of its own, instead of those that it was given before. Each replaces what the country's calendar says
// of it, and a year that has one counts as known.
func (w *Workdays) Replace(days ...SpecialDay) {
	s := &specialDays{byDate: map[Date]SpecialDay{}, years: map[int]bool{}}
	for _, d := range slices.Concat(w.country, days) {
		s.byDate[d.Date] = d
		s.years[d.Date.Year] = true
	}
	w.days.Store(s)
}

// builtinHolidays returns China's holidays and make-up workdays, from the first whole year of the library's data to its last.
func builtinHolidays() (days []SpecialDay) {
	for year := firstHolidayYear; ; year++ {
		list := HolidayUtil.GetHolidaysByYear(year)
		if list.Len() == 0 {
			return days
		}
		for e := list.Front(); e != nil; e = e.Next() {
			holiday, ok := e.Value.(*HolidayUtil.Holiday)
			if !ok {
				continue
			}
			if date, err := ParseDate(holiday.GetDay()); err == nil {
				days = append(days, SpecialDay{Date: date, Name: holiday.GetName(), Work: holiday.IsWork()})
			}
		}
	}
}

// Knows reports whether the holidays of a year are known. In a year of which they are not, Monday to Friday count as workdays.
func (w *Workdays) Knows(year int) bool { return w.days.Load().years[year] }

// KnownThrough returns the last year whose holidays are known; 0 if there is none.
func (w *Workdays) KnownThrough() (last int) {
	for year := range w.days.Load().years {
		last = max(last, year)
	}
	return last
}

// Special returns what is special about a day. ok is false for a usual weekday or weekend.
func (w *Workdays) Special(d Date) (s SpecialDay, ok bool) {
	s, ok = w.days.Load().byDate[d]
	return s, ok
}

// In returns the special days of a year in order.
func (w *Workdays) In(year int) (days []SpecialDay) {
	for _, d := range w.days.Load().byDate {
		if d.Date.Year == year {
			days = append(days, d)
		}
	}
	slices.SortFunc(days, func(a, b SpecialDay) int { return a.Date.utc().Compare(b.Date.utc()) })
	return days
}

// IsWorkday reports whether a day is worked.
func (w *Workdays) IsWorkday(d Date) bool {
	if s, ok := w.days.Load().byDate[d]; ok {
		return s.Work
	}
	return d.Weekday() != time.Saturday && d.Weekday() != time.Sunday
}

// maxDaysOff is more days in a row than any calendar has off.
const maxDaysOff = 60

// Previous returns the last workday before a day. ok is false if there is none within two months, which only a wrong list of days can cause.
func (w *Workdays) Previous(d Date) (previous Date, ok bool) {
	for range maxDaysOff {
		if d = d.AddDays(-1); w.IsWorkday(d) {
			return d, true
		}
	}
	return Date{}, false
}

// maxSpecialDays bounds a file of days: a year has some forty.
const maxSpecialDays = 5000

// ReadSpecialDays reads days from JSON in the form of the holiday-cn project: {"year": 2028, "days": [{"name": "元旦", "date": "2028-01-01",
// "isOffDay": true}]}, or a list of such years.
func ReadSpecialDays(r io.Reader) ([]SpecialDay, error) {
	type year struct {
		Days []struct {
			Name string `json:"name"`
			Date string `json:"date"`
			Off  *bool  `json:"isOffDay"`
		} `json:"days"`
	}
	content, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("read the days off: %w", err)
	}
	var years []year
	if err := json.Unmarshal(content, &years); err != nil {
		var one year
		if err := json.Unmarshal(content, &one); err != nil {
			return nil, fmt.Errorf(`read the days off: it is not JSON such as {"days":[{"name":"元旦","date":"2028-01-01","isOffDay":true}]}: %w`, err)
		}
		years = []year{one}
	}
	var days []SpecialDay
	for _, y := range years {
		for _, d := range y.Days {
			date, err := ParseDate(d.Date)
			switch {
			case err != nil:
				return nil, fmt.Errorf("read the days off: %w", err)
			case d.Off == nil:
				return nil, fmt.Errorf("read the days off: isOffDay is missing for %s; it is true for a day off and false for a weekend that is worked", date)
			case len(days) == maxSpecialDays:
				return nil, fmt.Errorf("read the days off: there are more than %d", maxSpecialDays)
			}
			days = append(days, SpecialDay{Date: date, Name: d.Name, Work: !*d.Off})
		}
	}
	if len(days) == 0 {
		return nil, fmt.Errorf("read the days off: the file has none")
	}
	return days, nil
}
