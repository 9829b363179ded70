package store

import (
	"context"
	"database/sql"
	"errors"
	"time"
)

// onceTries bounds how often a change that belongs to an event is tried while
// the database is away: for some ten seconds, as long as it takes to restart.
const onceTries = 30

// eventKey names the value of a context that says which event is worked on. It
// changes nothing of what is done, only how often.
type eventKey struct{}

// Once returns a context under which an event changes a subscription once, however
// often and wherever it is worked on: of a change that was made already, what
// became of it is returned in its place.
func (p *Parking) Once(ctx context.Context, key string) context.Context {
	return context.WithValue(ctx, eventKey{}, key)
}

// errRepeated undoes a transaction whose event has made its change before.
var errRepeated = errors.New("the event has made its change before")

// What firstTime does: keep that the event made its change, or only look
// whether it did.
const (
	mark = `INSERT INTO handled (id, at_ms) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING`
	peek = `UPDATE handled SET at_ms = $2 WHERE id = $1`
)

// firstTime is called in the transaction that makes the change of the context's
// event to a subscription, or finds that there is nothing to change; errRepeated
// when the event has made its change to it before. An event may change several.
func firstTime(ctx context.Context, tx *sql.Tx, statement, subscriptionID string) error {
	key, ok := ctx.Value(eventKey{}).(string)
	if !ok {
		return nil
	}
	result, err := tx.ExecContext(ctx, statement, "change:"+key+":"+subscriptionID, time.Now().UnixMilli())
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if repeated := (n > 0) == (statement == peek); err == nil && repeated {
		return errRepeated
	}
	return err
}

// unsure is the error of a transaction of which nobody knows whether it was
// made. Under an event's key it can be tried again.
type unsure struct{ err error }

func (u *unsure) Error() string { return u.err.Error() }
func (u *unsure) Unwrap() error { return u.err }

// maybeMade tells whether a failed transaction may be tried again although it
// may have been made.
func maybeMade(ctx context.Context, err error) error {
	if _, once := ctx.Value(eventKey{}).(string); once && unreachable(err) {
		return &unsure{err}
	}
	return err
}
