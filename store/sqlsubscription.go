package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"usagebot/reports"
)

// subscriptionColumns in the order of subscriptionValues and readSubscription.
const subscriptionColumns = "id, chat_id, single, owner_id, app_id, ability, cycle, hour, minute, on_day, zone, " +
	"department_id, department_name, state, reason, paused_until, next_due, refusals, created_at, updated_at"

// ofSubscription are the same columns where another table stands beside.
const ofSubscription = "s.id, s.chat_id, s.single, s.owner_id, s.app_id, s.ability, s.cycle, s.hour, s.minute, s.on_day, s.zone, " +
	"s.department_id, s.department_name, s.state, s.reason, s.paused_until, s.next_due, s.refusals, s.created_at, s.updated_at"

func subscriptionValues(s reports.Subscription) []any {
	return []any{
		s.ID, s.ChatID, truth(s.Single), s.OwnerID, s.AppID, string(s.Ability), int64(s.Schedule.Cycle),
		int64(s.Schedule.Hour), int64(s.Schedule.Min), string(s.Schedule.On), s.Schedule.Zone,
		s.DepartmentID, text(s.DepartmentName), string(s.State), string(s.Reason),
		millis(s.PausedUntil), millis(s.NextDue), int64(s.Refusals), millis(s.CreatedAt), millis(s.UpdatedAt),
	}
}

func readSubscription(row scan) (s reports.Subscription, err error) {
	err = row(subscriptionFields(&s)...)
	return s, err
}

func subscriptionFields(s *reports.Subscription) []any {
	return []any{
		&s.ID, &s.ChatID, &s.Single, &s.OwnerID, &s.AppID, &s.Ability, &s.Schedule.Cycle,
		&s.Schedule.Hour, &s.Schedule.Min, &s.Schedule.On, &s.Schedule.Zone,
		&s.DepartmentID, &s.DepartmentName, &s.State, &s.Reason,
		moment{&s.PausedUntil},
		moment{&s.NextDue},
		&s.Refusals,
		moment{&s.CreatedAt},
		moment{&s.UpdatedAt},
	}
}

// Subscribe implements reports.Ledger. A new subscription whose id is another
// one's already is kept under a new id. One that comes back keeps the time of
// its creation.
func (s *SQL) Subscribe(ctx context.Context, sub reports.Subscription) (kept reports.Subscription, created bool, err error) {
	for range sqlTries {
		kept, created, err = s.subscribe(ctx, sub)
		if !idTaken(err) {
			break
		}
		sub.ID = reports.NewID()
	}
	return kept, created, err
}

func (s *SQL) subscribe(ctx context.Context, sub reports.Subscription) (kept reports.Subscription, created bool, err error) {
	kept, created, err = s.enterSubscription(ctx, sub)
	if !errors.Is(err, errRepeated) {
		return kept, created, err
	}
	// It was made by this very order, unless it was removed since.
	err = s.again(ctx, "subscribe", func(ctx context.Context) error {
		kept, err = likeSubscription(ctx, s.read, sub)
		return err
	})
	return kept, kept.State != reports.Removed, err
}

func (s *SQL) enterSubscription(ctx context.Context, sub reports.Subscription) (kept reports.Subscription, created bool, err error) {
	err = s.transaction(ctx, "subscribe", func(ctx context.Context, tx *sql.Tx) error {
		entered, err := all(ctx, tx, readSubscription, `INSERT INTO subscriptions (`+subscriptionColumns+`, version)
			VALUES (`+placeholders(20)+`, 1)
			ON CONFLICT (chat_id, app_id, ability, cycle, department_id) DO UPDATE SET
				single = excluded.single, owner_id = excluded.owner_id, hour = excluded.hour, minute = excluded.minute,
				on_day = excluded.on_day, zone = excluded.zone, department_name = excluded.department_name,
				state = excluded.state, reason = excluded.reason, paused_until = excluded.paused_until,
				next_due = excluded.next_due, refusals = excluded.refusals, updated_at = excluded.updated_at,
				version = subscriptions.version + 1
			WHERE subscriptions.state = 'removed'
			RETURNING `+subscriptionColumns, subscriptionValues(sub)...)
		if err != nil {
			return err
		}
		if created = len(entered) > 0; created {
			kept = entered[0]
			return firstTime(ctx, tx, mark, kept.ID)
		}
		// The conflict has locked the row, so that it is the one that was met.
		if kept, err = likeSubscription(ctx, tx, sub); err != nil {
			return err
		}
		return firstTime(ctx, tx, peek, kept.ID)
	})
	return kept, created, err
}

// likeSubscription reads the one that is for the same thing.
func likeSubscription(ctx context.Context, db asker, sub reports.Subscription) (reports.Subscription, error) {
	found, err := all(ctx, db, readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE chat_id = $1 AND app_id = $2 AND ability = $3 AND cycle = $4 AND department_id = $5`,
		sub.ChatID, sub.AppID, string(sub.Ability), int64(sub.Schedule.Cycle), sub.DepartmentID)
	if err == nil && len(found) == 0 {
		err = reports.ErrNotFound
	}
	return first(found), err
}

// Subscription implements reports.Ledger.
func (s *SQL) Subscription(ctx context.Context, id string) (reports.Subscription, error) {
	sub, _, err := s.subscription(ctx, id)
	return sub, err
}

// subscription returns one with its version, which every change raises.
func (s *SQL) subscription(ctx context.Context, id string) (sub reports.Subscription, version int64, err error) {
	err = s.again(ctx, "read a subscription", func(ctx context.Context) error {
		err := s.read.QueryRowContext(ctx, `SELECT `+subscriptionColumns+`, version FROM subscriptions WHERE id = $1`, id).
			Scan(append(subscriptionFields(&sub), &version)...)
		return orNotFound(err)
	})
	if err != nil {
		return reports.Subscription{}, 0, err
	}
	return sub, version, nil
}

// InChat implements reports.Ledger.
func (s *SQL) InChat(ctx context.Context, chatID string) ([]reports.Subscription, error) {
	return lookUp(ctx, s, "list a chat's subscriptions", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE chat_id = $1 AND state <> 'removed' ORDER BY created_at, id`, chatID)
}

// changeTries bounds how often others may be faster. Each time one of them
// has got through, so that this many at once all do.
const changeTries = 100

// Change implements reports.Ledger. What a subscription is for (chat, app,
// ability, cycle, department) does not change.
func (s *SQL) Change(ctx context.Context, id string, change func(*reports.Subscription) error, tell ...reports.Notice) (reports.Subscription, error) {
	for range changeTries {
		sub, version, err := s.subscription(ctx, id)
		if err != nil {
			return reports.Subscription{}, err
		}
		was := sub
		if err := change(&sub); err != nil {
			return reports.Subscription{}, err
		}
		if thing(sub) != thing(was) {
			return reports.Subscription{}, errors.New("change a subscription: what it is for does not change")
		}
		changed, err := s.rewrite(ctx, sub, version, tell)
		if errors.Is(err, errRepeated) {
			return was, nil
		}
		if err != nil || len(changed) > 0 {
			return first(changed), err
		}
	}
	return reports.Subscription{}, fmt.Errorf("change a subscription: %w", reports.ErrMoved)
}

// rewrite returns the subscription as it is kept, or none when it has changed
// since it had the version.
func (s *SQL) rewrite(ctx context.Context, sub reports.Subscription, version int64, tell []reports.Notice) (changed []reports.Subscription, err error) {
	err = s.transaction(ctx, "change a subscription", func(ctx context.Context, tx *sql.Tx) (err error) {
		changed, err = all(ctx, tx, readSubscription, `UPDATE subscriptions SET
				single = $1, owner_id = $2, hour = $3, minute = $4, on_day = $5, zone = $6, department_name = $7,
				state = $8, reason = $9, paused_until = $10, next_due = $11, refusals = $12, updated_at = $13,
				version = version + 1
			WHERE id = $14 AND version = $15 RETURNING `+subscriptionColumns,
			truth(sub.Single), sub.OwnerID, int64(sub.Schedule.Hour), int64(sub.Schedule.Min), string(sub.Schedule.On),
			sub.Schedule.Zone, text(sub.DepartmentName), string(sub.State), string(sub.Reason), millis(sub.PausedUntil),
			millis(sub.NextDue), int64(sub.Refusals), millis(sub.UpdatedAt), sub.ID, version)
		if err != nil || len(changed) == 0 {
			return err
		}
		if err := firstTime(ctx, tx, mark, sub.ID); err != nil {
			return err
		}
		return note(ctx, tx, sub.ID, tell)
	})
	return changed, err
}

// thing is what makes a subscription this one.
func thing(s reports.Subscription) [6]string {
	return [6]string{s.ID, s.ChatID, s.AppID, string(s.Ability), s.Schedule.Cycle.String(), s.DepartmentID}
}

func first(subs []reports.Subscription) reports.Subscription {
	if len(subs) == 0 {
		return reports.Subscription{}
	}
	return subs[0]
}

func orNotFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return reports.ErrNotFound
	}
	return err
}
