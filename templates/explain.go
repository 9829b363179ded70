package templates

import (
	"slices"

	"usagebot/usage"
)

// explanation is a closed panel with the meaning of each shown metric, after the platform's own definitions.
func (w wording) explanation(r usage.Report, zone string) collapsiblePanel {
	abilities := make([]usage.Ability, len(r.Sections))
	for i, s := range r.Sections {
		abilities[i] = s.Ability
	}
	return w.explanationOf(usage.AllMetrics(), abilities, r.Query.Department, zone)
}

func (w wording) explanationOf(metrics []usage.Metric, abilities []usage.Ability, d usage.Department, zone string) collapsiblePanel {
	var lines []inner
	for _, m := range metrics {
		for _, a := range abilities {
			line := paragraph(w.meaning(a, m))
			if slices.Contains(a.Metrics(), m) && !slices.Contains(lines, inner(line)) {
				lines = append(lines, line)
			}
		}
	}
	if d.ID != "" {
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
