package usage

import "time"

const (
	// published is the platform's habit: "一般每天早上10点产出前一天的数据".
	published = 10 * time.Hour
	// afternoon is when whoever asks for the newest week or month is shown the last one as far as it is published, rather
	// than the one before it: four hours after the platform's habit it is late. It makes nothing whole.
	afternoon = 14 * time.Hour
	// sureDays is how many days after the platform's habit the figures of a day do not change any more. The page
	// promises the next morning, and none of the platform's figures takes longer than the morning after that one: a day more
	// is for what goes wrong. It is also how long the platform may still mend what it has given.
	sureDays = 2
	// goneDays is how many days after a day without use it is taken as it is: until then its figures may be late.
	goneDays = 7
)

func sinceMidnight(t time.Time) time.Duration {
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
}

// expected is the newest day that is out when the platform keeps its hour.
func expected(now time.Time) Date {
	d := DateOf(now).AddDays(-1)
	if sinceMidnight(now) < published {
		d = d.AddDays(-1)
	}
	return d
}

// SurelyOut is the newest day whose figures do not change any more, at a time in the platform's zone. It is no proof that
// there are any: see DayState.
func SurelyOut(now time.Time) Date { return expected(now).AddDays(-sureDays) }

// Published returns when the figures of a day are usually out: at ten on the next day, in the zone of the platform's days.
func (d Date) Published(platform *time.Location) time.Time {
	return d.AddDays(1).begins(platform).Add(published)
}

// Over returns when a day ends in the zone of the platform's days.
func (d Date) Over(platform *time.Location) time.Time { return d.AddDays(1).begins(platform) }

func (d Date) begins(zone *time.Location) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, zone)
}

// oldestLate is the oldest day that may be late still.
func oldestLate(today Date) Date { return today.AddDays(-goneDays) }
