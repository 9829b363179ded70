package cli

import (
	"os"
	"testing"
)

func TestContainerMemory(t *testing.T) {
	t.Parallel()
	const mib = 1 << 20
	for name, tt := range map[string]struct {
		files map[string]string
		want  int64
	}{
		"no such system": {nil, 0},
		"version 2 in a container": {map[string]string{
			"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "268435456\n",
		}, 256 * mib},
		"version 2, seen from outside": {map[string]string{
			"/proc/self/cgroup": "0::/pods/bot\n", "/sys/fs/cgroup/pods/bot/memory.max": "268435456\n", "/sys/fs/cgroup/pods/memory.max": "max\n",
		}, 256 * mib},
		"a group above allows less": {map[string]string{
			"/proc/self/cgroup": "0::/pods/bot\n", "/sys/fs/cgroup/pods/bot/memory.max": "268435456\n", "/sys/fs/cgroup/pods/memory.max": "134217728\n",
		}, 128 * mib},
		"version 2 without a limit": {map[string]string{
			"/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/memory.max": "max\n",
		}, 0},
		"version 1, whose path is the host's": {map[string]string{
			"/proc/self/cgroup": "9:name=systemd:/\n5:cpu,memory:/docker/abc\n0::/\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "268435456\n",
		}, 256 * mib},
		"version 1 without a limit": {map[string]string{
			"/proc/self/cgroup": "5:memory:/\n", "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n",
		}, 0},
		"what nobody understands": {map[string]string{
			"/proc/self/cgroup": "\nx\n0::/\n", "/sys/fs/cgroup/memory.max": "",
		}, 0},
	} {
		got := containerMemory(func(name string) ([]byte, error) {
			if text, ok := tt.files[name]; ok {
				return []byte(text), nil
			}
			return nil, os.ErrNotExist
		})
		if got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}
}
