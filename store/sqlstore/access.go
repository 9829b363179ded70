package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"usagebot/access"
	"usagebot/reports"
)

const changeColumns = "id, at_ms, by_id, chat_id, act, subject, before, after"

func readChange(row scan) (c access.Change, err error) {
	err = row(&c.ID, timeColumn{&c.At}, &c.By, &c.ChatID, &c.Act, &c.Of, &c.Before, &c.After)
	return c, err
}

// record adds entries to the audit log, under ids with the same beginning. It leaves out entries in which nothing changed,
// and returns the others.
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

// entriesOf returns the entries whose ids begin with id. They belong to one change, and so to one person: the condition on
// by_id uses an index.
func (db *conn) entriesOf(ctx context.Context, id string) ([]access.Change, error) {
	return selectAll(ctx, db, "read what was recorded of a change", readChange, `SELECT `+changeColumns+` FROM changes
		WHERE by_id = (SELECT by_id FROM changes WHERE id = $1) AND substr(id, 1, $2) = $3 ORDER BY id`,
		id+"-0000", int64(entryIDLength), id)
}

// Changes returns the newest entries, newest first; if about is not empty, those by that person or on that subject.
func (s Audit) Changes(ctx context.Context, about string, limit int) ([]access.Change, error) {
	return selectAll(ctx, s.conn, "read the record of changes", readChange, `SELECT `+changeColumns+` FROM changes
		WHERE $1 = '' OR by_id = $1 OR subject = $1 ORDER BY at_ms DESC, id DESC LIMIT $2`, about, int64(limit))
}

const grantColumns = "kind, subject, role, department_id, by_id, at_ms"

func readGrant(row scan) (g access.Grant, err error) {
	err = row(&g.Subject.Kind, &g.Subject.ID, &g.Role, &g.Department, &g.By, timeColumn{&g.At})
	return g, err
}

// Grants returns up to limit grants, oldest first.
func (s Grants) Grants(ctx context.Context, limit int) ([]access.Grant, error) {
	return selectAll(ctx, s.conn, "list the grants", readGrant,
		`SELECT `+grantColumns+` FROM grants ORDER BY at_ms, kind, subject, role, department_id LIMIT $1`, int64(limit))
}

// GrantsFor returns the grants of a person and of a chat, and those of all departments: the store does not know to which
// departments the person belongs.
func (s Grants) GrantsFor(ctx context.Context, openID, chatID string) ([]access.Grant, error) {
	return selectAll(ctx, s.conn, "read grants", readGrant, `SELECT `+grantColumns+` FROM grants
		WHERE kind = 'person' AND subject = $1 OR kind = 'chat' AND subject = $2 OR kind = 'department'
		ORDER BY at_ms, kind, subject, role, department_id`, openID, chatID)
}

// Grant stores a grant and reports whether it is new. Only a new one is recorded in the audit log.
func (s Grants) Grant(ctx context.Context, key string, g access.Grant, c access.Change) (added bool, err error) {
	return s.idempotentOne(ctx, key, "grant", c, func(ctx context.Context, tx *sql.Tx) error {
		return txExecChanged(ctx, tx, `INSERT INTO grants (`+grantColumns+`) VALUES (`+placeholders(6)+`)
			ON CONFLICT (kind, subject, role, department_id) DO NOTHING`,
			string(g.Subject.Kind), g.Subject.ID, string(g.Role), g.Department, g.By, millis(g.At))
	})
}

// Revoke removes a subject's grants, restricted to the role and the department if these are not empty. It returns the
// audit entries.
func (s Grants) Revoke(ctx context.Context, key string, which access.Grant, entry func(access.Grant) access.Change) (taken []access.Change, err error) {
	taken, _, err = s.idempotent(ctx, key, "revoke", string(access.Revoked), func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
		removed, err := all(ctx, tx, readGrant, `DELETE FROM grants WHERE kind = $1 AND subject = $2
			AND ($3 = '' OR role = $3) AND ($4 = '' OR department_id = $4) RETURNING `+grantColumns,
			string(which.Subject.Kind), which.Subject.ID, string(which.Role), which.Department)
		if err == nil && len(removed) == 0 {
			err = reports.ErrUnchanged
		}
		slices.SortFunc(removed, func(a, b access.Grant) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Role, b.Role), cmp.Compare(a.Department, b.Department))
		})
		for _, g := range removed {
			entries = append(entries, entry(g))
		}
		return entries, err
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return nil, nil
	}
	return taken, err
}
