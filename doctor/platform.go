package doctor

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"usagebot/config"
	"usagebot/feishu"
	"usagebot/usage"
)

// How far a clock may be off. Events are refused from 5 minutes on.
const (
	skewDoubtful = 30 * time.Second
	skewFatal    = 4 * time.Minute
)

// figuresLimit is how long figures are waited for. They need a place in a quota that a busy bot may have used up.
const figuresLimit = time.Minute

// platformChecks look at the platform and at what it knows of the bot's app.
func (p *Checkup) platformChecks() []Check {
	s := &scopeCheck{Checkup: p}
	token := []string{"token"}
	after := []string{"scopes"}
	checks := []Check{
		{Name: "platform", Run: p.platform},
		{Name: "clock", Needs: []string{"platform"}, Run: p.clock},
		{Name: "credentials", Needs: []string{"platform"}, Run: p.credentials},
		{Name: "token", Needs: []string{"credentials"}, Run: p.token},
		{Name: "bot", Needs: token, Run: p.botAbility},
		{Name: "scopes", Needs: token, Run: s.scopes},
		{Name: "apps", Needs: token, After: after, Limit: time.Minute, Run: s.apps},
		{Name: "chats", Needs: token, After: after, Run: s.chats},
		{Name: "contacts", Needs: token, After: after, Run: s.contacts},
		{Name: "plan", Needs: token, After: after, Limit: figuresLimit, Run: s.plan},
		{Name: "figures", Needs: []string{"plan"}, Limit: figuresLimit, Run: s.figures},
		{Name: "slash", Needs: token, After: after, Run: s.slash},
		{Name: "people", Needs: []string{"contacts"}, Run: s.people},
	}
	if p.cfg.EventMode == config.WebSocket {
		checks = append(checks, Check{Name: "longconn", Needs: []string{"credentials"}, Run: p.longConnection})
	}
	return checks
}

func (p *Checkup) platform(ctx context.Context) []Finding {
	if _, err := p.client.Reach(ctx); err != nil {
		return []Finding{Ill("unreachable", "url", p.cfg.BaseURL)}
	}
	return []Finding{Well("platform.well", "url", p.cfg.BaseURL)}
}

func (p *Checkup) clock(ctx context.Context) []Finding {
	platform, err := p.client.Reach(ctx)
	if err != nil {
		return p.refused(err)
	}
	if platform.Abs() <= skewDoubtful {
		return []Finding{Well("clock.well", "span", Span(platform))}
	}
	find, key := Doubt, "clock.ahead"
	if platform.Abs() > skewFatal {
		find = Ill
	}
	if platform > 0 {
		key = "clock.behind"
	}
	return []Finding{find(key, "span", Span(platform))}
}

func (p *Checkup) credentials(ctx context.Context) []Finding {
	err := p.client.CheckCredentials(ctx)
	if err == nil {
		return []Finding{Well("credentials.well")}
	}
	if e, ok := errors.AsType[*feishu.Error](err); ok && e.Class == feishu.Ours && !e.Denied() && !e.Stopped() && !e.SpentForMonth() {
		return []Finding{Ill("credentials.refused", "code", strconv.Itoa(e.Code)).With(e.Code, e.LogID)}
	}
	return p.refused(err)
}

func (p *Checkup) token(ctx context.Context) []Finding {
	_, err := p.client.Bot(ctx)
	if err == nil {
		return []Finding{Well("token.well")}
	}
	e, ok := errors.AsType[*feishu.Error](err)
	switch {
	case ok && e.TokenRefused():
		return []Finding{Ill("token.refused", "code", strconv.Itoa(e.Code)).With(e.Code, e.LogID)}
	case ok && e.Code == 0 && e.Status == 200: // an answer without a bot: that is for the next check
		return []Finding{Well("token.well")}
	}
	return p.refused(err)
}

func (p *Checkup) botAbility(ctx context.Context) []Finding {
	bot, err := p.client.Bot(ctx)
	switch {
	case err != nil:
		if e, ok := errors.AsType[*feishu.Error](err); ok && e.Code == 0 && e.Status == 200 {
			return []Finding{Ill("bot.none")}
		}
		return p.refused(err)
	case bot.State != feishu.BotOn:
		return []Finding{Ill("bot.off", "state", bot.State.String())}
	}
	return []Finding{Well("bot.well", "name", bot.Name)}
}

// refused words an error of the platform that no check knows better.
func (p *Checkup) refused(err error) []Finding {
	e, ok := errors.AsType[*feishu.Error](err)
	if !ok {
		return []Finding{Ill("broken")}
	}
	key := "refused"
	switch {
	case e.Denied():
		key = "denied"
	case e.Stopped():
		key = "stopped"
	case e.SpentForMonth():
		key = "spent"
	case e.Throttled(): // by others beside us, such as a busy bot
		return []Finding{Doubt("throttled").With(e.Code, e.LogID)}
	case e.Code == 0:
		return []Finding{Ill("unreachable", "url", p.cfg.BaseURL)}
	}
	return []Finding{Ill(key, "code", strconv.Itoa(e.Code)).With(e.Code, e.LogID)}
}

// scopeCheck makes the checks that depend on scopes. Where the platform lists what was granted, a missing scope is named
// once, by the list, and the check that trips over it only says that it could not look.
type scopeCheck struct {
	*Checkup

	listed atomic.Bool
	inUse  struct {
		sync.Once
		reported
	}
}

func (s *scopeCheck) scopes(ctx context.Context) []Finding {
	granted, err := s.client.Scopes(ctx)
	if err != nil {
		findings := s.refused(err)
		for i := range findings {
			findings[i].Status = Warning // the checks that follow find out by trying
		}
		return findings
	}
	s.listed.Store(true)
	var findings []Finding
	for _, n := range neededScopes(s.cfg, s.reportedOn(ctx).apps) {
		name := n.any[0]
		if slices.ContainsFunc(n.any, func(scope string) bool { return granted[scope] }) {
			findings = append(findings, Well("scope.well").Of(name))
			continue
		}
		find := Ill
		if n.optional {
			find = Doubt
		}
		findings = append(findings, find("scope.missing", "scope", name, "cost", "@cost."+n.cost).Of(name))
	}
	return findings
}

// stumbled words an error of a call that needs one of the scopes.
func (s *scopeCheck) stumbled(err error, scopes ...string) Finding {
	e, ok := errors.AsType[*feishu.Error](err)
	if !ok || !e.NoScope() {
		return s.refused(err)[0]
	}
	if s.listed.Load() {
		return Unseen("scope.unseen", "scope", scopes[0])
	}
	if len(e.Scopes) > 0 {
		scopes = e.Scopes
	}
	return Ill("scope.refused", "scope", strings.Join(scopes, ", ")).With(e.Code, e.LogID)
}

func (s *scopeCheck) contacts(ctx context.Context) []Finding {
	count, err := s.client.SeesDepartments(ctx)
	e, ok := errors.AsType[*feishu.Error](err)
	switch {
	case ok && e.NoTree():
		return []Finding{Ill("contacts.range", "code", strconv.Itoa(e.Code)).With(e.Code, e.LogID)}
	case err != nil:
		return []Finding{s.stumbled(err, "contact:department.organize:readonly")}
	case count == 0:
		return []Finding{Doubt("contacts.none")}
	}
	return []Finding{Well("contacts.well", "count", strconv.Itoa(count))}
}

func (s *scopeCheck) slash(ctx context.Context) []Finding {
	list, err := s.client.SlashCommands(ctx)
	switch {
	case err != nil:
		return []Finding{s.stumbled(err, "application:app_slash_command:read")}
	case len(list) == 0:
		return []Finding{Doubt("slash.empty")}
	}
	return []Finding{Well("slash.well", "count", strconv.Itoa(len(list)))}
}

// newest asks for the newest day that is out for the default app, in the machines' share of the quota.
func (s *scopeCheck) newest(ctx context.Context) (usage.Date, error) {
	return s.asker.Newest(ctx, s.reportedOn(ctx).apps[0].ID, usage.Machines)
}

func (s *scopeCheck) plan(ctx context.Context) []Finding {
	_, err := s.newest(ctx)
	f, ok := errors.AsType[*usage.Failure](err)
	switch {
	case ok && f.Reason == usage.PlanTooSmall:
		return []Finding{Ill("plan.small").With(f.Code, f.LogID)}
	case ok && f.Reason == usage.UnknownApp: // the platform looks at the plan first
		return []Finding{Well("plan.well")}
	case errors.Is(err, context.DeadlineExceeded):
		return []Finding{Doubt("busy", "limit", Span(figuresLimit))}
	case err != nil:
		return []Finding{s.stumbled(err, overviewScope)}
	}
	return []Finding{Well("plan.well")}
}

func (s *scopeCheck) figures(ctx context.Context) []Finding {
	day, err := s.newest(ctx)
	f, ok := errors.AsType[*usage.Failure](err)
	switch {
	case ok && f.Reason == usage.UnknownApp:
		return []Finding{Unseen("needs", "check", "apps")}
	case ok && f.Reason == usage.MonthQuota:
		return []Finding{Ill("spent", "code", strconv.Itoa(f.Code)).With(f.Code, f.LogID)}
	case ok && f.Code == 0:
		return []Finding{Ill("unreachable", "url", s.cfg.BaseURL)}
	case ok:
		return []Finding{Ill("figures.refused", "code", strconv.Itoa(f.Code)).With(f.Code, f.LogID)}
	case err != nil:
		return []Finding{Doubt("busy", "limit", Span(figuresLimit))}
	case !s.used(ctx, usage.Daily, day) && !s.used(ctx, usage.Weekly, day.AddDays(-7)):
		return []Finding{Doubt("figures.none", "day", day.String(), "app", s.reportedOn(ctx).apps[0].ID)}
	}
	return []Finding{Well("figures.well", "day", day.String())}
}

// used reports whether the platform has any use of the default app in the period of a day. Where it does not tell, there may
// be some.
func (s *scopeCheck) used(ctx context.Context, c usage.Cycle, day usage.Date) bool {
	r, err := s.asker.Report(ctx, usage.Query{
		App: usage.App{ID: s.reportedOn(ctx).apps[0].ID}, Ability: usage.AppAbility, Cycle: c, When: usage.When{Kind: usage.OnDay, Date: day},
	}, usage.Machines)
	if f, ok := errors.AsType[*usage.Failure](err); ok && f.Reason == usage.NoData {
		return false
	}
	for _, section := range r.Sections {
		for _, row := range section.Rows {
			if row.Value != nil && *row.Value > 0 {
				return true
			}
		}
	}
	return err != nil
}
