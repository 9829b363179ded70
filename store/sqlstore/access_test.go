package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
	"usagebot/usage/directory"
)

func given(kind access.Kind, id string, role access.Role, department string) access.Grant {
	return access.Grant{Subject: access.Subject{Kind: kind, ID: id}, Role: role, Department: department, By: "ou_admin", At: noon()}
}

// granted and revoked are what is recorded of a grant.
func granted(g access.Grant) access.Change {
	return access.Change{At: noon(), By: "ou_admin", Act: access.Granted, Of: g.Subject.ID, After: string(g.Role) + " " + g.Department}
}

func revoked(g access.Grant) access.Change {
	return access.Change{At: noon(), By: "ou_admin", Act: access.Revoked, Of: g.Subject.ID, Before: string(g.Role) + " " + g.Department}
}

func accessBehaviours() []behaviour {
	return []behaviour{
		{"a grant is kept once, and found for whom it holds", func(t *testing.T, db *database) {
			person, chat := given(access.Person, "ou_a", access.Viewer, "od-1"), given(access.Chat, "oc_a", access.Viewer, "")
			department, other := given(access.Department, "od-2", access.Viewer, ""), given(access.Person, "ou_b", access.Admin, "")
			for _, g := range []access.Grant{person, chat, department, other} {
				for _, want := range []bool{true, false} {
					if added, err := db.Grants.Grant(t.Context(), "", g, granted(g)); err != nil || added != want {
						t.Errorf("Grant: %v, %v, want %v", added, err, want)
					}
				}
			}
			got, err := db.Grants.GrantsFor(t.Context(), "ou_a", "oc_a")
			if err != nil {
				t.Fatal(err)
			}
			same(t, "grants for ou_a in oc_a", []access.Grant{chat, department, person}, got)
			all, err := db.Grants.Grants(t.Context(), 3)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "the first grants", []access.Grant{chat, department, person}, all)
		}},
		{"a grant is revoked alone, and once", func(t *testing.T, db *database) {
			one, two := given(access.Person, "ou_a", access.Viewer, "od-1"), given(access.Person, "ou_a", access.Viewer, "od-2")
			for _, g := range []access.Grant{one, two} {
				if _, err := db.Grants.Grant(t.Context(), "", g, granted(g)); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range []int{1, 0} {
				if taken, err := db.Grants.Revoke(t.Context(), "", one, revoked); err != nil || len(taken) != want {
					t.Errorf("Revoke: %v, %v, want %v", taken, err, want)
				}
			}
			got, err := db.Grants.GrantsFor(t.Context(), "ou_a", "")
			if err != nil {
				t.Fatal(err)
			}
			same(t, "grants", []access.Grant{two}, got)
		}},
		{"grants are revoked together, where the role or the department is left open", func(t *testing.T, db *database) {
			for _, g := range []access.Grant{
				given(access.Person, "ou_a", access.Admin, ""), given(access.Person, "ou_a", access.Viewer, "od-1"),
				given(access.Person, "ou_a", access.Viewer, "od-2"), given(access.Chat, "ou_a", access.Viewer, "od-1"),
			} {
				if _, err := db.Grants.Grant(t.Context(), "", g, granted(g)); err != nil {
					t.Fatal(err)
				}
			}
			for _, tt := range []struct {
				which access.Grant
				want  string
			}{
				{given(access.Person, "ou_b", "", ""), ""},
				{given(access.Person, "ou_a", access.Viewer, "od-3"), ""},
				{given(access.Person, "ou_a", "", "od-1"), "viewer od-1"},
				{given(access.Person, "ou_a", "", ""), "admin , viewer od-2"},
			} {
				taken, err := db.Grants.Revoke(t.Context(), "", tt.which, revoked)
				if err != nil {
					t.Fatal(err)
				}
				var lines []string
				for _, c := range taken {
					lines = append(lines, c.Before)
				}
				same(t, "taken", tt.want, strings.Join(lines, ", "))
			}
		}},
		{"changes are recorded, the newest first, and found by who and of what", func(t *testing.T, db *database) {
			for i, c := range []access.Change{
				{By: "ou_a", Act: access.Subscribed, Of: "k7q2mw", After: "daily 10:30", ChatID: "oc_a"},
				{By: "ou_b", Act: access.Paused, Of: "k7q2mw", Before: "active", After: "paused"},
				{By: "ou_b", Act: access.Granted, Of: "ou_a", After: "viewer\x00"},
			} {
				c.At = minute(i)
				keepEntry(t, db.Store, c)
			}
			for about, want := range map[string]string{"": "grant pause subscribe", "ou_a": "grant subscribe", "k7q2mw": "pause subscribe", "ou_b": "grant pause"} {
				got, err := db.Audit.Changes(t.Context(), about, 10)
				if err != nil {
					t.Fatal(err)
				}
				same(t, "about "+about, want, actsOf(got))
			}
			newest, err := db.Audit.Changes(t.Context(), "", 1)
			if err != nil || len(newest) != 1 {
				t.Fatalf("%v, %v", newest, err)
			}
			newest[0].ID = ""
			same(t, "entry", access.Change{At: minute(2), By: "ou_b", Act: access.Granted, Of: "ou_a", After: "viewer"}, newest[0])
		}},
		{"that a person was greeted is known", func(t *testing.T, db *database) {
			if done, err := db.People.Greeted(t.Context(), "ou_a"); err != nil || done {
				t.Errorf("before: %v, %v", done, err)
			}
			atOnce(6, func(int) {
				if err := db.People.Greet(t.Context(), "ou_a", noon()); err != nil {
					t.Errorf("Greet: %v", err)
				}
			})
			if done, err := db.People.Greeted(t.Context(), "ou_a"); err != nil || !done {
				t.Errorf("after: %v, %v", done, err)
			}
		}},
		{"the apps are as they were changed last, and none while nobody changed them", appsAreChanged},
		{"no change to the apps is lost when many change them at once", func(t *testing.T, db *database) {
			other := db.another(t)
			atOnce(8, func(i int) {
				changeApps(t, []*Store{db.Store, other}[i%2], func(apps directory.Apps) directory.Apps {
					return append(apps, usage.App{ID: "cli_" + strconv.Itoa(i), Name: "app"})
				})
			})
			got, err := db.Apps.Apps(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			same(t, "apps", 9, len(got)) // the given one too
		}},
		{"a chore is done by one, until its time", func(t *testing.T, db *database) {
			var times atomic.Int32
			other := db.another(t)
			take := func(s *Store, now time.Time) {
				mine, err := s.Tasks.ClaimTask(t.Context(), "purge", now, now.Add(time.Hour))
				if err != nil {
					t.Errorf("Chore: %v", err)
				}
				if mine {
					times.Add(1)
				}
			}
			atOnce(6, func(i int) { take([]*Store{db.Store, other}[i%2], noon()) })
			same(t, "takers", int32(1), times.Load())
			take(db.Store, minute(59))
			same(t, "takers before its time", int32(1), times.Load())
			take(db.Store, minute(60))
			same(t, "takers at its time", int32(2), times.Load())
		}},
		{"what is too old goes, and nothing else", func(t *testing.T, db *database) {
			sub := enterAll(t, db.Store, waiting(1, 0), waiting(2, 1))
			d := claim(t, db.Store, noon(), 1)[0]
			d.State, d.DoneAt = reports.Delivered, minute(1)
			if err := db.Deliveries.Save(t.Context(), d, false); err != nil {
				t.Fatal(err)
			}
			for i := range 2 {
				keepEntry(t, db.Store, access.Change{By: "ou_a", Act: access.Paused, At: minute(i)})
				ask := usage.Request{AppID: "cli_app", Ability: usage.AppAbility, Cycle: usage.Daily, Date: usage.DateOf(noon()).AddDays(i)}
				if err := db.Figures.Remember(t.Context(), ask, usage.Figures{usage.ActiveUsers: 1}); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{}); err != nil {
				t.Fatal(err)
			}
			same(t, "without a limit", []int{2, 2, 2}, []int{left(t, db, "deliveries"), left(t, db, "changes"), left(t, db, "usage_history")})
			if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Deliveries: minute(2), Changes: minute(1), History: noon().AddDate(0, 0, 1)}); err != nil {
				t.Fatal(err)
			}
			same(t, "with one", []int{1, 1, 1}, []int{left(t, db, "deliveries"), left(t, db, "changes"), left(t, db, "usage_history")})
			gone := subscribe(t, db.Store, order("oc_gone", 7))
			change(t, db.Store, gone.ID, func(s *reports.Subscription) { s.State = reports.Removed })
			if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Deliveries: minute(2)}); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Subscriptions.Subscription(t.Context(), gone.ID); !errors.Is(err, reports.ErrNotFound) {
				t.Errorf("a removed subscription without deliveries: %v", err)
			}
			same(t, "the open one", reports.Waiting, delivery(t, db.Store, sub.ID, 2).State)
		}},
		{"a history is filled by one at a time, and goes on where it was", func(t *testing.T, db *database) {
			filled := access.Change{At: noon(), By: "ou_a", Act: access.Backfilled, Of: "cli_app"}
			want := usage.Backfill{AppID: "cli_app", From: usage.NewDate(2026, 9, 1), Next: usage.NewDate(2026, 11, 24), Until: usage.NewDate(2026, 11, 24), By: "ou_a"}
			for i := range 2 {
				longer := want
				longer.From = want.From.AddDays(-i)
				if kept, err := db.Backfills.StartBackfill(t.Context(), "", longer, filled); err != nil || kept != want {
					t.Errorf("%v, %v", kept, err)
				}
			}
			same(t, "entries", 1, left(t, db, "changes"))
			var takers atomic.Int32
			atOnce(4, func(int) {
				if _, ok, err := db.Backfills.ClaimBackfill(t.Context(), noon(), time.Minute); err != nil {
					t.Errorf("ClaimBackfill: %v", err)
				} else if ok {
					takers.Add(1)
				}
			})
			same(t, "takers", int32(1), takers.Load())
			want.Next = usage.NewDate(2026, 11, 17)
			if err := db.Backfills.SaveBackfill(t.Context(), want, noon()); err != nil {
				t.Fatal(err)
			}
			if got, ok, err := db.Backfills.ClaimBackfill(t.Context(), minute(1), time.Minute); err != nil || !ok || got != want {
				t.Errorf("%v, %v, %v", got, ok, err)
			}
			want.Next = usage.NewDate(2026, 8, 31)
			if err := db.Backfills.SaveBackfill(t.Context(), want, noon()); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := db.Backfills.ClaimBackfill(t.Context(), minute(9), time.Minute); err != nil || ok {
				t.Errorf("a finished one is claimed: %v, %v", ok, err)
			}
			if _, err := db.Backfills.StartBackfill(t.Context(), "", want, filled); err != nil || left(t, db, "changes") != 2 {
				t.Errorf("after it was finished: %d entries, %v", left(t, db, "changes"), err)
			}
			if err := db.Backfills.DropBackfill(t.Context(), want.AppID); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := db.Backfills.Backfill(t.Context(), want.AppID); err != nil || ok {
				t.Errorf("a dropped one is there: %v, %v", ok, err)
			}
		}},
		{"a refresh of which one day is left is under way", func(t *testing.T, db *database) {
			day := usage.NewDate(2026, 11, 1)
			last := usage.Refresh{Backfill: usage.Backfill{AppID: "cli_a", From: day, Next: day, Until: day.AddDays(3), By: "ou_1"}}
			if _, started, err := db.Refreshes.StartRefresh(t.Context(), "", last, granted(access.Grant{})); err != nil || !started {
				t.Fatal(started, err)
			}
			other := last
			other.From = day.AddDays(-5)
			if kept, started, err := db.Refreshes.StartRefresh(t.Context(), "", other, granted(access.Grant{})); err != nil || started || kept != last {
				t.Errorf("another takes its place: %+v, %v, %v", kept, started, err)
			}
			if r, ok, err := db.Refreshes.ClaimRefresh(t.Context(), noon(), time.Minute); err != nil || !ok || r != last {
				t.Errorf("claimed: %+v, %v, %v", r, ok, err)
			}
		}},
		{"what was known is asked for anew by one at a time, and goes on where it was", func(t *testing.T, db *database) {
			asked := access.Change{At: noon(), By: "ou_a", Act: access.Refreshed, Of: "cli_app"}
			until := usage.NewDate(2026, 11, 24)
			want := usage.Refresh{DepartmentID: "od-rd", Backfill: usage.Backfill{AppID: "cli_app", From: usage.NewDate(2026, 11, 18), Next: until, Until: until, By: "ou_a"}}
			if kept, started, err := db.Refreshes.StartRefresh(t.Context(), "", want, asked); err != nil || !started || kept != want {
				t.Errorf("%v, %v, %v", kept, started, err)
			}
			other := want
			other.DepartmentID, other.From = "", until
			if kept, started, err := db.Refreshes.StartRefresh(t.Context(), "", other, asked); err != nil || started || kept != want {
				t.Errorf("a second one: %v, %v, %v", kept, started, err)
			}
			same(t, "entries", 1, left(t, db, "changes"))
			var takers atomic.Int32
			atOnce(4, func(int) {
				if _, ok, err := db.Refreshes.ClaimRefresh(t.Context(), noon(), time.Minute); err != nil {
					t.Errorf("ClaimRefresh: %v", err)
				} else if ok {
					takers.Add(1)
				}
			})
			same(t, "takers", int32(1), takers.Load())
			want.Next, want.Changed, want.Kept, want.Failed = until.AddDays(-1), 3, 2, 1
			if err := db.Refreshes.SaveRefresh(t.Context(), want, noon()); err != nil {
				t.Fatal(err)
			}
			if got, ok, err := db.Refreshes.ClaimRefresh(t.Context(), minute(1), time.Minute); err != nil || !ok || got != want {
				t.Errorf("%v, %v, %v, want %v", got, ok, err, want)
			}
			want.Next = want.From.AddDays(-1)
			if err := db.Refreshes.SaveRefresh(t.Context(), want, noon()); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := db.Refreshes.ClaimRefresh(t.Context(), minute(9), time.Minute); err != nil || ok {
				t.Errorf("a finished one is claimed: %v, %v", ok, err)
			}
			if kept, started, err := db.Refreshes.StartRefresh(t.Context(), "", other, asked); err != nil || !started || kept.From != other.From || kept.Next != other.Next || kept.Changed != 0 || kept.Kept != 0 || kept.Failed != 0 {
				t.Errorf("after it was finished: %v, %v, %v", kept, started, err)
			}
			if err := db.Refreshes.DropRefresh(t.Context(), "cli_app"); err != nil {
				t.Fatal(err)
			}
			if _, ok, err := db.Refreshes.Refresh(t.Context(), "cli_app"); err != nil || ok {
				t.Errorf("a dropped one is there: %v, %v", ok, err)
			}
		}},
		{"what is reported on, and where", func(t *testing.T, db *database) {
			if u, err := db.InUse(t.Context()); err != nil || len(u.Apps)+len(u.Subscribed) != 0 || u.Chat != "" {
				t.Errorf("of nothing: %+v, %v", u, err)
			}
			group := order("oc_group", 1)
			group.Single, group.AppID = false, "cli_other"
			subscribe(t, db.Store, order("oc_single", 2))
			subscribe(t, db.Store, group)
			gone := order("oc_gone", 3)
			gone.AppID = "cli_gone"
			gone = subscribe(t, db.Store, gone)
			change(t, db.Store, gone.ID, func(s *reports.Subscription) { s.State = reports.Removed })
			entry := func(directory.Apps, directory.Apps) access.Change {
				return access.Change{At: noon(), Act: access.AppsChanged}
			}
			chosen := directory.Apps{{ID: "cli_b", Name: "报销"}, {ID: "cli_a", Name: "商城"}}
			if err := db.Apps.ChangeApps(t.Context(), "", nil, func(directory.Apps) (directory.Apps, error) { return chosen, nil }, entry); err != nil {
				t.Fatal(err)
			}
			want := InUse{Apps: chosen, Subscribed: []string{"cli_app", "cli_other"}, Chat: "oc_group"}
			if u, err := db.InUse(t.Context()); err != nil || !reflect.DeepEqual(u, want) {
				t.Errorf("%+v, %v, want %+v", u, err, want)
			}
			if u, err := ReadInUse(t.Context(), db.url, ""); db.url != "" && (err != nil || !reflect.DeepEqual(u, want)) {
				t.Errorf("without opening it: %+v, %v, want %+v", u, err, want)
			}
		}},
		{"replicas are seen, until they are not", func(t *testing.T, db *database) {
			for i, id := range []string{"a", "b"} {
				if err := db.Housekeeping.Heartbeat(t.Context(), Replica{ID: id, Version: "1.0", Seen: minute(i)}, minute(-5)); err != nil {
					t.Fatal(err)
				}
			}
			got, err := db.Housekeeping.Replicas(t.Context(), minute(1))
			if err != nil {
				t.Fatal(err)
			}
			same(t, "replicas", []Replica{{"b", "1.0", minute(1)}}, got)
		}},
		{"administrators see the subscriptions of all chats", func(t *testing.T, db *database) {
			one, two := order("oc_a", 1), order("oc_b", 2)
			two.AppID, two.OwnerID = "cli_other", "ou_b"
			for _, s := range []reports.Subscription{one, two} {
				subscribe(t, db.Store, s)
			}
			change(t, db.Store, two.ID, func(s *reports.Subscription) { s.State = reports.Paused })
			for want, w := range map[string]reports.SubscriptionFilter{
				one.ID + " " + two.ID: {}, one.ID: {ChatID: "oc_a"}, two.ID: {AppID: "cli_other"}, " ": {AppID: "cli_other", State: reports.Active},
			} {
				list, err := db.Overview.All(t.Context(), w, 10)
				if err != nil {
					t.Fatal(err)
				}
				var ids []string
				for _, s := range list {
					ids = append(ids, s.ID)
				}
				same(t, "subscriptions", strings.TrimSpace(want), strings.Join(ids, " "))
				if n, err := db.Overview.Count(t.Context(), w); err != nil || n != len(ids) {
					t.Errorf("Count: %d, %v", n, err)
				}
			}
			if list, err := db.Overview.All(t.Context(), reports.SubscriptionFilter{OwnerID: "ou_b"}, 10); err != nil || len(list) != 1 {
				t.Errorf("of an owner: %v, %v", list, err)
			}
			next, err := db.Overview.Next(t.Context(), 5)
			if err != nil || len(next) != 1 || next[0].ID != one.ID {
				t.Errorf("Next: %v, %v", next, err)
			}
			if err := db.Chats.RenameChat(t.Context(), "oc_a", "日报"); err != nil {
				t.Fatal(err)
			}
			if list, err := db.Overview.All(t.Context(), reports.SubscriptionFilter{Skip: 1}, 10); err != nil || len(list) != 1 || list[0].ID != two.ID {
				t.Errorf("on the second page: %v, %v", list, err)
			}
			for reason, reachable := range map[reports.Reason]int{reports.ByPerson: 2, reports.ChatForbids: 2, reports.ChatGone: 1} {
				change(t, db.Store, two.ID, func(s *reports.Subscription) { s.Reason = reason })
				n, err := db.Overview.Count(t.Context(), reports.SubscriptionFilter{Reachable: true})
				list, listErr := db.Overview.All(t.Context(), reports.SubscriptionFilter{Reachable: true}, 10)
				if err != nil || listErr != nil || n != reachable || len(list) != n {
					t.Errorf("with one paused for %s, %d and %d can be reached, %v, %v", reason, n, len(list), err, listErr)
				}
			}
			if n, err := db.Overview.Count(t.Context(), reports.SubscriptionFilter{}); err != nil || n != 2 {
				t.Errorf("in all: %d, %v", n, err)
			}
			rooms, err := db.Overview.ChatSummaries(t.Context(), 0, 5)
			if err != nil {
				t.Fatal(err)
			}
			same(t, "rooms", []reports.ChatSummary{{ChatID: "oc_a", Name: "日报", Subscriptions: 1}, {ChatID: "oc_b", Subscriptions: 1}}, rooms)
			if rooms, err := db.Overview.ChatSummaries(t.Context(), 2, 5); err != nil || len(rooms) > 0 {
				t.Errorf("on the second page: %v, %v", rooms, err)
			}
			if list, err := db.Overview.Latest(t.Context(), reports.Failed, 5); err != nil || len(list) != 0 {
				t.Errorf("Latest: %v, %v", list, err)
			}
		}},
	}
}

func changeApps(t *testing.T, s *Store, f func(directory.Apps) directory.Apps) {
	t.Helper()
	err := s.Apps.ChangeApps(t.Context(), "", directory.Apps{{ID: "cli_given"}}, func(apps directory.Apps) (directory.Apps, error) { return f(apps), nil }, appsChanged)
	if err != nil {
		t.Errorf("ChangeApps: %v", err)
	}
}

// appsChanged is what is recorded of a change to the apps.
func appsChanged(was, is directory.Apps) access.Change {
	return access.Change{At: noon(), By: "ou_admin", Act: access.AppsChanged, Of: "cli_app", Before: fmt.Sprint(was), After: fmt.Sprint(is)}
}

func appsAreChanged(t *testing.T, db *database) {
	first := directory.Apps{{ID: "cli_b", Name: "商城"}, {ID: "cli_a"}}
	second := directory.Apps{{ID: "cli_a", Name: "OA"}}
	for i, step := range []struct{ was, is, want directory.Apps }{
		{directory.Apps{{ID: "cli_given"}}, directory.Apps{{ID: "cli_given"}}, nil}, // nothing to change
		{directory.Apps{{ID: "cli_given"}}, first, first},
		{first, second, second},
	} {
		changeApps(t, db.Store, func(was directory.Apps) directory.Apps {
			same(t, fmt.Sprint("before ", i), step.was, was)
			return step.is
		})
		got, err := db.Apps.Apps(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		same(t, fmt.Sprint("after ", i), step.want, got)
	}
	refused := errors.New("no")
	err := db.Apps.ChangeApps(t.Context(), "", nil, func(directory.Apps) (directory.Apps, error) { return nil, refused }, appsChanged)
	wantErr(t, "a change that fails", refused, err)
	same(t, "entries", 2, left(t, db, "changes"))
}

// keepEntry records a change that is made elsewhere.
func keepEntry(t *testing.T, s *Store, c access.Change) {
	t.Helper()
	if _, err := s.idempotentOne(t.Context(), "", "record a change", c, func(context.Context, *sql.Tx) error { return nil }); err != nil {
		t.Fatal(err)
	}
}

func actsOf(changes []access.Change) string {
	var acts []string
	for _, c := range changes {
		acts = append(acts, string(c.Act))
	}
	return strings.Join(acts, " ")
}

func left(t *testing.T, db *database, table string) int {
	t.Helper()
	n, err := db.queryInt(t.Context(), "count", "SELECT count(*) FROM "+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
