package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/store/pgtest"
	"usagebot/store/redisstore"
	"usagebot/store/sqlstore"
)

func TestHeartbeat_WarnsOfUnsharedReplicas(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	noon := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	type beat struct {
		replica string
		second  int  // after noon; the first of a replica is its start
		stops   bool // after it
	}
	for name, tt := range map[string]struct {
		redis *redisstore.Redis
		beats []beat
		want  string // who warns, in order
	}{
		"one":                    {nil, []beat{{"a", 0, false}, {"a", 30, false}, {"a", 60, false}}, ""},
		"two":                    {nil, []beat{{"a", 0, false}, {"b", 10, false}, {"a", 30, false}, {"b", 40, false}, {"a", 60, false}, {"b", 70, false}}, "ab"},
		"two with Redis":         {new(redisstore.Redis), []beat{{"a", 0, false}, {"b", 10, false}, {"a", 30, false}, {"b", 40, false}}, ""},
		"one that was killed":    {nil, []beat{{"a", 0, false}, {"a", 30, false}, {"b", 31, false}, {"b", 61, false}}, ""},
		"one that was restarted": {nil, []beat{{"a", 0, false}, {"a", 30, true}, {"b", 30, false}, {"b", 60, false}}, ""},
	} {
		address := server.NewDatabase(t)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := sqlstore.Open(t.Context(), address, "")
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			var log bytes.Buffer
			replicas, warned := map[string]*replica{}, ""
			a := &App{SQL: db, Log: slog.New(slog.NewTextHandler(&log, nil)), Config: config.Config{DatabaseURL: config.NewURL(address)}, shared: sharedState{redis: tt.redis}}
			for _, b := range tt.beats {
				at := noon.Add(time.Duration(b.second) * time.Second)
				if replicas[b.replica] == nil {
					replicas[b.replica] = &replica{id: b.replica, started: at}
				}
				log.Reset()
				a.heartbeat(t.Context(), replicas[b.replica], at)
				if strings.Contains(log.String(), "REDIS_URL is not set") {
					warned += b.replica
				} else if log.Len() > 0 {
					t.Errorf("logged %s", log.String())
				}
				if b.stops {
					a.removeReplica(t.Context(), b.replica)
				}
			}
			if warned != tt.want {
				t.Errorf("%q warned, want %q", warned, tt.want)
			}
		})
	}
}
