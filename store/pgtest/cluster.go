package pgtest

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	osuser "os/user"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
)

// findPrograms returns the folder that holds initdb and postgres. Debian
// keeps it out of PATH, one for each version.
func findPrograms() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		if path, err = filepath.EvalSymlinks(path); err == nil && hasServer(filepath.Dir(path)) {
			return filepath.Dir(path), nil
		}
	}
	folders, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil {
		return "", err
	}
	slices.Sort(folders)
	for _, folder := range slices.Backward(folders) {
		if hasServer(folder) {
			return folder, nil
		}
	}
	return "", errors.New("PostgreSQL is not installed: apt-get install postgresql")
}

func hasServer(folder string) bool {
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := os.Stat(filepath.Join(folder, program)); err != nil {
			return false
		}
	}
	return true
}

// unprivileged returns the user postgres for a process of root, which
// PostgreSQL refuses to run as.
func unprivileged() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	found, err := osuser.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root: %w", err)
	}
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the user postgres: %w", err)
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return nil, fmt.Errorf("read the user postgres: %w", err)
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}

// makeFolder makes a folder that the server's user owns. That of t.TempDir
// lies in one that only this process's user may enter.
func (s *Server) makeFolder(parent string) {
	s.t.Helper()
	dir, err := os.MkdirTemp(parent, "pgtest")
	if err != nil {
		s.t.Fatal(err)
	}
	s.dir = dir
	s.t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			s.t.Errorf("remove the server's folder: %v", err)
		}
	})
	if s.user == nil {
		return
	}
	if err := os.Chown(dir, int(s.user.Uid), int(s.user.Gid)); err != nil {
		s.t.Fatal(err)
	}
}

// initialize makes the server's files. initdb takes as long as many a test, so that it runs once in a process.
func (s *Server) initialize() {
	s.t.Helper()
	made.Lock()
	defer made.Unlock()
	if made.files == nil {
		s.initdb()
		made.files = readFiles(s.t, s.data())
		return
	}
	for _, f := range made.files {
		f.write(s.t, s.data(), s.user)
	}
}

// made is what initdb has made in this process.
var made struct {
	sync.Mutex
	files []file
}

// file is a file or a folder of a server that has not run yet.
type file struct {
	path    string // below the server's data
	folder  bool
	content []byte
}

func readFiles(t testing.TB, data string) (all []file) {
	t.Helper()
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		f := file{folder: d.IsDir()}
		if f.path, err = filepath.Rel(data, path); err == nil && !f.folder {
			f.content, err = os.ReadFile(path)
		}
		all = append(all, f)
		return err
	})
	if err != nil {
		t.Fatalf("read what initdb made: %v", err)
	}
	return all
}

func (f file) write(t testing.TB, data string, owner *syscall.Credential) {
	t.Helper()
	path := filepath.Join(data, f.path)
	var err error
	if f.folder {
		err = os.Mkdir(path, 0o700)
	} else {
		err = os.WriteFile(path, f.content, 0o600)
	}
	if err == nil && owner != nil {
		err = os.Chown(path, int(owner.Uid), int(owner.Gid))
	}
	if err != nil {
		t.Fatalf("make the server's files: %v", err)
	}
}

// initdb makes a server's files.
func (s *Server) initdb() {
	s.t.Helper()
	secret := filepath.Join(s.dir, "password")
	if err := os.WriteFile(secret, []byte(password), 0o600); err != nil {
		s.t.Fatal(err)
	}
	if s.user != nil {
		if err := os.Chown(secret, int(s.user.Uid), int(s.user.Gid)); err != nil {
			s.t.Fatal(err)
		}
	}
	out, err := s.command(s.t.Context(), "initdb", "-D", s.data(), "-U", user, "-A", "password", "--pwfile", secret,
		"-E", "UTF8", "--locale", "C", "--no-sync").CombinedOutput()
	if err != nil {
		s.t.Fatalf("initdb: %v\n%s", err, out)
	}
}

func (s *Server) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, filepath.Join(s.bin, program), args...)
	cmd.Dir = s.dir
	cmd.Env = []string{"PATH=" + s.bin, "LC_ALL=C", "TZ=UTC"}
	cmd.SysProcAttr = attributes(s.user)
	return cmd
}
