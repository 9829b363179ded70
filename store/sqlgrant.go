package store

import (
	"context"

	"usagebot/access"
)

const grantColumns = "kind, subject, role, department_id, by_id, at_ms"

func readGrant(row scan) (g access.Grant, err error) {
	err = row(&g.Subject.Kind, &g.Subject.ID, &g.Role, &g.Department, &g.By, moment{&g.At})
	return g, err
}

// Grants returns every grant, oldest first, as many as limit.
func (s *SQL) Grants(ctx context.Context, limit int) ([]access.Grant, error) {
	return lookUp(ctx, s, "list the grants", readGrant,
		`SELECT `+grantColumns+` FROM grants ORDER BY at_ms, kind, subject, role, department_id LIMIT $1`, int64(limit))
}

// GrantsFor returns the grants of a person and of a chat, and those of all
// departments: which of these hold for the person is not known here.
func (s *SQL) GrantsFor(ctx context.Context, openID, chatID string) ([]access.Grant, error) {
	return lookUp(ctx, s, "read grants", readGrant, `SELECT `+grantColumns+` FROM grants
		WHERE kind = 'person' AND subject = $1 OR kind = 'chat' AND subject = $2 OR kind = 'department'
		ORDER BY at_ms, kind, subject, role, department_id`, openID, chatID)
}

// Grant keeps a grant, and reports whether it is new.
func (s *SQL) Grant(ctx context.Context, g access.Grant) (added bool, err error) {
	return s.update(ctx, "grant", `INSERT INTO grants (`+grantColumns+`) VALUES (`+placeholders(6)+`)
		ON CONFLICT (kind, subject, role, department_id) DO NOTHING`,
		string(g.Subject.Kind), g.Subject.ID, string(g.Role), g.Department, g.By, millis(g.At))
}

// Revoke removes a grant, and reports whether there was one.
func (s *SQL) Revoke(ctx context.Context, g access.Grant) (removed bool, err error) {
	return s.update(ctx, "revoke", `DELETE FROM grants WHERE kind = $1 AND subject = $2 AND role = $3 AND department_id = $4`,
		string(g.Subject.Kind), g.Subject.ID, string(g.Role), g.Department)
}
