package templates

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
func (t *Templates) Choice(lang Language, v ChoiceView) Card {
	w := t.in(lang)
	question := w.say("choice.yours")
	if v.Word != "" {
		question = w.count("choice.question", len(v.Options), "word", name(v.Word))
	}
	p := newPage(header{Title: text(w.say("choice.title")), Template: blueHead}, question)
	p.add(paragraph(question))
	left := p.list(len(v.Options), maxOptions, func(i int) []element { return []element{w.option(v.Options[i])} })
	if left > 0 {
		p.add(remark(w.count("choice.more", left)))
	}
	return p.card
}

func (w wording) option(o ChoiceOption) columnSet {
	words := []inner{paragraph(name(o.Name))}
	if o.Path != "" && o.Path != o.Name {
		words = append(words, remark(path(o.Path)))
	}
	return beside(words, Button{w.say("choice.choose"), o.Command})
}
