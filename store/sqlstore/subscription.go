package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"usagebot/access"
	"usagebot/reports"
)

// subscriptionColumns in the order of subscriptionValues and readSubscription.
const subscriptionColumns = "id, chat_id, single, owner_id, app_id, ability, cycle, hour, minute, on_day, zone, " +
	"department_id, department_name, state, reason, paused_until, next_due, refusals, created_at, updated_at"

// ofSubscription are the same columns for queries that join another table.
const ofSubscription = "s.id, s.chat_id, s.single, s.owner_id, s.app_id, s.ability, s.cycle, s.hour, s.minute, s.on_day, s.zone, " +
	"s.department_id, s.department_name, s.state, s.reason, s.paused_until, s.next_due, s.refusals, s.created_at, s.updated_at"

func subscriptionValues(s reports.Subscription) []any {
	return []any{
		s.ID, s.ChatID, boolInt(s.Single), s.OwnerID, s.AppID, string(s.Ability), int64(s.Schedule.Cycle),
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
		timeColumn{&s.PausedUntil},
		timeColumn{&s.NextDue},
		&s.Refusals,
		timeColumn{&s.CreatedAt},
		timeColumn{&s.UpdatedAt},
	}
}

// Subscribe implements reports.SubscriptionStore. If the id is taken, the subscription is stored under a new id. A removed
// subscription that comes back keeps its creation time.
func (s Subscriptions) Subscribe(ctx context.Context, key string, sub reports.Subscription, entry access.Entry[reports.Subscription]) (kept reports.Subscription, created bool, err error) {
	for range sqlTries {
		kept, created, err = s.subscribe(ctx, key, sub, entry)
		if !isDuplicateID(err) {
			break
		}
		sub.ID = reports.NewID()
	}
	return kept, created, err
}

func (s Subscriptions) subscribe(ctx context.Context, key string, sub reports.Subscription, entry access.Entry[reports.Subscription]) (kept reports.Subscription, created bool, err error) {
	_, repeated, err := s.idempotent(ctx, key, "subscribe", string(access.Subscribed), func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
		kept, err = insertSubscription(ctx, tx, sub)
		return entryOf(entry, reports.Subscription{}, kept), err
	})
	there := errors.Is(err, reports.ErrUnchanged)
	if !there && !repeated {
		return kept, err == nil, err
	}
	err = s.withRetry(ctx, "subscribe", func(ctx context.Context) error {
		kept, err = subscriptionByKey(ctx, s.read, sub)
		return err
	})
	return kept, repeated, err
}

// insertSubscription stores a subscription; reports.ErrUnchanged if the chat already has one with the same key.
func insertSubscription(ctx context.Context, tx *sql.Tx, sub reports.Subscription) (reports.Subscription, error) {
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

// entryOf returns the audit entry of a change to a subscription, or none if the caller wants none.
func entryOf(entry access.Entry[reports.Subscription], was, is reports.Subscription) []access.Change {
	if entry == nil {
		return nil
	}
	return []access.Change{entry(was, is)}
}

// subscriptionByKey reads the subscription with the same key as sub.
func subscriptionByKey(ctx context.Context, db queryer, sub reports.Subscription) (reports.Subscription, error) {
	found, err := all(ctx, db, readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE chat_id = $1 AND app_id = $2 AND ability = $3 AND cycle = $4 AND department_id = $5`,
		sub.ChatID, sub.AppID, string(sub.Ability), int64(sub.Schedule.Cycle), sub.DepartmentID)
	if err == nil && len(found) == 0 {
		err = reports.ErrNotFound
	}
	return first(found), err
}

// Subscription implements reports.SubscriptionStore.
func (s Subscriptions) Subscription(ctx context.Context, id string) (sub reports.Subscription, err error) {
	err = s.withRetry(ctx, "read a subscription", func(ctx context.Context) error {
		sub, err = readSubscription(s.read.QueryRowContext(ctx, `SELECT `+subscriptionColumns+` FROM subscriptions WHERE id = $1`, id).Scan)
		return orNotFound(err)
	})
	return sub, err
}

// InChat implements reports.SubscriptionStore.
func (s Subscriptions) InChat(ctx context.Context, chatID string) ([]reports.Subscription, error) {
	return selectAll(ctx, s.conn, "list a chat's subscriptions", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE chat_id = $1 AND state <> 'removed' ORDER BY created_at, id`, chatID)
}

// Change implements reports.SubscriptionStore. The key of a subscription (chat, app, ability, cycle, department) cannot
// change.
func (s Subscriptions) Change(ctx context.Context, e reports.Edit) (is reports.Subscription, err error) {
	_, repeated, err := s.idempotent(ctx, e.IdempotencyKey, "change a subscription", e.ID, func(ctx context.Context, tx *sql.Tx) (entries []access.Change, err error) {
		is, entries, err = edit(ctx, tx, e)
		return entries, err
	})
	if repeated && err == nil {
		return s.Subscription(ctx, e.ID)
	}
	return is, err
}

// edit makes an edit inside a transaction.
func edit(ctx context.Context, tx *sql.Tx, e reports.Edit) (is reports.Subscription, entries []access.Change, err error) {
	was, err := lockSubscription(ctx, tx, e.ID)
	if err != nil {
		return was, nil, err
	}
	is = was
	if err := e.Change(&is); err != nil {
		return was, nil, err
	}
	if subscriptionKey(is) != subscriptionKey(was) {
		return was, nil, errors.New("what it is for does not change")
	}
	if is.Schedule != was.Schedule {
		if err := fenceUnsentDeliveries(ctx, tx, e.ID); err != nil {
			return was, nil, err
		}
	}
	if is, err = updateSubscription(ctx, tx, is); err != nil {
		return was, nil, err
	}
	return is, entryOf(e.Entry, was, is), insertNotices(ctx, tx, e.ID, e.Notices)
}

// fenceUnsentDeliveries raises the fence of deliveries that were claimed but not sent: their claimers read the
// subscription before it changed and must not send what they prepared. The deliveries can be claimed again at once.
func fenceUnsentDeliveries(ctx context.Context, tx *sql.Tx, id string) error {
	_, err := tx.ExecContext(ctx, `UPDATE deliveries SET lease = 0, fence = fence + 1
		WHERE subscription_id = $1 AND state = 'waiting' AND sent_at = 0 AND lease > 0`, id)
	return err
}

// lockSubscription reads a subscription and keeps others from changing it until the transaction ends.
func lockSubscription(ctx context.Context, tx *sql.Tx, id string) (reports.Subscription, error) {
	held, err := all(ctx, tx, readSubscription, `UPDATE subscriptions SET version = version + 1 WHERE id = $1
		RETURNING `+subscriptionColumns, id)
	if err == nil && len(held) == 0 {
		err = reports.ErrNotFound
	}
	return first(held), err
}

// updateSubscription writes a subscription and returns it as it is stored.
func updateSubscription(ctx context.Context, tx *sql.Tx, sub reports.Subscription) (reports.Subscription, error) {
	changed, err := all(ctx, tx, readSubscription, `UPDATE subscriptions SET
			single = $1, owner_id = $2, hour = $3, minute = $4, on_day = $5, zone = $6, department_name = $7,
			state = $8, reason = $9, paused_until = $10, next_due = $11, refusals = $12, updated_at = $13
		WHERE id = $14 RETURNING `+subscriptionColumns,
		boolInt(sub.Single), sub.OwnerID, int64(sub.Schedule.Hour), int64(sub.Schedule.Min), string(sub.Schedule.On),
		sub.Schedule.Zone, text(sub.DepartmentName), string(sub.State), string(sub.Reason), millis(sub.PausedUntil),
		millis(sub.NextDue), int64(sub.Refusals), millis(sub.UpdatedAt), sub.ID)
	return first(changed), err
}

// subscriptionKey returns the fields that cannot change.
func subscriptionKey(s reports.Subscription) [6]string {
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

// All implements reports.Overview.
func (s Overview) All(ctx context.Context, w reports.SubscriptionFilter, limit int) ([]reports.Subscription, error) {
	return selectAll(ctx, s.conn, "list subscriptions", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE state <> 'removed' AND ($1 = '' OR chat_id = $1) AND ($2 = '' OR app_id = $2) AND ($3 = '' OR state = $3)
			AND ($4 = '' OR owner_id = $4) AND ($5 = 0 OR NOT (state = 'paused' AND (reason = 'chat_gone' OR EXISTS (SELECT 1 FROM chats c WHERE c.id = chat_id AND c.left_at > 0))))
		ORDER BY created_at, id LIMIT $6 OFFSET $7`,
		w.ChatID, w.AppID, string(w.State), w.OwnerID, boolInt(w.Reachable), int64(limit), int64(w.Skip))
}

// Count implements reports.Overview.
func (s Overview) Count(ctx context.Context, w reports.SubscriptionFilter) (int, error) {
	return s.queryInt(ctx, "count subscriptions", `SELECT count(*) FROM subscriptions
		WHERE state <> 'removed' AND ($1 = '' OR chat_id = $1) AND ($2 = '' OR app_id = $2) AND ($3 = '' OR state = $3)
			AND ($4 = '' OR owner_id = $4) AND ($5 = 0 OR NOT (state = 'paused' AND (reason = 'chat_gone' OR EXISTS (SELECT 1 FROM chats c WHERE c.id = chat_id AND c.left_at > 0))))`,
		w.ChatID, w.AppID, string(w.State), w.OwnerID, boolInt(w.Reachable))
}

// Latest implements reports.Overview.
func (s Overview) Latest(ctx context.Context, state reports.DeliveryState, limit int) ([]reports.Delivery, error) {
	if state == "" {
		return selectAll(ctx, s.conn, "list deliveries", readDelivery, latestQuery, int64(limit))
	}
	return selectAll(ctx, s.conn, "list deliveries", readDelivery, latestInStateQuery, int64(limit), string(state))
}

// Two queries, so that each reads the first rows of an index only.
const (
	latestQuery        = `SELECT ` + deliveryColumns + ` FROM deliveries ORDER BY slot DESC, subscription_id LIMIT $1`
	latestInStateQuery = `SELECT ` + deliveryColumns + ` FROM deliveries WHERE state = $2 ORDER BY slot DESC, subscription_id LIMIT $1`
)

// Next implements reports.Overview.
func (s Overview) Next(ctx context.Context, limit int) ([]reports.Subscription, error) {
	return selectAll(ctx, s.conn, "list what is due next", readSubscription, `SELECT `+subscriptionColumns+` FROM subscriptions
		WHERE state = 'active' ORDER BY next_due, id LIMIT $1`, int64(limit))
}

// ChatSummaries implements reports.Overview.
func (s Overview) ChatSummaries(ctx context.Context, skip, limit int) ([]reports.ChatSummary, error) {
	read := func(row scan) (r reports.ChatSummary, err error) {
		err = row(&r.ChatID, &r.Name, &r.Subscriptions)
		return r, err
	}
	return selectAll(ctx, s.conn, "list the chats", read, `SELECT a.id, COALESCE(c.name, ''), count(s.id)
		FROM (SELECT id FROM chats UNION SELECT chat_id FROM subscriptions WHERE state <> 'removed') a
		LEFT JOIN chats c ON c.id = a.id
		LEFT JOIN subscriptions s ON s.chat_id = a.id AND s.state <> 'removed'
		GROUP BY a.id, c.name ORDER BY count(s.id) DESC, a.id LIMIT $1 OFFSET $2`, int64(limit), int64(skip))
}

func (db *conn) queryInt(ctx context.Context, what, query string, args ...any) (int, error) {
	read := func(row scan) (n int, err error) {
		err = row(&n)
		return n, err
	}
	found, err := selectAll(ctx, db, what, read, query, args...)
	switch {
	case err != nil:
		return 0, err
	case len(found) == 0:
		return 0, fmt.Errorf("%s: %w", what, errUnreadable)
	}
	return found[0], nil
}
