package disktest

import (
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// limit says how large a file may become by the disk's writers.
func (d *Disk) limit(size string) {
	d.t.Helper()
	for _, pid := range family(d.writers()) {
		// Also root may need to be the user whose process it is.
		cmd := exec.Command("prlimit", "--pid", strconv.Itoa(pid), "--fsize="+size+":") //nolint:noctx // it only sets a number
		info, err := os.Stat(fmt.Sprintf("/proc/%d", pid))
		if err != nil {
			continue // it has ended
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Getuid() {
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
		}
		if out, err := cmd.CombinedOutput(); err != nil && alive(pid) {
			d.t.Fatalf("limit process %d: %v\n%s", pid, err, out)
		}
	}
}

func alive(pid int) bool { return syscall.Kill(pid, 0) == nil }

// family are the processes and their children, and so on.
func family(pids []int) (all []int) {
	for _, pid := range pids {
		all = append(all, pid)
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
		if err != nil {
			continue // it has ended
		}
		for _, word := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				all = append(all, family([]int{child})...)
			}
		}
	}
	return all
}
