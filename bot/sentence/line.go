package sentence

import (
	"slices"
	"strconv"
	"strings"

	"usagebot/bot/command"
	"usagebot/locale"
	"usagebot/usage"
)

// Line is one line of the command grammar. It may name commands and arguments that the grammar does not have.
type Line struct {
	Command     string // "usage", "trend", "top", "compare", "apps", "subscribe" and so on
	Export      bool   // the command's figures as a file
	ID          string // of a subscription
	Cycle       usage.Cycle
	Time, On    string
	Abilities   []usage.Ability
	Departments []string
	Whole       bool // the whole company is compared with the departments
	Apps        []string
	Dates       []string // as in `date:`
	N           int
	Metric      usage.Metric
	By          string   // what a ranking is ordered by
	More        []string // what comes after the arguments above, as it is written
}

// String writes the line with English words.
func (l Line) String() string {
	words := []string{"/" + l.Command}
	if l.Export {
		words = []string{"/export", l.Command}
	}
	add := func(key, value string) {
		if value != "" {
			words = append(words, key+value)
		}
	}
	add("", l.ID)
	if l.Cycle != 0 {
		add("", l.Cycle.String())
	}
	add("", l.Time)
	add("on:", l.On)
	for _, a := range l.Abilities {
		add("", string(a))
	}
	for _, d := range l.Departments {
		add("dept:", quoted(command.DeptArg(), d))
	}
	if l.Whole {
		add("dept:", "all")
	}
	for _, a := range l.Apps {
		add("app:", quoted(command.AppArg(), a))
	}
	for _, d := range l.Dates {
		add("date:", d)
	}
	if l.N != 0 {
		add("n:", strconv.Itoa(l.N))
	}
	add("metric:", string(l.Metric))
	add("by:", l.By)
	return strings.Join(append(words, l.More...), " ")
}

// quoted writes a name as the value of an argument, in quotes if it would be read as something else.
func quoted(a *command.Arg, name string) string {
	for _, v := range a.Values {
		if slices.Contains(v.En, strings.ToLower(name)) || slices.Contains(v.Zh, name) {
			return `"` + name + `"`
		}
	}
	return command.Quote(name)
}

// ParseLine reads a line that was written with English words, such as the person's previous question. ok is false if it has
// something that a follow-up could not keep.
func ParseLine(text string) (l Line, ok bool) {
	words := splitLine(text)
	if len(words) == 0 || !strings.HasPrefix(words[0], "/") {
		return Line{}, false
	}
	l.Command = strings.TrimPrefix(words[0], "/")
	words = words[1:]
	if l.Command == "export" && len(words) > 0 {
		l.Export, l.Command, words = true, words[0], words[1:]
	}
	for _, word := range words {
		if !l.take(word) {
			return Line{}, false
		}
	}
	return l, slices.Contains([]string{"usage", "trend", "top", "compare", "why", "apps"}, l.Command)
}

// take puts one word of a line into its field.
func (l *Line) take(word string) bool {
	key, value, keyed := strings.Cut(word, ":")
	if !keyed {
		return l.takeBare(word)
	}
	whole := value == "all"
	value = unquoted(value)
	switch key {
	case "dept":
		if whole {
			l.Whole = true
			return true
		}
		l.Departments = append(l.Departments, value)
	case "app":
		l.Apps = append(l.Apps, value)
	case "date":
		l.Dates = append(l.Dates, value)
	case "metric":
		l.Metric = usage.Metric(value)
	case "by":
		l.By = value
	case "n":
		n, err := strconv.Atoi(value)
		l.N = n
		return err == nil
	case "format":
		l.More = append(l.More, word)
	default:
		return false
	}
	return true
}

func (l *Line) takeBare(word string) bool {
	for _, c := range usage.Cycles() {
		if c.String() == word {
			l.Cycle = c
			return true
		}
	}
	for _, v := range command.AbilityArg().Values {
		if v.Means == word || v.First(locale.English) == word {
			l.Abilities = append(l.Abilities, usage.Ability(v.Means))
			return true
		}
	}
	return false
}

// splitLine splits a line at its spaces. Quotes hold a value together.
func splitLine(text string) (words []string) {
	inside := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			inside = !inside
		}
		return r == ' ' && !inside
	})
}

func unquoted(value string) string {
	if len(value) > 1 && value[0] == '"' && value[len(value)-1] == '"' {
		return strings.ReplaceAll(value[1:len(value)-1], `""`, `"`)
	}
	return value
}

// departments returns how many departments are compared, the whole company among them.
func (l Line) departments() int {
	if l.Whole {
		return len(l.Departments) + 1
	}
	return len(l.Departments)
}
