package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"usagebot/access"
)

// Chat is what is kept of a chat. The zero settings are the bot's own.
type Chat struct {
	ID       string
	Name     string
	Language string // zh or en
	AppID    string // the default app
	Welcomed bool
}

// Chat returns a chat's settings; a chat that nothing is kept of has the zero
// ones.
func (s Chats) Chat(ctx context.Context, id string) (Chat, error) {
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

// ChangeChat changes a chat's language and default app, and returns the chat
// as it is then. The change may be called again, and must not use the database.
func (s Chats) ChangeChat(ctx context.Context, key, id string, change func(*Chat), entry access.Entry[Chat]) (is Chat, err error) {
	_, repeated, err := s.once(ctx, key, "change a chat's settings", string(access.SettingsSaved), func(ctx context.Context, tx *sql.Tx) ([]access.Change, error) {
		was, err := heldChat(ctx, tx, id)
		if err != nil {
			return nil, err
		}
		is = was
		change(&is)
		return []access.Change{entry(was, is)}, alter(ctx, tx, `UPDATE chats SET language = $1, app_id = $2 WHERE id = $3`,
			is.Language, is.AppID, id)
	})
	if repeated && err == nil {
		return s.Chat(ctx, id)
	}
	return is, err
}

// heldChat reads a chat, and keeps others from changing it until the
// transaction ends.
func heldChat(ctx context.Context, tx *sql.Tx, id string) (Chat, error) {
	chat := Chat{ID: id}
	err := tx.QueryRowContext(ctx, `INSERT INTO chats (id, name, language, app_id, welcomed) VALUES ($1, '', '', '', 0)
		ON CONFLICT (id) DO UPDATE SET name = chats.name RETURNING name, language, app_id, welcomed`, id).
		Scan(&chat.Name, &chat.Language, &chat.AppID, &chat.Welcomed)
	return chat, err
}

// RenameChat keeps a chat's name and leaves its settings as they are.
func (s Chats) RenameChat(ctx context.Context, id, name string) error {
	_, err := s.update(ctx, "rename a chat", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, $2, '', '', 0) ON CONFLICT (id) DO UPDATE SET name = excluded.name`, id, text(name))
	return err
}

// Welcome notes that a chat is welcomed.
func (s Chats) Welcome(ctx context.Context, id string) error {
	_, err := s.update(ctx, "welcome a chat", `INSERT INTO chats (id, name, language, app_id, welcomed)
		VALUES ($1, '', '', '', 1) ON CONFLICT (id) DO UPDATE SET welcomed = 1`, id)
	return err
}
