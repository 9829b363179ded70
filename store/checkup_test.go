package store

import (
	"errors"
	"net/url"
	"os"
	"path/filepath"
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
	faultsAreNamed(t, address)
}

// faultsAreNamed has a database refuse us in every way that the test's server has.
func faultsAreNamed(t *testing.T, address string) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(change func(*url.URL)) string {
		other := *u
		change(&other)
		return other.String()
	}
	query := func(key, value string) string {
		return changed(func(u *url.URL) {
			q := u.Query()
			q.Set(key, value)
			u.RawQuery = q.Encode()
		})
	}
	for name, tt := range map[string]struct {
		address string
		want    Fault
	}{
		"a wrong password":    {changed(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong-password") }), Refused},
		"a user it has not":   {changed(func(u *url.URL) { u.User = url.UserPassword("nobody", "wrong-password") }), Refused},
		"no such database":    {changed(func(u *url.URL) { u.Path = "/elsewhere" }), Missing},
		"TLS that it has not": {query("sslmode", "require"), Insecure},
		"nobody there":        {changed(func(u *url.URL) { u.Host = "127.0.0.1:1" }), NoAnswer},
	} {
		c, err := ExamineSQL(t.Context(), tt.address, "")
		if err == nil || c.Fault != tt.want || c.Kind != "PostgreSQL" || strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("%s: %+v, %v, want %s", name, c, err, tt.want)
		}
	}
}

func TestAFileThatIsNoDatabaseIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, sqliteFile), []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if c, err := ExamineSQL(t.Context(), "", dir); err == nil || c.Fault != Corrupt {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestRedisNamesWhyItRefuses(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	if err := open(t, server.URL(), Options{}).client.ConfigSet(t.Context(), "requirepass", "sesame").Err(); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct {
		change func(*url.URL)
		want   Fault
	}{
		"no password":         {func(u *url.URL) { u.User = nil }, Refused},
		"a wrong password":    {func(u *url.URL) { u.User = url.UserPassword("", "wrong-password") }, Refused},
		"no such database":    {func(u *url.URL) { u.User, u.Path = url.UserPassword("", "sesame"), "/99" }, Missing},
		"TLS that it has not": {func(u *url.URL) { u.Scheme = "rediss" }, Insecure},
		"nobody there":        {func(u *url.URL) { u.Host = "127.0.0.1:1" }, NoAnswer},
		"all is well":         {func(u *url.URL) { u.User = url.UserPassword("", "sesame") }, ""},
	} {
		other := *u
		tt.change(&other)
		c, err := open(t, other.String(), Options{}).Checkup(t.Context())
		if c.Fault != tt.want || errors.Is(err, ErrAway) != (tt.want != "") || err != nil && strings.Contains(err.Error(), "wrong-password") {
			t.Errorf("%s: %+v, %v, want %q", name, c, err, tt.want)
		}
	}
}
