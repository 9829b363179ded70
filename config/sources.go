package config

import (
	"errors"
	"io/fs"
	"strings"
)

// rawValue is the value of a setting before it is parsed.
type rawValue struct {
	name   string // as it was set
	text   string
	list   []string // in place of text, from a YAML list
	isList bool
}

// items returns the items of a list without surrounding white space and without empty items. A full-width comma is a
// separator too, because Chinese keyboards produce it.
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

// layer is a source of settings: the environment or the YAML file.
type layer struct {
	values map[string]rawValue
	name   func(setting) string // the setting's name in this place
	suffix string               // suffix of the name under which a file is given
}

// environment returns the layer of the environment. Of equal names the first one counts, as in package os.
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
	errBoth      = errors.New("is set together with its _FILE variant; set only one")
	errEmptyFile = errors.New("names an empty file")
)

// find returns the layer's value of the setting. An empty value counts as not set, because compose files and charts pass
// unset values on as empty ones.
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

// secretFile reads a file without its last line break. Its errors do not contain the file's name, because an operator who
// confuses NAME_FILE with NAME has put the secret there.
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

// unreadable returns why a file cannot be read, without its name.
func unreadable(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return errors.New("names a file that does not exist")
	case errors.Is(err, fs.ErrPermission):
		return errors.New("names a file without read permission")
	}
	return errors.New("names a file that cannot be read")
}
