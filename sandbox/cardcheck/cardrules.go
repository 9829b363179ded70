package cardcheck

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// cardFields are the tables of every component's properties: see the note in the file for where they come from.
//
//go:embed card_fields.json
var cardFields []byte

// property is what the tables say about one property.
type property struct {
	Required bool     `json:"required"`
	Type     string   `json:"type"`
	Values   []string `json:"values"`
	Range    []string `json:"range"`
	Pattern  string   `json:"pattern"`
}

// properties are the properties of one component, by name. A name such as "options[].text" belongs to the entries of a
// list.
type properties map[string]property

func readCardRules() (map[string]properties, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(cardFields, &raw); err != nil {
		return nil, fmt.Errorf("sandbox: read the card tables: %w", err)
	}
	delete(raw, "_note")
	rules := map[string]properties{}
	for name, table := range raw {
		var p properties
		if err := json.Unmarshal(table, &p); err != nil {
			return nil, fmt.Errorf("sandbox: read the card table of %s: %w", name, err)
		}
		rules[name] = p
	}
	return rules, nil
}

// closedValues returns the properties that accept only certain values. In the tables, "values" lists all allowed values for
// some properties, examples for others, and forbidden children for a few; nil here means that the table's list is complete.
func closedValues() map[string][]string {
	horizontal, vertical := []string{"left", "center", "right"}, []string{"top", "center", "bottom"}
	colours := []string{"blue", "wathet", "turquoise", "green", "yellow", "orange", "red", "carmine", "violet", "purple", "indigo", "grey", "default"}
	closed := map[string][]string{
		"button.type":                                  {"default", "primary", "danger", "text", "primary_text", "danger_text", "primary_filled", "danger_filled", "laser"},
		"button.size":                                  nil,
		"button.width":                                 nil,
		"button.form_action_type":                      nil,
		"chart.aspect_ratio":                           nil,
		"chart.color_theme":                            nil,
		"chart.height":                                 nil,
		"column_set.flex_mode":                         nil,
		"column.width":                                 {"auto", "weighted"},
		"img.scale_type":                               nil,
		"input.label_position":                         nil,
		"input.input_type":                             nil,
		"person.style":                                 nil,
		"select_img.layout":                            nil,
		"table.row_height":                             nil,
		"table.columns[].data_type":                    nil,
		"text_tag.color":                               nil,
		"header.template":                              colours,
		"card.config.width_mode":                       {"default", "compact", "fill"},
		"card.body.direction":                          {"vertical", "horizontal"},
		"collapsible_panel.header.icon_position":       nil,
		"collapsible_panel.header.icon_expanded_angle": nil,
		"img_combination.combination_mode":             {"double", "triple", "bisect", "trisect"},
		"interactive_container.width":                  nil,
		"interactive_container.height":                 nil,
	}
	for _, tag := range []string{"markdown", "plain_text", "lark_md"} {
		closed[tag+".text_align"] = horizontal
	}
	for _, tag := range []string{"collapsible_panel", "column", "form", "interactive_container"} {
		closed[tag+".direction"] = []string{"vertical", "horizontal"}
		closed[tag+".horizontal_align"] = horizontal
		closed[tag+".vertical_align"] = vertical
	}
	for _, tag := range []string{"select_static", "multi_select_static", "select_person", "multi_select_person"} {
		closed[tag+".type"], closed[tag+".width"] = []string{"default", "text"}, []string{"default", "fill"}
	}
	return closed
}

// checkValue returns why a value is not allowed for a property, or "".
func (c *Checker) checkValue(table, name string, p property, v any) string {
	if why := checkType(table, name, p, v); why != "" {
		return why
	}
	if p.Pattern != "" && !regexp.MustCompile(p.Pattern).MatchString(fmt.Sprint(v)) {
		return fmt.Sprintf("%s must match %s", name, p.Pattern)
	}
	values, closed := c.closed[table+"."+name]
	if !closed {
		return ""
	}
	if values == nil {
		values = p.Values
	}
	given := text(v)
	if slices.Contains(values, given) || inPixels(p.Range, given) {
		return ""
	}
	return fmt.Sprintf("%s must be one of %s", name, strings.Join(values, ", "))
}

// checkType checks a value against the type in the table; two tables give a wrong type for disabled_tips.
func checkType(table, name string, p property, v any) string {
	ok := true
	switch {
	case name == "disabled_tips" || table == "select_img" && name == "value":
	case p.Type == "String":
		_, ok = v.(string)
	case p.Type == "Boolean":
		_, ok = v.(bool)
	case p.Type == "Number", p.Type == "Int":
		_, ok = v.(float64)
	case p.Type == "Object":
		_, ok = v.(map[string]any)
	case p.Type == "Array", strings.HasSuffix(p.Type, "[]"):
		_, ok = v.([]any)
	}
	if ok {
		return ""
	}
	return name + " must be of type " + p.Type
}

func text(v any) string {
	if n, ok := v.(float64); ok {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return fmt.Sprint(v)
}

// inPixels reports whether a value is a size in pixels within one of the ranges, such as "[16,600]px".
func inPixels(ranges []string, given string) bool {
	number, ok := strings.CutSuffix(given, "px")
	n, err := strconv.ParseFloat(number, 64)
	if !ok || err != nil {
		return false
	}
	for _, r := range ranges {
		bounds, ok := strings.CutSuffix(r, "px")
		low, high, ok2 := strings.Cut(strings.Trim(bounds, "[])"), ",")
		if !ok || !ok2 {
			continue
		}
		least, err := strconv.ParseFloat(low, 64)
		most, unbounded := strconv.ParseFloat(high, 64)
		if err == nil && n >= least && (unbounded != nil || n <= most) {
			return true
		}
	}
	return false
}
