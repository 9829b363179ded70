package templates_test

import (
	"fmt"
	"strings"
	"testing"

	"usagebot/access"
	"usagebot/locale"
	"usagebot/templates"
	"usagebot/templates/card"
	"usagebot/usage"
)

// manyOf makes the lists for administrators of as many entries as anybody could have, each with the text everywhere.
func manyOf(n int, text string) map[string]draw {
	somebody := "ou_" + strings.Repeat("x", 64)
	topic := templates.Topic{App: usage.App{ID: text, Name: text}, Ability: usage.Web, Cycle: usage.Weekly, DepartmentPath: text}
	s := templates.Subscription{
		ID: text, Topic: topic, Timing: templates.Timing{On: "mon", Zone: text}, Paused: &templates.Pause{Cause: templates.CauseByPerson}, OwnerID: somebody,
		Actions: templates.Actions{Resume: text, History: text, HandOver: text, Remove: text},
	}
	grant := access.Grant{Subject: access.Subject{Kind: access.Department, ID: text}, Role: access.Viewer, Department: text, By: somebody}
	change := access.Change{By: somebody, ChatID: text, Act: access.Rescheduled, Of: text, Before: text, After: text}
	var (
		roles templates.RolesView
		rec   = templates.AuditView{About: text}
		subs  = templates.EverySubscriptionView{All: n}
		chats templates.ChatsView
		apps  templates.AppListView
		check templates.CheckupView
	)
	past := templates.AuditState{Topic: &topic, Timing: templates.Timing{Zone: text}, State: text, Until: text, Owner: somebody}
	roles.Kind, roles.Access = templates.RolesListed, access.Listed
	for i := range n {
		roles.Admins = append(roles.Admins, somebody+"x", fmt.Sprintf("ou_%062d", i))
		roles.Roles = append(roles.Roles, templates.Role{Grant: grant, SubjectName: text, DepartmentName: text, Revoke: text})
		rec.Changes = append(rec.Changes, templates.Change{Change: change, ChatName: text, OfName: text, Was: past, Is: past})
		subs.Subscriptions = append(subs.Subscriptions, templates.ChatSubscription{Subscription: s, ChatName: text})
		chats.Chats = append(chats.Chats, templates.ChatRow{ID: text, Name: text, Show: text})
		apps.Apps = append(apps.Apps, templates.AppRow{App: topic.App, MakeDefault: text, Remove: text, Abilities: usage.Abilities()})
		check.Findings = append(check.Findings, templates.Finding{Grade: templates.Warn, What: text, Todo: text})
	}
	draws := map[string]func(*templates.Templates, locale.Language) card.Card{
		"many roles":   func(all *templates.Templates, l locale.Language) card.Card { return templates.Roles(all.In(l), roles) },
		"many changes": func(all *templates.Templates, l locale.Language) card.Card { return templates.Record(all.In(l), rec) },
		"many subscriptions": func(all *templates.Templates, l locale.Language) card.Card {
			return templates.EverySubscription(all.In(l), subs)
		},
		"many chats": func(all *templates.Templates, l locale.Language) card.Card { return templates.Chats(all.In(l), chats) },
		"many apps":  func(all *templates.Templates, l locale.Language) card.Card { return templates.AppList(all.In(l), apps) },
		"many findings": func(all *templates.Templates, l locale.Language) card.Card {
			return templates.Checkup(all.In(l), check)
		},
	}
	views := map[string]draw{}
	for name, d := range draws {
		views[name] = d
	}
	return views
}

// TestAPageHasRoomForItsEntries fills a page with entries that are as large as any.
func TestAPageHasRoomForItsEntries(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, n := range map[string]int{"many subscriptions": templates.SubscriptionsOnPage, "many chats": templates.ChatsOnPage} {
		for _, lang := range locale.Languages() {
			c := manyOf(n, longest(0))[name](all, lang)
			if err := checkCard(c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			t.Logf("%s: %d bytes, %d elements", name, len(c.JSON()), c.Elements())
			if text := c.Text(); strings.Contains(text, " more") || strings.Contains(text, "还有") {
				t.Errorf("%s: %d have no room:\n%s", name, n, text)
			}
		}
	}
}

func TestListsForAdministratorsFit(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	for name, view := range manyOf(200, longest(0)) {
		for _, lang := range locale.Languages() {
			c := view(all, lang)
			if err := checkCard(c); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			if text := c.Text(); !strings.Contains(text, "more") && !strings.Contains(text, "还有") {
				t.Errorf("%s does not say that some are left out:\n%s", name, text)
			}
		}
	}
}
