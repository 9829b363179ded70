package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // TIMEZONE must load on machines and in containers that have no time zone database
	"unicode"

	"usagebot/locale"
)

// The parsers' errors are appended to the name of the setting: "is not a valid value", "has no port". They do not contain the value:
// only setting.apply adds it, which knows whether it may be secret.
var (
	errUnknown = errors.New("is not a valid value")
	errList    = errors.New("must be a single value, not a list")
	errControl = errors.New("contains a line break or control character")
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
	if !appIDForm.MatchString(text) {
		return "", errors.New("is not an App ID")
	}
	return text, nil
}

// The forms of zones and of the platform's ids. App ids are cli_ and sixteen lower-case letters and digits, but the platform
// does not promise the length. It does not document what follows the ou_ of an open_id.
var (
	appIDForm  = regexp.MustCompile(`^cli_[0-9a-z]{1,60}$`)
	zoneForm   = regexp.MustCompile(`^[A-Z][A-Za-z0-9_+/-]*$`)
	openIDForm = regexp.MustCompile(`^ou_[A-Za-z0-9_-]{1,61}$`)
)

func parsePath(text string) (string, error) {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return "", errControl
	}
	return text, nil
}

// parseTimeZone refuses zones that differ between machines, because replicas must agree on the days: Local, and other files
// in the folder of the zones, such as localtime, whose names begin with a lower-case letter.
func parseTimeZone(text string) (*time.Location, error) {
	if text == "Local" || text == "localtime" {
		return nil, errors.New("depends on the machine; use an IANA name")
	}
	if !zoneForm.MatchString(text) {
		return nil, errUnknown
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

// short formats a duration without the zero minutes and seconds that time.Duration prints.
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
		return "", errors.New("has an invalid port (0–65535)")
	}
	if strings.ContainsFunc(host, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("/@?#", r) }) {
		return "", errors.New("has an invalid host")
	}
	if strings.Trim(host, "0123456789.") == "" && host != "" && net.ParseIP(host) == nil {
		return "", errors.New("has an invalid IP address")
	}
	return text, nil
}

func isPort(text string) bool {
	_, err := strconv.ParseUint(text, 10, 16)
	return err == nil
}

// parseApps reads id=name items; the name is optional, and empty items are ignored. Its error names all wrong items.
func parseApps(items []string) ([]App, error) {
	var apps []App
	var wrong []string
	ids, names := map[string]bool{}, map[string]bool{}
	for _, item := range items {
		id, name, _ := strings.Cut(item, "=")
		app := App{ID: strings.TrimSpace(id), Name: strings.TrimSpace(name)}
		switch {
		case !appIDForm.MatchString(app.ID):
			wrong = append(wrong, fmt.Sprintf("contains %s, which is not an App ID", quoted(app.ID)))
		case strings.ContainsFunc(app.Name, unicode.IsControl):
			wrong = append(wrong, errControl.Error())
		case ids[app.ID]:
			wrong = append(wrong, fmt.Sprintf("names %s twice", quoted(app.ID)))
		case app.Name != "" && names[strings.ToLower(app.Name)]: // who types the name must not get the figures of either
			wrong = append(wrong, fmt.Sprintf("gives two apps the name %s", quoted(app.Name)))
		}
		ids[app.ID], names[strings.ToLower(app.Name)] = true, true
		apps = append(apps, app)
	}
	if len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, ", "))
	}
	return apps, nil
}

func parseAdmins(items []string) ([]string, error) {
	var admins, wrong []string
	seen := map[string]bool{}
	for _, id := range items {
		switch {
		case !openIDForm.MatchString(id):
			wrong = append(wrong, fmt.Sprintf("contains %s, which is not an open_id", quoted(id)))
		case seen[id]:
			wrong = append(wrong, fmt.Sprintf("names %s twice", quoted(id)))
		}
		seen[id] = true
		admins = append(admins, id)
	}
	if len(wrong) > 0 {
		return nil, errors.New(strings.Join(wrong, ", "))
	}
	return admins, nil
}

// parseLanguage accepts zh and en. It also accepts the variable LANGUAGE of GNU gettext, which desktop systems set to a list
// of locales such as "en_GB:en"; a list without either language means the default and is no error.
func parseLanguage(text string) (locale.Language, error) {
	for name := range strings.SplitSeq(text, ":") {
		word, _, _ := strings.Cut(strings.ToLower(name), "_")
		word, _, _ = strings.Cut(word, "-")
		if l := locale.Language(word); l == locale.Chinese || l == locale.English {
			return l, nil
		}
	}
	if strings.ContainsAny(text, "_:") {
		return locale.Chinese, nil
	}
	return "", errUnknown
}
