package templates

import "usagebot/usage"

// Topic is what a digest tells of.
type Topic struct {
	App        usage.App
	Ability    usage.Ability
	Cycle      usage.Cycle
	Department usage.Department // the zero one is the whole company
	// DepartmentPath is the department with its parents (研发部/后端组); the department's name when empty.
	DepartmentPath string
}

// topic names all that tells two digests apart.
func (w wording) topic(t Topic) string {
	return w.say("topic.line", "app", appName(t.App), "ability", w.ability(t.Ability), "cycle", w.cycle(t.Cycle),
		"department", w.department(t.Department, t.DepartmentPath))
}
