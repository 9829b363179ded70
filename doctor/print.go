package doctor

import (
	"encoding/json"
	"fmt"
	"io"

	"usagebot/locale"
)

// symbol returns the mark at the beginning of a line, so that failures stand out.
func symbol(s Status) string {
	switch s {
	case StatusOK:
		return "✓"
	case StatusWarning:
		return "!"
	case StatusFailure:
		return "✗"
	case StatusSkipped:
	}
	return "-"
}

// WriteText writes a line for each finding, and below it what to do about it.
func WriteText(out io.Writer, lang locale.Language, findings []Finding) error {
	words := CatalogFor(lang)
	for _, f := range findings {
		text := words.Text(f)
		line := fmt.Sprintf("%s %s  %s", symbol(f.Status), words.Status(f.Status), words.Line(text))
		if f.LogID != "" {
			line += " [log id " + f.LogID + "]"
		}
		if text.Todo != "" && f.Status != StatusOK {
			line += "\n    → " + text.Todo
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, words.Summary(findings))
	return err
}

// JSONFinding is a finding in the output of WriteJSON.
type JSONFinding struct {
	Check   string `json:"check"`
	Subject string `json:"subject,omitempty"`
	Status  Status `json:"status"`
	Key     string `json:"key"`
	Detail  string `json:"detail"`
	Todo    string `json:"todo,omitempty"`
	Code    int    `json:"code,omitempty"`
	LogID   string `json:"log_id,omitempty"`
}

// WriteJSON writes the findings as JSON, for scripts.
func WriteJSON(out io.Writer, lang locale.Language, findings []Finding) error {
	words := CatalogFor(lang)
	told := make([]JSONFinding, 0, len(findings))
	for _, f := range findings {
		text := words.Text(f)
		if f.Status == StatusOK {
			text.Todo = ""
		}
		told = append(told, JSONFinding{f.Check, f.Subject, f.Status, f.Key, text.Detail, text.Todo, f.Code, f.LogID})
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"status": Worst(findings), "findings": told})
}
