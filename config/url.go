package config

import (
	"fmt"
	"log/slog"
	"strings"
)

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
