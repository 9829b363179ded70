package sqlstore

import (
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// isOwnGroup reports whether the program runs with the group of a file.
func isOwnGroup(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	groups, _ := os.Getgroups() // without them there still is the first one
	return slices.Contains(append(groups, os.Getegid()), int(s.Gid))
}
