package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// Purpose is what the settings are used for. It determines which of them are required.
type Purpose int

// The purposes. Serve needs the app's credentials, and in webhook mode the encrypt key and the verification token. Ask
// needs only the credentials. Demo needs nothing.
const (
	Serve Purpose = iota
	Ask
	Demo
)

// requires returns the names of the settings that the purpose needs.
func (p Purpose) requires(mode EventMode) []string {
	switch {
	case p == Demo:
		return nil
	case p == Ask || mode == WebSocket:
		return []string{"FEISHU_APP_ID", "FEISHU_APP_SECRET"}
	}
	return []string{"FEISHU_APP_ID", "FEISHU_APP_SECRET", "FEISHU_ENCRYPT_KEY", "FEISHU_VERIFICATION_TOKEN"}
}

// Load reads the settings from an environment (in the form of os.Environ) and from the files that it names, which it reads
// with readFile (os.ReadFile). The environment takes precedence over the YAML file of CONFIG_FILE, and both over the
// defaults; an empty value counts as not set. The error is an *Error with all settings that are wrong or missing; the Config
// then contains the valid ones.
func Load(purpose Purpose, environ []string, readFile func(string) ([]byte, error)) (Config, error) {
	c, err := defaults()
	if err != nil {
		return Config{}, err
	}
	l := loader{config: &c, readFile: readFile}
	env := environment(environ)
	l.layers = []layer{env}
	l.readYAML(env.values["CONFIG_FILE"].text)
	for _, s := range settings() {
		l.read(s)
	}
	l.requireAll(purpose)
	if len(c.Apps) == 0 && c.AppID != "" {
		c.Apps = []App{{ID: c.AppID}}
	}
	c.Warnings = append(misspelledNames(env), c.warnings()...)
	if len(l.problems) > 0 {
		return c, &Error{l.sorted()}
	}
	return c, nil
}

// loader fills the config and collects problems.
type loader struct {
	config   *Config
	layers   []layer // earlier layers take precedence
	readFile func(string) ([]byte, error)
	set      []string // names of the settings that are set, valid or not
	problems []Problem
}

func (l *loader) readYAML(name string) {
	if name == "" {
		return
	}
	const want = "a YAML file with the settings' names in lower case, such as /etc/usagebot.yaml"
	data, err := l.readFile(name)
	if err != nil {
		l.problems = append(l.problems, Problem{"CONFIG_FILE", unreadable(err).Error() + ": " + quoted(name), want})
		return
	}
	file, problems, err := parseYAML(data)
	if err != nil {
		l.problems = append(l.problems, Problem{"CONFIG_FILE", err.Error() + ": " + quoted(name), want})
	}
	l.problems = append(l.problems, problems...)
	l.layers = append(l.layers, file)
}

// read reads a setting from the first layer that has it.
func (l *loader) read(s setting) {
	for _, layer := range l.layers {
		g, err := layer.find(s, l.readFile)
		if err == nil && g.isZero() {
			continue
		}
		l.set = append(l.set, s.name)
		if err == nil {
			err = s.apply(l.config, g)
		}
		if err != nil {
			l.problems = append(l.problems, Problem{g.name, err.Error(), s.want})
		}
		return
	}
}

// apply parses the value into its field. The error begins with the wrong value unless it may contain a secret. No valid
// value of a non-secret setting contains @ or ?, but an address with a password in the wrong setting does.
func (s setting) apply(c *Config, g rawValue) error {
	err := s.read(c, g)
	if err == nil || s.secret || s.list || g.isList || strings.ContainsAny(g.text, "@?") {
		return err
	}
	return fmt.Errorf("%s %w", quoted(g.text), err)
}

func (l *loader) requireAll(p Purpose) {
	for _, s := range settings() {
		if slices.Contains(p.requires(l.config.EventMode), s.name) && !slices.Contains(l.set, s.name) {
			l.problems = append(l.problems, Problem{s.name, "is missing", s.want})
		}
	}
}

// sorted returns the problems in the order of the settings; problems without a setting come first.
func (l *loader) sorted() []Problem {
	order := map[string]int{}
	for i, s := range settings() {
		for _, name := range []string{s.name, s.name + "_FILE", s.key(), s.key() + "_file"} {
			order[name] = i + 1
		}
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int { return order[a.Name] - order[b.Name] })
	return l.problems
}

// warnings returns a sentence for each setting that is allowed but probably a mistake.
func (c Config) warnings() []string {
	var doubts []string
	say := func(doubtful bool, sentence string) {
		if doubtful {
			doubts = append(doubts, sentence)
		}
	}
	say(c.ReadinessPoll < time.Minute, "READINESS_POLL is under 1m: polling for data may use up the platform quota.")
	say(c.DeliveryLease < 30*time.Second, "DELIVERY_LEASE is under 30s: slow platform responses may take longer than that.")
	say(c.Access == Listed && len(c.Admins) == 0, "ACCESS is “listed” but ADMINS is empty: nobody can see data or grant access, unless a role was granted earlier.")
	return doubts
}
