package feishu

import (
	"encoding/json"
	"strings"
)

// single writes an element that needs no more than its own words; it is empty for one that has none.
func single(e map[string]any) string {
	switch str(e["tag"]) {
	case "markdown", "lark_md":
		return stripMarkdown(str(e["content"]))
	case "button":
		return strings.TrimSpace("[" + textOf(e["text"]) + "] " + actionOf(e))
	case "select_static", "multi_select_static", "overflow":
		return choices(e)
	case "img":
		return textOf(e["alt"])
	case "input", "date_picker", "picker_time", "picker_datetime", "select_person", "multi_select_person":
		return field(e)
	case "chart":
		return chartTitle(e)
	case "person":
		return atAll([]any{map[string]any{"id": e["user_id"]}})
	case "person_list":
		return atAll(list(e["persons"]))
	}
	pieces := []string{textOf(e["text"])}
	if pieces[0] == "" && str(e["tag"]) == "plain_text" {
		pieces[0] = str(e["content"])
	}
	for _, f := range list(e["fields"]) {
		pieces = append(pieces, textOf(object(f)["text"]))
	}
	return strings.TrimSpace(strings.Join(pieces, "\n"))
}

// actionOf is what pressing an element does: the command that it carries, or the address that it opens.
func actionOf(e map[string]any) string {
	if cmd := str(object(e["value"])["cmd"]); cmd != "" {
		return cmd
	}
	for _, b := range list(e["behaviors"]) {
		if cmd := str(object(object(b)["value"])["cmd"]); cmd != "" {
			return cmd
		}
		if url := str(object(b)["default_url"]); url != "" {
			return url
		}
	}
	return str(e["url"])
}

// field is what a field asks for and what it shows at first.
func field(e map[string]any) string {
	hint := textOf(e["placeholder"])
	if hint == "" {
		return textOf(e["label"])
	}
	for _, initial := range []string{"initial_date", "initial_time", "initial_datetime", "default_value"} {
		if shown := str(e[initial]); shown != "" {
			return "[" + hint + "] " + shown
		}
	}
	return "[" + hint + "]"
}

// choices is what a list asks for with its chosen option, or with all of them while none is.
func choices(e map[string]any) string {
	var options []string
	for _, o := range list(e["options"]) {
		t := textOf(object(o)["text"])
		if value := str(object(o)["value"]); value != "" && value == str(e["initial_option"]) {
			options = []string{t}
			break
		}
		if t != "" {
			options = append(options, t)
		}
	}
	return strings.TrimSpace("[" + textOf(e["placeholder"]) + "] " + strings.Join(options, " / "))
}

// atAll names people in the form in which a command takes them: what they are called only the platform knows.
func atAll(people []any) string {
	var names []string
	for _, p := range people {
		if id := str(object(p)["id"]); id != "" {
			names = append(names, "@"+id)
		}
	}
	return strings.Join(names, " ")
}

// chartTitle names a chart. What it draws is not written: the figures stand beside it as text. Without a title there is
// nothing to say.
func chartTitle(e map[string]any) string {
	if title := str(object(object(e["chart_spec"])["title"])["text"]); title != "" {
		return "[chart] " + title
	}
	return ""
}

// textOf reads a text object ({"tag": "plain_text" or "lark_md" or "markdown", "content": …}) or a plain string.
func textOf(v any) string {
	if s := str(v); s != "" {
		return s
	}
	t := object(v)
	if str(t["tag"]) == "plain_text" {
		return str(t["content"])
	}
	return stripMarkdown(str(t["content"]))
}

func object(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func str(v any) string {
	switch s := v.(type) {
	case string:
		return s
	case json.Number:
		return s.String()
	}
	return ""
}
