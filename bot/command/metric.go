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

// checkMetric refuses a metric that the platform does not count for the ability, or not in the cycle.
func checkMetric(_ *Registry, args *Args) *Error {
	if args.metricFits() {
		return nil
	}
	metric := MetricArg()
	e := &Error{Kind: Conflict, Arg: metric.Name, Other: AbilityArg().Name}
	if args.hasMetric(args.Metric) {
		e.Other = CycleArg().Name
	}
	for _, v := range metric.Values {
		if slices.Contains(args.metrics(), usage.Metric(v.Means)) {
			e.allowed = append(e.allowed, v.Words)
		}
	}
	return e
}
