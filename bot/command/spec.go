package command

import (
	"slices"
	"strings"
)

// Who says who may use a command.
type Who string

// The circles, each within the one before.
const (
	Anyone    Who = "anyone"
	Viewer    Who = "viewer"
	Manager   Who = "manager"
	AdminOnly Who = "admin"
)

// Spec describes one command to the parser and to help. What it does is bound to its name elsewhere.
type Spec struct {
	Words              // the command's names, without the slash; of one with a Parent its second word
	Parent   *Spec     // whose name stands before it; nil for most
	Who      Who       // who may use it
	Args     []*Arg    // what it takes, in the order of the usage line
	Required []string  // the names of those Args that it does not do without
	Lead     string    // the name of the argument that the command is mostly about; none for most
	Examples Words     // whole lines to copy
	Check    CheckFunc // looks at all arguments together and settles them; nil when there is nothing to look at

	// FollowUp settles the arguments after a message without a slash changed those that given holds for. Nil: the
	// command takes no such messages. Only a question may, never a command that changes something.
	FollowUp func(args *Args, given func(arg string) bool)
}

// CheckFunc looks at the arguments of a whole command. Of its Error it fills in Kind and Arg and, if it knows better
// than the argument itself, what is allowed and an example.
type CheckFunc func(r *Registry, args *Args) *Error

// Name returns the command's name, by which handlers are bound to it.
func (s *Spec) Name() string { return s.Called(En) }

// Usage returns the line that shows what the command takes: `/usage [daily|weekly|monthly] [dept:X]`.
func (s *Spec) Usage(lang Lang) string {
	parts := []string{"/" + s.Called(lang)}
	for _, a := range s.Args {
		part := a.usage(lang)
		if !slices.Contains(s.Required, a.Name) {
			part = "[" + part + "]"
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, " ")
}

// leads reports whether the argument stands in every example, and is what a doubtful slip is taken for.
func (s *Spec) leads(name string) bool { return name == s.Lead || slices.Contains(s.Required, name) }

// example returns a line that shows the argument beside those that lead, these as they were given where they were; or all
// examples when a is nil.
func (s *Spec) example(a *Arg, given Args) Words {
	if a == nil {
		return s.Examples
	}
	line := func(lang Lang) []string {
		words := []string{"/" + s.Called(lang)}
		for _, each := range s.Args {
			if each.Name == a.Name || s.leads(each.Name) {
				words = append(words, each.shows(given, lang, each.Name != a.Name))
			}
		}
		return []string{strings.Join(words, " ")}
	}
	return Words{En: line(En), Zh: line(Zh)}
}

// shows returns what stands in an example for the argument: what was given if it is to be kept, else the argument's own.
func (a *Arg) shows(given Args, lang Lang, keep bool) string {
	if text := a.write(given, lang); keep && text != "" {
		return text
	}
	return a.beside(given).Example.First(lang)
}

func (s *Spec) arg(name string) *Arg {
	for _, a := range s.Args {
		if a.Name == name {
			return a
		}
	}
	return nil
}

func (s *Spec) keyed(folded string) *Arg {
	for _, a := range s.Args {
		if a.Keys.has(folded) {
			return a
		}
	}
	return nil
}
