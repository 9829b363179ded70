package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"usagebot/access"
)

const changeColumns = "id, at_ms, by_id, chat_id, act, subject, before, after"

func readChange(row scan) (c access.Change, err error) {
	err = row(&c.ID, moment{&c.At}, &c.By, &c.ChatID, &c.Act, &c.Of, &c.Before, &c.After)
	return c, err
}

// record adds entries to the record of changes, under ids that begin alike. It
// returns them without those that say that nothing has changed: they are left
// out.
func record(ctx context.Context, tx *sql.Tx, id string, entries []access.Change) (kept []access.Change, err error) {
	for _, c := range entries {
		if c.Before == c.After && c.Before != "" {
			continue
		}
		c.ID = fmt.Sprintf("%s-%04d", id, len(kept))
		_, err := tx.ExecContext(ctx, `INSERT INTO changes (`+changeColumns+`) VALUES (`+placeholders(8)+`)`,
			c.ID, millis(c.At), c.By, c.ChatID, string(c.Act), text(c.Of), text(c.Before), text(c.After))
		if err != nil {
			return nil, err
		}
		kept = append(kept, c)
	}
	return kept, nil
}

// entriesOf returns the entries whose ids begin so. They are of one change, and
// so by one person.
func (db *conn) entriesOf(ctx context.Context, id string) ([]access.Change, error) {
	return lookUp(ctx, db, "read what was recorded of a change", readChange, `SELECT `+changeColumns+` FROM changes
		WHERE by_id = (SELECT by_id FROM changes WHERE id = $1) AND substr(id, 1, $2) = $3 ORDER BY id`,
		id+"-0000", int64(entryIDLength), id)
}

// Changes returns the newest entries, newest first; with about, those by that
// person or of that subject.
func (s Audit) Changes(ctx context.Context, about string, limit int) ([]access.Change, error) {
	return lookUp(ctx, s.conn, "read the record of changes", readChange, `SELECT `+changeColumns+` FROM changes
		WHERE $1 = '' OR by_id = $1 OR subject = $1 ORDER BY at_ms DESC, id DESC LIMIT $2`, about, int64(limit))
}
