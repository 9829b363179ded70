package templates

import "usagebot/templates/card"

// ProblemView is what went wrong and what to do about it.
type ProblemView struct {
	Key     ProblemKey
	Args    map[string]string // what the key's words need: see the keys
	Allowed []string          // what could stand there instead
	Example string            // one line to copy
	Scopes  []string          // the permissions that are missing, in the platform's names; those of the documents when empty

	Ask        []string      // open_ids of those who can put it right; a few of them are shown
	Suggestion *card.Button  // a near miss put right: Label is the word, Command the whole line, where nothing else is wrong
	Choices    []card.Button // other ways on, such as the nearest names

	Reference string // finds the error in the log
	LogID     string // finds the call in the platform's log
}

// Limits of a problem's card.
const (
	maxChoices = 8
	maxScopes  = 8
	maxLogID   = 100
	maxAsk     = 5
)

// Problem draws a problem.
func (t *Templates) Problem(lang Language, v ProblemView) card.Card {
	w := t.in(lang)
	kind := v.Key.kind()
	what := w.problem(v.Key, "what", v.Args)
	p := card.NewPage(card.Header{Title: card.Text(w.say("problem.title." + kind.title)), Template: kind.head}, what)
	p.Add(card.Paragraph(what))
	p.Add(w.suggestion(v.Suggestion)...)
	if len(v.Allowed) > 0 {
		p.Add(card.Paragraph(w.say("problem.allowed", "words", w.List(v.Allowed))))
	}
	p.Add(card.Paragraph(w.todo(v)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.Add(w.ask(v.Ask)...)
	p.Add(scopes(v.Scopes)...)
	if v.Example != "" {
		p.Add(card.Paragraph(w.say("problem.example", "line", card.Clean(v.Example, card.MaxText/2))))
	}
	p.Add(card.ButtonRow(card.DrawAll(v.Choices, card.PlainButton, maxChoices)...)...)
	p.Add(w.references(v)...)
	return p.Card
}

func (w wording) problem(k ProblemKey, part string, args map[string]string) string {
	values := make(map[string]string, len(args))
	for key, value := range args {
		values[key] = card.Name(value)
	}
	for _, argument := range []string{"arg", "other"} {
		if known := w.about("argument.", values[argument]+".name"); known != "" {
			values[argument] = known
		}
	}
	key := "problem." + string(k) + "."
	if w.about(key, part) == "" {
		key = "problem." + string(Internal) + "."
	}
	return w.sayWith(key+part, values)
}

// ask shows whom to turn to.
func (w wording) ask(ids []string) []card.Element {
	who := card.People(ids[:min(len(ids), maxAsk)]...)
	if len(who) == 0 {
		return nil
	}
	return append([]card.Element{card.Remark(w.say("problem.ask"))}, card.Elements(who)...)
}

// todo says what to do. Of some arguments there is more to say than of a problem in general.
func (w wording) todo(v ProblemView) string {
	switch v.Key {
	case BadValue, MissingValue:
		if todo := w.about("argument.", v.Args["arg"]+".todo"); todo != "" {
			return todo
		}
	}
	return w.problem(v.Key, "todo", v.Args)
}

// suggestion asks whether another word was meant. The button shows the line that it runs; without one, more is wrong with
// the line than that word.
func (w wording) suggestion(b *card.Button) []card.Element {
	if b == nil || b.Label == "" && !b.Usable() {
		return nil
	}
	word := b.Label
	if word == "" {
		word = b.Command
	}
	if !b.Usable() {
		return []card.Element{card.Paragraph(w.say("problem.suggestion", "word", card.Name(word)))}
	}
	return append([]card.Element{card.Paragraph(w.say("problem.suggestion", "word", card.Name(word)))},
		card.ButtonRow(card.Button{Command: b.Command}.Draw(card.PrimaryButton))...)
}

func scopes(names []string) []card.Element {
	var lines []card.Element
	for _, s := range names[:min(len(names), maxScopes)] {
		lines = append(lines, card.Paragraph(s))
	}
	return lines
}

func (w wording) references(v ProblemView) []card.Element {
	var lines []card.Element
	if v.Reference != "" {
		lines = append(lines, card.Remark(w.say("problem.reference", "id", card.Clean(v.Reference, maxLogID))))
	}
	if v.LogID != "" {
		lines = append(lines, card.Remark(w.say("problem.log_id", "id", card.Clean(v.LogID, maxLogID))))
	}
	return lines
}
