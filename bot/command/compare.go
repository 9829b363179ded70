package command

import (
	"slices"
	"unicode/utf8"

	"usagebot/locale"
	"usagebot/usage"
)

// MaxCompared is how many things one comparison may have: a chart with more lines cannot be read.
const MaxCompared = 5

// More are the further values of the one argument that a comparison repeats, as in `dept:研发部 dept:市场部`. The first value
// is in the argument's own field. Arrays keep Args comparable.
type More struct {
	Arg    string                  // the name of the repeated argument; empty: none is repeated
	Values [MaxCompared - 1]string // as Arg.Write returns them; the empty ones are at the end
	Whole  bool                    // the whole company is compared as well; it comes after the departments
}

// Compare returns the command that puts departments, apps or abilities side by side in one period, or one of them in several
// periods.
func Compare() *Spec {
	return &Spec{
		Words:   Words{En: []string{"compare", "vs"}, Zh: []string{"对比", "比较"}},
		Who:     Viewer,
		Args:    []*Arg{CycleArg(), AbilityArg(), DeptArg(), AppArg(), DateArg(), MetricArg()},
		Repeats: []string{AbilityArg().Name, DeptArg().Name, AppArg().Name, DateArg().Name},
		Examples: Words{
			En: []string{
				"/compare weekly dept:研发部 dept:市场部", "/compare weekly mp h5", "/compare monthly date:2026-10 date:2026-09 metric:pv",
				"/compare monthly app:商城 app:报销", "/compare weekly mp bot app:商城 date:2026-11-09",
			},
			Zh: []string{
				"/对比 周报 部门:研发部 部门:市场部", "/对比 周报 小程序 网页", "/对比 月报 日期:2026-10 日期:2026-09 指标:访问",
				"/对比 月报 应用:商城 应用:报销", "/对比 周报 小程序 机器人 应用:商城 日期:2026-11-09",
			},
		},
		Check:    firstError(checkCompared, checkComparedPeriods, checkComparedMetric),
		FollowUp: settleCompared,
	}
}

// Each returns the arguments of every compared thing, in their order; of a command that repeats nothing, its own. The whole
// company has no department.
func (a Args) Each() []Args {
	more := a.More
	a.More = More{}
	list := []Args{a}
	repeated := argumentNamed(more.Arg)
	for _, value := range more.Values {
		if one := a; repeated != nil && value != "" && repeated.Read(&one, value) {
			list = append(list, one)
		}
	}
	if more.Whole {
		a.Dept = ""
		list = append(list, a)
	}
	return list
}

// Comparing returns the arguments with the values of a repeated argument, which the arguments of each thing have.
func Comparing(arg string, each []Args) Args {
	repeated := argumentNamed(arg)
	var all Args
	for i, one := range each {
		value := repeated.Write(one)
		switch {
		case i == 0:
			all = one
			all.More = More{Arg: arg}
		case value == "":
			all.More.Whole = true
		case i < MaxCompared:
			all.More.Values[i-1] = value
		}
	}
	return all
}

func argumentNamed(name string) *Arg {
	for _, a := range arguments() {
		if a.Name == name {
			return a
		}
	}
	return nil
}

// write writes the further values of an argument, if it is the repeated one.
func (m More) write(a *Arg, lang locale.Language) (words []string) {
	if m.Arg != a.Name {
		return nil
	}
	for _, value := range m.Values {
		if one := (Args{}); value != "" && a.Read(&one, value) {
			words = append(words, a.write(one, lang))
		}
	}
	if m.Whole {
		words = append(words, a.Keys.First(lang)+":"+a.Values[0].First(lang))
	}
	return words
}

// repeats reports whether the command takes several values of the argument.
func (s *Spec) repeats(a *Arg) bool { return slices.Contains(s.Repeats, a.Name) }

// compared is one value of an argument that may be repeated.
type compared struct {
	arg   *Arg
	args  Args // with nothing but the value
	token token
}

func (c compared) value() string { return c.arg.Write(c.args) }

// same reports whether both values are written alike, or are the whole company.
func (c compared) same(d compared) bool { return fold(c.value()) == fold(d.value()) }

// full reports whether the argument takes no more values.
func full(p *parser, a *Arg) bool { return p.has(a) && !p.spec.repeats(a) }

// repeat reads a value of an argument that may be repeated. What the values come to is for collect.
func repeat(p *parser, a *Arg, value string, t token) *Error {
	one := compared{arg: a, token: t}
	if !a.Read(&one.args, value) {
		return p.badValue(a, value, t)
	}
	if !p.has(a) {
		p.given[a.Name] = t
	}
	p.compared = append(p.compared, one)
	return nil
}

// collect puts the values of the arguments that may be repeated into the arguments.
func collect(p *parser) *Error {
	for _, name := range p.spec.Repeats {
		a := p.spec.arg(name)
		values := slices.DeleteFunc(slices.Clone(p.compared), func(c compared) bool { return c.arg.Name != name })
		if len(values) == 0 {
			continue
		}
		if p.args.More.Arg == name { // of the question that is followed up
			if len(values) == 1 {
				values = append(comparedBefore(p.args, a), values...)
			}
			p.args.More = More{}
		}
		if e := put(p, a, values); e != nil {
			return e
		}
	}
	if p.args.More.Arg != "" && utf8.RuneCountInString(p.command().String()) > MaxRunes-maxWord {
		return p.fail(TooLong, nil, token{}) // the line of every command has to be one that Parse reads
	}
	return nil
}

// comparedBefore returns what the question that is followed up compares.
func comparedBefore(previous Args, a *Arg) (list []compared) {
	for _, one := range previous.Each() {
		list = append(list, compared{arg: a, args: one})
	}
	return list
}

// put puts all values of one argument into the arguments, the whole company last.
func put(p *parser, a *Arg, values []compared) *Error {
	for i, one := range values {
		if slices.ContainsFunc(values[:i], one.same) {
			return p.fail(SameCompared, a, one.token)
		}
	}
	if len(values) > MaxCompared {
		e := p.fail(TooManyCompared, a, values[MaxCompared].token)
		e.allowed = span(2, MaxCompared)
		if a.Name == DeptArg().Name {
			rank := p.args
			rank.Dept, rank.More, rank.Metric = "", More{}, ""
			e.Instead = &Command{Name: Top().Name(), Args: rank}
		}
		return e
	}
	if len(values) > 1 && p.args.More.Arg != "" {
		e := p.fail(TwoCompared, a, values[1].token)
		e.Other, e.allowed = p.args.More.Arg, comparisonForms()
		return e
	}
	slices.SortStableFunc(values, wholeLast)
	a.Read(&p.args, values[0].value())
	if len(values) > 1 {
		p.args.More.Arg = a.Name
	}
	for i, one := range values[1:] {
		if value := one.value(); value != "" {
			p.args.More.Values[i] = value
		} else {
			p.args.More.Whole = true
		}
	}
	return nil
}

// wholeLast orders the whole company, which is written as nothing, after the departments.
func wholeLast(x, y compared) int {
	switch whole := x.value() == ""; {
	case whole == (y.value() == ""):
		return 0
	case whole:
		return 1
	}
	return -1
}

// comparisonForms returns how each kind of comparison is written.
func comparisonForms() []Words {
	return []Words{
		{En: []string{"dept:A dept:B"}, Zh: []string{"部门:A 部门:B"}},
		{En: []string{"app:A app:B"}, Zh: []string{"应用:A 应用:B"}},
		abilityPair(),
		{En: []string{"date:2026-10 date:2026-09"}, Zh: []string{"日期:2026-10 日期:2026-09"}},
	}
}

// abilityPair returns how two abilities are written.
func abilityPair() Words {
	pair := func(lang locale.Language) []string {
		a := AbilityArg()
		return []string{a.word(string(usage.MiniProgram), lang) + " " + a.word(string(usage.Web), lang)}
	}
	return Words{En: pair(locale.English), Zh: pair(locale.Chinese)}
}

// checkCompared refuses a comparison of less than two things, and one of all abilities with a single one.
func checkCompared(_ *Registry, args *Args) *Error {
	switch {
	case args.More.Arg == "":
		return &Error{Kind: TooFewCompared, allowed: comparisonForms()}
	case args.More.Arg != AbilityArg().Name:
		return nil
	}
	for _, one := range args.Each() {
		if one.Ability == usage.All {
			e := &Error{Kind: BadValue, Arg: AbilityArg().Name}
			for _, v := range AbilityArg().Values {
				if v.Means != string(usage.All) {
					e.allowed = append(e.allowed, v.Words)
				}
			}
			return e
		}
	}
	return nil
}

// checkComparedPeriods refuses periods of different lengths. If the first date implies no cycle but another one does, the
// comparison has that cycle.
func checkComparedPeriods(r *Registry, args *Args) *Error {
	each := args.Each()
	cycle := args.Cycle
	for _, one := range each {
		if cycle == 0 {
			cycle = one.When.Cycle()
		}
	}
	for _, one := range each {
		one.Cycle = cycle
		if e := checkPeriod(r, &one); e != nil {
			return e
		}
	}
	if args.ResolvedCycle() != cycle && cycle != 0 {
		args.Cycle = cycle
	}
	return nil
}

// checkComparedMetric refuses a metric that none of the compared abilities has, or not in the cycle.
func checkComparedMetric(r *Registry, args *Args) *Error {
	e := checkMetric(Usage().Name())(r, args)
	if e != nil {
		e.examples = Words{} // the command's examples are shown: an example of a single ability compares nothing
	}
	return e
}

// settleCompared is settleMetric for a comparison. Periods that are compared stay when the cycle changes: whether they go
// together is for checkComparedPeriods.
func settleCompared(args *Args, given func(string) bool) {
	when := args.When
	settleMetric(args, given)
	if args.More.Arg == DateArg().Name {
		args.When = when
	}
}

// Why returns the command that shows which parts of a figure changed.
func Why() *Spec {
	return &Spec{
		Words: Words{En: []string{"why", "changes"}, Zh: []string{"为什么", "原因", "变化"}},
		Who:   Viewer,
		Args:  []*Arg{CycleArg(), AbilityArg(), DeptArg(), AppArg(), DateArg()},
		Examples: Words{
			En: []string{"/why weekly", "/why last-month", "/why weekly dept:Engineering date:2026-11-09", "/why monthly h5 app:Shop"},
			Zh: []string{"/为什么 周报", "/为什么 上月", "/为什么 周报 部门:研发部 日期:2026-11-09", "/为什么 月报 网页 应用:商城"},
		},
		Check:    checkPeriod,
		FollowUp: settlePeriod,
	}
}

// ByChange is the value of By that ranks by the change. Nothing ranks by active users.
const ByChange = "change"

// ByArg returns the argument for what a ranking is made by: `by:change`, `排序:变化`. Its words need the key: 变化 by itself is
// an ordinary word.
func ByArg() *Arg {
	return &Arg{
		Name: "by",
		Keys: Words{En: []string{"by", "sort"}, Zh: []string{"排序", "按"}},
		Values: []Value{
			{NeedsKey: true, Words: Words{En: []string{"users", "uv", "active", "active-users", "active users"}, Zh: []string{"活跃", "人数", "活跃用户", "活跃用户数"}}},
			{Means: ByChange, NeedsKey: true, Words: Words{En: []string{ByChange, "changes"}, Zh: []string{"变化", "涨跌"}}},
		},
		Read: func(args *Args, value string) bool {
			ok := value == "" || value == ByChange
			if ok {
				args.By = value
			}
			return ok
		},
		Write:   func(args Args) string { return args.By },
		Example: Words{En: []string{"by:change"}, Zh: []string{"排序:变化"}},
	}
}
