package sandbox

import (
	"strconv"

	"usagebot/sandbox/company"
	"usagebot/usage"
)

// contactAPI answers the endpoints about people and departments.
type contactAPI struct{ *state }

// aboutDepartments wraps an endpoint for departments: it reads the kind of id, checks the contact range, and calls answers
// with s.mu held.
func (s *contactAPI) aboutDepartments(answers func(c *call, custom bool) answer) func(*call) answer {
	return func(c *call) answer {
		custom, ok := departmentIDType(c)
		if !ok {
			return refuseField("department_id_type", "it is neither open_department_id nor department_id")
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		if !s.contactRange {
			return refuse(codeDeptForbidden)
		}
		return answers(c, custom)
	}
}

// childDepartments answers GET /contact/v3/departments/:department_id/children.
func (s *contactAPI) childDepartments(c *call, custom bool) answer {
	start, id := s.company.Roots, c.request.PathValue("department_id")
	if id != company.RootID {
		d := s.company.ByID(id, custom)
		if d == nil {
			return refuseDepartment(id, custom)
		}
		start = d.Below
	}
	deep, err := strconv.ParseBool(orElse(c.request.URL.Query().Get("fetch_child"), "false"))
	if err != nil {
		return refuseField("fetch_child", "it is no boolean")
	}
	var list []map[string]any
	for _, d := range s.company.Descend(start, deep) {
		list = append(list, s.wireDepartment(d, custom, c.scopes))
	}
	return paged(c, list, pageRule{standard: 10, most: 50, badSize: codePageSize, badToken: codePageToken})
}

// getDepartment answers GET /contact/v3/departments/:department_id.
func (s *contactAPI) getDepartment(c *call, custom bool) answer {
	id := c.request.PathValue("department_id")
	d := s.company.ByID(id, custom)
	switch {
	case d == nil && custom:
		return refuse(codeNoDepartment)
	case d == nil:
		return refuseDepartment(id, custom)
	}
	return success(map[string]any{"department": s.wireDepartment(d, custom, c.scopes)})
}

// getUser answers GET /contact/v3/users/:user_id. The departments need a scope of their own.
func (s *contactAPI) getUser(c *call) answer {
	if kind := c.request.URL.Query().Get("user_id_type"); kind != "" && kind != "open_id" {
		return refuseField("user_id_type", "the sandbox knows open_id alone")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.company.ByPersonID[c.request.PathValue("user_id")]
	switch {
	case p == nil:
		return refuse(codeNoOpenID)
	case !s.contactRange:
		return refuse(codeDeptForbidden)
	}
	user := map[string]any{"open_id": p.OpenID, "union_id": p.UnionID}
	if c.scopes[scopePersonDepartments] {
		ids := []string{}
		for _, i := range p.Departments {
			ids = append(ids, s.company.Departments[i].ID)
		}
		user["department_ids"] = ids
	}
	return success(map[string]any{"user": user})
}

// batchDepartments answers GET /contact/v3/departments/batch, which leaves out what it does not know.
func (s *contactAPI) batchDepartments(c *call) answer {
	custom, ok := departmentIDType(c)
	ids := c.request.URL.Query()["department_ids"]
	if !ok || len(ids) == 0 || len(ids) > 50 {
		return refuseField("department_ids", "between 1 and 50 ids of the department_id_type")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.contactRange {
		return refuse(codeDeptForbidden)
	}
	list := []map[string]any{}
	for _, id := range ids {
		if d := s.company.ByID(id, custom); d != nil {
			list = append(list, s.wireDepartment(d, custom, c.scopes))
		}
	}
	return success(map[string]any{"items": list})
}

func refuseDepartment(id string, custom bool) answer {
	if custom {
		return refuseUnknown(codeNoCustomDept, id)
	}
	return refuseUnknown(codeNoOpenDept, id)
}

// wireDepartment returns a department with the fields that the app's scopes allow. The caller holds s.mu.
func (s *contactAPI) wireDepartment(d *company.Department, custom bool, scopes map[string]bool) map[string]any {
	wide := scopes["contact:contact:readonly"] || scopes["contact:contact:readonly_as_app"] || scopes["contact:contact:access_as_app"]
	m := map[string]any{"open_department_id": d.ID}
	if wide || scopes[scopeDepartmentBase] {
		m["name"], m["i18n_name"], m["department_id"] = d.Name, d.I18n, d.CustomID
		m["chat_id"], m["status"] = "", map[string]any{"is_deleted": d.Deleted}
	}
	if wide || scopes[scopeDepartmentTree] {
		m["parent_department_id"], m["order"] = parentID(s.company, d, custom), strconv.Itoa(d.Order)
		m["member_count"] = s.headcount(d.Members)
	}
	return m
}

func parentID(c *company.Company, d *company.Department, custom bool) string {
	parent := c.ByID(d.ParentID, false)
	switch {
	case parent == nil:
		return company.RootID
	case custom:
		return parent.CustomID
	}
	return parent.ID
}

// headcount counts the members who work for the company today. The caller holds s.mu.
func (s *contactAPI) headcount(members company.Bitset) (n int) {
	today := company.DaysBetween(s.opts.Since, s.newest()) + 1
	members.Each(func(i int) {
		if s.company.People[i].Present(today) {
			n++
		}
	})
	return n
}

// Departments returns all departments, each parent before its children.
func (s *contactAPI) Departments() []usage.Department {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []usage.Department
	for _, d := range s.company.Descend(s.company.Roots, true) {
		list = append(list, d.Department)
	}
	return list
}

func orElse(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}
