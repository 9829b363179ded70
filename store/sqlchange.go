package store

import (
	"context"
	"crypto/rand"

	"usagebot/access"
)

const changeColumns = "id, at_ms, by_id, chat_id, act, subject, before, after"

func readChange(row scan) (c access.Change, err error) {
	err = row(&c.ID, moment{&c.At}, &c.By, &c.ChatID, &c.Act, &c.Of, &c.Before, &c.After)
	return c, err
}

// Note adds an entry to the record of changes, under an id of its own.
func (s *SQL) Note(ctx context.Context, c access.Change) error {
	_, err := s.update(ctx, "record a change", `INSERT INTO changes (`+changeColumns+`) VALUES (`+placeholders(8)+`)
		ON CONFLICT (id) DO NOTHING`,
		rand.Text(), millis(c.At), c.By, c.ChatID, string(c.Act), text(c.Of), text(c.Before), text(c.After))
	return err
}

// Changes returns the newest entries, newest first; with about, those by that
// person or of that subject.
func (s *SQL) Changes(ctx context.Context, about string, limit int) ([]access.Change, error) {
	return lookUp(ctx, s, "read the record of changes", readChange, `SELECT `+changeColumns+` FROM changes
		WHERE $1 = '' OR by_id = $1 OR subject = $1 ORDER BY at_ms DESC, id DESC LIMIT $2`, about, int64(limit))
}
