package templates

import (
	"fmt"
	"strconv"

	"usagebot/templates/card"
	"usagebot/usage"
)

// Timing is when a digest goes out.
type Timing struct {
	Hour, Minute int
	// On is the choice of days in the words of the command: "" (every day) or "workdays"; "mon" to "sun"; "1" to "31" or
	// "last".
	On   string
	Zone string // IANA name
}

// shortestMonth is how many days every month has.
const shortestMonth = 28

func (w wording) timing(c usage.Cycle, t Timing) string {
	return w.say("timing.at", "days", w.sendingDays(c, t.On), "time", t.clock(), "zone", card.Name(t.Zone))
}

func (t Timing) clock() string { return fmt.Sprintf("%02d:%02d", t.Hour, t.Minute) }

func (w wording) sendingDays(c usage.Cycle, on string) string {
	switch {
	case on == "" && c == usage.Daily:
		return w.say("timing.every_day")
	case on == "workdays":
		return w.say("timing.workdays")
	case on == "last":
		return w.say("timing.last_day")
	case w.about("timing.weekday.", on) != "":
		return w.say("timing.weekday." + on)
	}
	d, err := strconv.Atoi(on)
	switch {
	case err != nil:
		return card.Name(on)
	case d > shortestMonth:
		return w.say("timing.late_day", "day", strconv.Itoa(d))
	}
	return w.say("timing.day", "day", strconv.Itoa(d))
}
