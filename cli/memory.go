package cli

import (
	"math"
	"os"
	"path"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
)

// limitMemory makes the garbage collector keep the heap within three quarters of the container's memory limit. Otherwise
// the heap may grow to twice the memory in use, and the system would kill the container. The last quarter is for the
// program itself and for the buffers of connections. GOMEMLIMIT takes precedence.
func limitMemory() {
	if debug.SetMemoryLimit(-1) != math.MaxInt64 {
		return
	}
	if most := containerMemory(os.ReadFile); most > 0 {
		debug.SetMemoryLimit(most / 4 * 3)
	}
}

// containerMemory returns how many bytes this process's control group may use, or 0 if there is no limit. In a container
// the group often appears as the root although its path names a folder outside: so every folder up to the root is read.
func containerMemory(read func(name string) ([]byte, error)) int64 {
	groups, err := read("/proc/self/cgroup")
	if err != nil {
		return 0
	}
	least := int64(0)
	for line := range strings.Lines(string(groups)) {
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		var root, file string
		switch controllers := strings.Split(fields[1], ","); {
		case fields[1] == "": // version 2
			root, file = "/sys/fs/cgroup", "memory.max"
		case slices.Contains(controllers, "memory"):
			root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		for group := path.Join("/", fields[2]); ; group = path.Dir(group) {
			if text, err := read(path.Join(root, group, file)); err == nil {
				// "max", and in version 1 a number that no machine has, mean no limit.
				if n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64); err == nil && n > 0 && n < 1<<50 && (least == 0 || n < least) {
					least = n
				}
			}
			if group == "/" {
				break
			}
		}
	}
	return least
}
