package templates

import (
	"usagebot/templates/card"
	"usagebot/usage"
)

// selection names the query's ability and department.
func (cat Catalog) selection(a usage.Ability, d usage.Department, itsPath string) string {
	if d.ID == "" {
		return cat.ability(a)
	}
	return card.Dotted(cat.ability(a), cat.department(d, itsPath))
}

// SelectionName returns the cards' name for an ability and a department.
func SelectionName(cat Catalog, a usage.Ability, d usage.Department) string {
	return cat.selection(a, d, d.Path)
}

// AbilityName returns the cards' name for an ability.
func AbilityName(cat Catalog, a usage.Ability) string {
	return cat.ability(a)
}

// MetricName returns the cards' name for a metric.
func MetricName(cat Catalog, m usage.Metric) string {
	return cat.metric(m)
}

func (cat Catalog) cycle(c usage.Cycle) string { return cat.Text("cycle." + c.String()) }

func (cat Catalog) ability(a usage.Ability) string { return cat.Text("ability." + string(a)) }

func (cat Catalog) metric(m usage.Metric) string { return cat.Text("metric." + string(m)) }

func appName(a usage.App) string {
	if a.Name == "" {
		return card.Name(a.ID)
	}
	return card.Name(a.Name)
}

// department names the department by its path, or by its name in the card's language if it has one.
func (cat Catalog) department(d usage.Department, itsPath string) string {
	if d.ID == "" {
		return cat.Text("department.everyone")
	}
	if itsPath != "" {
		return card.Path(itsPath)
	}
	for _, s := range []string{d.I18n[cat.Text("department.locale")], d.Name, d.ID} {
		if s != "" {
			return card.Name(s)
		}
	}
	return card.Absent
}

// Locale returns the platform's locale of the language, which selects the names of departments.
func Locale(cat Catalog) string { return cat.Text("department.locale") }

// WholeCompany returns the cards' name for the whole tenant.
func WholeCompany(cat Catalog) string {
	return cat.department(usage.Department{}, "")
}
