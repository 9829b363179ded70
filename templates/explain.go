package templates

import (
	"slices"

	"usagebot/templates/card"
	"usagebot/usage"
)

// explanation is a closed panel with the meaning of each shown metric, after the platform's own definitions.
func (w wording) explanation(r usage.Report, zone string) card.CollapsiblePanel {
	abilities := make([]usage.Ability, len(r.Sections))
	for i, s := range r.Sections {
		abilities[i] = s.Ability
	}
	return w.explanationOf(usage.AllMetrics(), abilities, r.Query.Department, zone)
}

func (w wording) explanationOf(metrics []usage.Metric, abilities []usage.Ability, d usage.Department, zone string) card.CollapsiblePanel {
	var lines []card.Inner
	for _, m := range metrics {
		for _, a := range abilities {
			line := card.Paragraph(w.meaning(a, m))
			if slices.Contains(a.Metrics(), m) && !slices.Contains(lines, card.Inner(line)) {
				lines = append(lines, line)
			}
		}
	}
	if d.ID != "" {
		lines = append(lines, card.Paragraph(w.say("explain.department")))
	}
	lines = append(lines, card.Paragraph(w.say("explain.periods")))
	if zone != "" {
		lines = append(lines, card.Paragraph(w.say("explain.zone", "zone", card.Name(zone))))
	}
	lines = append(lines, card.Paragraph(w.say("explain.source")))
	return card.Panel(w.say("explain.title"), lines)
}

// meaning explains a metric. Only the active users mean something else for each ability.
func (w wording) meaning(a usage.Ability, m usage.Metric) string {
	if m == usage.ActiveUsers {
		return w.say("explain.uv." + string(a))
	}
	return w.say("explain." + string(m))
}
