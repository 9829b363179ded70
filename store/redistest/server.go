// Package redistest runs a real redis-server for the length of a test.
package redistest

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// startLimit is how long a server may take until it answers.
const startLimit = time.Minute

// Server is one redis-server process on a port of the loopback interface. It
// keeps nothing on disk: a restart forgets everything.
type Server struct {
	t      testing.TB
	dir    string
	port   int
	args   []string
	cmd    *exec.Cmd
	exited chan struct{}
}

// Start runs a server and stops it when the test ends. Where redis-server is
// not installed the test fails: a missing service must not look like a pass.
// With -short no server is started, and the test is passed over. The args
// are further arguments of redis-server.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: it starts a server")
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("redis-server is not installed: apt-get install redis-server")
	}
	s := &Server{t: t, dir: t.TempDir(), args: args}
	t.Cleanup(s.Stop)
	for range 5 {
		// Between finding a free port and using it another process may take it.
		s.port = freePort(t)
		if s.run() {
			return s
		}
	}
	t.Fatal("redis-server does not start")
	return nil
}

// URL is the server's address in the form of REDIS_URL.
func (s *Server) URL() string { return fmt.Sprintf("redis://127.0.0.1:%d", s.port) }

// Stop kills the server. It may be called more than once.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Kill() // fails only when the process has ended by itself
	<-s.exited
	s.cmd = nil
}

// Restart runs an empty server on the same port.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	for deadline := time.Now().Add(startLimit); time.Now().Before(deadline); {
		if s.run() {
			return
		}
	}
	s.t.Fatal("redis-server does not start again")
}

// Freeze makes the server hang: connections stay open, nothing is answered.
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw ends Freeze.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }

func (s *Server) signal(sig syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatalf("signal redis-server: %v", err)
	}
}

// run starts the process and reports whether it came to answer.
func (s *Server) run() bool {
	s.t.Helper()
	args := append(slices.Clone(s.args),
		"--bind", "127.0.0.1", "--port", fmt.Sprint(s.port), "--save", "", "--appendonly", "no", "--dir", s.dir)
	cmd := exec.Command("redis-server", args...) //nolint:noctx // Stop ends it
	cmd.SysProcAttr = dieWithParent()
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("start redis-server: %v", err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // a killed process is no news
		close(exited)
	}()
	s.cmd, s.exited = cmd, exited
	if s.answers() {
		return true
	}
	s.Stop()
	return false
}

// answers waits until the server answers a PING; false when its process ends
// first or the time is up.
func (s *Server) answers() bool {
	deadline := time.After(startLimit)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if ping(s.t.Context(), s.port) {
			return true
		}
		select {
		case <-s.exited:
			return false
		case <-deadline:
			return false
		case <-tick.C:
		}
	}
}

func ping(ctx context.Context, port int) bool { return says(ctx, port, "PING", "+PONG") }

// Empty deletes everything that the server holds.
func (s *Server) Empty() {
	s.t.Helper()
	if !says(context.WithoutCancel(s.t.Context()), s.port, "FLUSHALL", "+OK") {
		s.t.Error("Redis could not be emptied")
	}
}

// says reports whether a server answers a command as expected.
func says(ctx context.Context, port int, command, answer string) bool {
	dialer := net.Dialer{Timeout: time.Second}
	conn, err := dialer.DialContext(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Second)); err != nil {
		return false
	}
	if _, err := conn.Write([]byte(command + "\r\n")); err != nil {
		return false
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	return err == nil && strings.HasPrefix(line, answer)
}

func freePort(t testing.TB) int {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("find a free port: %v", err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}
