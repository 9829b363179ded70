package bot

import (
	"context"
	"errors"
	"slices"

	"usagebot/bot/command"
	"usagebot/templates"
	"usagebot/usage"
)

// The arguments that a comparison may repeat.
const (
	byAbility    = "ability"
	byDepartment = "dept"
	byApp        = "app"
	byPeriod     = "date"
)

// answerCompare answers with several departments, apps or abilities side by side in one period, or with one of them in several
// periods.
func (h *usageCommands) answerCompare(ctx context.Context, c conversation, req Request, cmd command.Command) (Answer, error) {
	h.remember(ctx, req, cmd) // also if it names what there is not: a follow-up means this question, not the one before
	union := cmd.Args.Ability == usage.All
	if union { // a thing has one line, and the whole app counts a person who uses several abilities once
		cmd.Args.Ability = usage.AppAbility
	}
	p := comparison{conversation: c, cmd: cmd, union: union}
	queries, err := p.queries(ctx)
	if err != nil {
		return Answer{}, err
	}
	if cmd.Args.More.Arg == byPeriod {
		err = h.comparePeriods(ctx, &p, queries)
	} else if p.list, err = h.usage.Compare(ctx, queries, c.share); err == nil {
		p.list, err = h.usage.AddTrends(ctx, p.list, c.share, chartWait)
	}
	if err != nil {
		return Answer{}, p.failure(queries, err)
	}
	return h.comparison(ctx, p), nil
}

// comparePeriods fetches the figures of one thing in several periods.
func (h *usageCommands) comparePeriods(ctx context.Context, p *comparison, queries []usage.Query) (err error) {
	var periods []usage.When
	for _, q := range queries {
		periods = append(periods, q.When)
	}
	if p.list, err = h.usage.ComparePeriods(ctx, queries[0], periods, p.share); err != nil {
		return err
	}
	p.toDate, p.hasToDate, err = h.usage.ToDate(ctx, p.list, p.share, chartWait)
	return err
}

// queries resolves the names of everything that is compared.
func (p comparison) queries(ctx context.Context) (queries []usage.Query, err error) {
	arg, each := p.cmd.Args.More.Arg, p.cmd.Args.Each()
	for i, one := range each {
		if arg == byDepartment && one.Dept == "" {
			q := queries[0]
			q.Department = usage.Department{}
			// A refusal offers the comparison with another department in the place of the whole company.
			about := p.cmd
			about.Args = command.Comparing(arg, slices.Concat(each[:1], each[:i]))
			if err := p.maySee(ctx, about, q.Department); err != nil {
				return nil, err
			}
			queries = append(queries, q)
			continue
		}
		// A problem with one thing offers the comparison with another in its place, which is the first one in a command.
		about := p.cmd
		about.Args = command.Comparing(arg, slices.Concat(each[i:i+1], each[:i], each[i+1:]))
		q, err := p.query(ctx, about)
		if err != nil {
			return nil, err
		}
		queries = append(queries, q)
	}
	for i, q := range queries {
		if slices.ContainsFunc(queries[:i], func(other usage.Query) bool { return p.same(q, other) }) {
			return nil, sameCompared(p.nameOf(q))
		}
	}
	return queries, nil
}

// same reports whether two queries mean the same figures under different names.
func (p comparison) same(q, other usage.Query) bool {
	samePeriod := q.When == other.When
	period, known := q.When.Period(q.Cycle, p.platformToday())
	if o, alsoKnown := other.When.Period(other.Cycle, p.platformToday()); known && alsoKnown {
		samePeriod = period == o
	}
	return q.App.ID == other.App.ID && q.Department.ID == other.Department.ID && q.Ability == other.Ability && samePeriod
}

func sameCompared(name string) error {
	return &userError{err: errors.New("the same thing twice"), usageError: true, problem: func(conversation) templates.ProblemView {
		return templates.ProblemView{Key: templates.SameCompared, Args: map[string]string{"word": name}}
	}}
}

// nameOf names one of the compared things.
func (p comparison) nameOf(q usage.Query) string {
	switch p.cmd.Args.More.Arg {
	case byAbility:
		return templates.AbilityName(p.words(), q.Ability)
	case byDepartment:
		if q.Department.ID == "" {
			return templates.WholeCompany(p.words())
		}
		return pathOrName(p.current(q.Department))
	case byApp:
		return q.App.Name
	}
	if period, ok := q.When.Period(q.Cycle, p.platformToday()); ok {
		return templates.Days(p.words(), period.Start, period.End())
	}
	return ""
}

// failure words that nothing that is compared has figures. A card that offers the newest period makes sense only if the
// periods are not what is compared.
func (p comparison) failure(queries []usage.Query, err error) error {
	if p.cmd.Args.More.Arg != byPeriod {
		return unanswered(p.cmd, err)
	}
	newest := command.Command{Name: "usage", Args: p.cmd.Args}
	newest.Args.More = command.More{}
	newest.Args.App, newest.Args.Dept = queries[0].App.ID, queries[0].Department.ID
	return unanswered(newest.Fitting(), err)
}

// comparison is what the card of a comparison is made of.
type comparison struct {
	conversation
	cmd       command.Command
	union     bool // the question was for all abilities together
	list      []usage.Compared
	toDate    usage.ToDate
	hasToDate bool
}

func (p comparison) pending() (n int) {
	for _, one := range p.list {
		n += one.Trend.Pending()
	}
	return n + p.toDate.Pending()
}

// comparison renders a comparison. While points of its chart or days of its sums are missing, Refine adds them; the figures
// stay as they are.
func (h *usageCommands) comparison(ctx context.Context, p comparison) Answer {
	a := Answer{Card: templates.Compare(p.words(), p.view(ctx))}
	if p.pending() > 0 {
		a.Refine = func(ctx context.Context) (_ Answer, err error) {
			if p.hasToDate {
				p.toDate, err = h.usage.ResumeToDate(ctx, p.toDate, p.share, chartRetryWait)
			} else {
				p.list, err = h.usage.AddTrends(ctx, p.list, p.share, chartRetryWait)
			}
			if err != nil {
				return Answer{}, err
			}
			return h.comparison(ctx, p), nil
		}
	}
	return a
}

func (p comparison) view(ctx context.Context) templates.CompareView {
	arg := p.cmd.Args.More.Arg
	first := p.list[0]
	for _, one := range p.list {
		if one.Err == nil {
			first = one
			break
		}
	}
	v := p.controls(p.cmd, first.Query, first.Report.Period, first.Report.Through)
	var each []command.Args
	for _, one := range p.list {
		pinned := v.pinned
		pinned.More = command.More{}
		pinned.App, pinned.Dept, pinned.Ability = one.Query.App.ID, one.Query.Department.ID, one.Query.Ability
		if arg == byPeriod {
			pinned.When = one.Query.When
			if one.Err == nil {
				pinned.When = onDay(one.Report.Period.Start)
			}
		}
		each = append(each, pinned)
	}
	v.pinned = command.Comparing(arg, each)
	view := templates.CompareView{
		By: arg, Metric: chartedMetric(p.cmd.Args.Metric), Union: p.union, Narrowed: arg != byDepartment && p.narrowed(p.cmd),
		DepartmentPath: p.current(first.Query.Department).Path, TimeZone: p.platformZone.String(),
		Cycles: p.cycles(v), MetricPick: v.metric(), Refresh: v.same(nil),
	}
	if p.hasToDate {
		view.ToDate = &p.toDate
	}
	if arg != byPeriod {
		view.Previous, view.Next, view.Date = v.previous(), v.next(), v.date()
	}
	for i, one := range p.list {
		one.Query.Department = p.known(one.Query.Department)
		view.List = append(view.List, templates.ComparedView{
			Compared: one, Name: p.nameOf(one.Query), Lack: p.lackOf(ctx, one),
			ShowTrend: p.lineOf("trend", each[i]), ShowUsage: p.lineOf("usage", each[i]),
		})
		if arg == byPeriod {
			view.List[i].Period, _ = each[i].When.Period(one.Query.Cycle, p.platformToday())
		}
	}
	return view
}

// lackOf says that the app of one thing does not have its ability.
func (p comparison) lackOf(ctx context.Context, one usage.Compared) *templates.Lack {
	if one.Err != nil {
		if !noneGiven(one.Err) {
			return nil
		}
		return p.abilities.lack(ctx, one.Query)
	}
	return p.abilities.lackNote(ctx, one.Report)
}

func (p comparison) lineOf(name string, args command.Args) string {
	return command.Command{Name: name, Args: args}.Fitting().String()
}

// cycles ask for the same comparison in each cycle in which the compared periods are not the same.
func (p comparison) cycles(v controls) map[usage.Cycle]string {
	lines := v.cycles()
	if p.cmd.Args.More.Arg != byPeriod {
		return lines
	}
	for cycle := range lines {
		seen := map[usage.Period]bool{}
		for _, one := range v.pinned.Each() {
			period, ok := one.When.Period(cycle, p.platformToday())
			if !ok || seen[period] || !one.When.Fits(cycle) {
				delete(lines, cycle)
			}
			seen[period] = true
		}
	}
	return lines
}
