package templates

import "usagebot/templates/card"

// ChoiceView asks which of several departments is meant.
type ChoiceView struct {
	Word    string // what was asked for; empty when nothing was, and the reader may see no more than these
	Options []ChoiceOption
}

// ChoiceOption is one department and the command that asks for it.
type ChoiceOption struct {
	Name    string
	Path    string // with its parents, which is what tells two of one name apart
	Command string
}

const maxOptions = 10

// Choice draws a choice.
func (t *Templates) Choice(lang Language, v ChoiceView) card.Card {
	w := t.in(lang)
	question := w.say("choice.yours")
	if v.Word != "" {
		question = w.count("choice.question", len(v.Options), "word", card.Name(v.Word))
	}
	p := card.NewPage(card.Header{Title: card.Text(w.say("choice.title")), Template: card.BlueHead}, question)
	p.Add(card.Paragraph(question))
	left := p.List(len(v.Options), maxOptions, func(i int) []card.Element { return []card.Element{w.option(v.Options[i])} })
	if left > 0 {
		p.Add(card.Remark(w.count("choice.more", left)))
	}
	return p.Card
}

func (w wording) option(o ChoiceOption) card.ColumnSet {
	words := []card.Inner{card.Paragraph(card.Name(o.Name))}
	if o.Path != "" && o.Path != o.Name {
		words = append(words, card.Remark(card.Path(o.Path)))
	}
	return beside(words, card.Button{Label: w.say("choice.choose"), Command: o.Command})
}
