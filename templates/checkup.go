package templates

import "usagebot/templates/card"

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
func (t *Templates) Checkup(lang Language, v CheckupView) card.Card {
	w := t.in(lang)
	title, head := w.say("checkup.title"), card.BlueHead
	var sorted []Finding
	for _, g := range []Grade{Failure, Warning, Fine} {
		for _, f := range v.Findings {
			if f.Grade == g {
				sorted = append(sorted, f)
			}
		}
	}
	if len(sorted) > 0 && sorted[0].Grade != Fine {
		head = map[Grade]card.Template{Warning: card.OrangeHead, Failure: card.RedHead}[sorted[0].Grade]
	}
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, title)
	if len(sorted) == 0 {
		p.Add(card.Paragraph(w.say("checkup.none")))
	}
	left := p.List(len(sorted), maxFindings, func(i int) []card.Element {
		f := sorted[i]
		lines := []card.Element{card.Paragraph(card.Dotted(w.say("grade."+string(f.Grade)), card.Clean(f.What, card.MaxText/2)))}
		if f.Todo != "" {
			lines = append(lines, card.Remark(card.Clean(f.Todo, card.MaxText/2)))
		}
		return lines
	})
	p.Add(w.leftOut(left)...)
	return p.Card
}
