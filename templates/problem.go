package templates

// ProblemView is what went wrong and what to do about it.
type ProblemView struct {
	Key     ProblemKey
	Args    map[string]string // what the key's words need: see the keys
	Allowed []string          // what could stand there instead
	Example string            // one line to copy
	Scopes  []string          // the permissions that are missing, in the platform's names; those of the documents when empty

	Ask        []string // open_ids of those who can put it right; a few of them are shown
	Suggestion *Button  // a near miss put right: Label is the word, Command the whole line, where nothing else is wrong
	Choices    []Button // other ways on, such as the nearest names

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
func (t *Templates) Problem(lang Language, v ProblemView) Card {
	w := t.in(lang)
	kind := v.Key.kind()
	what := w.problem(v.Key, "what", v.Args)
	p := newPage(header{Title: text(w.say("problem.title." + kind.title)), Template: kind.head}, what)
	p.add(paragraph(what))
	p.add(w.suggestion(v.Suggestion)...)
	if len(v.Allowed) > 0 {
		p.add(paragraph(w.say("problem.allowed", "words", w.list(v.Allowed))))
	}
	p.add(paragraph(w.todo(v)))
	if len(v.Scopes) == 0 {
		v.Scopes = v.Key.scopes()
	}
	p.add(w.ask(v.Ask)...)
	p.add(scopes(v.Scopes)...)
	if v.Example != "" {
		p.add(paragraph(w.say("problem.example", "line", clean(v.Example, maxText/2))))
	}
	p.add(buttonRow(drawAll(v.Choices, plainButton, maxChoices)...)...)
	p.add(w.references(v)...)
	return p.card
}

func (w wording) problem(k ProblemKey, part string, args map[string]string) string {
	values := make(map[string]string, len(args))
	for key, value := range args {
		values[key] = name(value)
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
func (w wording) ask(ids []string) []element {
	who := people(ids[:min(len(ids), maxAsk)]...)
	if len(who) == 0 {
		return nil
	}
	return append([]element{remark(w.say("problem.ask"))}, elements(who)...)
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
func (w wording) suggestion(b *Button) []element {
	if b == nil || b.Label == "" && !b.usable() {
		return nil
	}
	word := b.Label
	if word == "" {
		word = b.Command
	}
	if !b.usable() {
		return []element{paragraph(w.say("problem.suggestion", "word", name(word)))}
	}
	return append([]element{paragraph(w.say("problem.suggestion", "word", name(word)))},
		buttonRow(Button{Command: b.Command}.draw(primaryButton))...)
}

func scopes(names []string) []element {
	var lines []element
	for _, s := range names[:min(len(names), maxScopes)] {
		lines = append(lines, paragraph(s))
	}
	return lines
}

func (w wording) references(v ProblemView) []element {
	var lines []element
	if v.Reference != "" {
		lines = append(lines, remark(w.say("problem.reference", "id", clean(v.Reference, maxLogID))))
	}
	if v.LogID != "" {
		lines = append(lines, remark(w.say("problem.log_id", "id", clean(v.LogID, maxLogID))))
	}
	return lines
}
