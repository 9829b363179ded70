package command

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The keys of a component's value. The value is an object, since the platform's SDK answers a click on a component whose
// value is a string with an error; other keys are left to whoever makes the component.
const (
	lineKey = "cmd"  // the command's line
	withKey = "with" // the name of the argument that the chosen option is for
)

// pickedForm is a date or a time as a picker gives it, with the distance from UTC in the person's zone.
var pickedForm = regexp.MustCompile(`^([-:\d]+) [+-]\d\d:?\d\d$`)

// FromClick returns the line that a click on a card means. It is to be parsed as if the one who clicked had typed it.
//
// A component carries a line, and may name the argument that its chosen option completes the line with. A form's entries
// complete it each with the argument that it is named for; empty ones and those that the command does not take change
// nothing. What was chosen takes the place of what the line has; it can be no more than a value. A value that the
// argument does not take makes a line that says so when it is parsed. Of a question, what does not go with the choice is
// let go, as in a follow-up; all else stays.
//
// ok is false where there is no line, and where the choice cannot stand in one: nothing is chosen, it is no text, it has
// control characters, or it is for an argument that the command does not take or that has no key to write it behind.
func FromClick(value map[string]any, option string, form map[string]any) (line string, ok bool) {
	line, ok = value[lineKey].(string)
	if !ok || line == "" {
		return "", false
	}
	_, with := value[withKey]
	if !with && len(form) == 0 {
		return line, true
	}
	p, e := NewRegistry(Builtin()...).read(strings.ToValidUTF8(line, "\ufffd"))
	if e != nil {
		return line, true // whoever clicked is told what is wrong with it
	}
	chosen, ok := choices(p.spec, form)
	if !ok {
		return "", false
	}
	if with {
		name, _ := value[withKey].(string)
		if chosen[name], ok = single(option); !ok || chosen[name] == "" || p.spec.arg(name) == nil {
			return "", false
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

// single returns the one text that an entry holds, without the space around it; "" for an entry that is empty.
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

// complete puts what was chosen into the arguments of a line that was read, and writes the line again.
func complete(p *parser, chosen map[string]string) (line string, ok bool) {
	p.given = map[string]token{}
	wrong := map[string]string{}
	for name, text := range chosen {
		a := p.spec.arg(name)
		switch {
		case p.choose(a, text):
			p.given[name] = token{}
		case len(a.Keys.En) == 0:
			return "", false
		default:
			wrong[name] = a.Keys.First(En) + ":" + inQuotes(clipTo(text, MaxValue+1))
		}
	}
	if len(wrong) == 0 {
		p.settle()
	}
	return write(p.spec.Name(), p.args, En, wrong), true
}

// choose puts a text into the arguments as if the argument's key stood before it.
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

// settle lets go of what conflicts with the choice, where the command takes follow-ups.
func (p *parser) settle() {
	trial := *p
	if e := trial.check(); p.spec.FollowUp != nil && e != nil && e.Kind == Conflict {
		p.spec.FollowUp(&p.args, p.gave)
	}
}
