package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"
	"time"

	"usagebot/access"
	"usagebot/usage"
)

var _ usage.History = Figures{}

// noFigures is the metric of a row that says that the platform has no figures for a question.
const noFigures = ""

// Remember implements usage.History.
func (s Figures) Remember(ctx context.Context, ask usage.Request, figures usage.Figures) error {
	if len(figures) == 0 {
		figures = usage.Figures{noFigures: 0}
	}
	return s.transaction(ctx, "remember figures", func(ctx context.Context, tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM usage_history WHERE `+askCondition, askValues(ask)...); err != nil {
			return err
		}
		// In one order for all, or two that remember the same could wait for each other.
		for _, metric := range slices.Sorted(maps.Keys(figures)) {
			if _, err := tx.ExecContext(ctx, `INSERT INTO usage_history (app_id, ability, cycle, start, department_id, metric, value)
				VALUES (`+placeholders(7)+`)
				ON CONFLICT (app_id, ability, cycle, start, department_id, metric) DO UPDATE SET value = excluded.value`,
				append(askValues(ask), string(metric), figures[metric])...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Recall implements usage.History.
func (s Figures) Recall(ctx context.Context, ask usage.Request) (usage.Figures, bool, error) {
	kept, err := s.recall(ctx, ask, `WHERE `+askCondition, askValues(ask)...)
	figures, ok := kept[ask]
	return figures, ok, err
}

// seriesCondition names every column of the primary key before start, so that the key finds the series of each ability.
const seriesCondition = `WHERE app_id = $1 AND ability IN ($2, $3, $4, $5) AND cycle = $6
	AND start >= $7 AND start <= $8 AND department_id = $9`

// RecallFrom implements usage.History.
func (s Figures) RecallFrom(ctx context.Context, from usage.Request, last usage.Date) (map[usage.Request]usage.Figures, error) {
	return s.recall(ctx, from, seriesCondition, seriesValues(from, last)...)
}

func seriesValues(from usage.Request, last usage.Date) []any {
	values := []any{from.AppID}
	for _, ability := range usage.Abilities() {
		values = append(values, string(ability))
	}
	return append(values, int64(from.Cycle), from.Date.String(), last.String(), from.DepartmentID)
}

// figure is one row of the history, with the columns that differ within a query.
type figure struct {
	ability usage.Ability
	start   usage.Date
	metric  usage.Metric
	value   int64
}

const recallQuery = `SELECT ability, start, metric, value FROM usage_history `

// recall returns the figures that a condition selects, by question: like, with the ability and the date of the row.
func (s Figures) recall(ctx context.Context, like usage.Request, condition string, args ...any) (map[usage.Request]usage.Figures, error) {
	read := func(row scan) (f figure, err error) {
		err = row(&f.ability, dateColumn{&f.start}, &f.metric, &f.value)
		return f, err
	}
	rows, err := selectAll(ctx, s.conn, "recall figures", read, recallQuery+condition, args...)
	if err != nil {
		return nil, err
	}
	kept := map[usage.Request]usage.Figures{}
	for _, f := range rows {
		like.Ability, like.Date = f.ability, f.start
		if kept[like] == nil {
			kept[like] = usage.Figures{}
		}
		if f.metric != noFigures {
			kept[like][f.metric] = f.value
		}
	}
	return kept, nil
}

const askCondition = "app_id = $1 AND ability = $2 AND cycle = $3 AND start = $4 AND department_id = $5"

func askValues(ask usage.Request) []any {
	return []any{ask.AppID, string(ask.Ability), int64(ask.Cycle), ask.Date.String(), ask.DepartmentID}
}

// RememberDepartments implements usage.History.
func (s Figures) RememberDepartments(ctx context.Context, ask usage.DepartmentRequest, answer []byte) error {
	return s.transaction(ctx, "remember departments", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO department_history (app_id, cycle, start, department_id, answer)
			VALUES (`+placeholders(5)+`)
			ON CONFLICT (app_id, cycle, start, department_id) DO UPDATE SET answer = excluded.answer`,
			append(departmentValues(ask), text(string(answer)))...)
		return err
	})
}

// RecallDepartments implements usage.History.
func (s Figures) RecallDepartments(ctx context.Context, ask usage.DepartmentRequest) ([]byte, bool, error) {
	read := func(row scan) (answer string, err error) {
		err = row(&answer)
		return answer, err
	}
	kept, err := selectAll(ctx, s.conn, "recall departments", read,
		`SELECT answer FROM department_history WHERE app_id = $1 AND cycle = $2 AND start = $3 AND department_id = $4`,
		departmentValues(ask)...)
	if err != nil || len(kept) == 0 {
		return nil, false, err
	}
	return []byte(kept[0]), true, nil
}

func departmentValues(ask usage.DepartmentRequest) []any {
	return []any{ask.AppID, int64(ask.Cycle), ask.Date.String(), ask.DepartmentID}
}

const backfillColumns = "app_id, from_on, next_on, until_on, by_id"

func readBackfill(row scan) (b usage.Backfill, err error) {
	err = row(&b.AppID, dateColumn{&b.From}, dateColumn{&b.Next}, dateColumn{&b.Until}, &b.By)
	return b, err
}

// StartBackfill stores a backfill and records it. If the app has one that is not finished, that stays. It returns the
// stored one.
func (s Backfills) StartBackfill(ctx context.Context, key string, b usage.Backfill, c access.Change) (kept usage.Backfill, err error) {
	_, err = s.idempotentOne(ctx, key, "start a backfill", c, func(ctx context.Context, tx *sql.Tx) error {
		return txExecChanged(ctx, tx, `INSERT INTO backfills (`+backfillColumns+`, lease)
			VALUES (`+placeholders(5)+`, 0)
			ON CONFLICT (app_id) DO UPDATE SET from_on = excluded.from_on, next_on = excluded.next_on,
				until_on = excluded.until_on, by_id = excluded.by_id, lease = 0
			WHERE backfills.next_on < backfills.from_on`,
			b.AppID, b.From.String(), b.Next.String(), b.Until.String(), b.By)
	})
	if err != nil {
		return b, err
	}
	kept, ok, err := s.Backfill(ctx, b.AppID)
	if !ok {
		return b, err // it has been dropped since
	}
	return kept, err
}

// Backfill returns an app's backfill; ok is false if there is none.
func (s Backfills) Backfill(ctx context.Context, appID string) (b usage.Backfill, ok bool, err error) {
	found, err := selectAll(ctx, s.conn, "read a backfill", readBackfill, `SELECT `+backfillColumns+` FROM backfills WHERE app_id = $1`, appID)
	if err != nil || len(found) == 0 {
		return usage.Backfill{}, false, err
	}
	return found[0], true, nil
}

// ClaimBackfill claims an unfinished backfill whose lease has ended. No two callers get the same one.
func (s Backfills) ClaimBackfill(ctx context.Context, now time.Time, lease time.Duration) (b usage.Backfill, ok bool, err error) {
	open, err := selectAll(ctx, s.conn, "look for a backfill", readBackfill,
		`SELECT `+backfillColumns+` FROM backfills WHERE next_on >= from_on AND lease <= $1 ORDER BY lease, app_id`, millis(now))
	if err != nil {
		return usage.Backfill{}, false, err
	}
	for _, b := range open {
		mine, err := s.execChanged(ctx, "claim a backfill", `UPDATE backfills SET lease = $1 WHERE app_id = $2 AND lease <= $3`,
			millis(now.Add(lease)), b.AppID, millis(now))
		if err != nil || mine {
			return b, mine, err
		}
	}
	return usage.Backfill{}, false, nil
}

// SaveBackfill writes the progress, and gives the claim up as of until.
func (s Backfills) SaveBackfill(ctx context.Context, b usage.Backfill, until time.Time) error {
	_, err := s.execChanged(ctx, "save a backfill", `UPDATE backfills SET next_on = $1, lease = $2 WHERE app_id = $3`,
		b.Next.String(), millis(until), b.AppID)
	return err
}

// DropBackfill deletes a backfill that cannot be done.
func (s Backfills) DropBackfill(ctx context.Context, appID string) error {
	_, err := s.execChanged(ctx, "drop a backfill", `DELETE FROM backfills WHERE app_id = $1`, appID)
	return err
}

const refreshColumns = backfillColumns + ", department_id, changed, kept, failed"

func readRefresh(row scan) (r usage.Refresh, err error) {
	err = row(&r.AppID, dateColumn{&r.From}, dateColumn{&r.Next}, dateColumn{&r.Until}, &r.By, &r.DepartmentID, &r.Changed, &r.Kept, &r.Failed)
	return r, err
}

// StartRefresh stores a range of days to fetch again and records it. If the app has one that is not finished, that stays.
// It returns the stored one, and whether it is the new one.
func (s Refreshes) StartRefresh(ctx context.Context, key string, r usage.Refresh, c access.Change) (kept usage.Refresh, started bool, err error) {
	started, err = s.idempotentOne(ctx, key, "start a refresh", c, func(ctx context.Context, tx *sql.Tx) error {
		return txExecChanged(ctx, tx, `INSERT INTO refreshes (`+refreshColumns+`, lease)
			VALUES (`+placeholders(9)+`, 0)
			ON CONFLICT (app_id) DO UPDATE SET from_on = excluded.from_on, next_on = excluded.next_on,
				until_on = excluded.until_on, by_id = excluded.by_id, department_id = excluded.department_id,
				changed = 0, kept = 0, failed = 0, lease = 0
			WHERE refreshes.next_on < refreshes.from_on`,
			r.AppID, r.From.String(), r.Next.String(), r.Until.String(), r.By, r.DepartmentID, 0, 0, 0)
	})
	if err != nil {
		return r, false, err
	}
	kept, ok, err := s.Refresh(ctx, r.AppID)
	if !ok {
		return r, started, err // it has been dropped since
	}
	return kept, started, err
}

// Refresh returns an app's last refresh; ok is false if there is none.
func (s Refreshes) Refresh(ctx context.Context, appID string) (r usage.Refresh, ok bool, err error) {
	found, err := selectAll(ctx, s.conn, "read a refresh", readRefresh, `SELECT `+refreshColumns+` FROM refreshes WHERE app_id = $1`, appID)
	if err != nil || len(found) == 0 {
		return usage.Refresh{}, false, err
	}
	return found[0], true, nil
}

// ClaimRefresh claims an unfinished refresh whose lease has ended. No two callers get the same one.
func (s Refreshes) ClaimRefresh(ctx context.Context, now time.Time, lease time.Duration) (r usage.Refresh, ok bool, err error) {
	open, err := selectAll(ctx, s.conn, "look for a refresh", readRefresh,
		`SELECT `+refreshColumns+` FROM refreshes WHERE next_on >= from_on AND lease <= $1 ORDER BY lease, app_id`, millis(now))
	if err != nil {
		return usage.Refresh{}, false, err
	}
	for _, r := range open {
		mine, err := s.execChanged(ctx, "claim a refresh", `UPDATE refreshes SET lease = $1 WHERE app_id = $2 AND lease <= $3`,
			millis(now.Add(lease)), r.AppID, millis(now))
		if err != nil || mine {
			return r, mine, err
		}
	}
	return usage.Refresh{}, false, nil
}

// SaveRefresh writes the progress and the results, and gives the claim up as of until.
func (s Refreshes) SaveRefresh(ctx context.Context, r usage.Refresh, until time.Time) error {
	_, err := s.execChanged(ctx, "save a refresh", `UPDATE refreshes SET next_on = $1, changed = $2, kept = $3, failed = $4, lease = $5 WHERE app_id = $6`,
		r.Next.String(), r.Changed, r.Kept, r.Failed, millis(until), r.AppID)
	return err
}

// DropRefresh deletes a refresh that cannot be done.
func (s Refreshes) DropRefresh(ctx context.Context, appID string) error {
	_, err := s.execChanged(ctx, "drop a refresh", `DELETE FROM refreshes WHERE app_id = $1`, appID)
	return err
}
