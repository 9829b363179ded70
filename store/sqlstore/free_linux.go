package sqlstore

import "syscall"

// freeSpace is what is left for this user where the folder is.
func freeSpace(dir string) uint64 {
	var s syscall.Statfs_t
	if syscall.Statfs(dir, &s) != nil {
		return 0
	}
	return s.Bavail * uint64(max(s.Bsize, 0))
}
