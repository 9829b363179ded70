package sandbox

import (
	"net/http"
	"slices"

	"usagebot/sandbox/company"
	"usagebot/usage"
)

// application answers GET /application/v6/applications/:app_id.
func (s *Sandbox) application(c *call) answer {
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

// mainAbility gives the first ability by the name that this endpoint uses for it.
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

// BotOpenID is the open_id of the bot itself, by which it is mentioned.
func (s *Sandbox) BotOpenID() string { return "ou_" + company.Digest("bot " + s.opts.AppID)[:32] }

// botInfo answers GET /bot/v3/info, which has no data around what it says.
func (s *Sandbox) botInfo(*call) answer {
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
