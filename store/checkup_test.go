package store

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

func TestRedisTellsAboutItself(t *testing.T) {
	t.Parallel()
	if c, err := open(t, "", Options{}).Checkup(t.Context()); err != nil || c != (RedisCheckup{Embedded: true}) {
		t.Errorf("the embedded one: %+v, %v", c, err)
	}
	server := redistest.Start(t, "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru")
	r := open(t, patient(server), Options{})
	c, err := r.Checkup(t.Context())
	if err != nil || c.Version == "" || c.Persistence != "none" || c.Eviction != "allkeys-lru" || c.Limit != 64<<20 || c.Used == 0 {
		t.Errorf("a real one: %+v, %v", c, err)
	}
	if err := r.client.ConfigSet(t.Context(), "save", "60 1").Err(); err != nil {
		t.Fatal(err)
	}
	if c, err := r.Checkup(t.Context()); err != nil || c.Persistence != "rdb" {
		t.Errorf("with snapshots: %+v, %v", c, err)
	}
	server.Stop()
	if _, err := r.Checkup(t.Context()); !errors.Is(err, ErrAway) {
		t.Errorf("a stopped one: %v", err)
	}
}

func examiningChangesNothing(t *testing.T, server *pgtest.Server) {
	address, dir := server.NewDatabase(t), t.TempDir()
	for kind, address := range map[string]string{"SQLite": "", "PostgreSQL": address} {
		before, err := ExamineSQL(t.Context(), address, dir)
		if err != nil || before.Kind != kind || before.Tables != 0 || before.Want < 2 || before.New != (address == "") {
			t.Errorf("%s, empty: %+v, %v", kind, before, err)
		}
		if files, _ := os.ReadDir(dir); len(files) != 0 {
			t.Errorf("%s: it left %v", kind, files)
		}
	}
	for kind, address := range map[string]string{"SQLite": "", "PostgreSQL": address} {
		if err := openSQL(t, address, dir).Close(); err != nil {
			t.Fatal(err)
		}
		after, err := ExamineSQL(t.Context(), address, dir)
		if err != nil || after.Tables != after.Want || after.Version == "" || after.New || after.Ahead.Abs() > 5*time.Second {
			t.Errorf("%s, in use: %+v, %v", kind, after, err)
		}
		if address == "" && (!after.Folder.Writable || after.Folder.Free == 0) {
			t.Errorf("the folder: %+v", after.Folder)
		}
	}
	wrong := strings.Replace(address, "pgtest-password", "wrong-password", 1)
	if c, err := ExamineSQL(t.Context(), wrong, ""); err == nil || c.Kind != "PostgreSQL" || strings.Contains(err.Error(), "wrong-password") {
		t.Errorf("a wrong password: %+v, %v", c, err)
	}
}
