package sqlstore

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagebot/store"
	"usagebot/store/pgtest"
)

func examiningChangesNothing(t *testing.T, server *pgtest.Server) {
	address, dir := server.NewDatabase(t), t.TempDir()
	for kind, address := range map[string]string{"SQLite": "", "PostgreSQL": address} {
		before, err := ExamineSQL(t.Context(), address, dir)
		if err != nil || before.Kind != kind || before.Tables != 0 || before.Want < 1 || before.New != (address == "") {
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
		want    store.Fault
	}{
		"a wrong password":    {changed(func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong-password") }), store.Refused},
		"a user it has not":   {changed(func(u *url.URL) { u.User = url.UserPassword("nobody", "wrong-password") }), store.Refused},
		"no such database":    {changed(func(u *url.URL) { u.Path = "/elsewhere" }), store.Missing},
		"TLS that it has not": {query("sslmode", "require"), store.Insecure},
		"nobody there":        {changed(func(u *url.URL) { u.Host = "127.0.0.1:1" }), store.NoAnswer},
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
	if c, err := ExamineSQL(t.Context(), "", dir); err == nil || c.Fault != store.Corrupt {
		t.Errorf("%+v, %v", c, err)
	}
}
