// Package pgtest runs a real PostgreSQL server for the length of a test.
package pgtest

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

const (
	// startLimit is how long a server may take until it answers, and stopLimit
	// until it has ended.
	startLimit = time.Minute
	stopLimit  = time.Minute

	user, password = "usagebot", "pgtest-password"
)

// Server is one PostgreSQL server on a port of the loopback interface, with
// files of its own in a temporary folder.
type Server struct {
	t         testing.TB
	bin       string // the folder of the programs
	dir       string
	port      int
	user      *syscall.Credential // nil: this process's
	cmd       *exec.Cmd
	exited    chan struct{}
	databases atomic.Int64
}

// Start makes and runs a server, and removes it when the test ends. Where
// PostgreSQL is not installed the test fails: a missing service must not look
// like a pass. With -short no server is started, and the test is passed over.
func Start(t testing.TB) *Server {
	t.Helper()
	return StartIn(t, "")
}

// StartIn makes and runs a server with its files in a folder, which everybody
// may enter; empty: that of temporary files.
func StartIn(t testing.TB, folder string) *Server {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: it starts a server")
	}
	bin, err := findPrograms()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, bin: bin}
	if s.user, err = unprivileged(); err != nil {
		t.Fatal(err)
	}
	s.makeFolder(folder)
	s.initialize()
	t.Cleanup(s.Stop)
	for range 5 {
		// Between finding a free port and using it another process may take it.
		s.port = freePort(t)
		if s.run() {
			return s
		}
	}
	t.Fatalf("postgres does not start; its log:\n%s", s.log())
	return nil
}

// Pid is the process that runs; 0 after Stop.
func (s *Server) Pid() int {
	if s.cmd == nil {
		return 0
	}
	return s.cmd.Process.Pid
}

// URL is the address of the server's first database, in the form of
// DATABASE_URL.
func (s *Server) URL() string { return s.address("postgres") }

func (s *Server) address(database string) string {
	u := url.URL{
		Scheme: "postgres", User: url.UserPassword(user, password), Path: database,
		Host: net.JoinHostPort("127.0.0.1", fmt.Sprint(s.port)), RawQuery: "sslmode=disable",
	}
	return u.String()
}

// NewDatabase makes an empty database and returns its address.
func (s *Server) NewDatabase(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", s.databases.Add(1))
	if err := s.exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatalf("make a database: %v", err)
	}
	return s.address(name)
}

func (s *Server) exec(ctx context.Context, statement string) error {
	return execAt(ctx, s.URL(), statement)
}

func execAt(ctx context.Context, address, statement string) error {
	db, err := sql.Open("pgx", address)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, statement)
	return err
}

// Stop ends the server at once, as a crash would; what was committed is kept.
// It may be called more than once.
func (s *Server) Stop() {
	if s.cmd == nil {
		return
	}
	_ = s.cmd.Process.Signal(syscall.SIGQUIT) // fails only when the process has ended by itself
	select {
	case <-s.exited:
	case <-time.After(stopLimit):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
	s.cmd = nil
}

// RestartAsStandby runs the server again as a copy that waits for its primary: it answers, and takes no writes.
func (s *Server) RestartAsStandby() {
	s.t.Helper()
	s.Stop()
	file{path: "standby.signal"}.write(s.t, s.data(), s.user)
	s.Restart()
}

// Restart runs the server again on the same port, with what it had.
func (s *Server) Restart() {
	s.t.Helper()
	s.Stop()
	for deadline := time.Now().Add(startLimit); time.Now().Before(deadline); {
		if s.run() {
			return
		}
	}
	s.t.Fatalf("postgres does not start again; its log:\n%s", s.log())
}

// run starts the process and reports whether it came to answer.
func (s *Server) run() bool {
	s.t.Helper()
	log, err := os.OpenFile(filepath.Join(s.dir, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		s.t.Fatal(err)
	}
	defer log.Close()
	cmd := s.command(context.Background(), "postgres", "-D", s.data(), // it outlives the test's context, until Stop
		"-c", "listen_addresses=127.0.0.1", "-c", fmt.Sprintf("port=%d", s.port), "-c", "unix_socket_directories=",
		// Nobody switches this machine off in the middle of a test.
		"-c", "fsync=off", "-c", "full_page_writes=off", "-c", "shared_buffers=32MB",
		"-c", "deadlock_timeout=50ms")
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		s.t.Fatalf("start postgres: %v", err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // a killed process is no news
		close(exited)
	}()
	s.cmd, s.exited = cmd, exited
	if answers(s.t.Context(), s.URL(), exited) {
		return true
	}
	s.Stop()
	return false
}

// answers waits until what listens at the address answers a question; false when its process ends first or the time is up.
func answers(ctx context.Context, address string, exited <-chan struct{}) bool {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		if execAt(ctx, address, "SELECT 1") == nil {
			return true
		}
		select {
		case <-exited:
			return false
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

func (s *Server) log() []byte {
	text, err := os.ReadFile(filepath.Join(s.dir, "log"))
	if err != nil {
		return []byte(err.Error())
	}
	return text
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
