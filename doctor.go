package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"usagebot/bot"
	"usagebot/config"
	"usagebot/doctor"
	"usagebot/feishu"
	"usagebot/store"
	"usagebot/usage"
)

type doctorCommand struct {
	JSON bool   `help:"Print the findings as JSON." name:"json"`
	Lang string `help:"Language of the findings: zh or en (LANGUAGE unless given)." enum:"zh,en," default:""`
}

// Run looks at everything that the bot needs, and tells. It exits with 1 when something does not work.
func (c doctorCommand) Run(w *world) error {
	cfg, err := config.Load(config.Serve, w.environ, os.ReadFile)
	if err != nil {
		return err
	}
	p, err := newPatient(cfg, time.Now)
	if err != nil {
		return err
	}
	defer p.close()
	findings := doctor.Run(w.ctx, p.checks())
	lang := doctor.Language(c.Lang)
	if lang == "" {
		lang = doctor.Language(cfg.Language)
	}
	show := printFindings
	if c.JSON {
		show = printFindingsJSON
	}
	if err := show(w.stdout, lang, findings); err != nil {
		return fmt.Errorf("printing the findings: %w", err)
	}
	if doctor.Worst(findings) == doctor.Failure {
		return errTold
	}
	return nil
}

// patient is what the doctor looks at: the settings, and the parts that can be had without starting the bot.
type patient struct {
	cfg    config.Config
	now    func() time.Time
	redis  *store.Redis
	client *feishu.Client
	asker  *usage.Asker
	admins func(context.Context) []string
	line   func() feishu.ConnectionState // of the running bot; nil where there is none to look at
}

// newPatient makes the parts; nothing is asked yet. Tokens are kept in this process alone, so that each is a new one.
func newPatient(cfg config.Config, now func() time.Time) (*patient, error) {
	redis, err := store.Open(cfg.RedisURL.Reveal(), store.Options{Namespace: cfg.AppID, Now: now})
	if err != nil {
		return nil, fmt.Errorf("opening redis: %w", err)
	}
	client := feishu.New(feishu.Settings{AppID: cfg.AppID, AppSecret: cfg.AppSecret.Reveal(), BaseURL: cfg.BaseURL, Now: now})
	admins := func(context.Context) []string { return cfg.Admins }
	return &patient{cfg, now, redis, client, newAsker(cfg, client, redis, now), admins, nil}, nil
}

// newAsker asks for figures within the quota that all replicas share: a check-up may cost nobody his place.
func newAsker(cfg config.Config, client *feishu.Client, redis *store.Redis, now func() time.Time) *usage.Asker {
	return usage.NewAsker(usage.Settings{
		Source: client, Quota: store.NewQuota(redis, "overview", usage.CallsPerMinute), Cache: &newCache{},
		Now: now, Zone: cfg.TimeZone, Again: cfg.ReadinessPoll,
	})
}

// examine is the running bot looking at itself, by the same checks and with its own parts.
func (a *app) examine(ctx context.Context) []doctor.Finding {
	p := &patient{a.cfg, a.now, a.redis, a.client, newAsker(a.cfg, a.client, a.redis, a.now), a.bot.Administrators, nil}
	if a.long != nil {
		p.line = a.long.State
	}
	defer p.asker.Close()
	return doctor.Run(ctx, p.checks())
}

// diagnose is examine for a chat.
func (a *app) diagnose(ctx context.Context, language string) (told []bot.Finding) {
	words := doctor.Wording(doctor.Language(language))
	for _, f := range a.examine(ctx) {
		text := words.Text(f)
		told = append(told, bot.Finding{Status: string(f.Status), What: text.Title + " · " + text.Detail, Todo: text.Todo})
	}
	return told
}

// newCache makes every question go to the platform, once: what was true an hour ago is no finding.
type newCache struct{ kept sync.Map }

func (c *newCache) Get(_ context.Context, key string) ([]byte, bool) {
	kept, ok := c.kept.Load(key)
	value, _ := kept.([]byte)
	return value, ok
}

func (c *newCache) Put(_ context.Context, key string, value []byte, _ time.Duration) {
	c.kept.Store(key, value)
}

func (p *patient) close() {
	p.asker.Close()
	_ = p.redis.Close() // what was found is told already
}

// mark stands in front of a line for those who look at many.
func mark(s doctor.Status) string {
	switch s {
	case doctor.OK:
		return "✓"
	case doctor.Warning:
		return "!"
	case doctor.Failure:
		return "✗"
	case doctor.Skipped:
	}
	return "-"
}

// printFindings writes a line for each finding, and below it what to do.
func printFindings(out io.Writer, lang doctor.Language, findings []doctor.Finding) error {
	words := doctor.Wording(lang)
	for _, f := range findings {
		text := words.Text(f)
		line := fmt.Sprintf("%s %s  %s", mark(f.Status), words.Status(f.Status), words.Line(text))
		if f.LogID != "" {
			line += " [log id " + f.LogID + "]"
		}
		if text.Todo != "" && f.Status != doctor.OK {
			line += "\n    → " + text.Todo
		}
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(out, words.Summary(findings))
	return err
}

// toldFinding is a finding as machines read it.
type toldFinding struct {
	Check   string        `json:"check"`
	Subject string        `json:"subject,omitempty"`
	Status  doctor.Status `json:"status"`
	Key     string        `json:"key"`
	Detail  string        `json:"detail"`
	Todo    string        `json:"todo,omitempty"`
	Code    int           `json:"code,omitempty"`
	LogID   string        `json:"log_id,omitempty"`
}

func printFindingsJSON(out io.Writer, lang doctor.Language, findings []doctor.Finding) error {
	words := doctor.Wording(lang)
	told := make([]toldFinding, 0, len(findings))
	for _, f := range findings {
		text := words.Text(f)
		if f.Status == doctor.OK {
			text.Todo = ""
		}
		told = append(told, toldFinding{f.Check, f.Subject, f.Status, f.Key, text.Detail, text.Todo, f.Code, f.LogID})
	}
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(map[string]any{"status": doctor.Worst(findings), "findings": told})
}
