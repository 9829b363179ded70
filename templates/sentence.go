package templates

import "usagebot/templates/card"

// SentenceKind says what a sentence gets that is not carried out.
type SentenceKind string

// The kinds.
const (
	SentenceConfirm SentenceKind = "confirm" // it would change something
	SentenceAsk     SentenceKind = "ask"     // something has to be chosen or said otherwise
	SentenceCannot  SentenceKind = "cannot"  // there is no such figure
	SentenceChat    SentenceKind = "chat"    // it is no question about usage
)

// SentenceView answers a sentence that is not carried out.
type SentenceView struct {
	Kind    SentenceKind
	Why     string        // the reason to ask, or why there is no figure
	Word    string        // the part of the sentence that the reason is about
	Known   []string      // what was understood
	Line    string        // with SentenceConfirm: the command behind the button
	Shown   string        // that line in the reader's language
	Choices []card.Button // lines to choose from
}

// Sentence draws the answer to a sentence that is not carried out.
func Sentence(cat Catalog, v SentenceView) card.Card {
	head := card.BlueHead
	if v.Kind == SentenceChat {
		head = card.GreyHead
	}
	kind := string(v.Kind)
	if v.Why == "not_yet" { // there is such a figure
		kind = v.Why
	}
	title := cat.Text("sentence.title." + kind)
	body := sentenceBody(cat, v)
	p := card.NewPage(card.Header{Title: card.Text(title), Template: head}, body)
	p.Add(card.Paragraph(body))
	if v.Kind == SentenceConfirm {
		p.Add(card.Paragraph(card.Clean(v.Shown, card.MaxText/2)))
	}
	if len(v.Known) > 0 && v.Kind == SentenceAsk {
		p.Add(card.SmallText(cat.Text("sentence.known", "words", cat.list(v.Known))))
	}
	if len(v.Choices) > 0 && (v.Kind == SentenceAsk || v.Kind == SentenceCannot) {
		p.Add(card.Paragraph(cat.Text("sentence.offers." + string(v.Kind))))
	}
	style := card.PlainButton
	if v.Kind == SentenceConfirm {
		style = card.PrimaryButton
		v.Choices = []card.Button{{Label: cat.Text("sentence.do"), Command: v.Line}}
	}
	p.Add(card.ButtonRow(card.DrawAll(v.Choices, style, maxChoices)...)...)
	return p.Card
}

func sentenceBody(cat Catalog, v SentenceView) string {
	if v.Kind == SentenceConfirm || v.Kind == SentenceChat {
		return cat.Text("sentence.body." + string(v.Kind))
	}
	if unnamed := optionalText(cat, "sentence.unnamed.", v.Why); v.Word == "" && unnamed != "" {
		return unnamed
	}
	return cat.Text("sentence.why."+v.Why, "word", card.Name(v.Word))
}

// WithLine adds the line that a sentence was understood as to a card, in small print, so that it can be copied.
func WithLine(cat Catalog, c card.Card, line string) card.Card {
	p := card.Extend(c)
	p.Add(card.SmallText(cat.Text("sentence.line", "line", card.Clean(line, card.MaxText/2))))
	return p.Card
}
