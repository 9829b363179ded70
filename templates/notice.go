package templates

import (
	"time"

	"usagebot/templates/card"
)

// WorkingView is a question that waits for the platform's quota.
type WorkingView struct {
	Question string        // as it was typed
	Wait     time.Duration // about how long; unknown when not positive
}

// Working draws the notice that is shown until the answer replaces it.
func (t *Templates) Working(lang Language, v WorkingView) card.Card {
	w := t.in(lang)
	title := w.say("working.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.GreyHead}, title)
	if v.Question != "" {
		p.Add(card.Paragraph(v.Question))
	}
	p.Add(card.Remark(w.wait(v.Wait)))
	return p.Card
}

// wait rounds up: who waits less than was said is not disappointed.
func (w wording) wait(d time.Duration) string {
	switch {
	case d <= 0:
		return w.say("working.soon")
	case d <= 90*time.Second:
		return w.count("working.seconds", roundUp(d, time.Second))
	}
	return w.count("working.minutes", roundUp(d, time.Minute))
}

func roundUp(d, unit time.Duration) int {
	n := int(d / unit)
	if d%unit > 0 {
		n++
	}
	return n
}

// PointerView answers what is no command.
type PointerView struct {
	Help       card.Button  // shows what can be asked; a Label of its own is optional
	Suggestion *card.Button // what might have been meant
}

// Pointer draws the short pointer to help.
func (t *Templates) Pointer(lang Language, v PointerView) card.Card {
	w := t.in(lang)
	title := w.say("pointer.title")
	p := card.NewPage(card.Header{Title: card.Text(title), Template: card.GreyHead}, title)
	p.Add(w.suggestion(v.Suggestion)...)
	p.Add(card.Paragraph(w.say("pointer.body")))
	if v.Help.Usable() {
		if v.Help.Label == "" {
			v.Help.Label = w.say("pointer.help")
		}
		p.Add(card.ButtonRow(v.Help.Draw(card.PlainButton))...)
	}
	return p.Card
}

// maxToast is how many characters of a toast are sure to be shown.
const maxToast = 60

// WorkingToast answers a click whose card will be edited a little later.
func (t *Templates) WorkingToast(lang Language) string {
	return card.Clean(t.in(lang).say("toast.working"), maxToast)
}

// ProblemToast answers a click that came to nothing: what went wrong, without what to do about it.
func (t *Templates) ProblemToast(lang Language, v ProblemView) string {
	w := t.in(lang)
	toast := w.problem(v.Key, "what", v.Args)
	if v.Reference != "" {
		toast = w.say("problem.reference", "id", v.Reference) + " " + toast
	}
	return card.Clean(toast, maxToast)
}
