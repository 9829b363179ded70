package config

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// redacted is printed instead of a secret.
const redacted = "<secret>"

// Secret is a text that every way of printing shows as <secret>, or as nothing if it is empty. It is a pointer to its text,
// so that printing by reflection, for example of an unexported field, shows at most an address.
type Secret struct{ text *string }

// NewSecret returns the text as a Secret.
func NewSecret(text string) Secret {
	if text == "" {
		return Secret{}
	}
	return Secret{&text}
}

// Reveal returns the secret itself. Pass it only to code that needs it and never prints it.
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

// errBlankEdge is the error for a secret that was copied with surrounding white space.
var errBlankEdge = errors.New("begins or ends with white space")

// URL is the address of a server, or a comma-separated list of addresses, and may contain a password. It prints without
// user, password and query. Like a Secret it is a pointer to its text.
type URL struct{ text *string }

// NewURL returns the address as a URL, without checking it.
func NewURL(text string) URL { return URL(NewSecret(text)) }

// Reveal returns the whole address with its password.
func (u URL) Reveal() string { return Secret(u).Reveal() }

// IsZero reports whether there is no address.
func (u URL) IsZero() bool { return u.text == nil }

// Equal reports whether both are the same address.
func (u URL) Equal(other URL) bool { return u.Reveal() == other.Reveal() }

// String returns the address with <secret> instead of user and password, and without its query, which may contain a password
// too. In a list it omits everything before the last password.
func (u URL) String() string {
	if u.IsZero() {
		return ""
	}
	scheme, rest, found := strings.Cut(u.Reveal(), "://")
	if !found {
		return redacted
	}
	// Cut at the last @, not at the first: if the password contains an unescaped @, the rest of it must not be shown.
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
