package command

// fail describes what is wrong with the token as a value of the argument.
func (p *parser) fail(kind Kind, a *Arg, t token) *Error {
	return p.at(&Error{Kind: kind, Word: clip(t.raw)}, a)
}

// at fills in what follows from the place of an error: the command and, unless a is nil, the argument.
func (p *parser) at(e *Error, a *Arg) *Error {
	e.Spec = p.spec
	given := p.foreseen()
	if a != nil {
		a = a.beside(given)
	}
	if len(e.examples.En) == 0 {
		e.examples = p.spec.example(a, given)
	}
	if a != nil {
		e.Arg = a.Name
	}
	if e.allowed == nil && e.Kind != UnclosedQuote {
		e.allowed = p.allowed(a)
	}
	return e
}

// foreseen returns what was given, with what leads the command and stands in the rest of the line: `on:32 monthly` is about
// a month too.
func (p *parser) foreseen() Args {
	args := p.args
	for _, t := range p.tokens {
		for _, a := range p.spec.Args {
			if !p.spec.leads(a.Name) || p.has(a) || t.special() {
				continue
			}
			if v := a.value(fold(t.text), false); v != nil {
				a.Read(&args, v.Means)
			}
		}
	}
	return args
}

func (p *parser) allowed(a *Arg) []Words {
	if a != nil {
		return a.values()
	}
	var allowed []Words
	for _, each := range p.spec.Args {
		if !p.has(each) {
			allowed = append(allowed, each.places()...)
		}
	}
	return allowed
}

func (p *parser) badValue(a *Arg, t token) *Error {
	e := p.fail(BadValue, a, t)
	if found, ok := nearest(t.text, a.candidates(true)); ok {
		e.suggest(found, t.value, t.end)
		e.fix = quote(e.fix)
	}
	return e
}

// unknown describes a token that names no argument.
func (p *parser) unknown(t token) *Error {
	switch {
	case len(p.allowed(nil)) == 0 || t.colon && p.names(t.key):
		return p.fail(UnexpectedValue, nil, t)
	case t.colon:
		return p.unknownKey(t)
	}
	if a := p.spec.keyed(fold(t.text)); a != nil && !t.quoted {
		return p.keyAlone(a, t)
	}
	e := p.fail(UnknownWord, nil, t)
	found, ok := nearest(t.text, p.words(func(*Arg) bool { return true }))
	if !ok {
		found, ok = nearest(t.text, p.words(func(a *Arg) bool { return p.spec.leads(a.Name) }))
	}
	if ok {
		e.suggest(found, t.start, t.end)
		return e
	}
	if found, e.keyless = p.behindKey(t); e.keyless {
		e.suggest(found, t.start, t.end)
		return e
	}
	for _, a := range p.spec.Args {
		if a.Default && !p.has(a) {
			return p.fail(BadValue, a, t)
		}
	}
	return e
}

// keyAlone describes a key without its colon: `dept 研发部`. A word behind it that means nothing else is the value.
func (p *parser) keyAlone(a *Arg, t token) *Error {
	e := p.fail(MissingValue, a, t)
	if len(p.tokens) == 0 || p.tokens[0].colon {
		return e
	}
	next := p.tokens[0]
	if folded := fold(next.text); a.value(folded, true) != nil || !p.names(folded) {
		e.suggest(candidate{shown: fold(t.text) + ":" + quote(next.text)}, t.start, next.end)
	}
	return e
}

// behindKey finds the one argument of which the word would be a value if its key stood before it: `20` for `n:20`. Any
// text would do for an argument that is Free.
func (p *parser) behindKey(t token) (found candidate, ok bool) {
	folded := fold(t.text)
	for _, a := range p.spec.Args {
		trial := p.args
		if a.Free || p.has(a) || len(a.Keys.En) == 0 || a.value(folded, true) == nil && !a.Read(&trial, a.typed(t.text)) {
			continue
		}
		if ok {
			return candidate{}, false
		}
		ok, found = true, candidate{shown: a.Keys.First(scriptOf(folded)) + ":" + quote(t.text)}
	}
	return found, ok
}

func (p *parser) unknownKey(t token) *Error {
	e := p.fail(UnknownWord, nil, t)
	var list []candidate
	for _, a := range p.spec.Args {
		if !p.has(a) {
			list = append(list, candidates(a.Keys, a, func(key string) string { return key + ":" })...)
		}
	}
	if found, ok := nearest(t.key, list); ok {
		e.suggest(found, t.start, t.value)
	}
	return e
}

// names reports whether the folded word is the value of an argument.
func (p *parser) names(folded string) bool {
	for _, a := range p.spec.Args {
		if a.value(folded, false) != nil {
			return true
		}
	}
	return false
}

// words returns what could still stand by itself: the words of every argument that was not given yet.
func (p *parser) words(of func(*Arg) bool) []candidate {
	var list []candidate
	for _, a := range p.spec.Args {
		if !p.has(a) && of(a) {
			list = append(list, a.candidates(false)...)
		}
	}
	return list
}
