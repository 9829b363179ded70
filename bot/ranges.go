package bot

import (
	"errors"
	"strconv"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// settled returns the question for a range of periods with the range's last period and how many there are. A range of one
// period is a question for its figures.
func settled(c conversation, cmd command.Command) (command.Command, error) {
	if cmd.Args.Since == (usage.When{}) {
		return cmd, nil
	}
	cycle := cmd.Args.ResolvedCycle()
	last, n := usage.Span(cycle, cmd.Args.Since, cmd.Args.When, c.platformToday())
	answered := cmd
	answered.Args.Cycle, answered.Args.Since, answered.Args.When, answered.Args.N = cycle, usage.When{}, onDay(last.Start), n
	switch {
	case n < 1:
		return cmd, saying("a range that ends before it begins", templates.ProblemView{Key: templates.RangeReversed})
	case n == 1:
		answered.Name, answered.Args.N = "usage", 0
	case n > usage.MaxPoints(cycle):
		return cmd, tooLong(c, answered)
	}
	return answered, nil
}

// tooLong says that a range has more periods than a chart has room for, and offers it in longer ones.
func tooLong(c conversation, cmd command.Command) error {
	end := usage.Period{Cycle: cmd.Args.Cycle, Start: cmd.Args.When.Date}
	first := end
	for range cmd.Args.N - 1 {
		first = first.Previous()
	}
	days := 0
	for d := first.Start; !d.After(end.End()); d = d.AddDays(1) {
		days++
	}
	v := templates.ProblemView{Key: templates.RangeTooLong, Args: map[string]string{"days": strconv.Itoa(days)}}
	for _, cycle := range usage.Cycles() {
		v.Args[cycle.String()] = strconv.Itoa(usage.MaxPoints(cycle))
		longer := cmd
		last := usage.PeriodOf(cycle, end.End())
		longer.Args.Cycle, longer.Args.When, longer.Args.N = cycle, onDay(last.Start), 1
		for p := last; p.Start.After(first.Start); p = p.Previous() {
			longer.Args.N++
		}
		longer = longer.Fitting()
		if cycle > cmd.Args.Cycle && longer.Args.N > 1 {
			v.Choices = append(v.Choices, templates.Button{Label: c.commands.Line(longer, c.language), Command: longer.String()})
		}
	}
	return &userError{err: errors.New("a range that is too long"), usageError: true, problem: func(conversation) templates.ProblemView { return v }}
}
