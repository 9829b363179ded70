package store

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"usagebot/usage"
)

// Remember keeps the figures for good, in place of those that were kept for
// the same question.
func (s *SQL) Remember(ctx context.Context, ask usage.Ask, figures usage.Figures) error {
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

// Recall returns the figures that are kept for a question; false when none
// are.
func (s *SQL) Recall(ctx context.Context, ask usage.Ask) (usage.Figures, bool, error) {
	type figure struct {
		metric usage.Metric
		value  int64
	}
	read := func(row scan) (f figure, err error) {
		err = row(&f.metric, &f.value)
		return f, err
	}
	kept, err := lookUp(ctx, s, "recall figures", read,
		`SELECT metric, value FROM usage_history WHERE `+askCondition, askValues(ask)...)
	if err != nil || len(kept) == 0 {
		return nil, false, err
	}
	figures := usage.Figures{}
	for _, f := range kept {
		figures[f.metric] = f.value
	}
	return figures, true, nil
}

const askCondition = "app_id = $1 AND ability = $2 AND cycle = $3 AND start = $4 AND department_id = $5"

func askValues(ask usage.Ask) []any {
	return []any{ask.AppID, string(ask.Ability), int64(ask.Cycle), ask.Date.String(), ask.DepartmentID}
}
