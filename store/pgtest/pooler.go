package pgtest

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// poolSize is how many connections to the server all clients of a pooler share. It is less than a process of the bot opens, so
// that clients get each other's connections all the time.
const poolSize = 3

// Pooler is a PgBouncer in front of a server.
type Pooler struct {
	port int
}

// StartPooler runs PgBouncer in a pool mode, such as "transaction", on a port of the loopback interface, and ends it with the
// test. Where PgBouncer is not installed the test fails, as with Start.
func (s *Server) StartPooler(t testing.TB, mode string) *Pooler {
	t.Helper()
	program, err := findPgBouncer()
	if err != nil {
		t.Fatal(err)
	}
	for range 5 {
		// Between finding a free port and using it another process may take it.
		p := &Pooler{port: freePort(t)}
		if s.runPooler(t, p, program, mode) {
			return p
		}
	}
	t.Fatal("pgbouncer does not start")
	return nil
}

// Address returns the address of one of the server's databases, as it is reached through the pooler.
func (p *Pooler) Address(t testing.TB, database string) string {
	t.Helper()
	u, err := url.Parse(database)
	if err != nil {
		t.Fatal(err)
	}
	u.Host = net.JoinHostPort("127.0.0.1", fmt.Sprint(p.port))
	return u.String()
}

// findPgBouncer returns the program. Debian keeps it in a folder that only root has in PATH.
func findPgBouncer() (string, error) {
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path, nil
	}
	path, err := exec.LookPath("/usr/sbin/pgbouncer")
	if err != nil {
		return "", fmt.Errorf("PgBouncer is not installed: apt-get install pgbouncer: %w", err)
	}
	return path, nil
}

// runPooler starts the process and reports whether it came to answer.
func (s *Server) runPooler(t testing.TB, p *Pooler, program, mode string) bool {
	t.Helper()
	name := func(kind string) string { return filepath.Join(s.dir, fmt.Sprintf("pgbouncer-%d.%s", p.port, kind)) }
	settings := fmt.Sprintf(`[databases]
* = host=127.0.0.1 port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = %s
default_pool_size = %d
max_client_conn = 500
log_connections = 0
log_disconnections = 0
server_login_retry = 1
`, s.port, p.port, name("users"), mode, poolSize)
	for path, content := range map[string]string{name("ini"): settings, name("users"): fmt.Sprintf("%q %q\n", user, password)} {
		file{path: filepath.Base(path), content: []byte(content)}.write(t, s.dir, s.user)
	}
	log, err := os.Create(name("log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	cmd := exec.CommandContext(context.Background(), program, name("ini")) // it outlives the test's context, until the cleanup
	cmd.Dir, cmd.SysProcAttr = s.dir, attributes(s.user)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		t.Fatalf("start pgbouncer: %v", err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // that it was ended is no news
		close(exited)
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM) // fails only when the process has ended by itself
		select {
		case <-exited:
		case <-time.After(stopLimit):
			_ = cmd.Process.Kill()
			<-exited
		}
		if t.Failed() {
			text, _ := os.ReadFile(name("log"))
			t.Logf("the pooler's log:\n%s", text)
		}
	})
	return answers(t.Context(), p.Address(t, s.URL()), exited)
}
