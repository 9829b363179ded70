package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
)

// mine are the ids that lead to the person who is forgotten.
func mine() []string { return []string{"ou_me", "oc_mine"} }

func forgettingMe() access.Forgetting {
	return access.Forgetting{OpenID: "ou_me", Pseudonym: "forgotten-1", Chats: []string{"oc_mine"}}
}

// forgetMe forgets ou_me from beginning to end.
func forgetMe(ctx context.Context, key string, s *Store, ids ...string) (access.Forgetting, error) {
	f := forgettingMe()
	f.Event = key
	f, err := s.People.BeginForgetting(ctx, f, noon())
	if err == nil && !f.Done() {
		f, err = goOn(ctx, s, f, ids...)
	}
	return f, err
}

func goOn(ctx context.Context, s *Store, f access.Forgetting, ids ...string) (access.Forgetting, error) {
	f, err := s.People.LetGo(ctx, f, lettingGo(ids...), noon())
	if err == nil {
		err = s.People.Erase(ctx, f)
	}
	if err == nil {
		f, err = s.People.EndForgetting(ctx, f, access.Change{At: minute(9), By: f.Pseudonym, Act: access.Forgotten, Of: f.Pseudonym})
	}
	return f, err
}

// lettingGo hands ou_me's first subscription over and removes the others.
func lettingGo(ids ...string) (edits []reports.Edit) {
	for i, id := range ids {
		act := access.Removed
		if i == 0 {
			act = access.HandedOver
		}
		edits = append(edits, reports.Edit{ID: id, Entry: func(was, is reports.Subscription) access.Change {
			return access.Change{At: minute(9), By: "ou_me", Act: act, Of: is.ID, Before: was.OwnerID, After: is.OwnerID + string(is.State)}
		}, Change: func(s *reports.Subscription) error {
			switch {
			case s.OwnerID != "ou_me":
				return reports.ErrUnchanged
			case i == 0:
				s.OwnerID = "ou_heir"
			default:
				s.State = reports.Removed
			}
			return nil
		}})
	}
	return edits
}

// schema lists the tables of a database and their columns, as it tells of them itself.
func schema(t *testing.T, db *database) map[string][]string {
	t.Helper()
	query := "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'public'"
	if db.url == "" {
		query = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
	}
	columns := map[string][]string{}
	_, err := selectAll(t.Context(), db.conn, "read the schema", func(row scan) (struct{}, error) {
		var table, column string
		err := row(&table, &column)
		columns[table] = append(columns[table], column)
		return struct{}{}, err
	}, query)
	if err != nil {
		t.Fatal(err)
	}
	return columns
}

// holding lists the columns in which one of the texts is, in every table that there is.
func holding(t *testing.T, db *database, texts ...string) (found []string) {
	t.Helper()
	for table, columns := range schema(t, db) {
		for _, column := range columns {
			for _, text := range texts {
				n, err := db.queryInt(t.Context(), "search", `SELECT count(*) FROM `+table+` WHERE CAST(`+column+` AS TEXT) LIKE '%' || $1 || '%'`, text)
				if err != nil {
					t.Fatal(err)
				}
				if n > 0 {
					found = append(found, fmt.Sprintf("%s.%s has %s in %d rows", table, column, text, n))
				}
			}
		}
	}
	return found
}

// leaveTraces keeps something of ou_me, whose single chat is oc_mine, wherever something of a person is kept.
func leaveTraces(t *testing.T, s *Store) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, g := range []access.Grant{
		given(access.Person, "ou_me", access.Admin, ""), given(access.Chat, "oc_mine", access.Viewer, "od-1"), given(access.Person, "ou_b", access.Viewer, ""),
	} {
		if g.Subject.ID == "ou_b" {
			g.By = "ou_me"
		}
		_, err := s.Grants.Grant(t.Context(), "", g, granted(g))
		must(err)
	}
	for i, c := range []access.Change{
		{By: "ou_me", Act: access.Granted, Of: "ou_b", ChatID: "oc_mine"},
		{By: "ou_b", Act: access.Granted, Of: "ou_me", After: "admin", ChatID: "oc_a"},
		{By: "ou_b", Act: access.HandedOver, Of: "k7q2mw", Before: "owner:ou_b", After: "owner:ou_me"},
		{By: "ou_me", Act: access.SettingsSaved, Of: "oc_mine", ChatID: "oc_mine", After: "lang:en"},
	} {
		c.At = minute(i)
		keepEntry(t, s, c)
	}
	must(s.People.Greet(t.Context(), "ou_me", noon()))
	must(s.People.Meet(t.Context(), "ou_me", "oc_mine", noon()))
	changeChat(t, s, "oc_mine", func(c *Chat) { c.Language = "en" })
	must(s.Chats.RenameChat(t.Context(), "oc_mine", "mine"))
	day := usage.NewDate(2026, 11, 1)
	_, err := s.Backfills.StartBackfill(t.Context(), "", usage.Backfill{AppID: "cli_a", From: day, Next: day, Until: day, By: "ou_me"}, granted(access.Grant{}))
	must(err)
	_, _, err = s.Refreshes.StartRefresh(t.Context(), "", usage.Refresh{Backfill: usage.Backfill{AppID: "cli_a", From: day, Next: day, Until: day, By: "ou_me"}}, granted(access.Grant{}))
	must(err)
	for _, name := range []string{"late:oc_mine:cli_a", "late:oc_group:cli_a", "purge"} {
		_, err = s.Tasks.ClaimTask(t.Context(), name, noon(), minute(1))
		must(err)
	}
	for chat, owners := range map[string][]string{"oc_group": {"ou_me", "ou_me", "ou_b"}, "oc_mine": {"ou_me", "ou_b"}} {
		for i, owner := range owners {
			sub := order(chat, i)
			sub.OwnerID, sub.Single = owner, chat == "oc_mine"
			sub = subscribe(t, s, sub)
			must(s.Deliveries.Open(t.Context(), sub, minute(1440), []reports.Delivery{waiting(1, 0), waiting(2, 1)}))
			_, err := s.Subscriptions.Change(t.Context(), reports.Edit{
				ID: sub.ID, Change: func(*reports.Subscription) error { return nil }, Notices: []reports.Notice{{Reason: reports.ChatGone, At: noon()}},
			})
			must(err)
		}
	}
	_, err = s.Notices.ClaimNoticeBatches(t.Context(), minute(1), noon(), time.Minute, 10)
	must(err)
	change(t, s, "oc_group1", func(s *reports.Subscription) { s.State = reports.Removed })
}

func forgettingBehaviours() []behaviour {
	return []behaviour{
		{"the tables that are emptied between tests are all there are", func(t *testing.T, db *database) {
			for table := range schema(t, db) {
				known := strings.HasPrefix(table, "goose_") || strings.HasPrefix(table, "sqlite_")
				for _, name := range tables() {
					known = known || name == table
				}
				if !known {
					t.Errorf("%s is not among them", table)
				}
			}
		}},
		{"that a person's chat refused the bot is forgotten too", forgetRefusals},
		{"who is forgotten leaves a pseudonym, and nothing else in any table", func(t *testing.T, db *database) {
			leaveTraces(t, db.Store)
			if len(holding(t, db, mine()...)) < 15 {
				t.Fatalf("there is hardly anything to forget: %q", holding(t, db, mine()...))
			}
			f, err := forgetMe(t.Context(), "message:1", db.Store, "oc_group0", "oc_mine0")
			if err != nil || !f.Done() || f.HandedOver != 1 || f.Removed != 1 {
				t.Errorf("%+v, %v", f, err)
			}
			for _, trace := range holding(t, db, mine()...) {
				t.Error(trace)
			}
			for i, want := range []string{"ou_heir", "forgotten-1", "ou_b"} {
				same(t, "owner", want, subscription(t, db.Store, "oc_group"+strconv.Itoa(i)).OwnerID)
			}
			same(t, "deliveries in the group", 6, left(t, db, "deliveries"))
			kept, err := db.Audit.Changes(t.Context(), "forgotten-1", 99)
			if err != nil {
				t.Fatal(err)
			}
			acts := strings.Fields(actsOf(kept))
			slices.Sort(acts)
			same(t, "what stays of the person", "forget_me grant grant grant grant hand_over remove settings settings", strings.Join(acts, " "))
			same(t, "what another was told", []int{1, 1}, []int{left(t, db, "grants"), count(t, db, "SELECT count(*) FROM grants WHERE by_id = 'forgotten-1'")})
			same(t, "others' notices", 1, left(t, db, "notices"))
			same(t, "what is done for others", 2, left(t, db, "tasks"))
		}},
		{"forgetting goes in batches, and ends only when nothing is left", func(t *testing.T, db *database) {
			many := 2*forgetBatch + 7
			if err := db.transaction(t.Context(), "fill", fillTables(many)); err != nil {
				t.Fatal(err)
			}
			if _, err := forgetMe(t.Context(), "", db.Store); err != nil {
				t.Fatal(err)
			}
			for _, trace := range holding(t, db, mine()...) {
				t.Error(trace)
			}
			same(t, "the record", many+1, left(t, db, "changes"))
		}},
		{"a forgetting that was left is taken up, once, and another for the same person joins it", func(t *testing.T, db *database) {
			leaveTraces(t, db.Store)
			other := db.another(t)
			first := forgettingMe()
			first.Event = "message:1"
			begun, err := db.People.BeginForgetting(t.Context(), first, noon())
			if err != nil || begun.Event != "message:1" || len(begun.Chats) != 1 {
				t.Fatalf("%+v, %v", begun, err)
			}
			if begun, err = db.People.LetGo(t.Context(), begun, lettingGo("oc_group0"), noon()); err != nil {
				t.Fatal(err)
			}
			again := forgettingMe()
			again.Pseudonym, again.Event = "forgotten-2", "message:2"
			if joined, err := other.People.BeginForgetting(t.Context(), again, minute(1)); err != nil || joined.Pseudonym != "forgotten-1" || joined.ID != begun.ID || joined.HandedOver != 1 {
				t.Errorf("joined: %+v, %v", joined, err)
			}
			if f, ok, err := other.People.ClaimForgetting(t.Context(), noon().Add(forgetLease-time.Second)); err != nil || ok {
				t.Errorf("taken up while it is worked on: %+v, %v", f, err)
			}
			f, ok, err := other.People.ClaimForgetting(t.Context(), noon().Add(forgetLease))
			if err != nil || !ok || f.OpenID != "ou_me" || len(f.Chats) != 1 {
				t.Fatalf("%+v, %v, %v", f, ok, err)
			}
			if _, ok, err := db.People.ClaimForgetting(t.Context(), noon().Add(forgetLease)); err != nil || ok {
				t.Errorf("taken up twice: %v", err)
			}
			if f, err = goOn(t.Context(), other, f, "oc_group0", "oc_mine0"); err != nil || f.HandedOver != 1 || f.Removed != 1 {
				t.Errorf("%+v, %v", f, err)
			}
			if f, err := forgetMe(t.Context(), "message:1", db.Store); err != nil || !f.Done() || f.HandedOver != 1 || f.Removed != 1 {
				t.Errorf("the event that comes again is told %+v, %v", f, err)
			}
			same(t, "entries", 1, count(t, db, "SELECT count(*) FROM changes WHERE act = 'forget_me'"))
			for _, trace := range holding(t, db, mine()...) {
				t.Error(trace)
			}
			if _, ok, err := db.People.ClaimForgetting(t.Context(), minute(9).Add(forgottenFor)); err != nil || ok {
				t.Errorf("one that is done is taken up: %v", err)
			}
			same(t, "what is known of it a day later", 0, left(t, db, "forgettings"))
		}},
		{"two forgettings of one person have nothing in common", func(t *testing.T, db *database) {
			c := access.Change{By: "ou_me", Act: access.SettingsSaved, Of: "it", At: noon()}
			accept(t, db.Store, "message:0", "message:1")
			for i := range 2 {
				if _, _, err := db.idempotent(t.Context(), fmt.Sprint("message:", i), "keep", fmt.Sprint("it", i), func(context.Context, *sql.Tx) ([]access.Change, error) {
					return []access.Change{c}, nil
				}); err != nil {
					t.Fatal(err)
				}
				f := forgettingMe()
				f.Pseudonym, f.Event = fmt.Sprint("forgotten-", i), fmt.Sprint("message:", i)
				f, err := db.People.BeginForgetting(t.Context(), f, noon())
				if err != nil {
					t.Fatal(err)
				}
				if _, err = goOn(t.Context(), db.Store, f); err != nil {
					t.Fatal(err)
				}
				kept, err := db.Audit.Changes(t.Context(), fmt.Sprint("forgotten-", i), 9)
				if err != nil || len(kept) != 2 {
					t.Fatalf("%v, %v", kept, err)
				}
				for _, c := range kept {
					if made := entryID(fmt.Sprint("message:", i), fmt.Sprint("it", i)); strings.Contains(c.ID, made) {
						t.Errorf("the entry's id %s leads to the message", c.ID)
					}
				}
			}
		}},
	}
}

func count(t *testing.T, db *database, query string) int {
	t.Helper()
	n, err := db.queryInt(t.Context(), "count", query)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// fillTables keeps many rows of the person in each of the tables that grow.
func fillTables(many int) func(context.Context, *sql.Tx) error {
	return func(ctx context.Context, tx *sql.Tx) error {
		for i := range many {
			for _, statement := range []string{
				`INSERT INTO subscriptions (` + subscriptionColumns + `, version) VALUES ('s%[1]d', 'oc_mine', 1, 'ou_me', 'cli_a', 'app', 1, 1, 1, '', '', 'od-%[1]d', '', 'removed', '', 0, 0, 0, 0, 0, 1)`,
				`INSERT INTO subscriptions (` + subscriptionColumns + `, version) VALUES ('g%[1]d', 'oc_group', 0, 'ou_me', 'cli_a', 'app', 1, 1, 1, '', '', 'od-%[1]d', '', 'removed', '', 0, 0, 0, 0, 0, 1)`,
				`INSERT INTO deliveries (` + deliveryColumns + `) VALUES ('s%[1]d', 1, '2026-11-01', 0, 'failed', '', '', 0, 0, 0, 0, 0, 0, 0, 1, '', 0, 0, '')`,
				`INSERT INTO notice_batches (id, owner_id, lease, sent_at) VALUES ('l%[1]d', 'ou_me', 0, 0)`,
				`INSERT INTO notices (subscription_id, reason, cycle, start, at_ms, batch_id) VALUES ('g%[1]d', 'late', 0, '', 0, 'l%[1]d')`,
				`INSERT INTO notices (subscription_id, reason, cycle, start, at_ms, batch_id) VALUES ('s%[1]d', 'late', 0, '', 0, '')`,
				`INSERT INTO grants (` + grantColumns + `) VALUES ('person', 'ou_%[1]d', 'viewer', '', 'ou_me', 0)`,
				`INSERT INTO changes (` + changeColumns + `) VALUES ('c%[1]d-0000', 0, 'ou_b', 'oc_mine', 'pause', 'x', 'owner:ou_me', 'oc_mine')`,
			} {
				if _, err := tx.ExecContext(ctx, fmt.Sprintf(statement, i)); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// TestNothingIsLeftInTheFiles forgets people one after the other, among others who come and go, and reads the files' bytes,
// with a reader beside that has begun before.
func TestNothingIsLeftInTheFiles(t *testing.T) {
	t.Parallel()
	db := newFile(t)
	for round := range 4 {
		for i := range 300 {
			sub := order(fmt.Sprintf("oc_%d_%d", round, i), i)
			sub.OwnerID, sub.Single = fmt.Sprintf("ou_other%d", i), false
			if i%3 == 0 {
				sub.OwnerID = "ou_me"
			}
			subscribe(t, db.Store, sub)
			keepEntry(t, db.Store, access.Change{By: sub.OwnerID, Act: access.Paused, Of: sub.ID, ChatID: "oc_mine", Before: strings.Repeat("x", i), After: "owner:" + sub.OwnerID, At: minute(i)})
			change(t, db.Store, sub.ID, func(s *reports.Subscription) { s.State = reports.Removed })
		}
		leaveTracesOnce(t, db, round)
		if _, err := forgetMe(t.Context(), "", db.Store); err != nil {
			t.Fatal(err)
		}
		for _, trace := range inFiles(t, db.dir, mine()...) {
			t.Errorf("round %d: %s", round, trace)
		}
		if _, err := db.Housekeeping.DeleteExpired(t.Context(), Retention{Changes: minute(150)}); err != nil {
			t.Fatal(err)
		}
	}
}

func leaveTracesOnce(t *testing.T, db *database, round int) {
	t.Helper()
	if round == 0 {
		leaveTraces(t, db.Store)
		change(t, db.Store, "oc_group0", func(s *reports.Subscription) { s.State = reports.Removed })
	}
}

// inFiles lists the files of a folder in whose bytes one of the texts is.
func inFiles(t *testing.T, dir string, texts ...string) (found []string) {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(dir, file.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range texts {
			if n := bytes.Count(content, []byte(text)); n > 0 {
				found = append(found, fmt.Sprintf("%s has %s %d times", file.Name(), text, n))
			}
		}
	}
	return found
}

// forgetRefusals: that a person's chat refused the bot goes with the person, and no other chat's does.
func forgetRefusals(t *testing.T, db *database) {
	for _, chat := range []string{"oc_mine", "oc_other"} {
		if err := db.SendRefusals.RecordRefusal(t.Context(), reports.RefusalTarget(chat), noon(), minute(-60)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := forgetMe(t.Context(), "", db.Store); err != nil {
		t.Fatal(err)
	}
	for chat, want := range map[string]bool{"oc_mine": false, "oc_other": true} {
		r, err := db.SendRefusals.Refusals(t.Context(), reports.RefusalTarget(chat), minute(-60), time.Second)
		if got := !r.Since.IsZero(); err != nil || got != want {
			t.Errorf("the refusal of %s is kept: %v, %v", chat, got, err)
		}
	}
}
