package command

import (
	"regexp"
	"strconv"

	"usagebot/usage"
)

// maxPause is the longest that a number of days may be.
const maxPause = 366

var spanForm = regexp.MustCompile(`^\+?(\d{1,4})(?:d|days?|天)$`)

// Until says when a pause ends: on a day, or some days from today. At most one of them is set; the zero Until is not
// given.
type Until struct {
	Date usage.Date
	Days int // 1 to 366
}

// IsZero reports whether no end was given.
func (u Until) IsZero() bool { return u == Until{} }

// From returns the day that is meant on the day today, or the zero Date when none was given. It may lie in the past.
func (u Until) From(today usage.Date) usage.Date {
	if u.Days != 0 {
		return today.AddDays(u.Days)
	}
	return u.Date
}

// UntilArg returns the argument for the end of a pause: `until:2026-12-01`, `直到:3天`.
func UntilArg() *Arg {
	return &Arg{
		Name:    "until",
		Keys:    Words{En: []string{"until", "till"}, Zh: []string{"直到", "到", "至"}},
		Looks:   func(folded string) bool { return dateShape.MatchString(folded) || spanForm.MatchString(folded) },
		Read:    readUntil,
		Write:   writeUntil,
		Samples: []string{"2026-12-01", "3d"},
		Example: Words{En: []string{"until:2026-12-01"}, Zh: []string{"直到:2026-12-01"}},
	}
}

func readUntil(args *Args, value string) bool {
	if m := spanForm.FindStringSubmatch(value); m != nil {
		days, err := strconv.Atoi(m[1])
		if err != nil || days < 1 || days > maxPause {
			return false
		}
		args.Until = Until{Days: days}
		return true
	}
	when, ok := parseWhen(value)
	if !ok || when.Kind != usage.OnDay {
		return false
	}
	args.Until = Until{Date: when.Date}
	return true
}

func writeUntil(args Args) string {
	switch {
	case args.Until.Days != 0:
		return strconv.Itoa(args.Until.Days) + "d"
	case !args.Until.Date.IsZero():
		return args.Until.Date.String()
	}
	return ""
}
