package usage

// When says which period is meant, before it is known what day it is. The zero When is the newest complete period whose
// figures are out.
type When struct {
	Kind WhenKind `json:"kind,omitempty"`
	Date Date     `json:"date,omitzero"` // OnDay: the day; InMonth: the month's 1st
}

// WhenKind is the form of a When.
type WhenKind string

// The forms. "Last" and "this" are seen from today in the zone of the platform's days.
const (
	Newest    WhenKind = ""
	Today     WhenKind = "today" // of which nothing is out before tomorrow, but its week or month may be
	Yesterday WhenKind = "yesterday"
	LastWeek  WhenKind = "last-week"
	ThisWeek  WhenKind = "this-week"
	LastMonth WhenKind = "last-month"
	ThisMonth WhenKind = "this-month"
	OnDay     WhenKind = "day"   // the period that holds Date
	InMonth   WhenKind = "month" // the month that begins on Date
)

// Cycle returns the cycle that the words imply when no other is given, or 0 where they imply none.
func (w When) Cycle() Cycle {
	switch w.Kind {
	case Today, Yesterday:
		return Daily
	case LastWeek, ThisWeek:
		return Weekly
	case LastMonth, ThisMonth, InMonth:
		return Monthly
	}
	return 0
}

// Fits reports whether the words can name a period of the cycle: a day lies in a week and in a month, but a week or a
// month is no day, and a month no week.
func (w When) Fits(c Cycle) bool {
	switch w.Kind {
	case Newest, OnDay, Today, Yesterday:
		return true
	}
	return c == w.Cycle()
}

// Period returns the period of the cycle that is meant on the day today; ok is false for Newest, which cannot be known
// from the calendar alone.
func (w When) Period(c Cycle, today Date) (p Period, ok bool) {
	current := PeriodOf(c, today)
	switch w.Kind {
	case Yesterday:
		return PeriodOf(c, today.AddDays(-1)), true
	case Today, ThisWeek, ThisMonth:
		return current, true
	case LastWeek, LastMonth:
		return current.Previous(), true
	case OnDay, InMonth:
		return PeriodOf(c, w.Date), true
	}
	return Period{}, false
}
