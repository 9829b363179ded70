package e2e

import (
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"testing"

	"usagebot/config"
	"usagebot/reports"
	"usagebot/store/pgtest"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// TestDatabase_ReadOnly_Unavailable makes PostgreSQL read-only under the program, as a failover does, and writable again.
func TestDatabase_ReadOnly_Unavailable(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	database := server.NewDatabase(t)
	h := open(t, wednesday, func(c *config.Config) { c.DatabaseURL = config.NewURL(database) })
	admin, err := sql.Open("pgx", server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	readOnly := func(value string) {
		t.Helper()
		for _, text := range []string{
			"ALTER DATABASE test1 SET default_transaction_read_only = " + value,
			"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'test1'",
		} {
			if _, err := admin.ExecContext(t.Context(), text); err != nil {
				t.Fatal(err)
			}
		}
	}
	ready := func(want int) {
		t.Helper()
		await(t, "/readyz follows the database", func() bool {
			status, _ := get(t, h.app.URL()+"/readyz")
			return status == want && h.app.SQL.Ping(t.Context()) == nil == (want == http.StatusOK)
		})
	}
	readOnly("on")
	await(t, "a change is refused", func() bool {
		err := h.app.SQL.Figures.Remember(t.Context(), usage.Request{AppID: "cli_1", Ability: usage.Web, Cycle: usage.Daily, Date: usage.NewDate(2026, 11, 1)}, usage.Figures{})
		return errors.Is(err, reports.ErrUnavailable) && sqlstore.Refusal(err) != nil
	})
	ready(http.StatusServiceUnavailable)
	await(t, "/readyz says what is the matter", func() bool {
		_, body := get(t, h.app.URL()+"/readyz")
		return strings.Contains(body, "the database is read-only")
	})
	if _, body := get(t, h.app.URL()+"/metrics"); !strings.Contains(body, "usagebot_overdue_seconds -1\n") {
		t.Error("the metrics tell nothing of it")
	}
	if d, err := h.Say(t.Context(), h.p2p, h.me, "/subscribe weekly h5"); err != nil || d.Status() != http.StatusServiceUnavailable {
		t.Errorf("an event was answered %d, %v", d.Status(), err)
	}
	readOnly("off")
	ready(http.StatusOK)
	if list, err := h.app.SQL.Subscriptions.InChat(t.Context(), h.p2p); err != nil || len(list) != 0 {
		t.Errorf("it had half an effect: %+v, %v", list, err)
	}
	h.subscribed(t, "/subscribe weekly h5")
}
