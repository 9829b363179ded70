package sqlstore

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"

	"usagebot/reports"
)

// refusingDatabaseIsAway lets a database take nothing any more, and then something again.
func refusingDatabaseIsAway(t *testing.T, db *database) {
	subscribe(t, db.Store, order("oc_a", 1))
	for name, refusal := range db.refusals(t) {
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("%s: at first Ping = %v", name, err)
		}
		refusal.begin()
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("%s: before anything was refused, Ping = %v", name, err)
		}
		_, _, err := db.Subscriptions.Subscribe(t.Context(), "", order("oc_a", 2), nil)
		wantErr(t, name, reports.ErrUnavailable, err)
		_, err = db.Subscriptions.Change(t.Context(), reports.Edit{ID: "oc_a1", Change: func(s *reports.Subscription) error { s.Schedule.Hour++; return nil }})
		wantErr(t, name, reports.ErrUnavailable, err)
		if db.Ping(t.Context()) == nil {
			t.Errorf("%s: Ping finds nothing wrong", name)
		}
		if list, err := db.Subscriptions.InChat(t.Context(), "oc_a"); err != nil || len(list) != 1 || list[0].Schedule.Hour != 10 {
			t.Errorf("%s: it had half an effect: %+v, %v", name, list, err)
		}
		refusal.end()
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("%s: afterwards Ping = %v", name, err)
		}
	}
	change(t, db.Store, "oc_a1", func(s *reports.Subscription) { s.Schedule.Hour++ })
}

// refusal is a way in which a database takes nothing.
type refusal struct{ begin, end func() }

func (d *database) refusals(t *testing.T) map[string]refusal {
	t.Helper()
	if d.url == "" {
		pragma := func(text string) func() {
			return func() { execute(t, d.Store, "PRAGMA "+text) }
		}
		return map[string]refusal{
			"read-only": {pragma("query_only = 1"), pragma("query_only = 0")},
		}
	}
	// What another session sets for the database holds for new connections.
	admin, err := sql.Open("pgx", d.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = admin.Close() })
	admin.SetMaxOpenConns(1)
	set := func(value string) func() {
		return func() {
			for _, text := range []string{
				"SET default_transaction_read_only = off",
				"DO $$ BEGIN EXECUTE 'ALTER DATABASE ' || current_database() || ' SET default_transaction_read_only = " + value + "'; END $$",
			} {
				if _, err := admin.ExecContext(t.Context(), text); err != nil {
					t.Fatal(err)
				}
			}
			d.write.SetMaxIdleConns(0)
			d.write.SetMaxIdleConns(postgresIdle)
		}
	}
	return map[string]refusal{"read-only": {set("on"), set("off")}}
}

// TestAFullDiskHasNoHalfEffect lets the file grow no more.
func TestAFullDiskHasNoHalfEffect(t *testing.T) {
	t.Parallel()
	db := newFile(t)
	sub := subscribe(t, db.Store, order("oc_a", 1))
	var pages int
	if err := db.write.QueryRowContext(t.Context(), "PRAGMA page_count").Scan(&pages); err != nil {
		t.Fatal(err)
	}
	execute(t, db.Store, fmt.Sprint("PRAGMA max_page_count = ", pages))
	entry := waiting(1, 0)
	entry.Detail = strings.Repeat("large ", 10_000)
	wantErr(t, "Open", reports.ErrUnavailable, db.Deliveries.Open(t.Context(), sub, minute(1440), []reports.Delivery{waiting(2, 0), entry}))
	if got := subscription(t, db.Store, sub.ID); !got.NextDue.Equal(sub.NextDue) {
		t.Errorf("the subscription moved to %v", got.NextDue)
	}
	if entered, err := db.Overview.Latest(t.Context(), "", 9); err != nil || len(entered) != 0 {
		t.Errorf("%d deliveries were entered, %v", len(entered), err)
	}
	execute(t, db.Store, "PRAGMA max_page_count = 1000000")
	if err := db.Deliveries.Open(t.Context(), sub, minute(1440), []reports.Delivery{waiting(2, 0), entry}); err != nil {
		t.Errorf("Open with room again: %v", err)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("Ping = %v", err)
	}
}
