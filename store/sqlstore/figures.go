package sqlstore

import (
	"context"
	"database/sql"
	"maps"
	"slices"

	"usagebot/usage"
)

var _ usage.History = Figures{}

// nothing is the metric of a question for which the platform has no figures.
const noFigures = ""

// Remember implements usage.History.
func (s Figures) Remember(ctx context.Context, ask usage.Ask, figures usage.Figures) error {
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
func (s Figures) Recall(ctx context.Context, ask usage.Ask) (usage.Figures, bool, error) {
	kept, err := s.recall(ctx, ask, `WHERE `+askCondition, askValues(ask)...)
	figures, ok := kept[ask]
	return figures, ok, err
}

// seriesCondition names every column of the key before the start, so that the
// key finds the series of each ability.
const seriesCondition = `WHERE app_id = $1 AND ability IN ($2, $3, $4, $5) AND cycle = $6
	AND start >= $7 AND start <= $8 AND department_id = $9`

// RecallFrom implements usage.History.
func (s Figures) RecallFrom(ctx context.Context, from usage.Ask, last usage.Date) (map[usage.Ask]usage.Figures, error) {
	return s.recall(ctx, from, seriesCondition, seriesValues(from, last)...)
}

func seriesValues(from usage.Ask, last usage.Date) []any {
	values := []any{from.AppID}
	for _, ability := range usage.Abilities() {
		values = append(values, string(ability))
	}
	return append(values, int64(from.Cycle), from.Date.String(), last.String(), from.DepartmentID)
}

// figure is one row of the history, with what varies among those of a query.
type figure struct {
	ability usage.Ability
	start   usage.Date
	metric  usage.Metric
	value   int64
}

const recallQuery = `SELECT ability, start, metric, value FROM usage_history `

// recall returns the figures that a condition finds, by the question that they
// answer: like, with the ability and the date of the row.
func (s Figures) recall(ctx context.Context, like usage.Ask, condition string, args ...any) (map[usage.Ask]usage.Figures, error) {
	read := func(row scan) (f figure, err error) {
		err = row(&f.ability, day{&f.start}, &f.metric, &f.value)
		return f, err
	}
	rows, err := lookUp(ctx, s.conn, "recall figures", read, recallQuery+condition, args...)
	if err != nil {
		return nil, err
	}
	kept := map[usage.Ask]usage.Figures{}
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

func askValues(ask usage.Ask) []any {
	return []any{ask.AppID, string(ask.Ability), int64(ask.Cycle), ask.Date.String(), ask.DepartmentID}
}
