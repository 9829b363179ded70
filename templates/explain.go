package templates

import (
	"slices"

	"usagebot/usage"
)

// explanation is a closed panel with the meaning of each shown metric, after the platform's own definitions.
func (w wording) explanation(r usage.Report, zone string) collapsiblePanel {
	var lines []inner
	for _, m := range usage.AllMetrics() {
		for _, s := range r.Sections {
			line := paragraph(w.meaning(s.Ability, m))
			if slices.Contains(s.Ability.Metrics(), m) && !slices.Contains(lines, inner(line)) {
				lines = append(lines, line)
			}
		}
	}
	if r.Query.Department.ID != "" {
		lines = append(lines, paragraph(w.say("explain.department")))
	}
	lines = append(lines, paragraph(w.say("explain.periods")))
	if zone != "" {
		lines = append(lines, paragraph(w.say("explain.zone", "zone", name(zone))))
	}
	lines = append(lines, paragraph(w.say("explain.source")))
	return panel(w.say("explain.title"), lines)
}

// meaning explains a metric. Only the active users mean something else for each ability.
func (w wording) meaning(a usage.Ability, m usage.Metric) string {
	if m == usage.ActiveUsers {
		return w.say("explain.uv." + string(a))
	}
	return w.say("explain." + string(m))
}
