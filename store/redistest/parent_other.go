//go:build !linux

package redistest

import "syscall"

// dieWithParent does nothing where the system cannot tie a process to its
// parent.
func dieWithParent() *syscall.SysProcAttr { return nil }
