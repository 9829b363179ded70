package command

import (
	"time"

	"usagebot/usage"
)

// FromArg returns the argument for the first day of a range: `from:2026-11-01`.
func FromArg() *Arg {
	a := dayArg("from", func(args *Args) *usage.Date { return &args.From })
	a.Keys = Words{En: []string{"from", "since"}, Zh: []string{"从", "自"}}
	a.Samples = []string{"2026-11-01"}
	a.Example = Words{En: []string{"from:2026-11-01"}, Zh: []string{"从:2026-11-01"}}
	return a
}

// ThroughArg returns the argument for the last day of a range: `to:2026-11-07`.
func ThroughArg() *Arg {
	a := dayArg("through", func(args *Args) *usage.Date { return &args.Through })
	a.Keys = Words{En: []string{"to", "through", "until"}, Zh: []string{"到", "至"}}
	a.Samples = []string{"2026-11-07"}
	a.Example = Words{En: []string{"to:2026-11-07"}, Zh: []string{"到:2026-11-07"}}
	return a
}

// dayArg returns an argument for one day.
func dayArg(name string, field func(*Args) *usage.Date) *Arg {
	return &Arg{
		Name: name,
		Read: func(args *Args, value string) bool {
			day, ok := readDay(value)
			if ok {
				*field(args) = day
			}
			return ok
		},
		Explain: explainDay,
		Write: func(args Args) string {
			if d := *field(&args); !d.IsZero() {
				return d.String()
			}
			return ""
		},
	}
}

// ProgressArg returns the argument that shows the progress of a job instead of beginning one: `progress`.
func ProgressArg() *Arg {
	return flagArg(Words{En: []string{"progress"}, Zh: []string{"进度"}}, func(args *Args) *bool { return &args.Progress })
}

// checkRefresh allows only one way of saying which days are meant, and no range that ends before it begins.
func checkRefresh(_ *Registry, args *Args) *Error {
	inRange := ""
	switch {
	case !args.From.IsZero():
		inRange = FromArg().Name
	case !args.Through.IsZero():
		inRange = ThroughArg().Name
	}
	dated := args.When != (usage.When{})
	switch {
	case args.Days != 0 && inRange != "":
		return &Error{Kind: Conflict, Arg: inRange, Other: DaysArg().Name}
	case args.Days != 0 && dated:
		return &Error{Kind: Conflict, Arg: DateArg().Name, Other: DaysArg().Name}
	case dated && inRange != "":
		return &Error{Kind: Conflict, Arg: inRange, Other: DateArg().Name}
	case args.From.IsZero() || args.Through.IsZero():
		return nil
	}
	if days := daysFrom(args.From, args.Through); days < 1 || days > MaxDays {
		return &Error{Kind: BadValue, Arg: ThroughArg().Name}
	}
	return nil
}

// daysFrom returns how many days a range has, with both ends; less than 1 if it ends before it begins.
func daysFrom(first, last usage.Date) int {
	midnight := func(d usage.Date) time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
	return int(midnight(last).Sub(midnight(first))/(24*time.Hour)) + 1
}
