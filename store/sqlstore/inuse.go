package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"usagebot/usage/directory"
)

// InUse is what the bot reports on, and where, as the database has it.
type InUse struct {
	Apps       directory.Apps // those that administrators chose; none when they chose none
	Subscribed []string       // ids of the apps that subscriptions are about
	Chat       string         // a group with a subscription, or any chat; empty when none is known
}

// InUse returns what is reported on and where.
func (s *Store) InUse(ctx context.Context) (u InUse, err error) {
	err = s.again(ctx, "look what is reported on", func(ctx context.Context) (err error) {
		u, err = inUse(ctx, s.read)
		return err
	})
	return u, err
}

// LookAtUse returns the same of a database that is left as it is: it neither
// makes a file nor brings tables up to date. Where there are no tables yet,
// nothing is in use.
func LookAtUse(ctx context.Context, databaseURL, dataDir string) (InUse, error) {
	c, err := ExamineSQL(ctx, databaseURL, dataDir)
	if err != nil || c.New || c.Tables == 0 {
		return InUse{}, err
	}
	var db *sql.DB
	if databaseURL != "" {
		db, err = connect(databaseURL)
	} else {
		db, err = openToRead(dataDir)
	}
	if err != nil {
		return InUse{}, err
	}
	defer db.Close()
	return inUse(ctx, db)
}

// openToRead opens SQLite's file so that nothing of it can be changed.
func openToRead(dir string) (*sql.DB, error) {
	path, err := filepath.Abs(filepath.Join(dir, sqliteFile))
	if err == nil {
		_, err = os.Stat(path)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	db, err := sql.Open("sqlite", fileAddress(path, url.Values{"mode": {"ro"}, "_query_only": {"1"}}))
	if err != nil {
		return nil, fmt.Errorf("open the database to read: %w", err)
	}
	return db, nil
}

func inUse(ctx context.Context, db asker) (u InUse, err error) {
	if u.Apps, err = all(ctx, db, readApp, appsQuery); err != nil {
		return InUse{}, fmt.Errorf("read the apps: %w", err)
	}
	one := func(row scan) (s string, err error) { return s, row(&s) }
	if u.Subscribed, err = all(ctx, db, one, `SELECT DISTINCT app_id FROM subscriptions WHERE state <> 'removed' ORDER BY app_id`); err != nil {
		return InUse{}, fmt.Errorf("read the subscriptions' apps: %w", err)
	}
	chats, err := all(ctx, db, one, `SELECT chat_id FROM subscriptions WHERE state = 'active' ORDER BY single, updated_at DESC, id LIMIT 1`)
	if err == nil && len(chats) == 0 {
		chats, err = all(ctx, db, one, `SELECT id FROM chats ORDER BY id LIMIT 1`)
	}
	if err != nil {
		return InUse{}, fmt.Errorf("read a chat: %w", err)
	}
	if len(chats) > 0 {
		u.Chat = chats[0]
	}
	return u, nil
}
