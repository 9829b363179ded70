package sqlstore

import (
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/store"
	"usagebot/store/pgtest"
)

func examiningChangesNothing(t *testing.T, server *pgtest.Server) {
	address, dir := server.NewDatabase(t), t.TempDir()
	for kind, address := range map[string]string{"SQLite": "", "PostgreSQL": address} {
		before, err := Examine(t.Context(), address, dir)
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
		after, err := Examine(t.Context(), address, dir)
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
		c, err := Examine(t.Context(), tt.address, "")
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
	if c, err := Examine(t.Context(), "", dir); err == nil || c.Fault != store.Corrupt {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestExposedFiles(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		folder, file, above fs.FileMode
		want                []string
	}{
		{"as the program makes them", 0o700, 0o600, 0o700, nil},
		{"others may read", 0o755, 0o644, 0o755, nil},
		{"everybody may write in the folder", 0o777, 0o600, 0o700, []string{"above/data"}},
		{"with the sticky bit as well", fs.ModeSticky | 0o777, 0o600, 0o700, []string{"above/data"}},
		{"a group may", 0o770, 0o600, 0o700, []string{"above/data"}},
		{"a volume of the program's own group", fs.ModeSetgid | 0o770, 0o660, 0o700, []string{"above/data/usagebot.db"}},
		{"everybody may write the file", 0o700, 0o666, 0o700, []string{"above/data/usagebot.db"}},
		{"everybody may replace the folder", 0o700, 0o600, 0o777, []string{"above"}},
		{"nobody may replace what is theirs", 0o700, 0o600, fs.ModeSticky | 0o777, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			root, err := filepath.EvalSymlinks(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			dir := filepath.Join(root, "above", "data")
			file := filepath.Join(dir, sqliteFile)
			if err := os.MkdirAll(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			for path, mode := range map[string]fs.FileMode{dir: tt.folder, file: tt.file, filepath.Dir(dir): tt.above} {
				if err := os.Chmod(path, mode); err != nil {
					t.Fatal(err)
				}
			}
			var got []string
			for _, e := range ExposedFiles(dir) {
				if rel, err := filepath.Rel(root, e.Path); err == nil && filepath.IsLocal(rel) && rel != "." {
					got = append(got, rel)
				}
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("others may write %v, want %v", got, tt.want)
			}
		})
	}
}

func TestExposedFiles_FolderToBeMade_LooksAbove(t *testing.T) {
	t.Parallel()
	above := t.TempDir()
	if err := os.Chmod(above, 0o777); err != nil {
		t.Fatal(err)
	}
	found := ExposedFiles(filepath.Join(above, "data"))
	if !slices.ContainsFunc(found, func(e Exposed) bool { return e.Path == above }) {
		t.Errorf("%v, want %s among them", found, above)
	}
}
