package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"usagebot/reports"
	"usagebot/store/pgtest"
)

func TestWhatOthersWereInTheWayOfIsTriedAgain(t *testing.T) {
	t.Parallel()
	s := openSQL(t, "", t.TempDir())
	for name, tt := range map[string]struct {
		err      error
		failures int
		calls    int
		fails    bool
	}{
		"serialisation":    {&pgconn.PgError{Code: "40001"}, 3, 4, false},
		"deadlock":         {fmt.Errorf("commit: %w", &pgconn.PgError{Code: "40P01"}), 1, 2, false},
		"busy":             {busy(t), 2, 3, false},
		"busy for ever":    {&pgconn.PgError{Code: "40001"}, 999, sqlTries, true},
		"another refusal":  {&pgconn.PgError{Code: "23505"}, 999, 1, true},
		"a broken network": {errors.New("connection reset"), 999, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calls := 0
			err := s.withRetry(t.Context(), "count", func(context.Context) error {
				if calls++; calls <= tt.failures {
					return tt.err
				}
				return nil
			})
			if calls != tt.calls || (err != nil) != tt.fails {
				t.Errorf("%d calls and %v, want %d calls, failing %v", calls, err, tt.calls, tt.fails)
			}
			if tt.fails {
				wantErr(t, "the last error", tt.err, err)
			}
		})
	}
}

func TestADatabaseThatShutsDownIsAway(t *testing.T) {
	t.Parallel()
	s := openSQL(t, "", t.TempDir())
	for code, away := range map[string]bool{"57P01": true, "57P03": true, "08006": true, "08P01": true, "57014": false, "23505": false} {
		err := s.transaction(t.Context(), "count", func(context.Context, *sql.Tx) error { return &pgconn.PgError{Code: code} })
		if errors.Is(err, reports.ErrUnavailable) != away {
			t.Errorf("%s: %v", code, err)
		}
		tries := 0
		err = s.transactionFor(t.Context(), "message:1", "count", func(context.Context, *sql.Tx) error {
			if tries++; tries == 1 {
				return &pgconn.PgError{Code: code}
			}
			return nil
		})
		if (err == nil) != away {
			t.Errorf("%s, for an event: %v after %d tries", code, err, tries)
		}
	}
}

// unsent is pgx's error for a connection that was closed before, or for a context that ended before.
type unsent struct{ why error }

func (u unsent) Error() string   { return "not sent: " + u.why.Error() }
func (u unsent) Unwrap() error   { return u.why }
func (unsent) SafeToRetry() bool { return true }

func TestAClosedConnectionIsADatabaseAway(t *testing.T) {
	t.Parallel()
	s := openSQL(t, "", t.TempDir())
	for why, away := range map[error]bool{errors.New("conn closed"): true, context.Canceled: false, context.DeadlineExceeded: false} {
		err := s.withRetry(t.Context(), "count", func(context.Context) error { return unsent{why} })
		if errors.Is(err, reports.ErrUnavailable) != away || !errors.Is(err, why) {
			t.Errorf("%v: %v", why, err)
		}
	}
}

// busy returns SQLite's word for a file that another writes to.
func busy(t *testing.T) error {
	t.Helper()
	address := fileAddress(filepath.Join(t.TempDir(), "file"), url.Values{"_busy_timeout": {"0"}, "_txlock": {"immediate"}})
	db, err := sql.Open("sqlite", address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	first, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer first.Rollback() //nolint:errcheck // there is nothing in it
	second, err := db.BeginTx(t.Context(), nil)
	if err == nil {
		_ = second.Rollback()
		t.Fatal("two write at once")
	}
	return err
}

func twoThatWaitForEachOtherBothGetThrough(t *testing.T, server *pgtest.Server) {
	s := openSQL(t, server.NewDatabase(t), "")
	for _, id := range []string{"oc_a", "oc_b"} {
		saveChat(t, s, Chat{ID: id})
	}
	both := make(chan struct{}, 2)
	met := make(chan struct{})
	go func() {
		<-both
		<-both
		close(met)
	}()
	atOnce(2, func(i int) {
		order, tried := [][]string{{"oc_a", "oc_b"}, {"oc_b", "oc_a"}}[i], false
		err := s.transaction(t.Context(), "rename", func(ctx context.Context, tx *sql.Tx) error {
			for _, id := range order {
				if _, err := tx.ExecContext(ctx, "UPDATE chats SET name = name || 'x' WHERE id = $1", id); err != nil {
					return err
				}
				if !tried {
					tried = true
					both <- struct{}{}
					<-met
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
	for _, id := range []string{"oc_a", "oc_b"} {
		if c, err := s.Chats.Chat(t.Context(), id); err != nil || c.Name != "xx" {
			t.Errorf("%s is called %q, %v, want xx", id, c.Name, err)
		}
	}
}

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
