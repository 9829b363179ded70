package pgtest

import (
	"database/sql"
	"testing"
)

func TestServerAnswersStopsAndKeepsItsDatabases(t *testing.T) {
	t.Parallel()
	s := Start(t)
	one, two := s.NewDatabase(t), s.NewDatabase(t)
	if one == two || one == s.URL() {
		t.Fatalf("databases are not apart: %s, %s, %s", one, two, s.URL())
	}
	db, err := sql.Open("pgx", one)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE kept AS SELECT 7 AS n"); err != nil {
		t.Fatal(err)
	}
	s.Stop()
	s.Stop()
	if db.PingContext(t.Context()) == nil {
		t.Fatal("a stopped server answers")
	}
	s.Restart()
	var n int
	if err := db.QueryRowContext(t.Context(), "SELECT n FROM kept").Scan(&n); err != nil || n != 7 {
		t.Fatalf("after a restart: %d, %v, want 7", n, err)
	}
}
