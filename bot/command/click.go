package command

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"usagebot/locale"
)

// The keys of a component's value. The value is an object, because the platform's SDK answers a click on a component with an
// error if the value is a string. Other keys are ignored.
const (
	lineKey = "cmd"  // the command's line
	withKey = "with" // the name of the argument that gets the chosen option
)

// pickedForm is a date or a time as a picker returns it, with the offset of the person's time zone.
var pickedForm = regexp.MustCompile(`^([-:\d]+) [+-]\d\d:?\d\d$`)

// Click is what a click on a card means.
type Click struct {
	Line string // to be read as if the person who clicked had typed it

	// Command is what Parse would read from the line; nil if that was not found out.
	Command *Command
}

// FromClick returns what a click on a card means.
//
// A component carries a line, and may name the argument that gets the chosen option. The entries of a form set the arguments
// that they are named for; empty entries, and those that the command does not take, change nothing. A choice replaces what
// the line has, and can be no more than a value. If the argument does not take the value, the line says so when it is
// parsed. In a question, arguments that do not go with the choice are dropped, as in a follow-up; all others stay.
//
// ok is false if there is no line, or if the choice cannot be written in one: nothing is chosen, it is no text, it has
// control characters, or it is for an argument that the command does not take, that has no key or that is repeated.
func (r *Registry) FromClick(value map[string]any, option string, form map[string]any) (c Click, ok bool) {
	line, ok := value[lineKey].(string)
	if !ok || line == "" {
		return Click{}, false
	}
	_, with := value[withKey]
	if !with && len(form) == 0 {
		return Click{Line: line}, true
	}
	p, e := r.read(strings.ToValidUTF8(line, "\ufffd"), true)
	if e != nil {
		return Click{Line: line}, true // parsing it will tell the person what is wrong
	}
	chosen, ok := choices(p.spec, form)
	if !ok {
		return Click{}, false
	}
	if with {
		name, _ := value[withKey].(string)
		if chosen[name], ok = single(option); !ok || chosen[name] == "" || p.spec.arg(name) == nil {
			return Click{}, false
		}
	}
	return complete(p, chosen)
}

// choices returns what was chosen in a form for the command's arguments, by their names.
func choices(spec *Spec, form map[string]any) (chosen map[string]string, ok bool) {
	chosen = map[string]string{}
	for _, a := range spec.Args {
		text, ok := single(form[a.Name])
		if !ok {
			return nil, false
		}
		if text != "" {
			chosen[a.Name] = text
		}
	}
	return chosen, true
}

// single returns the one text in an entry, without the space around it; "" for an empty entry.
func single(entry any) (text string, ok bool) {
	if list, isList := entry.([]any); isList && len(list) < 2 {
		entry = nil
		for _, only := range list {
			entry = only
		}
	}
	switch entry := entry.(type) {
	case nil:
		return "", true
	case string:
		text = strings.TrimFunc(strings.ToValidUTF8(entry, "\ufffd"), isGap)
		return text, !strings.ContainsFunc(text, unicode.IsControl)
	}
	return "", false
}

// complete puts the choices into the arguments of a line that was read, and writes the line again.
func complete(p *parser, chosen map[string]string) (c Click, ok bool) {
	p.given, p.implied = map[string]token{}, map[string]bool{}
	wrong := map[string]string{}
	for name, text := range chosen {
		a := p.spec.arg(name)
		switch {
		case name == p.args.More.Arg: // it does not say which of the values it replaces
			return Click{}, false
		case p.choose(a, text):
			p.given[name] = token{}
		case len(a.Keys.En) == 0:
			return Click{}, false
		default:
			wrong[name] = a.Keys.First(locale.English) + ":" + inQuotes(clipTo(text, MaxValue+1))
		}
	}
	if len(wrong) > 0 {
		return Click{Line: write(p.spec.Name(), p.args, locale.English, wrong)}, true
	}
	p.dropConflicts()
	args := p.args
	right := p.check() == nil // which may make it another command
	c.Line = write(p.spec.Name(), args, locale.English, nil)
	if right && utf8.RuneCountInString(c.Line) <= MaxRunes {
		read := p.command()
		c.Command = &read
	}
	return c, true
}

// choose puts a text into the arguments as if it were typed after the argument's key.
func (p *parser) choose(a *Arg, text string) bool {
	if !a.Free {
		text = pickedForm.ReplaceAllString(text, "$1")
	}
	if utf8.RuneCountInString(text) > MaxValue {
		return false
	}
	if v := a.value(fold(text), true); v != nil {
		return a.Read(&p.args, v.Means)
	}
	return a.Read(&p.args, a.typed(text))
}

// dropConflicts drops the arguments that conflict with the choice, if the command takes follow-ups.
func (p *parser) dropConflicts() {
	trial := *p
	if e := trial.check(); p.spec.FollowUp != nil && e != nil && e.Kind == Conflict {
		p.spec.FollowUp(&p.args, p.gave)
	}
}
