package sqlstore

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"

	"usagebot/inbox"
	"usagebot/store/pgtest"
)

// starterAddress names the variable that makes this test program a process that starts on a database.
const starterAddress = "USAGEBOT_TEST_STARTER_ADDRESS"

// TestStart is no test but the processes that the next one starts: each opens the database and works on it.
func TestStart(t *testing.T) {
	address := os.Getenv(starterAddress)
	if address == "" {
		return
	}
	s := openSQL(t, address, "")
	atOnce(8, func(client int) {
		for i := range 25 {
			key := fmt.Sprintf("message:%d-%d-%d", os.Getpid(), client, i)
			event := inbox.Event{Key: key, Kind: inbox.Message, Payload: []byte(`{}`), CreatedAt: minute(i), ReceivedAt: minute(i), Attempt: 1}
			if _, err := s.Events.Insert(t.Context(), "a process", minute(60), []inbox.Event{event}); err != nil {
				t.Errorf("Insert: %v", err)
			}
			if _, _, err := s.Deliveries.Due(t.Context(), noon(), 0, 50); err != nil {
				t.Errorf("Due: %v", err)
			}
		}
	})
}

func fourProcessesStartAtOnceThroughAPooler(t *testing.T, server *pgtest.Server) {
	address := server.StartPooler(t, "transaction").Address(t, server.NewDatabase(t))
	var started sync.WaitGroup
	for range 4 {
		started.Go(func() {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestStart$")
			cmd.Env = append(os.Environ(), starterAddress+"="+address)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("a process: %v\n%s", err, out)
			}
		})
	}
	started.Wait()
	s := openSQL(t, address, "")
	for query, want := range map[string]int{
		"SELECT count(*) FROM events":                                                              4 * 8 * 25,
		"SELECT count(*) FROM goose_db_version WHERE version_id = 1":                               1,
		"SELECT count(*) FROM goose_lock WHERE locked":                                             0,
		"SELECT count(*) FROM pg_prepared_statements":                                              0,
		"SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'":                                0,
		"SELECT count(*) FROM pg_listening_channels()":                                             0,
		"SELECT count(*) FROM pg_class WHERE relpersistence = 't'":                                 0,
		"SELECT count(*) FROM pg_settings WHERE source = 'session' AND name <> 'application_name'": 0,
	} {
		var got int
		if err := s.read.QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d, %v, want %d", query, got, err, want)
		}
	}
}

func withQuery(t *testing.T, address, key, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set(key, value)
	u.RawQuery = q.Encode()
	return u.String()
}

// examined looks at a database that can be looked at.
func examined(t *testing.T, address string) *Server {
	t.Helper()
	c, err := Examine(t.Context(), address, "")
	if err != nil {
		t.Fatalf("Examine: %v", err)
	}
	return c.Server
}

func poolersAreExamined(t *testing.T, server *pgtest.Server) {
	database := server.NewDatabase(t)
	if s := examined(t, withQuery(t, database, execModeParameter, "cache_statement")); s.Pooled || s.NoStatements {
		t.Errorf("without a pooler: %+v", s)
	}
	for _, tt := range []struct {
		mode, exec     string
		noStatements   bool
		noTransactions string
	}{
		{"session", "", false, ""},
		{"session", "cache_statement", false, ""},
		{"transaction", "", false, ""},
		{"transaction", "exec", false, ""},
		{"transaction", "cache_statement", true, ""},
		{"statement", "", false, "statement pooling"},
	} {
		address := server.StartPooler(t, tt.mode).Address(t, database)
		if tt.exec != "" {
			address = withQuery(t, address, execModeParameter, tt.exec)
		}
		s := examined(t, address)
		if !s.Pooled || s.NoStatements != tt.noStatements || (s.NoTransactions == "") != (tt.noTransactions == "") || !strings.Contains(s.NoTransactions, tt.noTransactions) {
			t.Errorf("%s mode, %q: %+v", tt.mode, tt.exec, s)
		}
	}
}

func refusalsOfAServerAreExamined(t *testing.T, server *pgtest.Server) {
	empty, used := server.NewDatabase(t), server.NewDatabase(t)
	owner := openSQL(t, used, "")
	execute(t, owner, "CREATE ROLE reader LOGIN PASSWORD 'reader'")
	execute(t, owner, "CREATE ROLE writer LOGIN PASSWORD 'writer'")
	execute(t, owner, "GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader, writer")
	execute(t, owner, "GRANT INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO writer")
	execute(t, owner, "REVOKE SELECT ON replicas FROM writer")
	for _, id := range []string{"one", "two"} {
		execute(t, owner, "INSERT INTO replicas (id, version, seen_ms) VALUES ($1, '', CAST(extract(epoch FROM now()) * 1000 AS BIGINT))", id)
	}
	as := func(name, address string) string {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		u.User = url.UserPassword(name, name)
		return u.String()
	}
	if s := examined(t, used); !s.MayMigrate || s.Forbidden != nil || s.Standby || s.ReadOnly || s.Replicas != 2 {
		t.Errorf("the owner: %+v", s)
	}
	if s := examined(t, empty); !s.MayMigrate || s.Replicas != 0 {
		t.Errorf("an empty database: %+v", s)
	}
	if s := examined(t, as("writer", empty)); s.MayMigrate {
		t.Errorf("a user who may not create tables: %+v", s)
	}
	if s := examined(t, as("reader", used)); s.MayMigrate || !slices.Equal(s.Forbidden, slices.Sorted(slices.Values(tables()))) {
		t.Errorf("a user who may read: %+v", s)
	}
	if s := examined(t, as("writer", used)); s.MayMigrate || len(s.Forbidden) != 1 || s.Forbidden[0] != "replicas" {
		t.Errorf("a user who may not read one of the tables: %+v", s)
	}
	if s := examined(t, withQuery(t, used, "default_transaction_read_only", "on")); !s.ReadOnly || s.Standby {
		t.Errorf("set to read only: %+v", s)
	}
	// Who may not create tables can use those that there are.
	execute(t, owner, "GRANT SELECT ON replicas TO writer")
	subscribe(t, openSQL(t, as("writer", used), ""), order("oc_a", 1))
	if _, err := Open(t.Context(), as("writer", empty), ""); err == nil || !strings.Contains(err.Error(), "permission denied for schema public") {
		t.Errorf("tables that may not be created: %v", err)
	}
}

func TestAStandbyIsExamined(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	address := server.NewDatabase(t)
	if err := openSQL(t, address, "").Close(); err != nil {
		t.Fatal(err)
	}
	server.RestartAsStandby()
	if s := examined(t, address); !s.Standby || s.NoTransactions != "" || s.Full {
		t.Errorf("%+v", s)
	}
}
