package sqlstore

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"usagebot/access"
	"usagebot/reports"
)

const grantColumns = "kind, subject, role, department_id, by_id, at_ms"

func readGrant(row scan) (g access.Grant, err error) {
	err = row(&g.Subject.Kind, &g.Subject.ID, &g.Role, &g.Department, &g.By, moment{&g.At})
	return g, err
}

// Grants returns every grant, oldest first, as many as limit.
func (s Grants) Grants(ctx context.Context, limit int) ([]access.Grant, error) {
	return lookUp(ctx, s.conn, "list the grants", readGrant,
		`SELECT `+grantColumns+` FROM grants ORDER BY at_ms, kind, subject, role, department_id LIMIT $1`, int64(limit))
}

// GrantsFor returns the grants of a person and of a chat, and those of all
// departments: which of these hold for the person is not known here.
func (s Grants) GrantsFor(ctx context.Context, openID, chatID string) ([]access.Grant, error) {
	return lookUp(ctx, s.conn, "read grants", readGrant, `SELECT `+grantColumns+` FROM grants
		WHERE kind = 'person' AND subject = $1 OR kind = 'chat' AND subject = $2 OR kind = 'department'
		ORDER BY at_ms, kind, subject, role, department_id`, openID, chatID)
}

// Grant keeps a grant, and reports whether it is new. A new one is recorded.
func (s Grants) Grant(ctx context.Context, key string, g access.Grant, c access.Change) (added bool, err error) {
	return s.onceAs(ctx, key, "grant", c, func(ctx context.Context, tx *sql.Tx) error {
		return alter(ctx, tx, `INSERT INTO grants (`+grantColumns+`) VALUES (`+placeholders(6)+`)
			ON CONFLICT (kind, subject, role, department_id) DO NOTHING`,
			string(g.Subject.Kind), g.Subject.ID, string(g.Role), g.Department, g.By, millis(g.At))
	})
}

// Revoke removes a subject's grants: those of the role and of the department,
// where these are not empty. It returns what was recorded of each.
func (s Grants) Revoke(ctx context.Context, key string, which access.Grant, entry func(access.Grant) access.Change) (taken []access.Change, err error) {
	taken, _, err = s.once(ctx, key, "revoke", string(access.Revoked), func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
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
