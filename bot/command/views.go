package command

// Trend returns the command that asks for the chart of a metric in consecutive periods.
func Trend() *Spec {
	return &Spec{
		Words: Words{En: []string{"trend", "trends"}, Zh: []string{"趋势", "走势"}},
		Who:   Viewer,
		Args: []*Arg{
			CycleArg(), AbilityArg(), DeptArg(), AppArg(), DateArg(), NumberArg("7", "12", "24"), MetricArg(),
		},
		Examples: Words{
			En: []string{"/trend weekly n:12", "/trend", "/trend monthly h5 metric:pv", "/trend daily dept:研发部 n:31 metric:new_users"},
			Zh: []string{"/趋势 周报 数量:12", "/趋势", "/趋势 月报 网页 指标:访问", "/趋势 日报 部门:研发部 数量:31 指标:新增"},
		},
		Check:    inTurn(checkPeriod, checkMetric("trend"), checkPoints),
		FollowUp: settleTrend,
	}
}

// Top returns the command that ranks departments by their active users.
func Top() *Spec {
	return &Spec{
		Words: Words{En: []string{"top", "rank", "ranking"}, Zh: []string{"排行", "排名", "部门排行", "部门排名", "排行榜"}},
		Who:   Viewer,
		Args:  []*Arg{CycleArg(), AbilityArg(), DeptArg(), AppArg(), DateArg(), NumberArg("10", "20", "50")},
		Examples: Words{
			En: []string{"/top weekly n:20", "/top", "/top last-month h5", "/top monthly dept:研发部"},
			Zh: []string{"/排行 周报 数量:20", "/排行", "/排行 上月 网页", "/排行 月报 部门:研发部"},
		},
		Check:    inTurn(checkPeriod, checkRanks),
		FollowUp: settlePeriod,
	}
}

// inTurn returns the check that finds what the first of the checks does.
func inTurn(checks ...CheckFunc) CheckFunc {
	return func(r *Registry, args *Args) *Error {
		for _, check := range checks {
			if e := check(r, args); e != nil {
				return e
			}
		}
		return nil
	}
}

// Fitting returns the command without a metric, or a number of periods, that does not go with its cycle and ability. It is
// for making one view's command of another's.
func (c Command) Fitting() Command {
	if !c.Args.metricFits() {
		c.Args.Metric = ""
	}
	if c.Name == Trend().Name() && !c.Args.pointsFit() {
		c.Args.N = 0
	}
	return c
}

// settleMetric lets go of the metric in view when what a follow-up asks for does not have it.
func settleMetric(args *Args, given func(string) bool) {
	settlePeriod(args, given)
	if !given("metric") && !args.metricFits() {
		args.Metric = ""
	}
}

// settleTrend lets go of a number of periods too, when the follow-up's cycle does not take so many.
func settleTrend(args *Args, given func(string) bool) {
	settleMetric(args, given)
	if !given("n") && !args.pointsFit() {
		args.N = 0
	}
}
