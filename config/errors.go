package config

import (
	"fmt"
	"strconv"
	"strings"
)

// Problem is one setting that is wrong or missing.
type Problem struct {
	Name    string // as it was set: a variable, a variable with _FILE, or a key of the YAML file
	Problem string // what is wrong; never a secret
	Want    string // what is expected, with an example
}

// String puts the problem into one line.
func (p Problem) String() string {
	if p.Want == "" {
		return p.Name + " " + p.Problem
	}
	return p.Name + " " + p.Problem + "; expected " + p.Want
}

// Error is everything that is wrong with the configuration at once, in the order of the settings.
type Error struct{ Problems []Problem }

func (e *Error) Error() string {
	var b strings.Builder
	if len(e.Problems) == 1 {
		b.WriteString("1 setting is wrong:")
	} else {
		fmt.Fprintf(&b, "%d settings are wrong:", len(e.Problems))
	}
	for _, p := range e.Problems {
		b.WriteString("\n  " + p.String())
	}
	return b.String()
}

// maxShown is how many characters of a wrong value are shown.
const maxShown = 64

// quoted shows a wrong value that is no secret, on one line and not longer than a person can take in.
func quoted(value string) string {
	if runes := []rune(value); len(runes) > maxShown {
		value = string(runes[:maxShown]) + "…"
	}
	return strconv.Quote(value)
}
