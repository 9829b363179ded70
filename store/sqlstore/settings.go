package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"usagebot/access"
	"usagebot/reports"
	"usagebot/usage"
	"usagebot/usage/directory"
)

// Chat is what is stored about a chat. An empty setting means the bot's own.
type Chat struct {
	ID       string
	Name     string
	Language string // zh or en
	AppID    string // the default app
	Welcomed bool
}

// Chat returns a chat's settings; all are empty if nothing is stored about the chat.
func (s Chats) Chat(ctx context.Context, id string) (Chat, error) {
	chat := Chat{ID: id}
	err := s.withRetry(ctx, "read a chat's settings", func(ctx context.Context) error {
		err := s.read.QueryRowContext(ctx, `SELECT name, language, app_id, welcomed FROM chats WHERE id = $1`, id).
			Scan(&chat.Name, &chat.Language, &chat.AppID, &chat.Welcomed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return chat, err
}

// ChangeChat changes a chat's language and default app, and returns the result. change may be called more than once and
// must not use the database.
func (s Chats) ChangeChat(ctx context.Context, key, id string, change func(*Chat), entry access.Entry[Chat]) (is Chat, err error) {
	_, repeated, err := s.idempotent(ctx, key, "change a chat's settings", string(access.SettingsSaved), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		was, err := lockChat(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		is = was
		change(&is)
		return []access.Change{entry(was, is)}, txExecChanged(ctx, tx, `UPDATE chats SET language = $1, app_id = $2 WHERE id = $3`,
			is.Language, is.AppID, id)
	})
	if repeated && err == nil {
		return s.Chat(ctx, id)
	}
	return is, err
}

// lockChat reads a chat and keeps others from changing it until the transaction ends.
func lockChat(ctx context.Context, tx *sql.Tx, id string) (Chat, error) {
	chat := Chat{ID: id}
	err := tx.QueryRowContext(ctx, `INSERT INTO chats (id, name, language, app_id, welcomed) VALUES ($1, '', '', '', 0)
		ON CONFLICT (id) DO UPDATE SET name = chats.name RETURNING name, language, app_id, welcomed`, id).
		Scan(&chat.Name, &chat.Language, &chat.AppID, &chat.Welcomed)
	return chat, err
}

// RenameChat stores a chat's name without changing its settings.
func (s Chats) RenameChat(ctx context.Context, id, name string) error {
	_, err := s.execChanged(ctx, "rename a chat", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, $2, '', '', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name`, id, text(name))
	return err
}

// LeaveChat records that the bot is not in a chat any more. What is stored about the chat ends some time after that.
func (s Chats) LeaveChat(ctx context.Context, id string, now time.Time) error {
	_, err := s.execChanged(ctx, "leave a chat", `INSERT INTO chats (id, name, language, app_id, welcomed, left_at) VALUES ($2, '', '', '', 0, $1)
		ON CONFLICT (id) DO UPDATE SET left_at = excluded.left_at WHERE chats.left_at = 0`, millis(now), id)
	return err
}

// JoinChat records that the bot is in a chat.
func (s Chats) JoinChat(ctx context.Context, id string) error {
	_, err := s.execChanged(ctx, "join a chat", `UPDATE chats SET left_at = 0 WHERE id = $1 AND left_at > 0`, id)
	return err
}

// Welcome records that a chat was welcomed.
func (s Chats) Welcome(ctx context.Context, id string) error {
	_, err := s.execChanged(ctx, "welcome a chat", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, '', '', '', 1) ON CONFLICT (id) DO UPDATE SET welcomed = 1`, id)
	return err
}

const appsQuery = `SELECT id, name FROM apps ORDER BY position, id`

func readApp(row scan) (a usage.App, err error) {
	err = row(&a.ID, &a.Name)
	return a, err
}

// Apps returns the apps that administrators chose, the default first; none if they chose none.
func (s Apps) Apps(ctx context.Context) (directory.Apps, error) {
	return selectAll(ctx, s.conn, "list the apps", readApp, appsQuery)
}

// ChangeApps changes the apps that administrators chose; if they chose none yet, change starts from the given ones. change
// may be called more than once and must not use the database. Its error ends ChangeApps.
func (s Apps) ChangeApps(ctx context.Context, key string, given directory.Apps, change func(directory.Apps) (directory.Apps, error), entry access.Entry[directory.Apps]) error {
	_, _, err := s.idempotent(ctx, key, "change the apps", string(access.AppsChanged), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		was, err := lockApps(ctx, tx, given)
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

// lockApps reads the apps, or returns the given ones if there are none, and keeps others from changing them until the
// transaction ends. There may be no row of apps to lock, so it locks a row of tasks.
func lockApps(ctx context.Context, tx *sql.Tx, given directory.Apps) (directory.Apps, error) {
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
