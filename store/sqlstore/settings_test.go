package sqlstore

import (
	"testing"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
)

// saveChat keeps a chat as it is given, but not whether it was welcomed.
func saveChat(t *testing.T, s *Store, want Chat) {
	t.Helper()
	if err := s.Chats.RenameChat(t.Context(), want.ID, want.Name); err != nil {
		t.Fatal(err)
	}
	changeChat(t, s, want.ID, func(c *Chat) { c.Language, c.AppID = want.Language, want.AppID })
}

func changeChat(t *testing.T, s *Store, id string, f func(*Chat)) Chat {
	t.Helper()
	is, err := s.Chats.ChangeChat(t.Context(), "", id, f, chatChanged)
	if err != nil {
		t.Errorf("ChangeChat: %v", err)
	}
	return is
}

// chatChanged is what is recorded of a change to a chat.
func chatChanged(was, is Chat) access.Change {
	line := func(c Chat) string { return "lang:" + c.Language + " app:" + c.AppID }
	return access.Change{At: noon(), By: "ou_a", Act: access.SettingsSaved, Of: is.ID, Before: line(was), After: line(is)}
}

func keepingBehaviours() []behaviour {
	ask := usage.Request{AppID: "cli_app", Ability: usage.AppAbility, Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 16), DepartmentID: "od-1"}
	return []behaviour{
		{"it answers until it is closed, and closes twice", func(t *testing.T, db *database) {
			if err := db.Ping(t.Context()); err != nil {
				t.Errorf("Ping: %v", err)
			}
			for range 2 {
				if err := db.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			}
			if db.Ping(t.Context()) == nil {
				t.Error("it answers when it is closed")
			}
		}},
		{"a restart keeps everything", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0))
			d, chat := claim(t, db.Store, noon(), 1)[0], Chat{ID: "oc_a", Name: "日报"}
			saveChat(t, db.Store, chat)
			if err := db.Figures.Remember(t.Context(), ask, usage.Figures{usage.TotalUsers: 7}); err != nil {
				t.Fatal(err)
			}
			want := subscription(t, db.Store, sub.ID)
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			s := db.another(t)
			same(t, "subscription", want, subscription(t, s, sub.ID))
			same(t, "delivery", d, delivery(t, s, sub.ID, 1))
			kept, err := s.Chats.Chat(t.Context(), "oc_a")
			if err != nil || kept != chat {
				t.Errorf("chat: %v, %v", kept, err)
			}
			figures, ok, err := s.Figures.Recall(t.Context(), ask)
			if err != nil || !ok || figures[usage.TotalUsers] != 7 {
				t.Errorf("figures: %v, %v, %v", figures, ok, err)
			}
		}},
		{"texts that no database likes are kept without the worst", func(t *testing.T, db *database) {
			sub := order("oc_a", 1)
			sub.DepartmentName = "a\x00b\xff'\"; DROP TABLE chats"
			same(t, "name", "ab\uFFFD'\"; DROP TABLE chats", subscribe(t, db.Store, sub).DepartmentName)
			if err := db.Deliveries.Open(t.Context(), sub, minute(9), []reports.Delivery{waiting(1, 0)}); err != nil {
				t.Fatal(err)
			}
			d := claim(t, db.Store, noon(), 1)[0]
			d.Detail = "\x00\xff"
			if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
				t.Errorf("Save: %v", err)
			}
		}},
		{"a chat's settings are kept, and none are the zero ones", func(t *testing.T, db *database) {
			got, err := db.Chats.Chat(t.Context(), "oc_a")
			if err != nil || got != (Chat{ID: "oc_a"}) {
				t.Errorf("of an unknown chat: %v, %v", got, err)
			}
			for _, want := range []Chat{{"oc_a", "日报", "zh", "cli_app", false}, {"oc_a", "Daily", "en", "", false}} {
				saveChat(t, db.Store, want)
				if got, err := db.Chats.Chat(t.Context(), "oc_a"); err != nil || got != want {
					t.Errorf("%v, %v, want %v", got, err, want)
				}
			}
		}},
		{"of settings that change at once none is lost, and what changes nothing is not recorded", func(t *testing.T, db *database) {
			other := db.another(t)
			atOnce(6, func(i int) {
				changeChat(t, []*Store{db.Store, other}[i%2], "oc_a", func(c *Chat) {
					if i < 3 {
						c.Language = "en"
					} else {
						c.AppID = "cli_app"
					}
				})
			})
			if got, err := db.Chats.Chat(t.Context(), "oc_a"); err != nil || got != (Chat{"oc_a", "", "en", "cli_app", false}) {
				t.Errorf("%v, %v", got, err)
			}
			same(t, "entries", 2, left(t, db, "changes"))
		}},
		{"a chat that is renamed keeps its settings", func(t *testing.T, db *database) {
			saveChat(t, db.Store, Chat{ID: "oc_a", Name: "日报", Language: "en", AppID: "cli_app"})
			for _, want := range []Chat{{"oc_a", "周报", "en", "cli_app", false}, {"oc_new", "周报", "", "", false}} {
				if err := db.Chats.RenameChat(t.Context(), want.ID, "周报"); err != nil {
					t.Fatal(err)
				}
				if got, err := db.Chats.Chat(t.Context(), want.ID); err != nil || got != want {
					t.Errorf("%v, %v, want %v", got, err, want)
				}
			}
		}},
		{"that a chat was welcomed is known, whatever else is saved of it", func(t *testing.T, db *database) {
			other := db.another(t)
			saveChat(t, db.Store, Chat{ID: "oc_a", Name: "日报"})
			for _, id := range []string{"oc_a", "oc_new"} {
				atOnce(6, func(i int) {
					if err := []*Store{db.Store, other}[i%2].Chats.Welcome(t.Context(), id); err != nil {
						t.Errorf("Welcome: %v", err)
					}
				})
				if chat, err := other.Chats.Chat(t.Context(), id); err != nil || !chat.Welcomed {
					t.Errorf("%s: %v, %v", id, chat, err)
				}
			}
			saveChat(t, db.Store, Chat{ID: "oc_a", Language: "en"})
			if got, err := db.Chats.Chat(t.Context(), "oc_a"); err != nil || got != (Chat{"oc_a", "", "en", "", true}) {
				t.Errorf("%v, %v", got, err)
			}
		}},
		{"figures are remembered, those of a question replacing the former", func(t *testing.T, db *database) {
			if got, ok, err := db.Figures.Recall(t.Context(), ask); got != nil || ok || err != nil {
				t.Errorf("of none: %v, %v, %v", got, ok, err)
			}
			other := ask
			other.DepartmentID = ""
			for _, kept := range []struct {
				ask     usage.Request
				figures usage.Figures
			}{{ask, usage.Figures{usage.TotalUsers: 9, usage.NewUsers: 0}}, {other, usage.Figures{usage.TotalUsers: 1}}, {ask, usage.Figures{usage.TotalUsers: 1 << 40}}} {
				if err := db.Figures.Remember(t.Context(), kept.ask, kept.figures); err != nil {
					t.Fatal(err)
				}
				got, ok, err := db.Figures.Recall(t.Context(), kept.ask)
				if err != nil || !ok {
					t.Errorf("%v, %v", ok, err)
				}
				same(t, "figures", kept.figures, got)
			}
			got, _, err := db.Figures.Recall(t.Context(), other)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "the other's", usage.Figures{usage.TotalUsers: 1}, got)
		}},
		{"that there is nothing is remembered too, until there is something", func(t *testing.T, db *database) {
			for _, figures := range []usage.Figures{nil, {}, {usage.ActiveUsers: 0}, {}} {
				if err := db.Figures.Remember(t.Context(), ask, figures); err != nil {
					t.Fatal(err)
				}
				got, ok, err := db.Figures.Recall(t.Context(), ask)
				if err != nil || !ok || len(got) != len(figures) {
					t.Errorf("%v is recalled as %v, %v, %v", figures, got, ok, err)
				}
			}
		}},
		{"a series is recalled at once, and nothing else with it", func(t *testing.T, db *database) {
			want := map[usage.Request]usage.Figures{}
			remember := func(a usage.Request, value int64, wanted bool) {
				figures := usage.Figures{usage.ActiveUsers: value, usage.PageViews: 2 * value}
				if value == 0 {
					figures = usage.Figures{}
				}
				if err := db.Figures.Remember(t.Context(), a, figures); err != nil {
					t.Fatal(err)
				}
				if wanted {
					want[a] = figures
				}
			}
			week := func(n int) usage.Request { a := ask; a.Date = ask.Date.AddDays(7 * n); return a }
			bot, other, app, daily := week(1), week(1), week(1), week(1)
			bot.Ability, other.DepartmentID, app.AppID, daily.Cycle = usage.Bot, "", "cli_other", usage.Daily
			for n := range 4 {
				remember(week(n), int64(n), n < 3) // the first is a gap, the last too late
			}
			remember(week(-1), 9, false)
			remember(bot, 4, true)
			for _, a := range []usage.Request{other, app, daily} {
				remember(a, 9, false)
			}
			got, err := db.Figures.RecallFrom(t.Context(), ask, week(2).Date)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "series", want, got)
		}},
		{"what departments had is remembered, the newest of it", func(t *testing.T, db *database) {
			below := usage.DepartmentRequest{AppID: "cli_app", Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 16), DepartmentID: usage.RootID}
			for _, answer := range []string{`{"no_data":true}`, `{"active":{"od-1":{"app":3}}}`} {
				if err := db.Figures.RememberDepartments(t.Context(), below, []byte(answer)); err != nil {
					t.Fatal(err)
				}
				got, ok, err := db.Figures.RecallDepartments(t.Context(), below)
				if err != nil || !ok || string(got) != answer {
					t.Errorf("%s is recalled as %s, %v, %v", answer, got, ok, err)
				}
			}
			other := below
			other.Cycle = usage.Daily
			if got, ok, err := db.Figures.RecallDepartments(t.Context(), other); got != nil || ok || err != nil {
				t.Errorf("of none: %s, %v, %v", got, ok, err)
			}
		}},
		{"many remember the same at once", func(t *testing.T, db *database) {
			figures := usage.Figures{usage.TotalUsers: 3, usage.NewUsers: 2, usage.PageViews: 1}
			atOnce(6, func(int) {
				if err := db.Figures.Remember(t.Context(), ask, figures); err != nil {
					t.Errorf("Remember: %v", err)
				}
			})
			got, _, err := db.Figures.Recall(t.Context(), ask)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "figures", figures, got)
		}},
	}
}
