package sqlstore

import (
	"io/fs"
	"os"
	"path/filepath"
)

// everybody is the bit of a mode that lets everybody write.
const everybody = 0o002

// Exposed is a file or folder that others than the program's own user may write.
type Exposed struct {
	Path string
	Mode fs.FileMode
}

// ExposedFiles returns what others may write of the folder in which SQLite
// keeps its files: the folder, the files, and any folder above in which everybody
// could put another in its place. Where the folder is not there yet only those
// above are looked at: the program makes its own, and closes it to others.
func ExposedFiles(dir string) []Exposed {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	if target, err := filepath.EvalSymlinks(dir); err == nil {
		dir = target
	}
	var found []Exposed
	look := func(path string) {
		info, err := os.Stat(path)
		if err == nil && othersMayWrite(info) {
			found = append(found, Exposed{path, info.Mode()})
		}
	}
	look(dir)
	for _, name := range []string{sqliteFile, sqliteFile + "-wal", lockFile} {
		look(filepath.Join(dir, name))
	}
	for above := filepath.Dir(dir); ; above = filepath.Dir(above) {
		// In a folder with the sticky bit, such as /tmp, everybody may only replace what is theirs.
		if info, err := os.Stat(above); err == nil && info.Mode()&fs.ModeSticky == 0 && info.Mode()&everybody != 0 {
			found = append(found, Exposed{above, info.Mode()})
		}
		if above == filepath.Dir(above) {
			return found
		}
	}
}

// othersMayWrite reports whether the mode lets others write. A group is taken
// for others, unless a volume was made for the program's own group: then it has
// the setgid bit, as with Kubernetes' fsGroup.
func othersMayWrite(info fs.FileInfo) bool {
	const group = 0o020
	mode := info.Mode()
	switch {
	case mode&everybody != 0:
		return true
	case mode&group == 0:
		return false
	}
	return mode&fs.ModeSetgid == 0 || !isOwnGroup(info)
}
