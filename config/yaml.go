package config

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// parseYAML reads the keys and values of a YAML file as they are written: it reads the syntax tree, so that a secret 0123
// keeps its zero and a time 14:00 its colon. Errors contain a position but no text of the file, which may be a secret.
func parseYAML(data []byte) (layer, []Problem, error) {
	l := layer{map[string]rawValue{}, setting.key, "_file"}
	file, err := parser.ParseBytes(data, 0, parser.AllowDuplicateMapKey())
	if err != nil {
		return l, nil, syntaxError(err)
	}
	pairs, err := topLevel(file)
	if err != nil {
		return l, nil, err
	}
	var problems []Problem
	for _, pair := range pairs {
		if p := l.add(pair); p.Problem != "" {
			problems = append(problems, p)
		}
	}
	return l, problems, nil
}

func syntaxError(err error) error {
	if e, ok := errors.AsType[yaml.Error](err); ok && e.GetToken() != nil && e.GetToken().Position != nil {
		at := e.GetToken().Position
		return fmt.Errorf("names a file that is not valid YAML at line %d, column %d", at.Line, at.Column)
	}
	return errors.New("names a file that is not valid YAML")
}

// topLevel returns the keys and values of a file, which must be a single document with a mapping, or empty.
func topLevel(file *ast.File) (pairs []*ast.MappingValueNode, err error) {
	found := false
	for _, doc := range file.Docs {
		if doc.Body == nil || doc.Body.Type() == ast.NullType || doc.Body.Type() == ast.CommentType {
			continue
		}
		if found {
			return nil, errors.New("names a YAML file with more than one document")
		}
		found = true
		switch body := doc.Body.(type) {
		case *ast.MappingNode:
			pairs = body.Values
		case *ast.MappingValueNode:
			pairs = []*ast.MappingValueNode{body}
		default:
			return nil, errors.New("names a YAML file that has no key: value pairs")
		}
	}
	return pairs, nil
}

// add adds one key with its value to the layer, and returns the problem with it, if any.
func (l layer) add(pair *ast.MappingValueNode) Problem {
	key, ok := scalar(pair.Key)
	if !ok {
		return Problem{"CONFIG_FILE", "names a YAML file with an invalid key", ""}
	}
	g, ok := value(pair.Value)
	g.name = key
	_, twice := l.values[key]
	switch {
	case !l.knows(key):
		return Problem{quoted(key), "in the YAML file is not a setting" + suggestKey(key), ""}
	case twice:
		return Problem{key, "is given twice in the YAML file", ""}
	case !ok:
		return Problem{key, "must be text or a list of text values in the YAML file", ""}
	}
	l.values[key] = g
	return Problem{}
}

func (l layer) knows(key string) bool {
	for _, s := range settings() {
		if key == l.name(s) || s.secret && key == l.name(s)+l.suffix {
			return true
		}
	}
	return false
}

// value reads a text or a list of texts.
func value(node ast.Node) (g rawValue, ok bool) {
	seq, isList := node.(*ast.SequenceNode)
	if !isList {
		g.text, ok = scalar(node)
		return g, ok
	}
	g.isList = true
	for _, item := range seq.Values {
		text, ok := scalar(item)
		if !ok {
			return g, false
		}
		g.list = append(g.list, text)
	}
	return g, true
}

// scalar returns a text, or the text of a number or boolean. It refuses anchors, aliases and tags.
func scalar(node ast.Node) (string, bool) {
	switch n := node.(type) {
	case *ast.StringNode:
		return n.Value, true
	case *ast.LiteralNode:
		return strings.TrimSuffix(n.Value.Value, "\n"), true
	case *ast.NullNode, nil:
		return "", true
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode, *ast.InfinityNode, *ast.NanNode:
		return n.GetToken().Value, true
	}
	return "", false
}
