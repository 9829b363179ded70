package redistest

import "syscall"

// dieWithParent makes the server end with the test process, also when that is
// killed and runs no cleanup.
func dieWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
