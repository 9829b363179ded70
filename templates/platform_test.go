package templates_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"usagebot/locale"
	"usagebot/templates/card"
)

// The limits that this project keeps; the platform's own are 30 KB and 200.
const (
	maxCardBytes = 28 * 1024
	maxCardTags  = 180
)

// fields are the properties that an object may have and, first, those that it must have.
type fields struct{ required, optional string }

// tagged are the platform's components by tag, after its field tables of card JSON 2.0. Only what is in use is listed:
// a new component has to be added here from the tables.
var tagged = map[string]fields{
	"plain_text":    {"tag content", "i18n_content text_size text_color text_align lines element_id"},
	"text_tag":      {"tag text", "color element_id"},
	"standard_icon": {"tag token", "color size"},
	"div":           {"tag text", "icon width margin element_id fields"},
	"hr":            {"tag", "margin element_id"},
	"column_set":    {"tag columns", "flex_mode horizontal_spacing horizontal_align background_style action margin element_id"},
	"column": {"tag elements", "width weight vertical_align direction horizontal_spacing vertical_spacing padding margin " +
		"background_style action element_id horizontal_align"},
	"button": {
		"tag text behaviors",
		"type size width icon hover_tips disabled disabled_tips confirm margin element_id name form_action_type",
	},
	"collapsible_panel": {"tag header elements", "expanded background_color border direction vertical_spacing horizontal_spacing " +
		"padding margin element_id horizontal_align vertical_align"},
	"person_list": {"tag persons", "show_name show_avatar size lines drop_invalid_user_id icon ud_icon margin element_id"},
	"chart":       {"tag chart_spec", "aspect_ratio color_theme height preview margin element_id"},
	"form":        {"tag name elements", "direction horizontal_spacing vertical_spacing horizontal_align vertical_align padding margin element_id"},
	"select_static": {"tag options", "name required type placeholder initial_option initial_index width disabled behaviors confirm margin " +
		"element_id disabled_tips"},
	"select_person": {"tag", "options name required type placeholder initial_option width disabled behaviors confirm margin element_id disabled_tips"},
	"date_picker":   {"tag", "name required initial_date placeholder width disabled behaviors confirm margin element_id disabled_tips"},
	"picker_time":   {"tag", "name required initial_time placeholder width disabled behaviors confirm margin element_id disabled_tips"},
	"table":         {"tag columns rows", "page_size row_height row_max_height freeze_first_column header_style margin element_id"},
}

// untagged are the other objects, by the path of properties that leads to them.
var untagged = map[string]fields{
	"":               {"schema config header body", "card_link"},
	"config":         {"update_multi summary", "width_mode locales enable_forward style"},
	"config.summary": {"content", ""},
	"header":         {"title template", "subtitle text_tag_list icon padding"},
	"body":           {"elements", "direction padding horizontal_spacing horizontal_align vertical_spacing vertical_align"},
	"collapsible_panel.header": {
		"title",
		"background_color width vertical_align icon icon_position icon_expanded_angle padding",
	},
	"table.columns":                 {"name data_type", "display_name width horizontal_align vertical_align format date_format"},
	"table.header_style":            {"", "text_align text_size background_style text_color bold lines"},
	"button.behaviors":              {"type value", ""},
	"button.behaviors.value":        {"cmd", "for"},
	"person_list.persons":           {"id", ""},
	"select_static.options":         {"text value", "icon"},
	"select_static.behaviors":       {"type value", ""},
	"select_static.behaviors.value": {"cmd with", ""},
	"select_person.options":         {"value", ""},
	"select_person.behaviors":       {"type value", ""},
	"select_person.behaviors.value": {"cmd with", ""},
	"date_picker.behaviors":         {"type value", ""},
	"date_picker.behaviors.value":   {"cmd with", ""},
}

// values are the enumerations.
var values = map[string]string{
	"header.template":                        "blue wathet turquoise green yellow orange red carmine violet purple indigo grey default",
	"config.width_mode":                      "default compact fill",
	"plain_text.text_size":                   "heading-0 heading-4 normal notation",
	"plain_text.text_color":                  "default grey",
	"text_tag.color":                         "neutral blue turquoise lime orange violet indigo wathet green yellow red purple carmine",
	"column_set.flex_mode":                   "none stretch flow bisect trisect",
	"column.width":                           "auto weighted",
	"column.vertical_align":                  "top center bottom",
	"button.type":                            "default primary danger text primary_text danger_text primary_filled danger_filled laser",
	"person_list.size":                       "extra_small small medium large",
	"button.behaviors.type":                  "callback open_url",
	"button.form_action_type":                "submit reset",
	"chart.aspect_ratio":                     "1:1 2:1 4:3 16:9",
	"table.row_height":                       "low middle high auto",
	"table.columns.data_type":                "text",
	"table.columns.horizontal_align":         "left center right",
	"table.header_style.background_style":    "grey none",
	"collapsible_panel.header.icon_position": "left right follow_text",
}

// checkCard holds a card against everything that the platform is known to check.
func checkCard(c card.Card) error {
	encoded := c.JSON()
	if !json.Valid(encoded) || !utf8.Valid(encoded) {
		return fmt.Errorf("not JSON: %s", encoded)
	}
	if len(encoded) > maxCardBytes {
		return fmt.Errorf("%d bytes", len(encoded))
	}
	var card map[string]any
	if err := json.Unmarshal(encoded, &card); err != nil {
		return fmt.Errorf("decode the card: %w", err)
	}
	if n := countTagged(card); n > maxCardTags || n != c.Elements() {
		return fmt.Errorf("%d elements, told as %d", n, c.Elements())
	}
	if card["schema"] != "2.0" || card["config"].(map[string]any)["update_multi"] != true {
		return fmt.Errorf("not an updatable card of schema 2.0")
	}
	return checkObject("", card)
}

func countTagged(v any) int {
	n := 0
	switch v := v.(type) {
	case map[string]any:
		if _, ok := v["tag"]; ok {
			n++
		}
		for _, each := range v {
			n += countTagged(each)
		}
	case []any:
		for _, each := range v {
			n += countTagged(each)
		}
	}
	return n
}

// checkObject checks an object at a place; a tagged one begins a place of its own.
func checkObject(place string, object map[string]any) error {
	allowed, known := untagged[place]
	if tag, ok := object["tag"].(string); ok {
		if err := checkNesting(place, tag); err != nil {
			return err
		}
		place = tag
		allowed, known = tagged[tag]
	}
	if !known {
		return fmt.Errorf("unknown object at %q: %v", place, object)
	}
	if err := checkFields(place, allowed, object); err != nil {
		return err
	}
	for _, property := range slices.Sorted(maps.Keys(object)) {
		if err := checkValue(strings.TrimPrefix(place+"."+property, "."), object[property]); err != nil {
			return err
		}
	}
	return checkSizes(place, object)
}

func checkFields(place string, allowed fields, object map[string]any) error {
	required := strings.Fields(allowed.required)
	for _, property := range required {
		if _, ok := object[property]; !ok {
			return fmt.Errorf("%s lacks %s", place, property)
		}
	}
	may := append(required, strings.Fields(allowed.optional)...)
	for property := range object {
		if !slices.Contains(may, property) {
			return fmt.Errorf("%s has the unknown property %s", place, property)
		}
	}
	return nil
}

func checkValue(place string, v any) error {
	switch v := v.(type) {
	case nil:
		return fmt.Errorf("%s is null", place)
	case string:
		if allowed, ok := values[place]; ok && !slices.Contains(strings.Fields(allowed), v) {
			return fmt.Errorf("%s is %q", place, v)
		}
	case map[string]any:
		if place == "chart.chart_spec" {
			return checkSpec(v)
		}
		return checkObject(place, v)
	case []any:
		if place == "table.rows" {
			return nil // checkTable does it
		}
		for _, each := range v {
			if err := checkValue(place, each); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNesting checks where a component stands: a table only in the body, a column only in its set, no set in a column.
func checkNesting(place, tag string) error {
	var want []string
	switch tag {
	case "table", "column_set", "collapsible_panel", "form", "chart":
		want = []string{"body.elements"}
	case "div", "button":
		want = []string{"body.elements", "column.elements", "collapsible_panel.elements", "form.elements"}
	case "select_static", "date_picker":
		want = []string{"column.elements", "collapsible_panel.elements", "form.elements"}
	case "picker_time":
		want = []string{"form.elements"}
	case "column":
		want = []string{"column_set.columns"}
	case "text_tag":
		want = []string{"header.text_tag_list"}
	default:
		return nil
	}
	if !slices.Contains(want, place) {
		return fmt.Errorf("a %s at %s", tag, place)
	}
	return nil
}

func checkSizes(place string, object map[string]any) error {
	length := func(property string) int { list, _ := object[property].([]any); return len(list) }
	switch place {
	case "plain_text":
		if object["content"] == "" {
			return fmt.Errorf("an empty text")
		}
	case "button":
		if n := utf8.RuneCountInString(object["text"].(map[string]any)["content"].(string)); n > 100 {
			return fmt.Errorf("a button of %d characters", n)
		}
	case "header":
		if length("text_tag_list") > 3 {
			return fmt.Errorf("%d tags in the head", length("text_tag_list"))
		}
	case "table":
		return checkTable(object, length)
	case "select_static":
		return checkOptions(object)
	}
	return nil
}

// checkOptions: the values differ, and the first one shown is among them.
func checkOptions(object map[string]any) error {
	values := map[any]bool{}
	for _, o := range object["options"].([]any) {
		value := o.(map[string]any)["value"]
		if value == "" || values[value] {
			return fmt.Errorf("the value %q is empty or given twice", value)
		}
		values[value] = true
	}
	if initial, ok := object["initial_option"]; ok && !values[initial] || len(values) == 0 {
		return fmt.Errorf("%v is not among %d options", initial, len(values))
	}
	return nil
}

func checkTable(object map[string]any, length func(string) int) error {
	if size := object["page_size"].(float64); length("columns") > 50 || size < 1 || size > 10 || length("rows") > 50 {
		return fmt.Errorf("a table of %d columns, %d rows, %v on a page", length("columns"), length("rows"), size)
	}
	names := map[string]bool{}
	for _, c := range object["columns"].([]any) {
		names[c.(map[string]any)["name"].(string)] = true
	}
	for _, r := range object["rows"].([]any) {
		for cell, v := range r.(map[string]any) {
			if text, ok := v.(string); !ok || text == "" || !names[cell] {
				return fmt.Errorf("cell %s holds %v", cell, v)
			}
		}
	}
	return nil
}

func TestEveryViewIsAValidCard(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, view := range views() {
		for _, lang := range locale.Languages() {
			if err := checkCard(view(all, lang)); err != nil {
				t.Errorf("%s in %s: %v", name, lang, err)
			}
		}
	}
}
