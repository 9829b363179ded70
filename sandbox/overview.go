package sandbox

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"usagebot/sandbox/company"
	"usagebot/usage"
)

// overviewRequest is the body of the overview. The platform distinguishes missing fields from wrong ones.
type overviewRequest struct {
	Date         *string `json:"date"`
	CycleType    *int    `json:"cycle_type"`
	DepartmentID string  `json:"department_id"`
	Ability      *string `json:"ability"`
}

// overviewAPI answers the endpoints about usage.
type overviewAPI struct{ *state }

// overview answers POST /application/v6/applications/:app_id/app_usage/overview. The order of its checks is not
// documented; this one goes from who may ask to what is asked.
func (s *overviewAPI) overview(c *call) answer {
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
func (s *overviewAPI) lookUp(appID string, req overviewRequest, custom bool, now time.Time) (usage.Figures, int) {
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
	if s.overviewChange != nil {
		ask := usage.Request{AppID: appID, Ability: ability, Cycle: period.Cycle, Date: date, DepartmentID: req.DepartmentID}
		return s.overviewChange(ask, figures, code)
	}
	return figures, code
}

// figuresOf counts the published days of a period. The caller holds s.mu.
func (s *overviewAPI) figuresOf(app int, ability usage.Ability, period usage.Period, members company.Bitset) (usage.Figures, int) {
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
func (s *overviewAPI) membersOf(id string, custom bool) (company.Bitset, bool) {
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
func (s *overviewAPI) covered(p usage.Period) (company.Span, bool) {
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

// Figures returns what the overview would answer to ask now, so that tests can compare the bot's answers with it. code is
// the platform's code, 0 with figures.
func (s *overviewAPI) Figures(ask usage.Request) (figures usage.Figures, code int) {
	date, cycle, ability := ask.Date.String(), int(ask.Cycle), string(ask.Ability)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lookUp(ask.AppID, overviewRequest{&date, &cycle, ask.DepartmentID, &ability}, false, s.clock.Now())
}

// departmentRequest is the body of the overview of several departments.
type departmentRequest struct {
	Date         *string `json:"date"`
	CycleType    *int    `json:"cycle_type"`
	DepartmentID string  `json:"department_id"`
	Recursion    int     `json:"recursion"`
	PageSize     *int    `json:"page_size"`
	PageToken    string  `json:"page_token"`
}

// The bounds of the page's fields, and how long a page token lives.
const (
	deepestRecursion   = 4
	standardUsagePage  = 10
	mostOnUsagePage    = 20
	usagePageTokenLife = 2 * time.Hour
)

// departmentOverview answers POST /application/v6/applications/:app_id/app_usage/department_overview. Like that of the
// overview, the order of its checks goes from who may ask to what is asked.
func (s *overviewAPI) departmentOverview(c *call) answer {
	var req departmentRequest
	if json.Unmarshal(c.body, &req) != nil {
		return refuse(codeBadRequest)
	}
	custom, ok := departmentIDType(c)
	if !ok {
		return refuseField("department_id_type", "it is neither open_department_id nor department_id")
	}
	if field, why := req.wrong(); field != "" {
		return refuseField(field, why)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.departmentPage(c.request.PathValue("app_id"), req, custom, c.now)
}

// wrong returns the first field that violates the documented rules, and why.
func (r departmentRequest) wrong() (field, why string) {
	switch {
	case r.Date == nil:
		return "date", "date is required"
	case r.CycleType == nil:
		return "cycle_type", "cycle_type is required"
	case *r.CycleType < int(usage.Daily) || *r.CycleType > int(usage.Monthly):
		return "cycle_type", "it is none of 1, 2 and 3"
	case r.Recursion < 0 || r.Recursion > deepestRecursion:
		return "recursion", "it is not between 0 and 4"
	case r.PageSize != nil && (*r.PageSize < 1 || *r.PageSize > mostOnUsagePage):
		return "page_size", "it is not between 1 and 20"
	}
	return "", ""
}

// departmentPage makes the checks of the page and returns the part of the answer that is asked for. The caller holds
// s.mu.
func (s *overviewAPI) departmentPage(appID string, req departmentRequest, custom bool, now time.Time) answer {
	if !s.plan {
		return refuse(codePlan)
	}
	app := s.simulation.AppIndex(appID)
	if app < 0 {
		return refuse(codeAppID)
	}
	date, err := usage.ParseDate(*req.Date)
	if err != nil {
		return refuse(codeDateFormat)
	}
	period := usage.Period{Cycle: usage.Cycle(*req.CycleType), Start: date}
	if code := checkQuestion(period, usage.AppAbility, usage.DateOf(now.In(zone()))); code != 0 {
		return refuse(code)
	}
	list, ok := s.askedFor(req, custom)
	if !ok {
		return refuseDepartment(req.DepartmentID, custom)
	}
	question := fmt.Sprintf("%s %v %s %d %t", appID, period, req.DepartmentID, req.Recursion, custom)
	from, code := readUsageToken(req.PageToken, question, now)
	if code != 0 {
		return refuse(code)
	}
	days, ok := s.covered(period)
	if !ok {
		a := refuse(codeNoData)
		a.status = http.StatusNotFound // where the overview says 200
		return a
	}
	list = list[min(from, len(list)):]
	onPage := list[:min(req.size(), len(list))]
	items := []map[string]any{}
	for _, d := range onPage {
		items = append(items, s.departmentItem(app, period.Cycle, days, d, custom))
	}
	data := map[string]any{"has_more": len(onPage) < len(list), "items": items}
	if len(onPage) < len(list) {
		data["page_token"] = usageToken(question, from+len(onPage), now)
	}
	return success(data)
}

func (r departmentRequest) size() int {
	if r.PageSize == nil {
		return standardUsagePage
	}
	return *r.PageSize
}

// askedFor returns the department and as many levels below it as the request asks for. Without a department it returns the
// whole tenant and ignores the number of levels. The caller holds s.mu.
func (s *overviewAPI) askedFor(req departmentRequest, custom bool) ([]*company.Department, bool) {
	whole := &company.Department{Department: usage.Department{ID: company.RootID, CustomID: company.RootID}}
	switch {
	case req.DepartmentID == "":
		return []*company.Department{whole}, true
	case req.DepartmentID == company.RootID && s.opts.RootDepartment:
		return append([]*company.Department{whole}, levels(s.company, s.company.Roots, req.Recursion)...), true
	}
	d := s.company.ByID(req.DepartmentID, custom)
	if d == nil {
		return nil, false
	}
	return append([]*company.Department{d}, levels(s.company, d.Below, req.Recursion)...), true
}

// levels returns the departments of the first deep levels, level by level.
func levels(c *company.Company, indexes []int, deep int) (found []*company.Department) {
	for ; deep > 0 && len(indexes) > 0; deep-- {
		var below []int
		for _, d := range c.Descend(indexes, false) {
			found = append(found, d)
			below = append(below, d.Below...)
		}
		indexes = below
	}
	return found
}

// departmentItem is one department of the answer: 0 active users and nothing else where nobody used the app, and null for
// an ability that the app lacks. The caller holds s.mu.
func (s *overviewAPI) departmentItem(app int, cycle usage.Cycle, days company.Span, d *company.Department, custom bool) map[string]any {
	id := d.ID
	if custom {
		id = d.CustomID
	}
	whole, _ := s.simulation.Figures(app, usage.AppAbility, cycle, days, s.peopleOf(d))
	if whole[usage.ActiveUsers] == 0 {
		return map[string]any{"department_id": id, "app": items(usage.Figures{usage.ActiveUsers: 0})}
	}
	item := map[string]any{"department_id": id, "app": items(whole)}
	for name, ability := range map[string]usage.Ability{"gadget": usage.MiniProgram, "webapp": usage.Web, "bot": usage.Bot} {
		item[name] = nil
		if figures, ok := s.simulation.Figures(app, ability, cycle, days, s.peopleOf(d)); ok {
			item[name] = items(figures)
		}
	}
	return item
}

// peopleOf returns a department's people; nil, for everybody, of the whole tenant.
func (s *overviewAPI) peopleOf(d *company.Department) company.Bitset {
	if d.ID == company.RootID {
		return nil
	}
	return d.Members
}

// usageTokenMark makes a page token recognisable, as tokenMark does.
const usageTokenMark = "sandbox usage page"

func usageToken(question string, from int, now time.Time) string {
	text := fmt.Sprintf("%s|%s|%d|%d", usageTokenMark, company.Digest(question), from, now.Unix())
	return base64.StdEncoding.EncodeToString([]byte(text))
}

// readUsageToken returns where a page begins. A token that was given for another question is invalid; one that was never
// given does not exist.
func readUsageToken(token, question string, now time.Time) (from, code int) {
	if token == "" {
		return 0, 0
	}
	raw, err := base64.StdEncoding.DecodeString(token)
	parts := strings.Split(string(raw), "|")
	if err != nil || len(parts) != 4 || parts[0] != usageTokenMark {
		return 0, codeUsageTokenGone
	}
	from, err = strconv.Atoi(parts[2])
	given, err2 := strconv.ParseInt(parts[3], 10, 64)
	switch {
	case err != nil, err2 != nil, from < 0, now.Sub(time.Unix(given, 0)) > usagePageTokenLife:
		return 0, codeUsageTokenGone
	case parts[1] != company.Digest(question):
		return 0, codeUsageToken
	}
	return from, 0
}
