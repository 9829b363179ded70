package sqlstore

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"usagebot/access"
	"usagebot/inbox"
	"usagebot/reports"
)

var _ inbox.Store = Events{}

// Insert implements inbox.Store.
func (s Events) Insert(ctx context.Context, owner string, lease time.Time, list []inbox.Event) (inserted []string, err error) {
	args := make([]any, 0, 9*len(list))
	for _, e := range list {
		args = append(args, e.Key, string(e.Kind), e.Queue, text(string(e.Payload)), owner, millis(lease), e.Attempt, millis(e.ReceivedAt), millis(e.CreatedAt))
	}
	statement := `INSERT INTO events (key, kind, queue, payload, owner, lease_until, attempts, received_at, created_at) VALUES ` +
		s.valuesOf(len(list), 9) + ` ON CONFLICT (key) DO NOTHING RETURNING key`
	err = s.withRetry(ctx, "accept events", func(ctx context.Context) error {
		inserted, err = all(ctx, s.write, readText, statement, args...)
		return err
	})
	return inserted, err
}

// valuesOf returns the placeholders of so many rows, in order: ($1, $2), ($3, $4), and so on. The first row may name its
// types: outside of an INSERT, PostgreSQL cannot guess them. The others follow from it. For SQLite $1 is a name, and it
// compares each name with all others; so it gets placeholders without one.
func (db *conn) valuesOf(rows, columns int, types ...string) string {
	var b strings.Builder
	for i := range rows * columns {
		switch {
		case i == 0:
			b.WriteString("(")
		case i%columns == 0:
			b.WriteString("), (")
		default:
			b.WriteString(", ")
		}
		placeholder := "?"
		if !db.isSQLite() {
			placeholder = "$" + strconv.Itoa(i+1)
		}
		if i < len(types) {
			placeholder = "CAST(" + placeholder + " AS " + types[i] + ")"
		}
		b.WriteString(placeholder)
	}
	return b.String() + ")"
}

// claimableQuery looks whether there is something for Claim, which writes.
const claimableQuery = `SELECT key FROM events WHERE done_at = 0 AND lease_until <= $1 AND owner <> $2 LIMIT 1`

// Claim implements inbox.Store. An event whose lease ended earlier comes first, so one that fails again and again is behind
// those that were not tried.
func (s Events) Claim(ctx context.Context, owner string, now, lease time.Time, limit int) (list []inbox.Event, err error) {
	expired, err := selectAll(ctx, s.conn, "look for events to take up", readText, claimableQuery, millis(now), owner)
	if err != nil || len(expired) == 0 {
		return nil, err
	}
	err = s.transaction(ctx, "take up events", func(ctx context.Context, tx *sql.Tx) (err error) {
		list, err = all(ctx, tx, readEvent, `WITH chosen AS MATERIALIZED (
				SELECT key AS of FROM events WHERE done_at = 0 AND lease_until <= $1 AND owner <> $2 ORDER BY lease_until, key LIMIT $3`+s.skipLocked+`)
			UPDATE events SET owner = $2, lease_until = $4, attempts = attempts + 1 FROM chosen WHERE key = chosen.of
			RETURNING key, kind, queue, payload, attempts, received_at, created_at`, millis(now), owner, int64(limit), millis(lease))
		list, err = withoutUnreadable(s.conn, "take up events", list, err)
		return err
	})
	slices.SortFunc(list, func(a, b inbox.Event) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return list, err
}

func readEvent(row scan) (e inbox.Event, err error) {
	err = row(&e.Key, &e.Kind, &e.Queue, &e.Payload, &e.Attempt, timeColumn{&e.ReceivedAt}, timeColumn{&e.CreatedAt})
	return e, err
}

// Renew implements inbox.Store.
func (s Events) Renew(ctx context.Context, owner string, lease time.Time) error {
	_, err := s.execChanged(ctx, "renew the leases of events", `UPDATE events SET lease_until = $1
		WHERE done_at = 0 AND owner = $2 AND lease_until < $1`, millis(lease), owner)
	return err
}

// Save implements inbox.Store. A released event has no owner, so that its process may take it up again, too.
func (s Events) Save(ctx context.Context, now time.Time, list []inbox.Result) error {
	args := make([]any, 0, 6*len(list))
	for _, r := range list {
		done := now
		if r.State == inbox.Open {
			done = time.Time{}
		}
		args = append(args, r.Event.Key, r.Event.Attempt, millis(r.Event.ReceivedAt), string(r.State), millis(done), millis(r.RetryAt))
	}
	_, err := s.execChanged(ctx, "record what became of events", `WITH result (of, attempt, received, outcome, done, retry) AS (VALUES `+
		s.valuesOf(len(list), 6, "TEXT", "BIGINT", "BIGINT", "TEXT", "BIGINT", "BIGINT")+`)
		UPDATE events SET state = result.outcome, done_at = result.done, owner = '', lease_until = result.retry,
			payload = CASE WHEN result.done > 0 THEN '' ELSE payload END FROM result
		WHERE key = result.of AND attempts = result.attempt AND received_at = result.received AND done_at = 0`, args...)
	return err
}

const blockedQuery = `SELECT count(*) FROM events WHERE done_at = 0 AND queue = $1
	AND owner <> $2 AND owner <> '' AND lease_until > $3 AND created_at < $4`

// Blocked implements inbox.Store.
func (s Events) Blocked(ctx context.Context, owner string, now time.Time, e inbox.Event) (bool, error) {
	n, err := s.queryInt(ctx, "look for earlier events of a queue", blockedQuery, e.Queue, owner, millis(now), millis(e.CreatedAt))
	return n > 0, err
}

// Forget implements inbox.Store. It looks at the payloads, which only open events have.
func (s Events) Forget(ctx context.Context, ids []string, except string) error {
	for _, id := range ids {
		for more := true; more; {
			var err error
			more, err = s.execChanged(ctx, "forget events", `DELETE FROM events WHERE key IN (
				SELECT key FROM events WHERE done_at = 0 AND key <> $2 AND payload LIKE '%' || CAST($1 AS TEXT) || '%' LIMIT 100)`, id, except)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Backlog returns how many events are open, and when the oldest of them was received.
func (s Events) Backlog(ctx context.Context) (open int, oldest time.Time, err error) {
	type backlog struct {
		open   int
		oldest time.Time
	}
	read := func(row scan) (b backlog, err error) {
		err = row(&b.open, timeColumn{&b.oldest})
		return b, err
	}
	found, err := selectAll(ctx, s.conn, "count the open events", read, `SELECT count(*), COALESCE(min(received_at), 0) FROM events WHERE done_at = 0`)
	if err != nil || len(found) == 0 {
		return 0, time.Time{}, err
	}
	return found[0].open, found[0].oldest, nil
}

const deleteFinishedQuery = `DELETE FROM events WHERE key IN (
	SELECT key FROM events WHERE done_at > 0 AND done_at < $1 ORDER BY done_at LIMIT $2)`

// DeleteFinished implements inbox.Store.
func (s Events) DeleteFinished(ctx context.Context, before time.Time, limit int) (deleted int, err error) {
	err = s.withRetry(ctx, "delete finished events", func(ctx context.Context) error {
		result, err := s.write.ExecContext(ctx, deleteFinishedQuery, millis(before), int64(limit))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		deleted = int(n)
		return err
	})
	return deleted, err
}

// Precede records that an event decides about a subject, such as a chat. It returns access.ErrOutdated if a later event,
// by the platform's clock, has decided about it already.
func (s Events) Precede(ctx context.Context, key, subject string) error {
	return s.transaction(ctx, "order an event", func(ctx context.Context, tx *sql.Tx) error { return checkOrder(ctx, tx, key, subject) })
}

const laterQuery = `SELECT count(*) FROM events WHERE subject = $1 AND subject <> '' AND key <> $2
	AND created_at > (SELECT created_at FROM events WHERE key = $2)`

// checkOrder records the subject of an event's change; access.ErrOutdated if a later event has changed it already. Subjects
// are stored as hashes, since they may be people.
func checkOrder(ctx context.Context, tx *sql.Tx, key, subject string) error {
	if key == "" || subject == "" {
		return nil
	}
	sum := sha256.Sum256([]byte(subject))
	hash := hex.EncodeToString(sum[:16])
	var later int
	err := tx.QueryRowContext(ctx, laterQuery, hash, key).Scan(&later)
	switch {
	case err != nil:
		return err
	case later > 0:
		return access.ErrOutdated
	}
	_, err = tx.ExecContext(ctx, `UPDATE events SET subject = $1 WHERE key = $2`, hash, key)
	return err
}

// markChanged marks an event's change as made; change names it. It returns errRepeated if the event has made the same
// change before, and reports.ErrUnchanged if it has made another: an event makes one. It returns access.ErrOutdated if the
// event is finished or forgotten: then nobody would learn of the change.
func markChanged(ctx context.Context, tx *sql.Tx, key, change string) error {
	if key == "" {
		return nil
	}
	result, err := tx.ExecContext(ctx, `UPDATE events SET changed_at = $1, change_made = $2 WHERE key = $3 AND changed_at = 0 AND done_at = 0`,
		time.Now().UnixMilli(), change, key)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	before, err := all(ctx, tx, readText, `SELECT change_made FROM events WHERE key = $1 AND changed_at > 0`, key)
	switch {
	case err != nil:
		return err
	case len(before) == 0:
		return access.ErrOutdated
	case before[0] != change:
		return reports.ErrUnchanged
	}
	return errRepeated
}
