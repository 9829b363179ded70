//go:build !linux

package pgtest

import "syscall"

// attributes make the server run as another user unless that is nil. The
// system cannot tie a process to its parent.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: user}
}
