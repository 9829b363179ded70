package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
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

// URL is the address of a server, or a comma-separated list of them, which may hold a password: it prints without user,
// password and query. Like a Secret it points to its text.
type URL struct{ text *string }

// NewURL keeps the address as it is.
func NewURL(text string) URL { return URL(NewSecret(text)) }

// Reveal returns the whole address with its password.
func (u URL) Reveal() string { return Secret(u).Reveal() }

// IsZero reports whether there is no address.
func (u URL) IsZero() bool { return u.text == nil }

// Equal reports whether both are the same address.
func (u URL) Equal(other URL) bool { return u.Reveal() == other.Reveal() }

// String returns the address with <secret> in the place of user and password and without its query, which may hold a
// password too. Of a list it leaves out whatever stands before the last password.
func (u URL) String() string {
	if u.IsZero() {
		return ""
	}
	scheme, rest, found := strings.Cut(u.Reveal(), "://")
	if !found {
		return redacted
	}
	// The last @, not the first: an unescaped one inside the password must not let the rest of it through.
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = redacted + rest[at:]
	}
	if host, _, found := strings.Cut(rest, "?"); found {
		rest = host + "?…"
	}
	return scheme + "://" + rest
}

// Format prints what String returns, whatever the verb.
func (u URL) Format(f fmt.State, _ rune) { writeFormatted(f, u.String()) }

// GoString returns what String returns.
func (u URL) GoString() string { return u.String() }

// MarshalText returns what String returns; JSON and YAML use it.
func (u URL) MarshalText() ([]byte, error) { return []byte(u.String()), nil }

// LogValue returns what String returns.
func (u URL) LogValue() slog.Value { return slog.StringValue(u.String()) }
