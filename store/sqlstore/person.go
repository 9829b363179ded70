package sqlstore

import (
	"context"
	"time"
)

// Greeted reports whether a person was greeted.
func (s People) Greeted(ctx context.Context, openID string) (bool, error) {
	n, err := s.number(ctx, "look whether a person was greeted", `SELECT count(*) FROM greeted_people WHERE id = $1`, openID)
	return n > 0, err
}

// Greet notes that a person was greeted.
func (s People) Greet(ctx context.Context, openID string, now time.Time) error {
	_, err := s.update(ctx, "greet a person", `INSERT INTO greeted_people (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`,
		openID, millis(now))
	return err
}
