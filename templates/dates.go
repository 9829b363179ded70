package templates

import (
	"strconv"
	"time"

	"usagebot/templates/card"
	"usagebot/usage"
)

// day writes a day with its weekday.
func (w wording) day(d usage.Date) string {
	return w.say("date.day", "date", d.String(), "weekday", w.weekday(d))
}

func (w wording) weekday(d usage.Date) string {
	return w.say("weekday." + strconv.Itoa(int(d.Weekday())))
}

// days writes the days from first to last.
func (w wording) days(first, last usage.Date) string {
	if first == last {
		return w.day(first)
	}
	return w.say("date.days", "first", w.day(first), "last", w.day(last))
}

// Days writes the days from first to last, as cards do.
func (t *Templates) Days(lang Language, first, last usage.Date) string {
	return t.in(lang).days(first, last)
}

// period writes the days of a whole period.
func (w wording) period(p usage.Period) string { return w.days(p.Start, p.End()) }

// covered writes the days that the report's figures cover.
func (w wording) covered(r usage.Report) string { return w.days(r.Period.Start, lastDay(r)) }

func lastDay(r usage.Report) usage.Date {
	if r.Through.IsZero() || r.Through.Before(r.Period.Start) {
		return r.Period.End()
	}
	return r.Through
}

// moment writes a day with its weekday and the time by a clock of 24 hours, in the zone that t has.
func (w wording) moment(t time.Time) string {
	if t.IsZero() {
		return card.Absent
	}
	return w.say("date.moment", "day", w.day(usage.DateOf(t)), "time", t.Format("15:04"))
}
