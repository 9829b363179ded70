package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// anEventChangesOnce works on the same events again, as a process that takes over from a killed one, after others
// have changed the same.
func anEventChangesOnce(t *testing.T, db *database) {
	event := func(key string) func(*Store, func(*reports.Subscription)) reports.Subscription {
		return func(s *Store, f func(*reports.Subscription)) reports.Subscription {
			t.Helper()
			got, err := s.Subscriptions.Change(t.Context(), reports.Edit{IdempotencyKey: key, ID: "oc_a1", Change: func(sub *reports.Subscription) error { f(sub); return nil }})
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
	}
	accept(t, db.Store, "message:1", "click:2", "message:3", "message:4", "message:5")
	order1 := order("oc_a", 1)
	for range 2 {
		kept, created, err := db.Subscriptions.Subscribe(t.Context(), "message:1", order1, nil)
		if err != nil || !created || kept.ID != order1.ID {
			t.Fatalf("Subscribe = %+v, %v, %v", kept, created, err)
		}
	}
	removed := event("click:2")(db.Store, func(s *reports.Subscription) { s.State = reports.Removed })
	kept, created, err := db.Subscriptions.Subscribe(t.Context(), "message:1", order1, nil)
	if err != nil || !created || kept.State != reports.Removed {
		t.Errorf("an order that was carried out before its removal came to %+v, %v, %v", kept, created, err)
	}
	again := event("click:2")(db.another(t), func(s *reports.Subscription) { s.Schedule.Hour = 23 })
	same(t, "the same click in another process", removed, again)
	if _, created, err = db.Subscriptions.Subscribe(t.Context(), "message:3", order1, nil); err != nil || !created {
		t.Errorf("a new order: %v, %v", created, err)
	}
	other := order("oc_a", 2)
	if _, created, err = db.Subscriptions.Subscribe(t.Context(), "", other, nil); err != nil || !created {
		t.Fatal(created, err)
	}
	event("message:4")(db.Store, func(s *reports.Subscription) { s.Schedule.Hour = 12 })
	event("message:5")(db.Store, func(s *reports.Subscription) { s.Schedule.Hour = 13 })
	if got := event("message:4")(db.Store, func(s *reports.Subscription) { s.Schedule.Hour = 12 }); got.Schedule.Hour != 13 {
		t.Errorf("an earlier change was made again over a later one: %+v", got.Schedule)
	}
	refuse := func(*reports.Subscription) error { return errors.New("who may do so once may not any more") }
	if got, err := db.Subscriptions.Change(t.Context(), reports.Edit{IdempotencyKey: "message:4", ID: "oc_a1", Change: refuse}); err != nil || got.Schedule.Hour != 13 {
		t.Errorf("what was done before is refused: %v", err)
	}
}

// deed is a call that changes something kept.
type deed struct {
	name    string
	prepare func(t *testing.T, s *Store)                                 // what is there before
	do      func(ctx context.Context, key string, s *Store) (any, error) // returns what the answer says of it
	acts    string                                                       // what is recorded of it, the newest first
}

func deeds() []deed {
	two := func(t *testing.T, s *Store) {
		t.Helper()
		for n := range 2 {
			sub := order("oc_a", n)
			sub.OwnerID = "ou_me"
			if _, _, err := s.Subscriptions.Subscribe(t.Context(), "", sub, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	grants := func(t *testing.T, s *Store) {
		t.Helper()
		for _, department := range []string{"od-1", "od-2"} {
			execute(t, s, `INSERT INTO grants (`+grantColumns+`) VALUES ('person', 'ou_a', 'viewer', $1, 'ou_b', 0)`, department)
		}
	}
	entered := func(t *testing.T, s *Store) {
		t.Helper()
		enterAll(t, s, waiting(1, 0))
		execute(t, s, "UPDATE deliveries SET state = 'failed'")
	}
	of := func(act access.Act) access.Change {
		return access.Change{At: noon(), By: "ou_admin", Act: act, Of: "it", After: "so"}
	}
	entry := func(act access.Act) access.Entry[reports.Subscription] {
		return func(_, is reports.Subscription) access.Change { c := of(act); c.Of = is.ID; return c }
	}
	pause := func(key string, e access.Entry[reports.Subscription]) reports.Edit {
		return reports.Edit{ID: "oc_a0", IdempotencyKey: key, Entry: e, Notices: []reports.Notice{{Reason: reports.ChatGone, At: noon()}}, Change: func(s *reports.Subscription) error {
			s.State = reports.Paused
			s.Refusals++
			return nil
		}}
	}
	return []deed{
		{"subscribe", nil, func(ctx context.Context, key string, s *Store) (any, error) {
			kept, created, err := s.Subscriptions.Subscribe(ctx, key, order("oc_a", 1), entry(access.Subscribed))
			return fmt.Sprint(kept, created), err
		}, "subscribe"},
		{"change a subscription", two, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Subscriptions.Change(ctx, pause(key, entry(access.Paused)))
		}, "pause"},
		{"change one for nobody", two, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Subscriptions.Change(ctx, pause(key, nil))
		}, ""},
		{"grant", nil, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Grants.Grant(ctx, key, given(access.Person, "ou_a", access.Viewer, ""), of(access.Granted))
		}, "grant"},
		{"revoke two", grants, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Grants.Revoke(ctx, key, given(access.Person, "ou_a", "", ""), revoked)
		}, "revoke revoke"},
		{"change the apps", nil, func(ctx context.Context, key string, s *Store) (any, error) {
			return nil, s.Apps.ChangeApps(ctx, key, directory.Apps{{ID: "cli_a"}}, func(apps directory.Apps) (directory.Apps, error) {
				return append(apps, usage.App{ID: "cli_b"}), nil
			}, appsChanged)
		}, "apps"},
		{"change a chat's settings", nil, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Chats.ChangeChat(ctx, key, "oc_a", func(c *Chat) { c.Language += "en" }, chatChanged)
		}, "settings"},
		{"start a backfill", nil, func(ctx context.Context, key string, s *Store) (any, error) {
			day := usage.NewDate(2026, 11, 1)
			return s.Backfills.StartBackfill(ctx, key, usage.Backfill{AppID: "cli_a", From: day, Next: day, Until: day}, of(access.Backfilled))
		}, "backfill"},
		{"start a refresh", nil, func(ctx context.Context, key string, s *Store) (any, error) {
			day := usage.NewDate(2026, 11, 1)
			kept, started, err := s.Refreshes.StartRefresh(ctx, key, usage.Refresh{Backfill: usage.Backfill{AppID: "cli_a", From: day, Next: day, Until: day}}, of(access.Refreshed))
			return []any{kept, started}, err
		}, "refresh"},
		{"retry", entered, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Deliveries.Reopen(ctx, key, "oc_a1", daily(1), noon(), of(access.Retried))
		}, "retry"},
		{"run what is not there", entered, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Deliveries.Run(ctx, key, "oc_a1", daily(2), noon(), of(access.Ran))
		}, "run"},
		{"run what has failed", entered, func(ctx context.Context, key string, s *Store) (any, error) {
			return s.Deliveries.Run(ctx, key, "oc_a1", daily(1), noon(), of(access.Ran))
		}, "run"},
	}
}

// onceBehaviours holds of every deed that the change, its entries and its event's mark are all there or none of them, and
// that a process which works on the event again gets the same result and changes nothing.
func onceBehaviours() []behaviour {
	list := []behaviour{
		{"made once: what a commit without an answer has made", lostCommit},
		{"an event changes once", anEventChangesOnce},
		{"a database that takes nothing is away until it does", refusingDatabaseIsAway},
	}
	for _, d := range deeds() {
		list = append(list, behaviour{"made once: " + d.name, func(t *testing.T, db *database) {
			if d.prepare != nil {
				d.prepare(t, db.Store)
			}
			accept(t, db.Store, "message:1")
			before := dump(t, db.Store)
			for _, table := range []string{"changes", "events"} {
				if table == "changes" && d.acts == "" {
					continue
				}
				if err := without(t, db.Store, table, func() error { _, err := d.do(t.Context(), "message:1", db.Store); return err }); err == nil {
					t.Errorf("it was made without %s", table)
				}
				same(t, "after it has failed", before, dump(t, db.Store))
			}
			made(t, d, db.Store, db.another(t))
		}})
	}
	return list
}

// lostCommit breaks the connection after a commit and before its answer, for an event and for nobody's: the first is tried
// again and finds its mark, of the second nobody can say whether it was made.
func lostCommit(t *testing.T, db *database) {
	c, tries := granted(given(access.Person, "ou_a", access.Viewer, "")), 0
	lost := func(key string) func(context.Context, *sql.Tx) ([]access.Change, error) {
		return func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
			tries++
			if _, err := record(ctx, tx, entryID(key, "grant"), []access.Change{c}); err != nil {
				return nil, err
			}
			if err := tx.Commit(); err != nil {
				return nil, err
			}
			return nil, io.ErrUnexpectedEOF
		}
	}
	accept(t, db.Store, "message:1")
	made, repeated, err := db.idempotent(t.Context(), "message:1", "grant", "grant", lost("message:1"))
	if err != nil || !repeated || len(made) != 1 || made[0].Of != c.Of {
		t.Errorf("once = %v, %v, %v", made, repeated, err)
	}
	_, _, err = db.idempotent(t.Context(), "", "grant", "grant", lost(""))
	wantErr(t, "without an event", reports.ErrUnavailable, err)
	same(t, "tries and entries", []int{2, 2}, []int{tries, left(t, db, "changes")})
}

// made lets two processes work on an event at once, and then again, each after the other.
func made(t *testing.T, d deed, processes ...*Store) {
	t.Helper()
	accept(t, processes[0], "message:1")
	told := make([]any, 6)
	do := func(i int) {
		var err error
		if told[i], err = d.do(t.Context(), "message:1", processes[i%2]); err != nil {
			t.Errorf("%d: %v", i, err)
		}
	}
	atOnce(4, do)
	after := dump(t, processes[0])
	do(4)
	do(5)
	for _, again := range told[1:] {
		same(t, "what is told of it", told[0], again)
	}
	same(t, "after it was worked on again", after, dump(t, processes[1]))
	entries, err := processes[0].Audit.Changes(t.Context(), "", 9)
	if err != nil {
		t.Fatal(err)
	}
	same(t, "recorded", d.acts, actsOf(entries))
	same(t, "marked events", 1, left(t, &database{Store: processes[0]}, "events WHERE changed_at > 0"))
}

// without does something while a table is not there.
func without(t *testing.T, s *Store, table string, do func() error) error {
	t.Helper()
	execute(t, s, "ALTER TABLE "+table+" RENAME TO away")
	defer execute(t, s, "ALTER TABLE away RENAME TO "+table)
	return do()
}

// dump is everything that is kept, a line a row.
func dump(t *testing.T, s *Store) string {
	t.Helper()
	var lines []string
	for _, table := range tables() {
		width := 0
		read := func(row scan) (string, error) {
			values, fields := make([]any, width), make([]any, width)
			for i := range values {
				fields[i] = &values[i]
			}
			err := row(fields...)
			return fmt.Sprint(table, values), err
		}
		found, err := all(t.Context(), counting{s.write, &width}, read, "SELECT * FROM "+table)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, found...)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// counting counts the columns of what it answers.
type counting struct {
	queryer
	columns *int
}

// QueryContext implements asker.
func (c counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	rows, err := c.queryer.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	names, err := rows.Columns()
	*c.columns = len(names)
	return rows, err
}
