package sqlstore

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

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
