package doctor

import (
	"context"
	"errors"
	"slices"
	"strconv"

	"usagebot/config"
	"usagebot/feishu"
	"usagebot/store/sqlstore"
)

// maxApps bounds how many apps are checked, so that the check ends in time.
const maxApps = 20

// reportedApps are the apps that the bot reports on, and a chat that it reports to.
type reportedApps struct {
	apps []config.App // the default first; at least one
	chat string       // empty if none is known
	err  error        // why only the apps of the settings are known; nil if the database was read
}

// appsInUse returns the apps that the bot reports on: those that administrators chose, or else those of the settings, and
// further apps that have subscriptions. It reads the database once.
func (s *scopeCheck) appsInUse(ctx context.Context) reportedApps {
	s.inUse.Do(func() {
		r := reportedApps{apps: slices.Clone(s.cfg.Apps)}
		var use sqlstore.InUse
		if use, r.err = s.readInUse(ctx); len(use.Apps) > 0 {
			r.apps = nil
			for _, app := range use.Apps {
				r.apps = append(r.apps, config.App{ID: app.ID, Name: app.Name})
			}
		}
		for _, id := range use.Subscribed {
			if !slices.ContainsFunc(r.apps, func(a config.App) bool { return a.ID == id }) {
				r.apps = append(r.apps, config.App{ID: id})
			}
		}
		r.chat = use.Chat
		s.inUse.reportedApps = r
	})
	return s.inUse.reportedApps
}

// apps checks each app that the bot reports on.
func (s *scopeCheck) apps(ctx context.Context) []Finding {
	var findings []Finding
	r := s.appsInUse(ctx)
	if r.err != nil {
		findings = append(findings, Skip("apps.unread")) // the check of the database says why
	}
	for _, app := range r.apps[:min(len(r.apps), maxApps)] {
		findings = append(findings, s.appState(ctx, app).About(app.ID))
	}
	if more := len(r.apps) - maxApps; more > 0 {
		findings = append(findings, Skip("apps.more", "count", strconv.Itoa(more)))
	}
	return findings
}

// chats reads a chat as the bot does before it lets a member manage digests there. If the scope for that is missing, the
// bot cannot tell who may manage digests in groups.
func (s *scopeCheck) chats(ctx context.Context) []Finding {
	chat := s.appsInUse(ctx).chat
	if chat == "" {
		return []Finding{Skip("chats.none")}
	}
	_, err := s.client.Chat(ctx, chat)
	e, refused := errors.AsType[*feishu.Error](err)
	switch {
	case err == nil:
		return []Finding{OK("chats.well")}
	case refused && e.NoScope() && s.listed.Load():
		return []Finding{Skip("scope.unseen", "scope", "im:chat:read")}
	case refused && e.NoScope():
		return []Finding{Fail("chats.unreadable", "scope", "im:chat:read").WithCode(e.Code, e.LogID)}
	case refused && e.Class == feishu.TargetGone, refused && e.Class == feishu.TargetForbidden:
		return []Finding{Skip("chats.gone").WithCode(e.Code, e.LogID)}
	}
	return s.platformError(err)
}
