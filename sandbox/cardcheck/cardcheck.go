// Package cardcheck checks cards of JSON 2.0 and returns the platform's codes for faults. The elements and their
// properties are those of the platform's documentation, kept in card_fields.json.
package cardcheck

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The sub-codes of 230099 that the check answers with.
const (
	flawParse       = 200621
	FlawUnsupported = 200861
	flawTemplate    = 200380
	flawChart       = 200550
	flawRowName     = 200915
	flawElements    = 11310
	flawPerson      = 100290
)

// The limits of a card of JSON 2.0.
const (
	maxElements = 200 // every object with a tag counts, texts and icons too
	maxTables   = 5
	maxColumns  = 50
	maxDepth    = 5
)

// Flaw is the reason why the platform refuses a card.
type Flaw struct {
	Code      int
	Path      []string
	Why, What string
}

// Error words the flaw as the platform does.
func (f *Flaw) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "Failed to create card content, ext=ErrCode: %d; ", f.Code)
	if len(f.Path) > 0 {
		fmt.Fprintf(&b, "ErrPath: ROOT -> %s; ", strings.Join(f.Path, " -> "))
	}
	fmt.Fprintf(&b, "ErrMsg: %s; ", f.Why)
	if f.What != "" {
		fmt.Fprintf(&b, "ErrorValue: %s; ", f.What)
	}
	return b.String()
}

// Checker checks cards against the documented properties.
type Checker struct {
	rules  map[string]properties
	closed map[string][]string
	at     *regexp.Regexp
}

// New reads the rules for cards; they are part of the program.
func New() (*Checker, error) {
	rules, err := readCardRules()
	if err != nil {
		return nil, err
	}
	at := regexp.MustCompile(`<at\s[^>]*?\bid\s*=\s*["']?([^"'\s>/]+)`)
	return &Checker{rules: rules, closed: closedValues(), at: at}, nil
}

// Check returns the first flaw of a card, or nil. known reports whether an id belongs to a person that the card may
// mention.
func (c *Checker) Check(content string, known func(id string) bool) *Flaw {
	var card map[string]any
	if err := json.Unmarshal([]byte(content), &card); err != nil {
		return &Flaw{Code: flawParse, Why: "parse card json err, please check whether the card json is correct", What: err.Error()}
	}
	if card["type"] == "template" {
		return &Flaw{Code: flawTemplate, Why: "template does not exist, please confirm whether this template has been released"}
	}
	if card["schema"] != "2.0" {
		return &Flaw{Code: flawParse, Why: "the sandbox takes cards of schema 2.0 only", What: fmt.Sprint(card["schema"])}
	}
	w := &cardWalk{Checker: c, known: known, ids: map[string]bool{}, names: map[string]bool{}}
	w.card(card)
	if w.flaw == nil && w.elements > maxElements {
		w.flaw = &Flaw{Code: flawElements, Why: "element exceeds the limit"}
	}
	return w.flaw
}

// cardWalk is the state of checking one card. It keeps the first flaw.
type cardWalk struct {
	*Checker
	known    func(id string) bool
	flaw     *Flaw
	elements int
	tables   int
	ids      map[string]bool // element_ids
	names    map[string]bool // of what a form sends
}

func (w *cardWalk) fail(code int, path []string, why, what string) {
	if w.flaw == nil {
		w.flaw = &Flaw{code, slices.Clone(path), why, what}
	}
}

func (w *cardWalk) malformed(path []string, why, what string) {
	w.fail(flawParse, path, "parse card json err, "+why, what)
}

func (w *cardWalk) unsupported(path []string, what string) {
	w.fail(FlawUnsupported, path, "cards of schema V2 no longer support this capability", what)
}

func (w *cardWalk) card(card map[string]any) {
	w.object(card, "card", nil)
	if config := w.child(card, "config", nil); config != nil {
		w.object(config, "card.config", []string{"config"})
		if config["update_multi"] == false {
			w.malformed([]string{"config"}, "update_multi of a card of schema 2.0 can only be true", "false")
		}
	}
	if header := w.child(card, "header", nil); header != nil {
		w.object(header, "header", []string{"header"})
		w.parts(header, "header", []string{"header"}, place{})
		if list, ok := header["text_tag_list"].([]any); ok && len(list) > 3 {
			w.malformed([]string{"header"}, "text_tag_list holds at most 3", fmt.Sprint(len(list)))
		}
	}
	body := w.child(card, "body", nil)
	if body == nil {
		return
	}
	w.object(body, "card.body", []string{"body"})
	w.children(body, "elements", []string{"body"}, place{root: true})
}

// child returns the object with the given name, or nil if there is none. A value of another type is a flaw.
func (w *cardWalk) child(parent map[string]any, name string, path []string) map[string]any {
	v, ok := parent[name]
	if !ok {
		return nil
	}
	object, ok := v.(map[string]any)
	if !ok {
		w.malformed(extend(path, name), name+" must be an object", "")
	}
	return object
}

// object checks the properties of an object against a table, in the order of their names, so that equal cards have equal
// flaws.
func (w *cardWalk) object(o map[string]any, table string, path []string) {
	rules := w.rules[table]
	for _, name := range slices.Sorted(maps.Keys(o)) {
		p, ok := rules[name]
		if !ok {
			w.unsupported(path, "unknown property "+name)
			continue
		}
		if why := w.checkValue(table, name, p, o[name]); why != "" {
			w.malformed(path, why, text(o[name]))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if _, given := o[name]; rules[name].Required && !given && !strings.ContainsAny(name, ".[") {
			w.malformed(path, name+" is required", "")
		}
	}
}

func extend(path []string, more ...string) []string { return append(slices.Clone(path), more...) }
