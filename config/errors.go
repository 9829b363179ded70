package config

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"usagebot/typo"
)

// Problem is one setting that is wrong or missing.
type Problem struct {
	Name    string // as it was set: a variable, a variable with _FILE, or a key of the YAML file
	Problem string // what is wrong; never a secret
	Want    string // what is expected, with an example
}

// String words the problem in one line.
func (p Problem) String() string {
	if p.Want == "" {
		return p.Name + " " + p.Problem
	}
	return p.Name + " " + p.Problem + "; expected " + p.Want
}

// Error lists all problems of the configuration, in the order of the settings.
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

// quoted returns a wrong value that is not secret, quoted on one line and cut to maxShown characters.
func quoted(value string) string {
	if runes := []rune(value); len(runes) > maxShown {
		value = string(runes[:maxShown]) + "…"
	}
	return strconv.Quote(value)
}

// suggestKey returns a hint with the key that was probably meant, or "".
func suggestKey(key string) string {
	if name, near := closestSetting(strings.ToUpper(key)); near {
		return fmt.Sprintf("; did you mean %s?", strings.ToLower(name))
	}
	return ""
}

// closestSetting returns the setting that was probably meant by a name. Other programs have variables too, so a short name
// must be more similar than a typo usually is, unless it begins with FEISHU_.
func closestSetting(name string) (string, bool) {
	meant, ok := typo.Nearest(name, names())
	d, _ := typo.Distance(name, meant)
	return meant, ok && (strings.HasPrefix(name, "FEISHU_") || d <= min(len(name)/5, 2))
}

func names() []string {
	all := []string{"CONFIG_FILE"}
	for _, s := range settings() {
		all = append(all, s.name)
		if s.secret {
			all = append(all, s.name+"_FILE")
		}
	}
	return all
}

// misspelledNames returns warnings about variables that are not settings but have similar names. They contain no values.
func misspelledNames(env layer) []string {
	known := names()
	var warnings []string
	for name := range env.values {
		if slices.Contains(known, name) {
			continue
		}
		if meant, near := closestSetting(strings.ToUpper(name)); near {
			warnings = append(warnings, fmt.Sprintf("%s is not a known setting. Did you mean %s?", quoted(name), meant))
		}
	}
	slices.Sort(warnings)
	return warnings
}
