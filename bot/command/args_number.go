package command

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"usagebot/usage"
)

// The limits of numbers. A trend needs two points.
const (
	minPoints = 2
	maxRanks  = 50
)

var numberForm = regexp.MustCompile(`^\d{1,4}$`)

// NumberArg returns the argument for how many periods or departments to show: `n:20`, `数量:20`. The command says by its Check
// which numbers are too large.
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

// maxPoints returns how many periods of a cycle one chart can show.
func maxPoints(c usage.Cycle) int {
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
	return a.N == 0 || minPoints <= a.N && a.N <= maxPoints(a.ResolvedCycle())
}

// checkPoints refuses a number of periods that one chart cannot show. A number that is right for another cycle only, as in
// `weekly n:30`, is a conflict; any other is a bad value.
func checkPoints(r *Registry, args *Args) *Error {
	if args.pointsFit() {
		return nil
	}
	cycle := args.ResolvedCycle()
	e := &Error{Kind: BadValue, Arg: NumberArg().Name, allowed: span(minPoints, maxPoints(cycle))}
	if minPoints <= args.N && args.N <= maxPoints(usage.Daily) {
		e.Kind, e.Other = Conflict, CycleArg().Name
	}
	shown := Args{Cycle: cycle, N: maxPoints(cycle)}
	if cycle == usage.Daily && args.N > shown.N { // as many days fit in weeks or months
		shown = longer(args.N)
	}
	e.examples = r.lines(Command{Name: trendName, Args: shown})
	return e
}

// longer returns the weeks, or else the months, that are at least as long as a number of days and fit in a chart.
func longer(days int) Args {
	if weeks := (days + 6) / 7; weeks <= maxPoints(usage.Weekly) {
		return Args{Cycle: usage.Weekly, N: weeks}
	}
	return Args{Cycle: usage.Monthly, N: min((days+29)/30, maxPoints(usage.Monthly))}
}

// checkRanks refuses more departments than one card can list.
func checkRanks(_ *Registry, args *Args) *Error {
	if args.N <= maxRanks {
		return nil
	}
	return &Error{Kind: BadValue, Arg: NumberArg().Name, allowed: span(1, maxRanks)}
}

// span shows that every whole number from one to another is allowed.
func span(from, to int) []Words { return []Words{{En: []string{fmt.Sprintf("%d–%d", from, to)}}} }

// hanNumber is a number below a hundred in Chinese characters: 十, 二十三, 零五.
var hanNumber = regexp.MustCompile(`[零〇一二两三四五六七八九十]+`)

// withDigits returns the text with its Chinese numbers below a hundred in digits: 上午十点半 becomes 上午10点半.
func withDigits(text string) string { return hanNumber.ReplaceAllStringFunc(text, digitsOf) }

func digitsOf(han string) string {
	tens, ones, two := strings.Cut(han, "十")
	if !two {
		tens, ones = "", han
	}
	n, ok := hanDigit(ones, 0)
	if two {
		ten, fine := hanDigit(tens, 1)
		n, ok = n+10*ten, ok && fine
	}
	if !ok {
		return han
	}
	return strconv.Itoa(n)
}

// hanDigit reads one digit, which 零 may precede. For an empty text it returns none.
func hanDigit(han string, none int) (n int, ok bool) {
	if han == "" {
		return none, true
	}
	digits := []string{"零", "一", "二", "三", "四", "五", "六", "七", "八", "九"}
	rest := strings.NewReplacer("〇", "零", "两", "二").Replace(han)
	if short := strings.TrimPrefix(rest, "零"); short != "" {
		rest = short
	}
	for n, digit := range digits {
		if rest == digit {
			return n, true
		}
	}
	return 0, false
}
