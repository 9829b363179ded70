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

// How far the clock may be off. Events are refused from 5 minutes on.
const (
	skewWarning = 30 * time.Second
	skewFailure = 4 * time.Minute
)

// figuresLimit bounds the wait for figures. They need a place in a quota that a busy bot may have used up.
const figuresLimit = time.Minute

// platformChecks returns the checks of the platform and of what it knows about the bot's app.
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
		{Name: "people", Needs: []string{"contacts"}, Run: s.lookUpAdmins},
	}
	if p.cfg.EventMode == config.WebSocket {
		checks = append(checks, Check{Name: "longconn", Needs: []string{"credentials"}, Run: p.longConnection})
	}
	return checks
}

func (p *Checkup) platform(ctx context.Context) []Finding {
	if _, err := p.client.Diagnostics().Reach(ctx); err != nil {
		return []Finding{Fail("unreachable", "url", p.cfg.BaseURL)}
	}
	return []Finding{OK("platform.well", "url", p.cfg.BaseURL)}
}

func (p *Checkup) clock(ctx context.Context) []Finding {
	platform, err := p.client.Diagnostics().Reach(ctx)
	if err != nil {
		return p.platformError(err)
	}
	if platform.Abs() <= skewWarning {
		return []Finding{OK("clock.well", "span", Span(platform))}
	}
	find, key := Warn, "clock.ahead"
	if platform.Abs() > skewFailure {
		find = Fail
	}
	if platform > 0 {
		key = "clock.behind"
	}
	return []Finding{find(key, "span", Span(platform))}
}

func (p *Checkup) credentials(ctx context.Context) []Finding {
	err := p.client.Diagnostics().CheckCredentials(ctx)
	if err == nil {
		return []Finding{OK("credentials.well")}
	}
	if e, ok := errors.AsType[*feishu.Error](err); ok && e.Class == feishu.AppRejected && !e.IPDenied() && !e.AppDisabled() && !e.SpentForMonth() {
		return []Finding{Fail("credentials.refused", "code", strconv.Itoa(e.Code)).WithCode(e.Code, e.LogID)}
	}
	return p.platformError(err)
}

func (p *Checkup) token(ctx context.Context) []Finding {
	_, err := p.client.Bot(ctx)
	if err == nil {
		return []Finding{OK("token.well")}
	}
	e, ok := errors.AsType[*feishu.Error](err)
	switch {
	case ok && e.TokenRefused():
		return []Finding{Fail("token.refused", "code", strconv.Itoa(e.Code)).WithCode(e.Code, e.LogID)}
	case ok && e.Code == 0 && e.Status == 200: // an answer without a bot: the next check reports it
		return []Finding{OK("token.well")}
	}
	return p.platformError(err)
}

func (p *Checkup) botAbility(ctx context.Context) []Finding {
	bot, err := p.client.Bot(ctx)
	switch {
	case err != nil:
		if e, ok := errors.AsType[*feishu.Error](err); ok && e.Code == 0 && e.Status == 200 {
			return []Finding{Fail("bot.none")}
		}
		return p.platformError(err)
	case bot.State != feishu.BotOn:
		return []Finding{Fail("bot.off", "state", bot.State.String())}
	}
	return []Finding{OK("bot.well", "name", bot.Name)}
}

// platformError is the finding for an error of the platform that the check itself does not explain.
func (p *Checkup) platformError(err error) []Finding {
	e, ok := errors.AsType[*feishu.Error](err)
	if !ok {
		return []Finding{Fail("broken")}
	}
	key := "refused"
	switch {
	case e.IPDenied():
		key = "denied"
	case e.AppDisabled():
		key = "stopped"
	case e.SpentForMonth():
		key = "spent"
	case e.Throttled(): // by other calls of the app, such as those of a busy bot
		return []Finding{Warn("throttled").WithCode(e.Code, e.LogID)}
	case e.Code == 0:
		return []Finding{Fail("unreachable", "url", p.cfg.BaseURL)}
	}
	return []Finding{Fail(key, "code", strconv.Itoa(e.Code)).WithCode(e.Code, e.LogID)}
}

// scopeCheck makes the checks that depend on scopes. If the platform lists the granted scopes, a missing scope is reported
// once, by the scopes check, and the check that needs it is skipped.
type scopeCheck struct {
	*Checkup

	listed atomic.Bool
	inUse  struct {
		sync.Once
		reportedApps
	}
}

func (s *scopeCheck) scopes(ctx context.Context) []Finding {
	granted, err := s.client.Diagnostics().Scopes(ctx)
	if err != nil {
		findings := s.platformError(err)
		for i := range findings {
			findings[i].Status = StatusWarning // the checks that follow still notice a missing scope
		}
		return findings
	}
	s.listed.Store(true)
	var findings []Finding
	for _, n := range neededScopes(s.cfg, s.appsInUse(ctx).apps) {
		name := n.any[0]
		if slices.ContainsFunc(n.any, func(scope string) bool { return granted[scope] }) {
			findings = append(findings, OK("scope.well").About(name))
			continue
		}
		find := Fail
		if n.optional {
			find = Warn
		}
		findings = append(findings, find("scope.missing", "scope", name, "cost", "@cost."+n.cost).About(name))
	}
	return findings
}

// callFailed is the finding for an error of a call that needs one of the scopes.
func (s *scopeCheck) callFailed(err error, scopes ...string) Finding {
	e, ok := errors.AsType[*feishu.Error](err)
	if !ok || !e.NoScope() {
		return s.platformError(err)[0]
	}
	if s.listed.Load() {
		return Skip("scope.unseen", "scope", scopes[0])
	}
	if len(e.Scopes) > 0 {
		scopes = e.Scopes
	}
	return Fail("scope.refused", "scope", strings.Join(scopes, ", ")).WithCode(e.Code, e.LogID)
}

func (s *scopeCheck) contacts(ctx context.Context) []Finding {
	count, err := s.client.Diagnostics().CountVisibleDepartments(ctx)
	e, ok := errors.AsType[*feishu.Error](err)
	switch {
	case ok && e.OutsideContactRange():
		return []Finding{Fail("contacts.range", "code", strconv.Itoa(e.Code)).WithCode(e.Code, e.LogID)}
	case err != nil:
		return []Finding{s.callFailed(err, "contact:department.organize:readonly")}
	case count == 0:
		return []Finding{Warn("contacts.none")}
	}
	return []Finding{OK("contacts.well", "count", strconv.Itoa(count))}
}

func (s *scopeCheck) slash(ctx context.Context) []Finding {
	list, err := s.client.SlashPanel().Commands(ctx)
	switch {
	case err != nil:
		return []Finding{s.callFailed(err, "application:app_slash_command:read")}
	case len(list) == 0:
		return []Finding{Warn("slash.empty")}
	}
	return []Finding{OK("slash.well", "count", strconv.Itoa(len(list)))}
}

// newestDay asks for the newest published day of the default app, within the share of the quota that is for background work.
func (s *scopeCheck) newestDay(ctx context.Context) (usage.Date, error) {
	return s.asker.Newest(ctx, s.appsInUse(ctx).apps[0].ID, usage.Machines)
}

func (s *scopeCheck) plan(ctx context.Context) []Finding {
	_, err := s.newestDay(ctx)
	f, ok := errors.AsType[*usage.Failure](err)
	switch {
	case ok && f.Reason == usage.PlanTooSmall:
		return []Finding{Fail("plan.small").WithCode(f.Code, f.LogID)}
	case ok && f.Reason == usage.UnknownApp: // the platform checks the plan before the app
		return []Finding{OK("plan.well")}
	case errors.Is(err, context.DeadlineExceeded):
		return []Finding{Warn("busy", "limit", Span(figuresLimit))}
	case err != nil:
		return []Finding{s.callFailed(err, overviewScope)}
	}
	return []Finding{OK("plan.well")}
}

func (s *scopeCheck) figures(ctx context.Context) []Finding {
	day, err := s.newestDay(ctx)
	f, ok := errors.AsType[*usage.Failure](err)
	switch {
	case ok && f.Reason == usage.UnknownApp:
		return []Finding{Skip("needs", "check", "apps")}
	case ok && f.Reason == usage.MonthQuota:
		return []Finding{Fail("spent", "code", strconv.Itoa(f.Code)).WithCode(f.Code, f.LogID)}
	case ok && f.Code == 0:
		return []Finding{Fail("unreachable", "url", s.cfg.BaseURL)}
	case ok:
		return []Finding{Fail("figures.refused", "code", strconv.Itoa(f.Code)).WithCode(f.Code, f.LogID)}
	case err != nil:
		return []Finding{Warn("busy", "limit", Span(figuresLimit))}
	case !s.hasUse(ctx, usage.Daily, day) && !s.hasUse(ctx, usage.Weekly, day.AddDays(-7)):
		return []Finding{Warn("figures.none", "day", day.String(), "app", s.appsInUse(ctx).apps[0].ID)}
	}
	return []Finding{OK("figures.well", "day", day.String())}
}

// hasUse reports whether anybody used the default app in the period that contains the day. If the platform gives no answer
// it returns true: a missing answer is no evidence that nobody did.
func (s *scopeCheck) hasUse(ctx context.Context, c usage.Cycle, day usage.Date) bool {
	r, err := s.asker.Report(ctx, usage.Query{
		App: usage.App{ID: s.appsInUse(ctx).apps[0].ID}, Ability: usage.AppAbility, Cycle: c, When: usage.When{Kind: usage.OnDay, Date: day},
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
