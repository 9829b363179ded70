package sqlstore

import (
	"io/fs"
	"os"
	"slices"
	"syscall"
)

// freeSpace is what is left for this user where the folder is.
func freeSpace(dir string) uint64 {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return s.Bavail * uint64(max(s.Bsize, 0))
}

// isOwnGroup reports whether the program runs with the group of a file.
func isOwnGroup(info fs.FileInfo) bool {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return false
	}
	groups, _ := os.Getgroups() // without them there still is the first one
	return slices.Contains(append(groups, os.Getegid()), int(s.Gid))
}
