package doctor

import (
	"slices"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/store/pgtest"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
)

func TestReplicasWithoutRedisAreFound(t *testing.T) {
	t.Parallel()
	address := pgtest.Start(t).NewDatabase(t)
	db, err := sqlstore.Open(t.Context(), address, "")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	unshared := func(redis *redisstore.Redis) bool {
		p := &Checkup{cfg: config.Config{DatabaseURL: config.NewURL(address)}, redis: redis}
		return slices.ContainsFunc(p.database(t.Context()), func(f Finding) bool {
			return f.Key == "database.unshared" && f.Status == StatusWarning && f.Args["count"] == "2"
		})
	}
	for _, tt := range []struct {
		id   string
		ago  time.Duration
		want bool
	}{
		{"one", 0, false},
		{"long gone", time.Hour, false},
		{"two", 40 * time.Second, true},
	} {
		seen := time.Now().Add(-tt.ago)
		if err := db.Housekeeping.Heartbeat(t.Context(), sqlstore.Replica{ID: tt.id, Seen: seen}, seen.Add(-24*time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := unshared(nil); got != tt.want {
			t.Errorf("with the replica %q: %v, want %v", tt.id, got, tt.want)
		}
		if unshared(new(redisstore.Redis)) {
			t.Errorf("with the replica %q: it is found although Redis is set", tt.id)
		}
	}
}
