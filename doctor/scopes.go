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

// neededScope is something that a scope opens.
type neededScope struct {
	any      []string // one of these is enough; the first is the one to ask for, since it opens the least
	optional bool     // the bot works without it
	cost     string   // what it costs to be without, as a key of the doctor's words
}

// neededScopes are what the bot uses, by the platform's names.
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
		return s.appUnseen(err, app)
	}
	name := app.Name
	if name == "" {
		name = state.Name
	}
	find := Doubt // another app that is off has old figures still
	if app.ID == s.cfg.AppID {
		find = Ill
	}
	switch {
	case state.Status != feishu.AppOn:
		return find("app.off", "name", name, "state", strconv.Itoa(int(state.Status)))
	case !state.Published:
		return find("app.unpublished", "name", name)
	case len(state.Abilities) == 0:
		return Doubt("app.bare", "name", name)
	}
	words := []string{"@ability.app"}
	for _, ability := range state.Abilities {
		words = append(words, "@ability."+string(ability))
	}
	return Well("app.well", "name", name, "abilities", strings.Join(words, " "))
}

// appUnseen words why an app could not be looked at.
func (s *scopeCheck) appUnseen(err error, app config.App) Finding {
	if e, ok := errors.AsType[*feishu.Error](err); ok && e.NoSuchApp() {
		return Ill("app.none").With(e.Code, e.LogID)
	}
	if app.ID == s.cfg.AppID {
		return s.stumbled(err, "application:application:self_manage")
	}
	return s.stumbled(err, "admin:app.info:readonly")
}
