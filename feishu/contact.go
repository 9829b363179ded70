package feishu

import (
	"context"
	"errors"

	larkcore "github.com/larksuite/oapi-sdk-go/v3/core"
	larkcontact "github.com/larksuite/oapi-sdk-go/v3/service/contact/v3"

	"usagebot/usage"
)

// PersonDepartments returns the open_department_ids of the departments that a person belongs to directly; the tenant itself
// is "0". Everybody belongs to a department: an empty result means that the bot lacks the scope
// contact:user.department:readonly. Nothing else of the answer is kept. Its error is an *Error.
func (c *Client) PersonDepartments(ctx context.Context, openID string) ([]string, error) {
	if !validID(openID) {
		return nil, invalidCallError(epPerson, "the open_id is not in an id's form")
	}
	req := larkcontact.NewGetUserReqBuilder().UserId(openID).UserIdType("open_id").DepartmentIdType("open_department_id").Build()
	return callWithRetry(ctx, c, true, func() ([]string, error) {
		return call(ctx, c, epPerson, func(t larkcore.RequestOptionFunc) ([]string, error) {
			resp, err := c.sdk.Contact.User.Get(ctx, req, t)
			if err != nil {
				return nil, err
			}
			if resp.Data == nil || resp.Data.User == nil {
				return nil, errors.New("it has no person")
			}
			return resp.Data.User.DepartmentIds, nil
		})
	})
}

const (
	rootDepartment    = "0"
	departmentsOnPage = 50 // the platform's maximum
	maxDepartments    = 20_000
	maxPages          = 25_000
)

// nameScopes returns the scopes that let the bot see the names of departments. One of them is enough.
func nameScopes() []string {
	return []string{"contact:department.base:readonly", "contact:contact:readonly_as_app", "contact:contact:readonly"}
}

// Departments lists the tenant's departments, each once and after its parent where the platform says so, up to 20,000 of
// them. Its error is a *usage.Failure; 40004 and 40014 (the bot's contact range is not the whole tenant) are a
// MissingScope without names of scopes.
func (c *Client) Departments(ctx context.Context) ([]usage.Department, error) {
	w := &departmentLister{client: c, seen: map[string]bool{}}
	err := w.listChildren(ctx, rootDepartment, true)
	if hasCode(err, codeBigDepartment) {
		err = w.listByLevel(ctx)
	}
	if err != nil {
		return nil, asFailure(err)
	}
	if len(w.found) > 0 && !w.named {
		return nil, &usage.Failure{
			Reason: usage.MissingScope, Scopes: nameScopes(),
			Err: invalidCallError(epDepartments, "the platform gave departments without names"),
		}
	}
	return w.found, nil
}

// departmentLister collects departments.
type departmentLister struct {
	client *Client
	seen   map[string]bool
	found  []usage.Department
	named  bool
	pages  int
}

// listByLevel asks each department for its children, for a tenant that is too big to be listed at once. A department that
// is too big itself, or outside the bot's contact range, is kept without its children.
func (w *departmentLister) listByLevel(ctx context.Context) error {
	if err := w.listChildren(ctx, rootDepartment, false); err != nil {
		return err
	}
	closed := 0
	for level := w.found; len(level) > 0; {
		above := len(w.found)
		for _, d := range level {
			err := w.listChildren(ctx, d.ID, false)
			if hasCode(err, codeBigDepartment, codeNoDepartment, codeNoParent) {
				closed++
				continue
			}
			if err != nil {
				return err
			}
		}
		level = w.found[above:]
	}
	if closed > 0 {
		w.client.log.WarnContext(ctx, "departments that do not show what is below them", "count", closed)
	}
	return nil
}

// listChildren reads all pages of the departments below parent.
func (w *departmentLister) listChildren(ctx context.Context, parent string, recursive bool) error {
	for page := ""; ; {
		data, err := w.client.departmentPage(ctx, parent, page, recursive)
		if err != nil {
			return err
		}
		w.pages++
		w.add(data.Items)
		next := value(data.PageToken)
		if data.HasMore == nil || !*data.HasMore {
			return nil
		}
		if next == "" || next == page {
			return asError(epDepartments, errors.New("its pages do not end"))
		}
		if len(w.found) >= maxDepartments || w.pages >= maxPages {
			w.client.log.WarnContext(ctx, "not all departments are listed", "count", len(w.found))
			return nil
		}
		page = next
	}
}

func (w *departmentLister) add(items []*larkcontact.Department) {
	for _, d := range items {
		id := ""
		if d != nil {
			id = value(d.OpenDepartmentId)
		}
		deleted := d != nil && d.Status != nil && d.Status.IsDeleted != nil && *d.Status.IsDeleted
		if id == "" || !validID(id) || deleted || w.seen[id] || len(w.found) >= maxDepartments {
			continue
		}
		w.seen[id] = true
		w.found = append(w.found, departmentOf(d))
		w.named = w.named || d.Name != nil
	}
}

func departmentOf(d *larkcontact.Department) usage.Department {
	found := usage.Department{
		ID: value(d.OpenDepartmentId), CustomID: value(d.DepartmentId),
		ParentID: value(d.ParentDepartmentId), Name: value(d.Name),
	}
	if d.I18nName == nil {
		return found
	}
	for locale, name := range map[string]*string{"zh_cn": d.I18nName.ZhCn, "en_us": d.I18nName.EnUs, "ja_jp": d.I18nName.JaJp} {
		if value(name) == "" {
			continue
		}
		if found.I18n == nil {
			found.I18n = map[string]string{}
		}
		found.I18n[locale] = *name
	}
	return found
}

func (c *Client) departmentPage(ctx context.Context, parent, page string, recursive bool) (*larkcontact.ChildrenDepartmentRespData, error) {
	b := larkcontact.NewChildrenDepartmentReqBuilder().DepartmentId(parent).
		DepartmentIdType(larkcontact.DepartmentIdTypeOpenDepartmentId).FetchChild(recursive).PageSize(departmentsOnPage)
	if page != "" {
		b.PageToken(page)
	}
	req := b.Build()
	return callWithRetry(ctx, c, true, func() (*larkcontact.ChildrenDepartmentRespData, error) {
		return call(ctx, c, epDepartments, func(t larkcore.RequestOptionFunc) (*larkcontact.ChildrenDepartmentRespData, error) {
			resp, err := c.sdk.Contact.Department.Children(ctx, req, t)
			if err != nil {
				return nil, err
			}
			if resp.Data == nil {
				return nil, errors.New("it has no data")
			}
			return resp.Data, nil
		})
	})
}

func hasCode(err error, codes ...int) bool {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return false
	}
	for _, code := range codes {
		if e.Code == code {
			return true
		}
	}
	return false
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
