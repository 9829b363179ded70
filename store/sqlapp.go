package store

import (
	"context"
	"database/sql"

	"usagebot/usage"
)

// Apps returns the apps that administrators chose, the default first; none
// when they chose none.
func (s *SQL) Apps(ctx context.Context) (usage.Apps, error) {
	read := func(row scan) (a usage.App, err error) {
		err = row(&a.ID, &a.Name)
		return a, err
	}
	return lookUp(ctx, s, "list the apps", read, `SELECT id, name FROM apps ORDER BY position, id`)
}

// SaveApps keeps a choice of apps in the place of the former one.
func (s *SQL) SaveApps(ctx context.Context, apps usage.Apps) error {
	return s.transaction(ctx, "save the apps", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM apps`); err != nil {
			return err
		}
		for i, app := range apps {
			_, err := tx.ExecContext(ctx, `INSERT INTO apps (id, name, position) VALUES ($1, $2, $3)
				ON CONFLICT (id) DO NOTHING`, app.ID, text(app.Name), int64(i))
			if err != nil {
				return err
			}
		}
		return nil
	})
}
