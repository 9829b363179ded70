package sandbox

import (
	"maps"
	"net/http"
	"slices"
	"time"

	"usagebot/sandbox/company"
	"usagebot/usage"
)

// appAPI answers the endpoints about apps, their scopes and their slash commands.
type appAPI struct{ *state }

// application answers GET /application/v6/applications/:app_id.
func (s *appAPI) application(c *call) answer {
	lang := c.request.URL.Query().Get("lang")
	if !slices.Contains([]string{"zh_cn", "en_us", "ja_jp"}, lang) {
		return refuseField("lang", "it is none of zh_cn, en_us, ja_jp")
	}
	id := c.request.PathValue("app_id")
	if id == "me" {
		id = s.opts.AppID
	}
	if id != s.opts.AppID && !c.scopes[scopeOtherApps] {
		return refuse(codeAppForbidden)
	}
	i := slices.IndexFunc(s.opts.Apps, func(a company.App) bool { return a.ID == id })
	if i < 0 {
		return refuse(codeNoApp)
	}
	app := s.opts.Apps[i]
	return success(map[string]any{"app": s.wireState(app, wireApp(app, lang, s.company.People[0].OpenID))})
}

func wireApp(a company.App, lang, owner string) map[string]any {
	name := a.Name
	if lang == "en_us" && a.NameEN != "" {
		name = a.NameEN
	}
	return map[string]any{
		"app_id": a.ID, "app_name": name, "status": 1, "scene_type": 0, "payment_type": 0,
		"avatar_url": "", "description": "", "primary_language": "zh_cn", "creator_id": owner,
		"i18n":  []map[string]string{{"i18n_key": "zh_cn", "name": a.Name}, {"i18n_key": "en_us", "name": a.NameEN}},
		"owner": map[string]any{"type": 2, "owner_id": owner}, "scopes": []any{},
		"pc_default_ability": mainAbility(a), "mobile_default_ability": mainAbility(a),
	}
}

// mainAbility returns the app's first ability, by the name that this endpoint uses.
func mainAbility(a company.App) string {
	if len(a.Abilities) == 0 {
		return ""
	}
	switch a.Abilities[0] {
	case usage.MiniProgram:
		return "gadget"
	case usage.Web:
		return "web_app"
	}
	return "bot"
}

// botInfo answers GET /bot/v3/info, which has no data around what it says.
func (s *appAPI) botInfo(*call) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	return answer{status: http.StatusOK, body: map[string]any{
		"code": 0, "msg": "ok",
		"bot": map[string]any{
			"activate_status": s.console.botState, "app_name": s.opts.Apps[0].Name, "avatar_url": "", "ip_white_list": []string{},
			"open_id": s.BotOpenID(),
		},
	}}
}

// AppFault is a fault in the state of an app in the developer console.
type AppFault struct {
	Off         bool // the tenant switched it off
	Unpublished bool // it has no version online
}

// SetAppFault sets the fault of an app. The zero AppFault removes it.
func (s *appAPI) SetAppFault(appID string, f AppFault) {
	s.locked(func() { s.console.faults[appID] = f })
}

// SetBotState sets the bot's activate_status; 2 means that the bot works.
func (s *appAPI) SetBotState(state int) { s.locked(func() { s.console.botState = state }) }

// SetDateSkew makes the platform's Date header differ from the machine's clock.
func (s *appAPI) SetDateSkew(d time.Duration) { s.locked(func() { s.console.skew = d }) }

// console is the state of the tenant's apps in the developer console.
type console struct {
	faults   map[string]AppFault
	botState int
	skew     time.Duration
	slash    []slashCommand
}

func newConsole() console { return console{faults: map[string]AppFault{}, botState: 2} }

// setDateHeader sets the Date header from the sandbox's clock and the skew.
func (s *gateway) setDateHeader(w http.ResponseWriter) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w.Header().Set("Date", s.clock.Now().Add(s.console.skew).UTC().Format(http.TimeFormat))
}

// listScopes answers GET /application/v6/scopes: what the app asked for, granted (1) or not (2).
func (s *appAPI) listScopes(c *call) answer {
	list := []map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(c.scopes)) {
		status := 2
		if c.scopes[name] {
			status = 1
		}
		list = append(list, map[string]any{"scope_name": name, "grant_status": status, "scope_type": "tenant"})
	}
	return success(map[string]any{"scopes": list})
}

// appVersion answers GET /application/v6/applications/:app_id/app_versions/:version_id.
func (s *appAPI) appVersion(c *call) answer {
	id := c.request.PathValue("app_id")
	if id != s.opts.AppID && !c.scopes[scopeOtherApps] {
		return refuse(codeAppForbidden)
	}
	i := slices.IndexFunc(s.opts.Apps, func(a company.App) bool { return a.ID == id })
	if i < 0 || c.request.PathValue("version_id") != versionOf(s.opts.Apps[i]) {
		return refuse(codeNoApp)
	}
	return success(map[string]any{"app_version": map[string]any{
		"app_id": id, "version": "1.0.0", "version_id": versionOf(s.opts.Apps[i]), "status": 1, "ability": wireAbility(s.opts.Apps[i]),
	}})
}

func versionOf(a company.App) string { return "oav_" + company.Digest("version of " + a.ID)[:32] }

func wireAbility(a company.App) map[string]any {
	has := map[string]any{}
	for _, ability := range a.Abilities {
		switch ability {
		case usage.MiniProgram:
			has["gadget"] = map[string]any{"enable_pc_mode": 1}
		case usage.Web:
			has["web_app"] = map[string]any{"pc_url": "https://example.invalid/"}
		case usage.Bot:
			has["bot"] = map[string]any{"card_request_url": ""}
		}
	}
	return has
}

// wireState adds the app's state in the console. The caller must not hold s.mu.
func (s *appAPI) wireState(a company.App, into map[string]any) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.console.faults[a.ID]
	if f.Off {
		into["status"] = 0
	}
	if into["online_version_id"] = versionOf(a); f.Unpublished {
		into["online_version_id"] = ""
	}
	return into
}
