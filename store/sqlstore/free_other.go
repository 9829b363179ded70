//go:build !linux

package sqlstore

// freeSpace is not told where the system has no common way to ask.
func freeSpace(string) uint64 { return 0 }
