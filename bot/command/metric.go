package command

import (
	"slices"

	"usagebot/usage"
)

// MetricArg returns the argument for the metric that a chart is drawn of: `metric:uv`, `指标:新增`. The words of its values
// all need the key: "new" and 打开 by themselves are ordinary talk.
func MetricArg() *Arg {
	return &Arg{
		Name: "metric",
		Keys: Words{En: []string{"metric"}, Zh: []string{"指标"}},
		Values: []Value{
			metricValue(usage.ActiveUsers, []string{"active", "active-users", "active users"}, "活跃", "活跃用户", "活跃用户数"),
			metricValue(usage.NewUsers, []string{"new", "new-users", "new users"}, "新增", "新增用户", "新增用户数"),
			metricValue(usage.TotalUsers, []string{"total", "total-users", "total users"}, "累计", "累计用户", "累计用户数"),
			metricValue(usage.PageViews, []string{"views", "page-views", "page views", "pageviews"}, "访问", "页面访问", "访问页面数"),
			metricValue(usage.Opens, []string{"opens"}, "打开", "打开次数"),
		},
		Read:    func(args *Args, value string) bool { return readMetric(args, usage.Metric(value)) },
		Write:   func(args Args) string { return string(args.Metric) },
		Example: Words{En: []string{"metric:uv"}, Zh: []string{"指标:活跃"}},
	}
}

// metricValue returns a metric by the platform's name, which is also the first of its English words.
func metricValue(m usage.Metric, en []string, zh ...string) Value {
	return Value{Means: string(m), NeedsKey: true, Words: Words{En: append([]string{string(m)}, en...), Zh: zh}}
}

func readMetric(args *Args, m usage.Metric) bool {
	ok := slices.Contains(usage.AllMetrics(), m)
	if ok {
		args.Metric = m
	}
	return ok
}

// metrics returns the metrics that a chart of what was asked for can be drawn of. Of abilities side by side it is enough
// that one of them has it.
func (a Args) metrics() []usage.Metric {
	return slices.DeleteFunc(usage.AllMetrics(), func(m usage.Metric) bool {
		return !a.hasMetric(m) || m == usage.TotalUsers && a.ResolvedCycle() != usage.TotalUsersCycle
	})
}

func (a Args) hasMetric(m usage.Metric) bool {
	ability := a.Ability
	if ability == "" {
		ability = usage.AppAbility
	}
	return slices.ContainsFunc(ability.Each(), func(part usage.Ability) bool { return slices.Contains(part.Metrics(), m) })
}

func (a Args) metricFits() bool { return a.Metric == "" || slices.Contains(a.metrics(), a.Metric) }

// checkMetric returns the check of the named command that refuses a metric that the platform does not count for the
// ability, or not in the cycle. The example changes what is easier to do without: the metric, or the cycle.
func checkMetric(name string) CheckFunc {
	return func(r *Registry, args *Args) *Error {
		if args.metricFits() {
			return nil
		}
		e := &Error{Kind: Conflict, Arg: MetricArg().Name, Other: AbilityArg().Name}
		fitting := Args{Cycle: args.Cycle, Ability: args.Ability, Metric: args.metrics()[0]}
		if args.hasMetric(args.Metric) {
			e.Other = CycleArg().Name
			fitting.Cycle, fitting.Metric = usage.TotalUsersCycle, args.Metric
		}
		for _, v := range MetricArg().Values {
			if slices.Contains(args.metrics(), usage.Metric(v.Means)) {
				e.allowed = append(e.allowed, v.Words)
			}
		}
		e.examples = r.lines(Command{Name: name, Args: fitting})
		return e
	}
}
