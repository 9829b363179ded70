package e2e

import (
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
)

// subscribeMany makes so many subscriptions that are due one a second from tomorrow on.
const subscribeMany = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < CAST($2 AS BIGINT))
	INSERT INTO subscriptions (id, chat_id, single, owner_id, app_id, ability, cycle, hour, minute, on_day, zone, department_id,
		department_name, state, reason, paused_until, next_due, refusals, created_at, updated_at, version)
	SELECT 'id' || i, 'oc_' || i, 0, 'ou_1', 'cli_1', 'h5', 1, 10, 30, 'workdays', 'Asia/Shanghai', '', '', 'active', '', 0,
		CAST($1 AS BIGINT) + i * 1000, 0, 0, 0, 1 FROM n`

// TestScale_HundredThousandSubscriptions starts the program on them, and asks what is due. Where times are not measured a few
// thousand do.
func TestScale_HundredThousandSubscriptions(t *testing.T) {
	if loadLength(t) == 0 {
		t.Parallel()
	}
	t.Run("SQLite", func(t *testing.T) {
		dir := t.TempDir()
		many(t, "sqlite", filepath.Join(dir, "usagebot.db"), "", dir, "DATA_DIR="+dir)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		database := pgtest.Start(t).NewDatabase(t)
		many(t, "pgx", database, database, "", "DATABASE_URL="+database, "REDIS_URL="+redistest.Start(t).URL(), "DATA_DIR="+t.TempDir())
	})
}

func many(t *testing.T, driver, address, database, dir string, environ ...string) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), database, dir)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	subscriptions := 100_000
	if loadLength(t) == 0 {
		subscriptions = 4000
	}
	tomorrow := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	if _, err := db.ExecContext(t.Context(), subscribeMany, tomorrow.UnixMilli(), subscriptions); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	var took []time.Duration
	for i := range 51 {
		began := time.Now()
		due, _, err := store.Deliveries.Due(t.Context(), tomorrow.Add(time.Duration(i)*time.Hour), 0, 200)
		if err != nil || len(due) != min(3600*i, 200) {
			t.Fatalf("%d are due, %v", len(due), err)
		}
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	sb := yesterdayIsOut(t)
	began := time.Now()
	c := spawnInto(t, sb, os.Stderr, freeAddr(t), environ...)
	c.ready(t)
	ready := time.Since(began)
	t.Logf("ready after %v; what is due is known after %v, at most %v", ready.Round(time.Millisecond), took[len(took)/2], took[len(took)-1])
	readyLimit, dueLimit := 2*time.Second, 5*time.Millisecond
	if loadLength(t) > 0 && (ready > readyLimit || took[len(took)/2] > dueLimit) {
		t.Errorf("ready after %v, and half of the questions what is due took %v; want %v and %v at most", ready, took[len(took)/2], readyLimit, dueLimit)
	}
}
