package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
	"usagebot/usage/directory"
)

const appsQuery = `SELECT id, name FROM apps ORDER BY position, id`

func readApp(row scan) (a usage.App, err error) {
	err = row(&a.ID, &a.Name)
	return a, err
}

// Apps returns the apps that administrators chose, the default first; none
// when they chose none.
func (s Apps) Apps(ctx context.Context) (directory.Apps, error) {
	return lookUp(ctx, s.conn, "list the apps", readApp, appsQuery)
}

// ChangeApps changes the apps that administrators chose, or, where they chose
// none yet, makes a choice out of the given ones. The change may be called
// again, and must not use the database. Its error ends it.
func (s Apps) ChangeApps(ctx context.Context, key string, given directory.Apps, change func(directory.Apps) (directory.Apps, error), entry access.Entry[directory.Apps]) error {
	_, _, err := s.once(ctx, key, "change the apps", string(access.AppsChanged), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		was, err := heldApps(ctx, tx, given)
		if err != nil {
			return nil, err
		}
		is, err := change(slices.Clone(was))
		if err == nil && slices.Equal(was, is) {
			err = reports.ErrUnchanged
		}
		if err != nil {
			return nil, err
		}
		return []access.Change{entry(was, is)}, replaceApps(ctx, tx, is)
	})
	if errors.Is(err, reports.ErrUnchanged) {
		return nil
	}
	return err
}

// heldApps reads the apps, or returns the given ones where there are none, and
// keeps others from changing them until the transaction ends. As there may be
// no row to hold, what is held is a task that is never done.
func heldApps(ctx context.Context, tx *sql.Tx, given directory.Apps) (directory.Apps, error) {
	_, err := tx.ExecContext(ctx, `INSERT INTO tasks (name, until_ms) VALUES ('apps', 0)
		ON CONFLICT (name) DO UPDATE SET until_ms = excluded.until_ms`)
	if err != nil {
		return nil, err
	}
	kept, err := all(ctx, tx, readApp, appsQuery)
	if err == nil && len(kept) == 0 {
		return given, nil
	}
	return kept, err
}

func replaceApps(ctx context.Context, tx *sql.Tx, apps directory.Apps) error {
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
}
