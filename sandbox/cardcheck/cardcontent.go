package cardcheck

import (
	"fmt"
	"maps"
	"slices"
)

// mentions checks the mentions in a text: one unknown person makes the platform refuse the whole card.
func (w *cardWalk) mentions(o map[string]any, path []string) {
	contents := []any{o["content"]}
	if i18n, ok := o["i18n_content"].(map[string]any); ok {
		for _, locale := range slices.Sorted(maps.Keys(i18n)) {
			contents = append(contents, i18n[locale])
		}
	}
	for _, content := range contents {
		s, _ := content.(string)
		for _, found := range w.at.FindAllStringSubmatch(s, -1) {
			w.person(found[1], path)
		}
	}
}

func (w *cardWalk) person(id any, path []string) {
	s, _ := id.(string)
	if !w.known(s) {
		w.fail(flawPerson, path, "There is an invalid user resource(at/person) in your card", s)
	}
}

// people checks a list of people. Unknown people are allowed if the card sets drop_invalid_user_id.
func (w *cardWalk) people(o map[string]any, path []string) {
	list, _ := o["persons"].([]any)
	for i, v := range list {
		entry, _ := v.(map[string]any)
		id, ok := entry["id"].(string)
		switch {
		case !ok:
			w.malformed(extend(path, fmt.Sprintf("persons[%d]", i)), "an object with an id is expected", "")
		case o["drop_invalid_user_id"] != true:
			w.person(id, path)
		}
	}
}

// candidates checks the open_ids of the people who may be selected. If none of them is known, the members of the chat may
// be.
func (w *cardWalk) candidates(o map[string]any, path []string) {
	list, _ := o["options"].([]any)
	seen := map[string]bool{}
	for i, v := range list {
		at := extend(path, fmt.Sprintf("options[%d]", i))
		option, ok := v.(map[string]any)
		if _, given := option["value"].(string); !ok || !given || len(option) != 1 {
			w.malformed(at, "an object with a value is expected, and nothing else", "")
		}
		w.unique(option, "value", seen, at)
	}
}

// chart checks only the outline of a chart's description. The platform checks the rest against a schema that the sandbox
// does not have.
func (w *cardWalk) chart(o map[string]any, path []string) {
	spec, ok := o["chart_spec"].(map[string]any)
	if !ok {
		return
	}
	if _, ok := spec["type"].(string); !ok {
		w.fail(flawChart, path, "chart spec is invalid", "- type: a name is expected")
	}
	for _, name := range []string{"axes", "legends", "series"} {
		if v, given := spec[name]; given && v == nil {
			w.fail(flawChart, path, "chart spec is invalid", "- "+name+": Invalid type. Expected: array, given: null")
		}
	}
}

// table checks the number of tables and columns, and the cells against the columns.
func (w *cardWalk) table(o map[string]any, path []string) {
	if w.tables++; w.tables > maxTables {
		w.malformed(path, fmt.Sprintf("a card holds at most %d tables", maxTables), "")
	}
	columns, _ := o["columns"].([]any)
	if len(columns) > maxColumns {
		w.malformed(path, fmt.Sprintf("a table has at most %d columns", maxColumns), "")
	}
	if size, ok := o["page_size"].(float64); ok && (size < 1 || size > 10) {
		w.malformed(path, "page_size lies between 1 and 10", text(size))
	}
	kinds := map[string]string{}
	for _, v := range columns {
		column, _ := v.(map[string]any)
		kinds[text(column["name"])] = fmt.Sprint(column["data_type"])
	}
	rows, _ := o["rows"].([]any)
	for i, v := range rows {
		row, ok := v.(map[string]any)
		if !ok {
			w.fail(200914, path, "table rows is invalid", fmt.Sprintf("row %d", i))
		}
		w.row(row, kinds, i, path)
	}
}

func (w *cardWalk) row(row map[string]any, kinds map[string]string, index int, path []string) {
	for _, name := range slices.Sorted(maps.Keys(row)) {
		kind, ok := kinds[name]
		if !ok {
			w.fail(flawRowName, path, "table rows name is invalid", name)
			continue
		}
		_, number := row[name].(float64)
		if kind == "number" && !number && row[name] != nil {
			w.fail(200914, path, "table rows is invalid", fmt.Sprintf("row %d, %s: a number is expected", index, name))
		}
	}
}
