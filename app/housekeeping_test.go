package app

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"usagebot/store/pgtest"
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
		redis bool
		beats []beat
		want  string // who warns, in order
	}{
		"one":                    {false, []beat{{"a", 0, false}, {"a", 30, false}, {"a", 60, false}}, ""},
		"two":                    {false, []beat{{"a", 0, false}, {"b", 10, false}, {"a", 30, false}, {"b", 40, false}, {"a", 60, false}, {"b", 70, false}}, "ab"},
		"two with Redis":         {true, []beat{{"a", 0, false}, {"b", 10, false}, {"a", 30, false}, {"b", 40, false}}, ""},
		"one that was killed":    {false, []beat{{"a", 0, false}, {"a", 30, false}, {"b", 31, false}, {"b", 61, false}}, ""},
		"one that was restarted": {false, []beat{{"a", 0, false}, {"a", 30, true}, {"b", 30, false}, {"b", 60, false}}, ""},
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
			logger := slog.New(slog.NewTextHandler(&log, nil))
			for _, b := range tt.beats {
				at := noon.Add(time.Duration(b.second) * time.Second)
				if replicas[b.replica] == nil {
					replicas[b.replica] = &replica{store: db.Housekeeping, log: logger, id: b.replica, started: at, unshared: !tt.redis}
				}
				log.Reset()
				replicas[b.replica].heartbeat(t.Context(), at)
				if strings.Contains(log.String(), "REDIS_URL is not set") {
					warned += b.replica
				} else if log.Len() > 0 {
					t.Errorf("logged %s", log.String())
				}
				if b.stops {
					replicas[b.replica].remove(t.Context())
				}
			}
			if warned != tt.want {
				t.Errorf("%q warned, want %q", warned, tt.want)
			}
		})
	}
}
