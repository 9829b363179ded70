package doctor

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"usagebot/config"
	"usagebot/feishu"
)

const overviewScope = "application:application.app_usage_stats.overview:readonly"

// neededScope is an ability of the bot and the scopes that allow it.
type neededScope struct {
	any      []string // one of these is enough; the first one grants the least, so it is the one to recommend
	optional bool     // the bot works without the ability
	cost     string   // what does not work without it; a key of the Catalog, without its prefix
}

// neededScopes lists the scopes that the bot uses under these settings.
func neededScopes(cfg config.Config, apps []config.App) []neededScope {
	list := []neededScope{
		{[]string{overviewScope}, false, "figures"},
		{[]string{"im:message:send_as_bot", "im:message", "im:message:send"}, false, "send"},
		{[]string{"im:message:update", "im:message"}, false, "update"},
		{[]string{"im:message.p2p_msg:readonly", "im:message.p2p_msg"}, false, "p2p"},
		{[]string{"im:message.group_at_msg:readonly", "im:message.group_at_msg", "im:message.group_msg"}, false, "group"},
		{[]string{"im:chat:read", "im:chat:readonly", "im:chat"}, false, "chat"},
		{[]string{"im:chat.members:bot_access", "im:chat", "im:chat:readonly"}, false, "members"},
		{[]string{"contact:contact.base:readonly", "contact:contact:readonly_as_app", "contact:contact:readonly"}, false, "departments"},
		{[]string{"contact:department.base:readonly", "contact:contact:readonly_as_app", "contact:contact:readonly"}, false, "departments"},
		{[]string{"contact:department.organize:readonly", "contact:contact:readonly_as_app", "contact:contact:readonly"}, false, "departments"},
		{[]string{"im:message.group_msg"}, true, "lost"},
		{[]string{"im:message:readonly", "im:message"}, true, "lost"},
		{[]string{"application:application:self_manage", "admin:app.info:readonly"}, true, "self"},
		{[]string{"application:app_slash_command:read"}, true, "slash"},
		{[]string{"application:app_slash_command:write"}, true, "slash"},
	}
	if cfg.Access == config.Listed {
		list = append(list, neededScope{[]string{"contact:user.department:readonly"}, true, "belonging"})
	}
	if slices.ContainsFunc(apps, func(a config.App) bool { return a.ID != cfg.AppID }) {
		list = append(list, neededScope{[]string{"admin:app.info:readonly"}, true, "names"})
	}
	return list
}

func (s *scopeCheck) appState(ctx context.Context, app config.App) Finding {
	state, err := s.client.AppState(ctx, app.ID, string(s.cfg.Language))
	if err != nil {
		return s.appLookupFailed(err, app)
	}
	name := app.Name
	if name == "" {
		name = state.Name
	}
	find := Warn // another app that is switched off still has figures of the past
	if app.ID == s.cfg.AppID {
		find = Fail
	}
	switch {
	case state.Status != feishu.AppOn:
		return find("app.off", "name", name, "state", strconv.Itoa(int(state.Status)))
	case !state.Published:
		return find("app.unpublished", "name", name)
	case len(state.Abilities) == 0:
		return Warn("app.bare", "name", name)
	}
	words := []string{"@ability.app"}
	for _, ability := range state.Abilities {
		words = append(words, "@ability."+string(ability))
	}
	return OK("app.well", "name", name, "abilities", strings.Join(words, " "))
}

// appLookupFailed is the finding for an app that could not be read.
func (s *scopeCheck) appLookupFailed(err error, app config.App) Finding {
	if e, ok := errors.AsType[*feishu.Error](err); ok && e.NoSuchApp() {
		return Fail("app.none").WithCode(e.Code, e.LogID)
	}
	if app.ID == s.cfg.AppID {
		return s.callFailed(err, "application:application:self_manage")
	}
	return s.callFailed(err, "admin:app.info:readonly")
}
