package cardcheck

import (
	"fmt"
	"slices"
	"strings"
)

// place is the position of an element in a card.
type place struct {
	root  bool // directly in the body
	form  bool // somewhere in a form
	depth int  // containers around it
}

func (p place) inside(form bool) place {
	return place{form: p.form || form, depth: p.depth + 1}
}

// The tags of parts of a component, which are not components themselves.
func isText(tag string) bool { return tag == "plain_text" || tag == "lark_md" }
func isIcon(tag string) bool { return tag == "standard_icon" || tag == "custom_icon" }

func isComponent(tag string) bool {
	return !isText(tag) && !isIcon(tag) && tag != "text_tag" && tag != "column"
}

// children checks the components in a list.
func (w *cardWalk) children(parent map[string]any, name string, path []string, at place) {
	list, _ := parent[name].([]any) // of another type: its table said so already
	for i, v := range list {
		w.tagged(v, extend(path, name), i, at, isComponent)
	}
}

// tagged checks an object with a tag, which must be of a kind allowed at its position. A negative index means that the
// object is not in a list.
func (w *cardWalk) tagged(v any, path []string, index int, at place, fits func(tag string) bool) {
	o, ok := v.(map[string]any)
	tag, ok2 := o["tag"].(string)
	if !ok || !ok2 {
		w.malformed(path, "an object with a tag is expected", "")
		return
	}
	step := "(tag: " + tag + ")"
	if index >= 0 {
		step = fmt.Sprintf("[%d]%s", index, step)
	}
	path = extend(path, step)
	w.elements++
	if rules, known := w.rules[tag]; !known || !rules["tag"].Required {
		w.unsupported(path, "unsupported tag "+tag)
		return
	}
	if !fits(tag) {
		w.malformed(path, "it may not stand here", tag)
		return
	}
	w.object(o, tag, path)
	w.element(o, tag, path, at)
}

// element checks one component and then its children.
func (w *cardWalk) element(o map[string]any, tag string, path []string, at place) {
	w.unique(o, "element_id", w.ids, path)
	w.position(tag, path, at)
	w.entries(o, tag, path)
	w.parts(o, tag, path, at)
	switch tag {
	case "markdown", "lark_md":
		w.mentions(o, path)
	case "person":
		w.person(o["user_id"], path)
	case "person_list":
		w.people(o, path)
	case "select_person", "multi_select_person":
		w.candidates(o, path)
	case "chart":
		w.chart(o, path)
	case "table":
		w.table(o, path)
	case "column_set":
		list, _ := o["columns"].([]any)
		for i, v := range list {
			w.tagged(v, extend(path, "columns"), i, at.inside(false), func(t string) bool { return t == "column" })
		}
	case "form", "column", "collapsible_panel", "interactive_container":
		next := at.inside(tag == "form")
		if tag == "column" {
			next.depth = at.depth // its column_set counted already
		}
		w.children(o, "elements", path, next)
	}
	if at.form && w.rules[tag]["name"].Type == "String" {
		w.named(o, path)
	}
}

// position checks that tables and forms are directly in the body, and that containers are not nested too deeply.
func (w *cardWalk) position(tag string, path []string, at place) {
	if (tag == "table" || tag == "form") && !at.root {
		w.malformed(path, tag+" may only stand directly in body.elements", tag)
	}
	if at.depth > maxDepth {
		w.malformed(path, fmt.Sprintf("containers are nested more than %d deep", maxDepth), "")
	}
}

// named checks that inputs in a form have names, by which the form sends their values.
func (w *cardWalk) named(o map[string]any, path []string) {
	if name, _ := o["name"].(string); name == "" {
		w.malformed(path, "name is required within a form", "")
	}
	w.unique(o, "name", w.names, path)
}

func (w *cardWalk) unique(o map[string]any, name string, seen map[string]bool, path []string) {
	v, ok := o[name].(string)
	if !ok {
		return
	}
	if seen[v] {
		w.malformed(path, "duplicate "+name, v)
	}
	seen[v] = true
}

// entries checks the entries of lists such as options against their tables, and that the values of options differ.
func (w *cardWalk) entries(o map[string]any, tag string, path []string) {
	for _, list := range []string{"options", "columns"} {
		rules := w.entryRules(tag, list)
		entries, ok := o[list].([]any)
		if !ok || len(rules) == 0 {
			continue
		}
		values := map[string]bool{}
		for i, v := range entries {
			at := extend(path, fmt.Sprintf("%s[%d]", list, i))
			entry, ok := v.(map[string]any)
			if !ok {
				w.malformed(at, "an object is expected", "")
				continue
			}
			w.entry(entry, tag, list, rules, at)
			if list == "options" {
				w.unique(entry, "value", values, at)
			}
		}
	}
}

func (w *cardWalk) entryRules(tag, list string) properties {
	rules := properties{}
	for name, p := range w.rules[tag] {
		if field, ok := strings.CutPrefix(name, list+"[]."); ok {
			rules[field] = p
		}
	}
	return rules
}

func (w *cardWalk) entry(entry map[string]any, tag, list string, rules properties, path []string) {
	for name, v := range entry {
		p, ok := rules[name]
		if !ok {
			w.unsupported(path, "unknown property "+name)
			continue
		}
		if why := w.checkValue(tag, list+"[]."+name, p, v); why != "" {
			w.malformed(path, why, text(v))
		}
	}
	for name, p := range rules {
		if _, given := entry[name]; p.Required && !given {
			w.malformed(path, name+" is required", "")
		}
	}
	w.parts(entry, tag, path, place{})
}

// parts checks the texts, icons and behaviours of an object.
func (w *cardWalk) parts(o map[string]any, tag string, path []string, at place) {
	for _, name := range []string{"text", "title", "subtitle", "hover_tips", "placeholder", "label", "disabled_tips", "alt"} {
		if v, ok := o[name].(map[string]any); ok {
			w.tagged(v, extend(path, name), -1, at, isText)
		}
	}
	for _, name := range []string{"icon", "ud_icon"} {
		if v, ok := o[name].(map[string]any); ok {
			w.tagged(v, extend(path, name), -1, at, isIcon)
		}
	}
	if list, ok := o["text_tag_list"].([]any); ok {
		for i, v := range list {
			w.tagged(v, extend(path, "text_tag_list"), i, at, func(t string) bool { return t == "text_tag" })
		}
	}
	if confirm, ok := o["confirm"].(map[string]any); ok {
		w.parts(confirm, "confirm", extend(path, "confirm"), at)
	}
	if list, ok := o["behaviors"].([]any); ok {
		w.behaviors(list, path)
	}
	if header, ok := o["header"].(map[string]any); ok && tag == "collapsible_panel" {
		w.panelHeader(header, extend(path, "header"), at)
	}
}

// panelHeader checks the header of a collapsible panel. Unlike other titles, its title may be markdown.
func (w *cardWalk) panelHeader(header map[string]any, path []string, at place) {
	w.object(header, "collapsible_panel.header", path)
	if title, ok := header["title"]; ok {
		w.tagged(title, extend(path, "title"), -1, at, func(t string) bool { return isText(t) || t == "markdown" })
	}
	if icon, ok := header["icon"]; ok {
		w.tagged(icon, extend(path, "icon"), -1, at, isIcon)
	}
}

func (w *cardWalk) behaviors(list []any, path []string) {
	for i, v := range list {
		at := extend(path, fmt.Sprintf("behaviors[%d]", i))
		behavior, ok := v.(map[string]any)
		if !ok {
			w.malformed(at, "an object is expected", "")
			continue
		}
		kind, _ := behavior["type"].(string)
		if !slices.Contains([]string{"callback", "open_url"}, kind) {
			w.malformed(at, "type must be one of callback, open_url", kind)
			continue
		}
		w.object(behavior, "behavior."+kind, at)
	}
}
