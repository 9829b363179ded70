package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // TIMEZONE must load on machines and in containers that have no time zone database
	"unicode"
)

// The parsers' errors say what is wrong with the value and are put behind its name: "is not known", "has no port". None
// repeats a value: that is done in one place, which knows what is secret.
var (
	errUnknown = errors.New("is not known")
	errList    = errors.New("is a list, but one value belongs here")
	errControl = errors.New("holds a line break or another control character")
)

func parseSecret(text string) (Secret, error) {
	if strings.TrimSpace(text) != text {
		return Secret{}, errBlankEdge
	}
	if strings.ContainsFunc(text, unicode.IsControl) {
		return Secret{}, errControl
	}
	return NewSecret(text), nil
}

func parseAppID(text string) (string, error) {
	if !isID(text) {
		return "", errors.New("is not an app id")
	}
	return text, nil
}

// isID reports whether the text can be one of the platform's ids as far as its characters go: the platform names the
// prefixes of its ids but promises nothing of the rest.
func isID(text string) bool {
	valid := func(r rune) bool {
		return r == '_' || r == '-' || r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	return text != "" && len(text) <= maxShown && !strings.ContainsFunc(text, func(r rune) bool { return !valid(r) })
}

func parsePath(text string) (string, error) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", errControl
	}
	return text, nil
}

// parseTimeZone refuses Local: replicas on different machines have to agree on what a day is.
func parseTimeZone(text string) (*time.Location, error) {
	if text == "Local" {
		return nil, errors.New("differs from machine to machine")
	}
	zone, err := time.LoadLocation(text)
	if err != nil {
		return nil, errUnknown
	}
	return zone, nil
}

func parseClock(text string) (Clock, error) {
	t, err := time.Parse("15:04", text)
	if err != nil {
		return Clock{}, errors.New("is not a time of day")
	}
	return Clock{t.Hour(), t.Minute()}, nil
}

func durationWithin(low, high time.Duration) func(string) (time.Duration, error) {
	return func(text string) (time.Duration, error) {
		d, err := time.ParseDuration(text)
		if _, number := strconv.ParseFloat(text, 64); err != nil && number == nil {
			return 0, errors.New("has no unit")
		}
		if err != nil {
			return 0, errors.New("is not a duration")
		}
		if d < low || d > high {
			return 0, errors.New("is out of range")
		}
		return d, nil
	}
}

// short leaves out the zero minutes and seconds that time.Duration prints.
func short(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func parseLevel(text string) (slog.Level, error) {
	for _, l := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(text, l.String()) {
			return l, nil
		}
	}
	return 0, errUnknown
}

func oneOf[T ~string](words ...T) func(string) (T, error) {
	return func(text string) (T, error) {
		for _, w := range words {
			if strings.EqualFold(text, string(w)) {
				return w, nil
			}
		}
		return "", errUnknown
	}
}

func parseListenAddr(text string) (string, error) {
	host, port, err := net.SplitHostPort(text)
	if err != nil {
		return "", errors.New("is not an address with a port")
	}
	if !isPort(port) {
		return "", errors.New("has a port that is no number from 0 to 65535")
	}
	if strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("/@?#", r) }) {
		return "", errors.New("has a host that is none")
	}
	return text, nil
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// parseApps reads id=name items; the name may be left out, as may anything after a last comma.
func parseApps(items []string) ([]App, error) {
	var apps []App
	seen := map[string]bool{}
	for _, item := range items {
		id, name, _ := strings.Cut(item, "=")
		app := App{ID: strings.TrimSpace(id), Name: strings.TrimSpace(name)}
		switch {
		case !isID(app.ID):
			return nil, fmt.Errorf("holds %s, which is not an app id", quoted(app.ID))
		case strings.ContainsFunc(app.Name, unicode.IsControl):
			return nil, errControl
		case seen[app.ID]:
			return nil, fmt.Errorf("names %s twice", quoted(app.ID))
		}
		seen[app.ID] = true
		apps = append(apps, app)
	}
	return apps, nil
}

func parseAdmins(items []string) ([]string, error) {
	var admins []string
	seen := map[string]bool{}
	for _, id := range items {
		switch {
		case !strings.HasPrefix(id, "ou_") || !isID(id):
			return nil, fmt.Errorf("holds %s, which is not an open_id", quoted(id))
		case seen[id]:
			return nil, fmt.Errorf("names %s twice", quoted(id))
		}
		seen[id] = true
		admins = append(admins, id)
	}
	return admins, nil
}
