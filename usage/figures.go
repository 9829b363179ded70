package usage

import (
	"cmp"
	"context"
)

// Ask is one question to the platform's overview, in the platform's terms; equal Asks have equal answers.
type Ask struct {
	AppID        string
	Ability      Ability // not All
	Cycle        Cycle
	Date         Date   // any day, a Monday, a 1st: as the cycle wants it
	DepartmentID string // open_department_id; empty for the whole tenant. Sub-departments are included.
}

// Figures are the answer to an Ask. A metric that the platform did not give is absent, which is not the same as zero.
type Figures map[Metric]int64

// of keeps the metrics that the page gives the ability in the cycle: a zero that the platform sends for another one is no
// figure.
func (f Figures) of(a Ability, c Cycle) Figures {
	kept := Figures{}
	for _, m := range a.Metrics() {
		if v, ok := f[m]; ok && (m != TotalUsers || c == TotalUsersCycle) {
			kept[m] = v
		}
	}
	return kept
}

// App is an app that is reported on.
type App struct {
	ID   string
	Name string
}

// Department is a department as far as it matters for asking and choosing. The zero Department is the whole tenant.
type Department struct {
	ID       string            `json:"id"`                  // open_department_id (od-…)
	CustomID string            `json:"custom_id,omitempty"` // department_id: the tenant's own
	ParentID string            `json:"parent_id,omitempty"` // open_department_id of the parent; "0" at the top; empty when the bot may not see it
	Name     string            `json:"name"`
	I18n     map[string]string `json:"i18n,omitempty"` // names by locale: zh_cn, en_us, ja_jp
	Path     string            `json:"-"`              // names from the top down, as in 研发部/后端组; set by the Directory
	Paths    map[string]string `json:"-"`              // the same by locale, where one of the names is another there
}

// In returns the department under its names in a locale, as far as it has any there.
func (d Department) In(locale string) Department {
	d.Name = cmp.Or(d.I18n[locale], d.Name)
	d.Path = cmp.Or(d.Paths[locale], d.Path)
	return d
}

// Source is where figures come from. Its errors are *Failure where the platform said what was wrong.
type Source interface {
	Overview(ctx context.Context, ask Ask) (Figures, error)
}
