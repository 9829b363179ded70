package config

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// suggestKey names the key that was probably meant, if there is one.
func suggestKey(key string) string {
	if name, near := nearest(strings.ToUpper(key)); near {
		return fmt.Sprintf("; did you mean %s?", strings.ToLower(name))
	}
	return ""
}

// nearest returns the setting whose name is so like the given one that it was probably meant. A short name must be closer
// than a long one, since other programs have variables too; FEISHU_ is ours.
func nearest(name string) (string, bool) {
	limit := 2
	switch {
	case strings.HasPrefix(name, "FEISHU_"):
		limit = 5
	case len(name) < 5:
		limit = 0
	case len(name) < 9:
		limit = 1
	}
	best := ""
	for _, known := range names() {
		if d := levenshtein.ComputeDistance(name, known); d <= limit {
			best, limit = known, d-1
		}
	}
	return best, best != ""
}

func names() []string {
	all := []string{"CONFIG_FILE"}
	for _, s := range settings() {
		all = append(all, s.name)
		if s.secret {
			all = append(all, s.name+"_FILE")
		}
	}
	return all
}

// nearMisses warns of variables that are not ours but look as if they were meant to be. It names no value.
func nearMisses(env layer) []string {
	known := names()
	var warnings []string
	for name := range env.values {
		if slices.Contains(known, name) {
			continue
		}
		if meant, near := nearest(strings.ToUpper(name)); near {
			warnings = append(warnings, fmt.Sprintf("%s is set but is not a setting; did you mean %s?", quoted(name), meant))
		}
	}
	slices.Sort(warnings)
	return warnings
}
