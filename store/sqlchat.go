package store

import (
	"context"
	"database/sql"
	"errors"
)

// Chat is what is kept of a chat. The zero settings are the bot's own.
type Chat struct {
	ID       string
	Name     string
	Language string // zh or en
	AppID    string // the default app
	Welcomed bool   // set by Welcome alone
}

// Chat returns a chat's settings; a chat that nothing is kept of has the zero
// ones.
func (s *SQL) Chat(ctx context.Context, id string) (Chat, error) {
	chat := Chat{ID: id}
	err := s.again(ctx, "read a chat's settings", func(ctx context.Context) error {
		err := s.read.QueryRowContext(ctx, `SELECT name, language, app_id, welcomed FROM chats WHERE id = $1`, id).
			Scan(&chat.Name, &chat.Language, &chat.AppID, &chat.Welcomed)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		return err
	})
	return chat, err
}

// SaveChat keeps a chat's name and settings, but not whether it was welcomed.
func (s *SQL) SaveChat(ctx context.Context, c Chat) error {
	_, err := s.update(ctx, "save a chat's settings", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, $2, $3, $4, 0)
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, language = excluded.language, app_id = excluded.app_id`,
		c.ID, text(c.Name), c.Language, c.AppID)
	return err
}

// RenameChat keeps a chat's name and leaves its settings as they are.
func (s *SQL) RenameChat(ctx context.Context, id, name string) error {
	_, err := s.update(ctx, "rename a chat", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, $2, '', '', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name`, id, text(name))
	return err
}

// Welcome notes that a chat is welcomed.
func (s *SQL) Welcome(ctx context.Context, id string) error {
	_, err := s.update(ctx, "welcome a chat", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, '', '', '', 1) ON CONFLICT (id) DO UPDATE SET welcomed = 1`, id)
	return err
}
