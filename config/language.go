package config

import "strings"

// parseLanguage takes zh and en, and makes sense of what the system's own variable of this name holds on a desktop:
// GNU gettext's LANGUAGE is a list of locales such as "en_GB:en". One of those that names neither language does not keep
// the bot from starting; it means the default.
func parseLanguage(text string) (Language, error) {
	for locale := range strings.SplitSeq(text, ":") {
		word, _, _ := strings.Cut(strings.ToLower(locale), "_")
		word, _, _ = strings.Cut(word, "-")
		if l := Language(word); l == Chinese || l == English {
			return l, nil
		}
	}
	if strings.ContainsAny(text, "_:") {
		return Chinese, nil
	}
	return "", errUnknown
}
