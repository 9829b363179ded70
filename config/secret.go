package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

// redacted stands wherever a secret would otherwise be printed.
const redacted = "<secret>"

// Secret is a text that prints as <secret> in every way, and as nothing when it is empty. It points to its text, so that
// printing by reflection (a Secret inside an unexported field, say) shows an address at most.
type Secret struct{ text *string }

// NewSecret keeps the text as a secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the secret itself: hand it to what needs it, and to nothing that prints.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no secret.
func (s Secret) IsZero() bool { return s.text == nil }

// Equal reports whether both are the same secret.
func (s Secret) Equal(other Secret) bool { return s.Reveal() == other.Reveal() }

// String returns <secret>, or nothing for the empty Secret.
func (s Secret) String() string {
	if s.IsZero() {
		return ""
	}
	return redacted
}

// Format prints what String returns, whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { writeFormatted(f, s.String()) }

// GoString returns what String returns.
func (s Secret) GoString() string { return s.String() }

// MarshalText returns what String returns; JSON and YAML use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue returns what String returns.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// writeFormatted ignores an error as fmt itself does: a Formatter has no way to report one.
func writeFormatted(f fmt.State, text string) { _, _ = io.WriteString(f, text) }

// errBlankEdge is what is wrong with a secret that was copied with too much around it.
var errBlankEdge = errors.New("begins or ends with white space")
