package sqlstore

import (
	"testing"
	"time"

	"usagebot/usage"
)

// The columns that the version before the tables of notices, departments and handled events knows.
const (
	olderSubscription = "id, chat_id, single, owner_id, app_id, ability, cycle, hour, minute, on_day, zone, " +
		"department_id, department_name, state, reason, paused_until, next_due, refusals, created_at, updated_at"
	olderDelivery = "subscription_id, cycle, start, slot, state, reason, detail, " +
		"try_at, lease, fence, tries, sent_at, told_at, late, done_at, message"
)

// olderVersionGoesOn runs that version's statements, as it wrote them, on today's tables: for a while replicas of both
// run side by side.
func olderVersionGoesOn(t *testing.T, db *database) {
	at, day, id := millis(noon()), daily(3).Start.String(), "older1"
	subscription := []any{
		id, "oc_old", 0, "ou_1", "cli_1", "h5", 1, 10, 30, "workdays", "Asia/Shanghai", "", "", "active", "", 0, at, 0, at, at,
	}
	delivery := []any{id, 1, day, at, "waiting", "", "", at, 0, 0, 0, 0, 0, 0, 0, ""}
	statements := []struct {
		what, text string
		args       []any
		rows       int64
	}{
		{"subscribe", `INSERT INTO subscriptions (` + olderSubscription + `, version) VALUES (` + placeholders(20) + `, 1)
			ON CONFLICT (chat_id, app_id, ability, cycle, department_id) DO UPDATE SET
				single = excluded.single, owner_id = excluded.owner_id, hour = excluded.hour, minute = excluded.minute,
				on_day = excluded.on_day, zone = excluded.zone, department_name = excluded.department_name,
				state = excluded.state, reason = excluded.reason, paused_until = excluded.paused_until,
				next_due = excluded.next_due, refusals = excluded.refusals, updated_at = excluded.updated_at,
				version = subscriptions.version + 1
			WHERE subscriptions.state = 'removed' RETURNING ` + olderSubscription, subscription, 1},
		{
			"change", `UPDATE subscriptions SET single = $1, owner_id = $2, hour = $3, minute = $4, on_day = $5, zone = $6,
				department_name = $7, state = $8, reason = $9, paused_until = $10, next_due = $11, refusals = $12, updated_at = $13,
				version = version + 1
			WHERE id = $14 AND version = $15 RETURNING ` + olderSubscription,
			[]any{0, "ou_2", 11, 0, "workdays", "UTC", "", "active", "", 0, at, 0, at, id, 1},
			1,
		},
		{"move", `UPDATE subscriptions SET next_due = $1, state = 'active', reason = '', paused_until = 0, version = version + 1
			WHERE id = $2 AND next_due = $3 AND
				(state = 'active' OR state = 'paused' AND paused_until > 0 AND paused_until <= $1)`, []any{at + 1, id, at}, 1},
		{"enter", `INSERT INTO deliveries (` + olderDelivery + `) VALUES (` + placeholders(16) + `)
			ON CONFLICT (subscription_id, cycle, start) DO NOTHING`, delivery, 1},
		{
			"claim", `WITH chosen AS MATERIALIZED (
				SELECT subscription_id AS of, cycle AS length, start AS day FROM deliveries
				WHERE state = 'waiting' AND try_at <= $1 AND lease <= $1 ORDER BY try_at LIMIT $2` + db.skipLocked + `)
			UPDATE deliveries SET lease = $3, fence = fence + 1 FROM chosen
			WHERE subscription_id = chosen.of AND cycle = chosen.length AND start = chosen.day RETURNING ` + olderDelivery,
			[]any{at, 5, at + 60_000},
			1,
		},
		{
			"save", `UPDATE deliveries SET state = $1, reason = $2, detail = $3, try_at = $4, lease = $5, tries = $6, sent_at = $7,
				told_at = $8, late = $9, done_at = $10, message = $11
			WHERE subscription_id = $12 AND cycle = $13 AND start = $14 AND fence = $15`,
			[]any{"failed", "", "", at, 0, 1, at, 0, 0, at, "", id, 1, day, 1},
			1,
		},
		{
			"reopen", `UPDATE deliveries SET state = 'waiting', reason = '', detail = '',
				slot = $1, try_at = $1, lease = 0, fence = fence + 1, tries = 0, sent_at = 0, done_at = 0, message = ''
			WHERE subscription_id = $2 AND cycle = $3 AND start = $4 AND state IN ('failed', 'skipped', 'uncertain')`,
			[]any{at, id, 1, day},
			1,
		},
		{
			"park", `INSERT INTO parked (id, job, at_ms) VALUES ($1, $2, $3) ON CONFLICT (id) DO UPDATE SET job = excluded.job`,
			[]any{"message:om_old", `{"say":"hello"}`, at},
			1,
		},
		{
			"settings", `INSERT INTO chats (id, name, language, app_id, welcomed) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (id) DO UPDATE SET name = excluded.name, language = excluded.language, app_id = excluded.app_id`,
			[]any{"oc_old", "群", "zh", ""},
			1,
		},
		{"welcome", `INSERT INTO chats (id, name, language, app_id, welcomed) VALUES ($1, '', '', '', 1)
			ON CONFLICT (id) DO UPDATE SET welcomed = 1 WHERE chats.welcomed = 0`, []any{"oc_old"}, 1},
		{
			"remember figures", `INSERT INTO usage_history (app_id, ability, cycle, start, department_id, metric, value)
			VALUES (` + placeholders(7) + `)
			ON CONFLICT (app_id, ability, cycle, start, department_id, metric) DO UPDATE SET value = excluded.value`,
			[]any{"cli_1", "h5", 1, day, "", "uv", 7},
			1,
		},
	}
	for _, s := range statements {
		result, err := db.write.ExecContext(t.Context(), s.text, s.args...)
		if err != nil {
			t.Fatalf("%s: %v", s.what, err)
		}
		if n, err := result.RowsAffected(); err != nil || n != s.rows {
			t.Errorf("%s changed %d rows, %v, want %d", s.what, n, err, s.rows)
		}
	}
	for _, text := range []string{
		`SELECT ` + olderSubscription + `, version FROM subscriptions`, `SELECT ` + olderDelivery + ` FROM deliveries`,
		`SELECT name, language, app_id, welcomed FROM chats`, `SELECT id, job FROM parked`, `SELECT metric, value FROM usage_history`,
	} {
		var n int
		if err := db.read.QueryRowContext(t.Context(), "SELECT count(*) FROM ("+text+") AS older").Scan(&n); err != nil || n == 0 {
			t.Errorf("%s: %d rows, %v", text, n, err)
		}
	}
	// What it left the new version takes up.
	if got := claim(t, db.SQL, noon().Add(time.Second), 5); len(got) != 1 || got[0].SubscriptionID != id || got[0].Searches != 0 || got[0].Waited {
		t.Errorf("claimed %+v", got)
	}
	found, err := db.ClaimParked(t.Context(), "o1", noon(), minute(1))
	if err != nil || len(found) != 1 || string(found[0].Job) != `{"say":"hello"}` {
		t.Errorf("taken over %v, %v", found, err)
	}
	if kept, err := db.InChat(t.Context(), "oc_old"); err != nil || len(kept) != 1 || kept[0].Schedule.Hour != 11 || kept[0].Ability != usage.Web {
		t.Errorf("subscriptions %+v, %v", kept, err)
	}
}

func fleetBehaviours() []behaviour {
	return []behaviour{
		{"a replica of an older version goes on", olderVersionGoesOn},
		{"an event changes once", anEventChangesOnce},
		{"a database that takes nothing is away until it does", refusingDatabaseIsAway},
	}
}
