//go:build !linux

package sqlstore

import "io/fs"

// freeSpace returns 0: these systems have no common way to ask.
func freeSpace(string) uint64 { return 0 }

// isOwnGroup returns false: these systems have no common way to ask.
func isOwnGroup(fs.FileInfo) bool { return false }
