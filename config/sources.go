package config

import (
	"errors"
	"io/fs"
	"strings"
)

// rawValue is what somebody set, before it is understood.
type rawValue struct {
	name   string // as it was set
	text   string
	list   []string // in place of text, from a YAML list
	isList bool
}

// items returns a list's items without the white space around them, and without empty ones. A full-width comma separates
// as well: it is what a Chinese keyboard writes.
func (g rawValue) items() []string {
	list := g.list
	if !g.isList {
		list = strings.FieldsFunc(g.text, func(r rune) bool { return r == ',' || r == '，' })
	}
	var items []string
	for _, item := range list {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (g rawValue) isZero() bool { return !g.isList && g.text == "" }

// layer is one place where settings are looked up: the environment or the YAML file.
type layer struct {
	values map[string]rawValue
	name   func(setting) string // the setting's name in this place
	suffix string               // what makes it the name of a file
}

// environment takes the first of equal names, as the os package does.
func environment(environ []string) layer {
	values := map[string]rawValue{}
	for _, pair := range environ {
		name, text, _ := strings.Cut(pair, "=")
		if _, found := values[name]; !found {
			values[name] = rawValue{name: name, text: text}
		}
	}
	return layer{values, func(s setting) string { return s.name }, "_FILE"}
}

var (
	errBoth      = errors.New("and its file are both set, but only one of them may be")
	errEmptyFile = errors.New("names an empty file")
)

// find returns what the layer holds for the setting. What is empty counts as not set, since that is how compose files and
// charts pass on what nobody gave them.
func (l layer) find(s setting, readFile func(string) ([]byte, error)) (g rawValue, problem error) {
	g = l.values[l.name(s)]
	if !s.secret {
		g.text = strings.TrimSpace(g.text)
		return g, nil
	}
	file := l.values[l.name(s)+l.suffix]
	if file.isZero() {
		return g, nil
	}
	if !g.isZero() {
		return g, errBoth
	}
	if file.isList {
		return file, errList
	}
	file.text, problem = secretFile(file.text, readFile)
	return file, problem
}

// secretFile reads a file without its last line break. Its errors leave the file's name out: whoever mistakes NAME_FILE
// for NAME has put the secret there.
func secretFile(name string, readFile func(string) ([]byte, error)) (string, error) {
	b, err := readFile(name)
	if err != nil {
		return "", unreadable(err)
	}
	text := strings.TrimSuffix(strings.TrimSuffix(string(b), "\n"), "\r")
	if text == "" {
		return "", errEmptyFile
	}
	return text, nil
}

// unreadable says why a file cannot be read without naming it.
func unreadable(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("names a file that does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("names a file that may not be read")
	}
	return errors.New("names a file that cannot be read")
}
