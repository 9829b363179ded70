package sqlstore

import (
	"context"
	"database/sql"

	"usagebot/usage"
)

// RememberDepartments implements usage.History.
func (s Figures) RememberDepartments(ctx context.Context, ask usage.DepartmentAsk, answer []byte) error {
	return s.transaction(ctx, "remember departments", func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO department_history (app_id, cycle, start, department_id, answer)
			VALUES (`+placeholders(5)+`)
			ON CONFLICT (app_id, cycle, start, department_id) DO UPDATE SET answer = excluded.answer`,
			append(departmentValues(ask), text(string(answer)))...)
		return err
	})
}

// RecallDepartments implements usage.History.
func (s Figures) RecallDepartments(ctx context.Context, ask usage.DepartmentAsk) ([]byte, bool, error) {
	read := func(row scan) (answer string, err error) {
		err = row(&answer)
		return answer, err
	}
	kept, err := lookUp(ctx, s.conn, "recall departments", read,
		`SELECT answer FROM department_history WHERE app_id = $1 AND cycle = $2 AND start = $3 AND department_id = $4`,
		departmentValues(ask)...)
	if err != nil || len(kept) == 0 {
		return nil, false, err
	}
	return []byte(kept[0]), true, nil
}

func departmentValues(ask usage.DepartmentAsk) []any {
	return []any{ask.AppID, int64(ask.Cycle), ask.Date.String(), ask.DepartmentID}
}
