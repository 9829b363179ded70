package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"usagebot/usage"
)

// millis is how a time is kept: in milliseconds, 0 for none.
func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// truth is how a bool is kept.
func truth(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// text drops what PostgreSQL does not take in a text: it comes from names and
// messages that others wrote.
func text(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// moment scans what millis made.
type moment struct{ t *time.Time }

// Scan implements sql.Scanner.
func (m moment) Scan(value any) error {
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

// dateText is how a date is kept that may be none.
func dateText(d usage.Date) string {
	if d.IsZero() {
		return ""
	}
	return d.String()
}

// day scans a date's text; an empty one is none.
type day struct{ d *usage.Date }

// Scan implements sql.Scanner.
func (d day) Scan(value any) error {
	written, ok := value.(string)
	if !ok {
		return fmt.Errorf("a date is kept as a %T", value)
	}
	return d.d.UnmarshalText([]byte(written))
}

// scan reads the columns of one row, such as (*sql.Row).Scan.
type scan func(columns ...any) error

// asker is a *sql.DB or a *sql.Tx.
type asker interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// all returns a query's rows.
func all[T any](ctx context.Context, db asker, read func(scan) (T, error), query string, args ...any) (found []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		row, err := read(rows.Scan)
		if err != nil {
			return nil, err
		}
		found = append(found, row)
	}
	return found, rows.Err()
}

// lookUp returns the rows of a query that changes nothing.
func lookUp[T any](ctx context.Context, db *conn, what string, read func(scan) (T, error), query string, args ...any) (found []T, err error) {
	err = db.again(ctx, what, func(ctx context.Context) (err error) {
		found, err = all(ctx, db.read, read, query, args...)
		return err
	})
	return found, err
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
