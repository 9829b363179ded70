package sqlstore

import (
	"context"
	"database/sql"
	"errors"

	"usagebot/access"
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

// Subscribe implements reports.Store. A new subscription whose id is another
// one's already is kept under a new id. One that comes back keeps the time of
// its creation.
func (s Subscriptions) Subscribe(ctx context.Context, key string, sub reports.Subscription, entry access.Entry[reports.Subscription]) (kept reports.Subscription, created bool, err error) {
	for range sqlTries {
		kept, created, err = s.subscribe(ctx, key, sub, entry)
		if !idTaken(err) {
			break
		}
		sub.ID = reports.NewID()
	}
	return kept, created, err
}

func (s Subscriptions) subscribe(ctx context.Context, key string, sub reports.Subscription, entry access.Entry[reports.Subscription]) (kept reports.Subscription, created bool, err error) {
	_, repeated, err := s.once(ctx, key, "subscribe", string(access.Subscribed), func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
		kept, err = enterSubscription(ctx, tx, sub)
		return entryOf(entry, reports.Subscription{}, kept), err
	})
	there := errors.Is(err, reports.ErrUnchanged)
	if !there && !repeated {
		return kept, err == nil, err
	}
	err = s.again(ctx, "subscribe", func(ctx context.Context) error {
		kept, err = likeSubscription(ctx, s.read, sub)
		return err
	})
	return kept, repeated, err
}

// enterSubscription keeps a subscription; reports.ErrUnchanged when it is there.
func enterSubscription(ctx context.Context, tx *sql.Tx, sub reports.Subscription) (reports.Subscription, error) {
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
	if err == nil && len(entered) == 0 {
		err = reports.ErrUnchanged
	}
	return first(entered), err
}

// entryOf makes the entry of a change to a subscription, if it is to have one.
func entryOf(entry access.Entry[reports.Subscription], was, is reports.Subscription) []access.Change {
	if entry == nil {
		return nil
	}
	return []access.Change{entry(was, is)}
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

// Subscription implements reports.Store.
func (s Subscriptions) Subscription(ctx context.Context, id string) (sub reports.Subscription, err error) {
	err = s.again(ctx, "read a subscription", func(ctx context.Context) error {
		sub, err = readSubscription(s.read.QueryRowContext(ctx, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE id = $1`, id).Scan)
		return orNotFound(err)
	})
	return sub, err
}

// InChat implements reports.Store.
func (s Subscriptions) InChat(ctx context.Context, chatID string) ([]reports.Subscription, error) {
	return lookUp(ctx, s.conn, "list a chat's subscriptions", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE chat_id = $1 AND state <> 'removed' ORDER BY created_at, id`, chatID)
}

// Change implements reports.Store. What a subscription is for (chat, app,
// ability, cycle, department) does not change.
func (s Subscriptions) Change(ctx context.Context, e reports.Edit) (is reports.Subscription, err error) {
	_, repeated, err := s.once(ctx, e.IdempotencyKey, "change a subscription", e.ID, func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
		is, entries, err = edit(ctx, tx, e)
		return entries, err
	})
	if repeated && err == nil {
		return s.Subscription(ctx, e.ID)
	}
	return is, err
}

// edit makes an edit as a part of a transaction.
func edit(ctx context.Context, tx *sql.Tx, e reports.Edit) (is reports.Subscription, entries []access.Change, err error) {
	was, err := hold(ctx, tx, e.ID)
	if err != nil {
		return was, nil, err
	}
	is = was
	if err := e.Change(&is); err != nil {
		return was, nil, err
	}
	if thing(is) != thing(was) {
		return was, nil, errors.New("what it is for does not change")
	}
	if is.Schedule != was.Schedule {
		if err := fenceUnsent(ctx, tx, e.ID); err != nil {
			return was, nil, err
		}
	}
	if is, err = rewrite(ctx, tx, is); err != nil {
		return was, nil, err
	}
	return is, entryOf(e.Entry, was, is), note(ctx, tx, e.ID, e.Notices)
}

// fenceUnsent keeps those who hold an open delivery of a subscription from
// sending it by what they read of the subscription before it changed. It may be
// claimed again at once.
func fenceUnsent(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET lease = 0, fence = fence + 1
		WHERE subscription_id = $1 AND state = 'waiting' AND sent_at = 0 AND lease > 0`, id)
	return err
}

// hold reads a subscription and keeps others from changing it until the
// transaction ends. Its version tells of the change to those that go by it.
func hold(ctx context.Context, tx *sql.Tx, id string) (reports.Subscription, error) {
	held, err := all(ctx, tx, readSubscription, `UPDATE subscriptions SET version = version + 1 WHERE id = $1
		RETURNING `+subscriptionColumns, id)
	if err == nil && len(held) == 0 {
		err = reports.ErrNotFound
	}
	return first(held), err
}

// rewrite returns the subscription as it is kept.
func rewrite(ctx context.Context, tx *sql.Tx, sub reports.Subscription) (reports.Subscription, error) {
	changed, err := all(ctx, tx, readSubscription, `UPDATE subscriptions SET
			single = $1, owner_id = $2, hour = $3, minute = $4, on_day = $5, zone = $6, department_name = $7,
			state = $8, reason = $9, paused_until = $10, next_due = $11, refusals = $12, updated_at = $13
		WHERE id = $14 RETURNING `+subscriptionColumns,
		truth(sub.Single), sub.OwnerID, int64(sub.Schedule.Hour), int64(sub.Schedule.Min), string(sub.Schedule.On),
		sub.Schedule.Zone, text(sub.DepartmentName), string(sub.State), string(sub.Reason), millis(sub.PausedUntil),
		millis(sub.NextDue), int64(sub.Refusals), millis(sub.UpdatedAt), sub.ID)
	return first(changed), err
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
