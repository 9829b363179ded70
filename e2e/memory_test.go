package e2e

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/sandbox"
)

// deployedMemory is what the samples in deploy/ let the program use.
const deployedMemory = 256 << 20

// TestMemory_UnverifiedRequests_Bounded runs the program as it is given out, where it may use as much memory as in the samples, and
// sends requests that cost much before their sender is verified. Meanwhile the platform's events are taken.
func TestMemory_UnverifiedRequests_Bounded(t *testing.T) { //nolint:paralleltest // what others use of the machine would slow it down
	program := filepath.Join(t.TempDir(), "usagebot")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "nomsgpack", "-ldflags", "-s -w", "-buildvcs=false", "-o", program, "..") // without the race detector, which uses several times as much
	if err := output(build); err != nil {
		t.Fatal(err)
	}
	sb := yesterdayIsOut(t)
	addr := freeAddr(t)
	launcher, environ := limitMemory(t, program)
	child := spawnProgram(t, sb, os.Stderr, launcher, addr, append(environ, "DATA_DIR="+t.TempDir())...)
	child.ready(t)
	sb.SetWebhook("http://" + addr + "/webhook/event")

	header := "POST /webhook/event HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
	short := func(bytes int) string {
		var b strings.Builder
		for i := 0; b.Len() < bytes; i++ {
			fmt.Fprintf(&b, "%x:\r\n", i)
		}
		return b.String()
	}
	for _, attack := range []struct {
		name        string
		connections int
		text        string
	}{
		{"20 headers of 1 MiB", 20, header + "X-A: " + strings.Repeat("a", 1<<20)},
		{"200 headers of 1 MiB", 200, header + "X-A: " + strings.Repeat("a", 1<<20)},
		{"headers of many short lines without an end", 300, header + short(15<<10)},
		{"headers of many short lines, and a body without an end", 300, header + short(15<<10) + "Content-Length: 1000\r\n\r\n{"},
		{"bodies of nearly 1 MiB without an end", 300, header + "Content-Length: 1048576\r\n\r\n" + strings.Repeat("a", 1<<20-1)},
		{"chunked bodies without an end", 300, header + "Transfer-Encoding: chunked\r\n\r\n80000\r\n" + strings.Repeat("a", 1<<19)},
		{"bodies after a go", 300, header + "Expect: 100-continue\r\nContent-Length: 1048576\r\n\r\n"},
		{"idle connections", 300, "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"},
		{"metrics that nobody reads", 150, strings.Repeat("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n", 20)},
		{"connections without a word", 1200, ""},
	} {
		t.Run(attack.name, func(t *testing.T) { //nolint:paralleltest // one attack after the other
			flood(t, sb, addr, attack.connections, attack.text)
			peak := peakMemory(t, child.Process.Pid)
			t.Logf("at most %d MiB in memory so far", peak>>20)
			if peak > deployedMemory {
				t.Errorf("%d MiB were in memory", peak>>20)
			}
			select {
			case <-child.exited:
				t.Fatal("the program has ended")
			default:
			}
		})
	}
	me := sb.People()[0].OpenID
	chat, _ := sb.Single(me)
	if d, err := sb.Say(t.Context(), chat.ID, me, "/usage weekly h5"); err != nil || !d.Taken {
		t.Fatalf("HTTP %d, %v", d.Status(), err)
	}
	await(t, "a question is answered afterwards", func() bool {
		list := sb.BotMessages(chat.ID)
		return len(list) > 0 && strings.Contains(list[len(list)-1].Content, "h5 app:")
	})
}

// flood opens connections, writes the text to each and holds it open, and has the platform deliver events meanwhile.
func flood(t *testing.T, sb *sandbox.Sandbox, addr string, connections int, text string) {
	t.Helper()
	var all sync.WaitGroup
	defer all.Wait()
	over := make(chan struct{})
	defer close(over)
	slots := make(chan struct{}, 20) // so many are opened at once
	for range connections {
		all.Go(func() {
			slots <- struct{}{}
			c, err := new(net.Dialer).DialContext(t.Context(), "tcp", addr)
			if err != nil {
				<-slots
				return // it may refuse any of them
			}
			defer func() { _ = c.Close() }()
			_ = c.SetWriteDeadline(time.Now().Add(2 * time.Second))
			_, _ = io.WriteString(c, text) // as much as it takes
			<-slots
			<-over
		})
	}
	for i := range 5 {
		// The platform waits 3 s, and delivers again. On a machine that has much else to do one may be late.
		taken := false
		for range 3 {
			d, err := sb.Enter(t.Context(), sb.People()[i%len(sb.People())].OpenID)
			if err != nil {
				t.Fatal(err)
			}
			if taken = d.Taken; taken {
				break
			}
			t.Logf("event %d: HTTP %d", i, d.Status())
		}
		if !taken {
			t.Errorf("event %d was not taken", i)
		}
		(&child{addr: addr}).ready(t)
		time.Sleep(100 * time.Millisecond)
	}
}

// limitMemory returns the command that starts the program in a control group that may use deployedMemory. Where none can be made it returns
// the program, to be started with a limit of its own.
func limitMemory(t *testing.T, program string) (launcher string, environ []string) {
	t.Helper()
	name := "usagebot-test-" + strconv.Itoa(os.Getpid())
	for _, version := range []struct{ root, limit string }{
		{"/sys/fs/cgroup", "memory.max"}, {"/sys/fs/cgroup/memory", "memory.limit_in_bytes"},
	} {
		group := filepath.Join(version.root, name)
		if os.Mkdir(group, 0o755) != nil {
			continue
		}
		t.Cleanup(func() { _ = os.Remove(group) })                                     // after the program has ended
		limit, err := os.OpenFile(filepath.Join(group, version.limit), os.O_WRONLY, 0) // it is there only where the group bounds memory
		if err != nil {
			continue
		}
		_, err = limit.WriteString(strconv.Itoa(deployedMemory))
		if errors.Join(err, limit.Close()) != nil {
			continue
		}
		launcher = filepath.Join(t.TempDir(), "launch")
		script := fmt.Sprintf("#!/bin/sh\necho $$ > %s/cgroup.procs && exec %s serve\n", group, program)
		if err := os.WriteFile(launcher, []byte(script), 0o755); err != nil { //nolint:gosec // it is to be run
			t.Fatal(err)
		}
		if err := exec.CommandContext(t.Context(), "sh", "-c", "sh -c 'echo $$ > "+group+"/cgroup.procs'").Run(); err == nil {
			t.Logf("the program runs in %s", group)
			return launcher, nil
		}
	}
	t.Log("no control group can be made here: what the program has in memory is measured alone")
	return program, []string{"GOMEMLIMIT=" + strconv.Itoa(deployedMemory/4*3)}
}

// peakMemory is how much a process had in memory at most.
func peakMemory(t *testing.T, pid int) int {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		t.Fatal(err)
	}
	return kib << 10
}
