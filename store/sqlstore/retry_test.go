package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
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
			err := s.again(t.Context(), "count", func(context.Context) error {
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
	for code, away := range map[string]bool{"57P01": true, "57P03": true, "57014": false, "23505": false} {
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
		err := s.again(t.Context(), "count", func(context.Context) error { return unsent{why} })
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
