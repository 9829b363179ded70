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

// mostApps is how many apps are looked at, so that the check ends in its time.
const mostApps = 20

// reported is what the bot reports on, and a chat that it reports to.
type reported struct {
	apps []config.App // the default first; at least one
	chat string       // empty when none is known
	err  error        // why only the settings' apps are known
}

// reportedOn returns the apps that the bot reports on: those that administrators chose, or else those of the settings, and
// those of subscriptions to any other.
func (s *scopeCheck) reportedOn(ctx context.Context) reported {
	s.inUse.Do(func() {
		r := reported{apps: slices.Clone(s.cfg.Apps)}
		var use sqlstore.InUse
		if use, r.err = s.use(ctx); len(use.Apps) > 0 {
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
		s.inUse.reported = r
	})
	return s.inUse.reported
}

// apps looks at each app that is reported on.
func (s *scopeCheck) apps(ctx context.Context) []Finding {
	var findings []Finding
	r := s.reportedOn(ctx)
	if r.err != nil {
		findings = append(findings, Unseen("apps.unread")) // what is wrong with the database is told by its own check
	}
	for _, app := range r.apps[:min(len(r.apps), mostApps)] {
		findings = append(findings, s.appState(ctx, app).Of(app.ID))
	}
	if more := len(r.apps) - mostApps; more > 0 {
		findings = append(findings, Unseen("apps.more", "count", strconv.Itoa(more)))
	}
	return findings
}

// chats reads a chat as the bot does before it lets anybody manage digests there. Where that needs a scope that is missing,
// the bot's answers in groups depend on it.
func (s *scopeCheck) chats(ctx context.Context) []Finding {
	chat := s.reportedOn(ctx).chat
	if chat == "" {
		return []Finding{Unseen("chats.none")}
	}
	_, err := s.client.Chat(ctx, chat)
	e, refused := errors.AsType[*feishu.Error](err)
	switch {
	case err == nil:
		return []Finding{Well("chats.well")}
	case refused && e.NoScope() && s.listed.Load():
		return []Finding{Unseen("scope.unseen", "scope", "im:chat:read")}
	case refused && e.NoScope():
		return []Finding{Ill("chats.unreadable", "scope", "im:chat:read").With(e.Code, e.LogID)}
	case refused && e.Class == feishu.TargetGone, refused && e.Class == feishu.TargetForbids:
		return []Finding{Unseen("chats.gone").With(e.Code, e.LogID)}
	}
	return s.refused(err)
}
