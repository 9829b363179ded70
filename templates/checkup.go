package templates

// CheckupView is what was found when everything was looked at.
type CheckupView struct{ Findings []Finding }

// Finding is one thing that was looked at. Its words are those of whoever looked.
type Finding struct {
	Grade Grade
	What  string
	Todo  string // empty where there is nothing to do
}

// Grade is how well it is.
type Grade string

// The grades.
const (
	Fine    Grade = "ok"
	Warning Grade = "warning"
	Failure Grade = "failure"
)

// Grades returns every grade.
func Grades() []Grade { return []Grade{Fine, Warning, Failure} }

const maxFindings = 40

// Checkup draws the findings, the worst first.
func (t *Templates) Checkup(lang Language, v CheckupView) Card {
	w := t.in(lang)
	title, head := w.say("checkup.title"), blueHead
	var sorted []Finding
	for _, g := range []Grade{Failure, Warning, Fine} {
		for _, f := range v.Findings {
			if f.Grade == g {
				sorted = append(sorted, f)
			}
		}
	}
	if len(sorted) > 0 && sorted[0].Grade != Fine {
		head = map[Grade]template{Warning: orangeHead, Failure: redHead}[sorted[0].Grade]
	}
	p := newPage(header{Title: text(title), Template: head}, title)
	if len(sorted) == 0 {
		p.add(paragraph(w.say("checkup.none")))
	}
	left := p.list(len(sorted), maxFindings, func(i int) []element {
		f := sorted[i]
		lines := []element{paragraph(dotted(w.say("grade."+string(f.Grade)), clean(f.What, maxText/2)))}
		if f.Todo != "" {
			lines = append(lines, remark(clean(f.Todo, maxText/2)))
		}
		return lines
	})
	p.add(w.leftOut(left)...)
	return p.card
}
