package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"usagebot/usage"
)

// millis returns a time as it is stored: milliseconds since 1970, 0 for the zero time.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// boolInt returns a bool as it is stored.
func boolInt(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// text removes what PostgreSQL does not accept in a text. Names and messages come from outside and may contain it.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// timeColumn scans what millis returned.
type timeColumn struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m timeColumn) Scan(value any) error {
	ms, ok := value.(int64)
	switch {
	case !ok:
		return fmt.Errorf("a time is kept as a %T", value)
	case ms == 0:
		*m.t = time.Time{}
	default:
		*m.t = time.UnixMilli(ms).UTC()
	}
	return nil
}

// dateText returns a date as it is stored: "" for the zero date.
func dateText(d usage.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// dateColumn scans a date; an empty text is the zero date.
type dateColumn struct{ d *usage.Date }

// Scan implements sql.Scanner.
func (d dateColumn) Scan(value any) error {
	written, ok := value.(string)
	if !ok {
		return fmt.Errorf("a date is kept as a %T", value)
	}
	return d.d.UnmarshalText([]byte(written))
}

// scan reads the columns of one row, such as (*sql.Row).Scan.
type scan func(columns ...any) error

// queryer is a *sql.DB or a *sql.Tx.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// errUnreadable is the error of rows that cannot be read. all returns it together with the rows that can.
var errUnreadable = errors.New("a row cannot be read")

// all returns a query's rows. A row that cannot be read is left out; the error is then errUnreadable.
func all[T any](ctx context.Context, db queryer, read func(scan) (T, error), query string, args ...any) (found []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, failed := read(rows.Scan)
		if failed != nil {
			err = fmt.Errorf("%w: %w", errUnreadable, failed)
			continue
		}
		found = append(found, row)
	}
	return found, cmp.Or(rows.Err(), err)
}

// selectAll returns the rows of a query that changes nothing, and repeats it like withRetry. A row that cannot be read is
// logged and left out: it must not stop what is done with the others.
func selectAll[T any](ctx context.Context, db *conn, what string, read func(scan) (T, error), query string, args ...any) (found []T, err error) {
	err = db.withRetry(ctx, what, func(ctx context.Context) (err error) {
		found, err = all(ctx, db.queries, read, query, args...)
		return err
	})
	return withoutUnreadable(db, what, found, err)
}

// withoutUnreadable returns the rows that can be read, and logs that others cannot.
func withoutUnreadable[T any](db *conn, what string, found []T, err error) ([]T, error) {
	if !errors.Is(err, errUnreadable) {
		return found, err
	}
	db.log.Error("a row in the database cannot be read and was left out", "while", what, "error", err)
	return found, nil
}

// placeholders returns $1, $2, … up to n.
func placeholders(n int) string {
	var b strings.Builder
	for i := 1; i <= n; i++ {
		if i > 1 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, "$%d", i)
	}
	return b.String()
}
