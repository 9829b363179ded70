package command

import (
	"fmt"
	"regexp"
	"strconv"

	"usagebot/usage"
)

// What a number may be. One point is no trend.
const (
	leastPoints = 2
	mostRanks   = 50
)

var numberForm = regexp.MustCompile(`^\d{1,4}$`)

// NumberArg returns the argument for how many there are to be, periods or departments: `n:20`, `数量:20`. Which numbers
// are too many is for the command to say, by the samples and by its Check.
func NumberArg(samples ...string) *Arg {
	return &Arg{
		Name: "n",
		Keys: Words{En: []string{"n", "number"}, Zh: []string{"数量", "期数"}},
		Read: func(args *Args, value string) bool {
			n, err := strconv.Atoi(value)
			if err != nil || n == 0 || !numberForm.MatchString(value) {
				return false
			}
			args.N = n
			return true
		},
		Write: func(args Args) string {
			if args.N == 0 {
				return ""
			}
			return strconv.Itoa(args.N)
		},
		Samples: samples,
		Example: Words{En: []string{"n:20"}, Zh: []string{"数量:20"}},
	}
}

// PageArg returns the argument for the page of a long list: `page:2`, `页:2`.
func PageArg() *Arg {
	return &Arg{
		Name: "page",
		Keys: Words{En: []string{"page"}, Zh: []string{"页", "页码"}},
		Read: func(args *Args, value string) bool {
			n, err := strconv.Atoi(value)
			if err != nil || n == 0 || !numberForm.MatchString(value) {
				return false
			}
			args.Page = n
			return true
		},
		Write: func(args Args) string {
			if args.Page == 0 {
				return ""
			}
			return strconv.Itoa(args.Page)
		},
		Samples: []string{"2"},
		Example: Words{En: []string{"page:2"}, Zh: []string{"页:2"}},
	}
}

// mostPoints returns how many periods of the cycle one chart shows at most.
func mostPoints(c usage.Cycle) int {
	switch c {
	case usage.Weekly:
		return 26
	case usage.Monthly:
		return 24
	case usage.Daily:
		return 31
	}
	return 0
}

func (a Args) pointsFit() bool {
	return a.N == 0 || leastPoints <= a.N && a.N <= mostPoints(a.ResolvedCycle())
}

// checkPoints refuses a number of periods that makes no chart of the cycle. The number of another cycle, as in
// `weekly n:30`, is told apart from one that is never right.
func checkPoints(r *Registry, args *Args) *Error {
	if args.pointsFit() {
		return nil
	}
	cycle := args.ResolvedCycle()
	e := &Error{Kind: BadValue, Arg: NumberArg().Name, allowed: span(leastPoints, mostPoints(cycle))}
	if leastPoints <= args.N && args.N <= mostPoints(usage.Daily) {
		e.Kind, e.Other = Conflict, CycleArg().Name
	}
	e.examples = r.lines(Command{Name: Trend().Name(), Args: Args{Cycle: cycle, N: mostPoints(cycle)}})
	return e
}

// checkRanks refuses more departments than one card lists.
func checkRanks(_ *Registry, args *Args) *Error {
	if args.N <= mostRanks {
		return nil
	}
	return &Error{Kind: BadValue, Arg: NumberArg().Name, allowed: span(1, mostRanks)}
}

// span is the form that stands for every whole number from one to another.
func span(from, to int) []Words { return []Words{{En: []string{fmt.Sprintf("%d–%d", from, to)}}} }
