package sandbox

import (
	"encoding/json"
	"time"

	"usagebot/sandbox/company"
	"usagebot/usage"
)

// overviewRequest is the body of the overview. The platform tells a field that is missing from one that is wrong.
type overviewRequest struct {
	Date         *string `json:"date"`
	CycleType    *int    `json:"cycle_type"`
	DepartmentID string  `json:"department_id"`
	Ability      *string `json:"ability"`
}

// overview answers POST /application/v6/applications/:app_id/app_usage/overview. The order of its checks is not
// documented; this one goes from who may ask to what is asked.
func (s *Sandbox) overview(c *call) answer {
	var req overviewRequest
	if json.Unmarshal(c.body, &req) != nil {
		return refuse(codeBadRequest)
	}
	custom, ok := departmentIDType(c)
	if !ok {
		return refuseField("department_id_type", "it is neither open_department_id nor department_id")
	}
	if missing := req.missing(); missing != "" {
		return refuseField(missing, missing+" is required")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	figures, code := s.lookUp(c.request.PathValue("app_id"), req, custom, c.now)
	if code != 0 {
		return refuse(code)
	}
	return success(map[string]any{"items": items(figures)})
}

func (r overviewRequest) missing() string {
	switch {
	case r.Date == nil:
		return "date"
	case r.CycleType == nil:
		return "cycle_type"
	case r.Ability == nil:
		return "ability"
	}
	return ""
}

// departmentIDType reads the query parameter that says which of a department's two ids is meant.
func departmentIDType(c *call) (custom, ok bool) {
	switch c.request.URL.Query().Get("department_id_type") {
	case "", "open_department_id":
		return false, true
	case "department_id":
		return true, true
	}
	return false, false
}

// lookUp makes the checks of the overview's page and returns the figures or the code of the first check that fails.
// The caller holds s.mu.
func (s *Sandbox) lookUp(appID string, req overviewRequest, custom bool, now time.Time) (usage.Figures, int) {
	if !s.plan {
		return nil, codePlan
	}
	app := s.simulation.AppIndex(appID)
	if app < 0 {
		return nil, codeAppID
	}
	date, err := usage.ParseDate(*req.Date)
	if err != nil {
		return nil, codeDateFormat
	}
	period, ability := usage.Period{Cycle: usage.Cycle(*req.CycleType), Start: date}, usage.Ability(*req.Ability)
	if code := checkQuestion(period, ability, usage.DateOf(now.In(zone()))); code != 0 {
		return nil, code
	}
	members, ok := s.membersOf(req.DepartmentID, custom)
	if !ok {
		return nil, codeDepartmentID
	}
	figures, code := s.figuresOf(app, ability, period, members)
	if s.changed != nil {
		ask := usage.Ask{AppID: appID, Ability: ability, Cycle: period.Cycle, Date: date, DepartmentID: req.DepartmentID}
		return s.changed(ask, figures, code)
	}
	return figures, code
}

// figuresOf counts what is published of a period. The caller holds s.mu.
func (s *Sandbox) figuresOf(app int, ability usage.Ability, period usage.Period, members company.Bitset) (usage.Figures, int) {
	days, ok := s.covered(period)
	if !ok {
		return nil, codeNoData
	}
	figures, ok := s.simulation.Figures(app, ability, period.Cycle, days, members)
	if !ok {
		return nil, codeNoData
	}
	return figures, 0
}

// checkQuestion checks the cycle, the ability and the date: any day, a Monday, a 1st, and none that is yet to come.
func checkQuestion(p usage.Period, a usage.Ability, today usage.Date) int {
	switch p.Cycle {
	case usage.Daily, usage.Weekly, usage.Monthly:
	default:
		return codeCycle
	}
	switch a {
	case usage.AppAbility, usage.MiniProgram, usage.Web, usage.Bot:
	default:
		return codeAbility
	}
	if usage.PeriodOf(p.Cycle, p.Start) != p || p.Start.After(today) {
		return codeRange
	}
	return 0
}

// membersOf returns the people of a department; nil, for everybody, when no department is given.
func (s *Sandbox) membersOf(id string, custom bool) (company.Bitset, bool) {
	if id == "" {
		return nil, true
	}
	d := s.company.ByID(id, custom)
	if d == nil {
		return nil, false
	}
	return d.Members, true
}

// covered returns the days of the period that have figures: those of the history, up to the newest that is out.
func (s *Sandbox) covered(p usage.Period) (company.Span, bool) {
	last := p.End()
	if newest := s.newest(); last.After(newest) {
		last = newest
	}
	days := company.Span{First: max(0, company.DaysBetween(s.opts.Since, p.Start)), Last: company.DaysBetween(s.opts.Since, last)}
	return days, days.First <= days.Last
}

func items(f usage.Figures) []map[string]any {
	list := []map[string]any{}
	for _, m := range []usage.Metric{usage.ActiveUsers, usage.TotalUsers, usage.NewUsers, usage.PageViews, usage.Opens} {
		if value, ok := f[m]; ok {
			list = append(list, map[string]any{"metric_name": string(m), "metric_value": value})
		}
	}
	return list
}

// Figures returns what the overview answers to an Ask now, without a call: the truth to hold an answer against. The
// code is that of the platform, 0 with figures.
func (s *Sandbox) Figures(ask usage.Ask) (figures usage.Figures, code int) {
	date, cycle, ability := ask.Date.String(), int(ask.Cycle), string(ask.Ability)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lookUp(ask.AppID, overviewRequest{&date, &cycle, ask.DepartmentID, &ability}, false, s.clock.Now())
}
