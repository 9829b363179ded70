package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/store/pgtest"
	"usagebot/usage"
)

// fill enters n subscriptions, each with an open delivery, all for later, and
// the figures of n apps.
func fill(t testing.TB, s *Store, n int) {
	t.Helper()
	// The count stands in the text: as a parameter it would have no type.
	numbers := fmt.Sprintf("WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < %d) ", n)
	for _, statement := range []string{
		"INSERT INTO subscriptions (" + subscriptionColumns + ", version) " + numbers + `
			SELECT 'f' || n, 'oc_' || n, 0, 'ou', 'cli', 'app', 1, 10, 30, '', 'Asia/Shanghai', '', '', 'active', '', 0,
				CAST($1 AS BIGINT) + n, 0, 0, 0, 1 FROM numbers`,
		"INSERT INTO deliveries (" + deliveryColumns + ") " + numbers + `
			SELECT 'f' || n, 1, '2026-11-01', CAST($1 AS BIGINT) + n, 'waiting', '', '', CAST($1 AS BIGINT) + n, 0, 0, 0, 0, 0, 0, 0, '', 0, 0, '' FROM numbers`,
	} {
		execute(t, s, statement, minute(60).UnixMilli())
	}
	execute(t, s, "INSERT INTO usage_history (app_id, ability, cycle, start, department_id, metric, value) "+numbers+`
		SELECT 'cli_' || n, 'app', 1, '2026-11-01', '', 'uv', n FROM numbers`)
	execute(t, s, "INSERT INTO events (key, kind, queue, payload, owner, lease_until, attempts, received_at, created_at, done_at, subject) "+numbers+`
		SELECT 'message:' || n, 'message', 'q' || n, '', 'other', 9000000000000, 1, n, n, CASE WHEN n % 100 = 0 THEN 0 ELSE n END, 's' || n FROM numbers`)
	execute(t, s, "ANALYZE")
}

// plan is a query whose cost may not grow with the tables, and what it is to
// use in them.
type plan struct {
	query string
	args  []any
	index []string
}

func plans(s *Store, now time.Time) map[string]plan {
	const few = int64(50)
	key, history, figures, letters := "deliveries_pkey", "deliveries_pkey", "usage_history_pkey", "subscriptions_pkey"
	if s.skipLocked == "" {
		key = "sqlite_autoindex_deliveries_1 (subscription_id=? AND cycle=? AND start=?)"
		history = "sqlite_autoindex_deliveries_1 (subscription_id=?)"
		figures = "sqlite_autoindex_usage_history_1 (app_id=? AND ability=? AND cycle=? AND start>? AND start<?)"
		letters = "sqlite_autoindex_subscriptions_1 (id=?)"
	}
	from := usage.Request{AppID: "cli_7", Cycle: usage.Daily, Date: usage.NewDate(2026, 11, 1)}
	return map[string]plan{
		"Due":        {dueQuery, []any{millis(now), few, int64(0)}, []string{"subscriptions_due", "subscriptions_pause"}},
		"Claim":      {s.Deliveries.claimQuery(), []any{millis(now), few, millis(now) + 1}, []string{"deliveries_claim", key}},
		"Amend":      {s.Deliveries.amendQuery(), []any{millis(now), few, millis(now) + 1}, []string{"deliveries_amend", key}},
		"RecallFrom": {recallQuery + seriesCondition, seriesValues(from, from.Date.AddDays(30)), []string{figures}},
		"Letters":    {ownersToNotifyQuery, []any{millis(now), few}, []string{letters}},
		"Claimable":  {claimableQuery, []any{millis(now), "me"}, []string{"events_lease"}},
		"Blocked":    {blockedQuery, []any{"q700", "me", millis(now), millis(now)}, []string{"events_queue"}},
		"Finished":   {deleteFinishedQuery, []any{int64(50), few}, []string{"events_done"}},
		"Later":      {laterQuery, []any{"s7", "message:7"}, []string{"events_subject"}},
		"Latest":     {latestQuery, []any{few}, []string{"deliveries_latest"}},
		"LatestIn":   {latestInStateQuery, []any{few, "failed"}, []string{"deliveries_state"}},
		"History":    {historyQuery, []any{"oc_7", "", few}, []string{"subscriptions_key", history}},
	}
}

// noQueryReadsAWholeTable asks both databases how they go about it, when
// nothing is due and when everything is.
func noQueryReadsAWholeTable(t *testing.T, server *pgtest.Server) {
	for kind, tt := range map[string]struct {
		address        string
		rows           int // SQLite's plans do not depend on it
		explain, whole string
	}{
		"SQLite":     {"", 1000, "EXPLAIN QUERY PLAN ", "SCAN deliveries|SCAN subscriptions|SCAN usage_history|SCAN events"},
		"PostgreSQL": {server.NewDatabase(t), 50_000, "EXPLAIN ", "Seq Scan on deliveries|Seq Scan on subscriptions|Seq Scan on usage_history|Seq Scan on events"},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			s := openSQL(t, tt.address, t.TempDir())
			fill(t, s, tt.rows)
			check := func(name string, p plan) {
				lines := explain(t, s, tt.explain+p.query, p.args)
				for _, index := range p.index {
					if !strings.Contains(lines, index) {
						t.Errorf("%s does not use %s:\n%s", name, index, lines)
					}
				}
				// The newest deliveries are the first entries of this index.
				lines = strings.ReplaceAll(lines, "SCAN deliveries USING INDEX deliveries_latest", "")
				for whole := range strings.SplitSeq(tt.whole, "|") {
					if strings.Contains(lines, whole) {
						t.Errorf("%s reads a whole table:\n%s", name, lines)
					}
				}
			}
			for _, now := range []time.Time{noon(), minute(120)} {
				for name, p := range plans(s, now) {
					check(name, p)
				}
			}
			expiriesUseIndexes(t, s, tt.explain, tt.whole)
			// When everything is overdue, counting it is going through it.
			overdue := "deliveries_overdue"
			if s.skipLocked == "" {
				overdue = "deliveries_state"
			}
			check("Overdue", plan{overdueQuery, []any{millis(noon())}, []string{overdue, "subscriptions_due"}})
		})
	}
}

// explain returns the plan's lines: the last column of each row.
func explain(t *testing.T, s *Store, query string, args []any) string {
	t.Helper()
	rows, err := s.write.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	values, fields := make([]any, len(columns)), make([]any, len(columns))
	for i := range values {
		fields[i] = &values[i]
	}
	var lines []string
	for rows.Next() {
		if err := rows.Scan(fields...); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprint(values[len(values)-1]))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// The benchmarks ask what is due, and claim it and give it up, among more and
// more that is for later.
func BenchmarkDue(b *testing.B) {
	amongMany(b, func(b *testing.B, s *Store) {
		makeOneDue(b, s)
		for b.Loop() {
			if due, _, err := s.Deliveries.Due(b.Context(), noon(), 0, 50); err != nil || len(due) != 1 {
				b.Fatal(len(due), err)
			}
		}
	})
}

func BenchmarkClaim(b *testing.B) {
	amongMany(b, func(b *testing.B, s *Store) {
		makeOneDue(b, s)
		for b.Loop() {
			claimed, err := s.Deliveries.Claim(b.Context(), noon(), time.Minute, 50)
			if err != nil || len(claimed) != 1 {
				b.Fatal(len(claimed), err)
			}
			if err := s.Deliveries.Save(b.Context(), claimed[0], false); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkDeliver records one delivery of more and more that are due, having
// claimed fifty at a time.
func BenchmarkDeliver(b *testing.B) {
	amongMany(b, func(b *testing.B, s *Store) {
		var claimed []reports.Delivery
		for b.Loop() {
			var err error
			if len(claimed) == 0 {
				if claimed, err = s.Deliveries.Claim(b.Context(), minute(120), time.Minute, 50); err != nil {
					b.Fatal(err)
				}
			}
			if len(claimed) == 0 {
				execute(b, s, "UPDATE deliveries SET state = 'waiting'")
				continue
			}
			claimed[0].State = reports.Delivered
			if err := s.Deliveries.Save(b.Context(), claimed[0], false); err != nil {
				b.Fatal(err)
			}
			claimed = claimed[1:]
		}
	})
}

func makeOneDue(b *testing.B, s *Store) {
	execute(b, s, "UPDATE subscriptions SET next_due = $1 WHERE id = 'f7'", millis(noon()))
	execute(b, s, "UPDATE deliveries SET try_at = $1 WHERE subscription_id = 'f7'", millis(noon()))
}

func amongMany(b *testing.B, f func(*testing.B, *Store)) {
	server := pgtest.Start(b)
	b.ReportAllocs()
	for _, n := range []int{100, 100_000} {
		for kind, address := range map[string]string{"SQLite": "", "PostgreSQL": server.NewDatabase(b)} {
			b.Run(kind+"/"+strconv.Itoa(n), func(b *testing.B) {
				s := openSQL(b, address, b.TempDir())
				fill(b, s, n)
				f(b, s)
			})
		}
	}
}

func execute(t testing.TB, s *Store, statement string, args ...any) {
	t.Helper()
	if _, err := s.write.ExecContext(t.Context(), statement, args...); err != nil {
		t.Fatalf("%.40s: %v", statement, err)
	}
}
