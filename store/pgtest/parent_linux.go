package pgtest

import "syscall"

// attributes make the server end with the test process, also when that is
// killed and runs no cleanup, and run as another user unless that is nil.
func attributes(user *syscall.Credential) *syscall.SysProcAttr {
	// On SIGQUIT the server ends at once and takes its children along.
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT, Credential: user}
}
