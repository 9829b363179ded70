// Package disktest gives a test a small disk that it can fill.
package disktest

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// Disk is a disk of a few megabytes, in memory. Where nothing may be mounted it
// is a folder, and those who write to it can be kept from it.
type Disk struct {
	Dir string
	// Mounted tells whether it is a disk: then it is full for everybody, and the
	// system says so.
	Mounted bool

	t       testing.TB
	writers func() []int
}

// New makes an empty disk, which is gone when the test ends. The writers are
// the processes that write to it and whose children do: they are asked for only
// where nothing may be mounted.
func New(t testing.TB, megabytes int, writers func() []int) *Disk {
	t.Helper()
	d := &Disk{t: t, writers: writers}
	d.makeFolder()
	if err := d.mount(megabytes); err != nil {
		t.Logf("nothing may be mounted here (%v): the disk's writers are limited in its place", err)
	}
	return d
}

// makeFolder makes a folder that servers of other users may enter, which that of
// t.TempDir is not.
func (d *Disk) makeFolder() {
	d.t.Helper()
	dir, err := os.MkdirTemp("", "disktest")
	if err != nil {
		d.t.Fatal(err)
	}
	d.Dir = dir
	d.t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			d.t.Errorf("remove the disk's folder: %v", err)
		}
	})
	if err := os.Chmod(dir, 0o755); err != nil {
		d.t.Fatal(err)
	}
}

// holder mounts the disk, and keeps it until its input ends: with the test, also
// when that is killed.
const holder = `mount -t tmpfs -o size="$1"m,mode=0755 disktest "$2" && echo mounted && cat
umount -l "$2"`

func (d *Disk) mount(megabytes int) error {
	cmd := exec.Command("sh", "-c", holder, "sh", fmt.Sprint(megabytes), d.Dir) //nolint:noctx // it ends with its input
	in, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	said, _ := bufio.NewReader(out).ReadString('\n') // nothing is said when it fails
	if said != "mounted\n" {
		return errors.Join(errors.New("mount failed"), cmd.Wait())
	}
	d.Mounted = true
	d.t.Cleanup(func() {
		if err := errors.Join(in.Close(), cmd.Wait()); err != nil {
			d.t.Errorf("unmount the disk: %v", err)
		}
	})
	return nil
}

func (d *Disk) filler() string { return filepath.Join(d.Dir, "filler") }

// Fill leaves no space on the disk.
func (d *Disk) Fill() {
	d.t.Helper()
	if !d.Mounted {
		d.limit("0")
		return
	}
	file, err := os.Create(d.filler())
	if err != nil {
		d.t.Fatal(err)
	}
	defer file.Close()
	if _, err := io.Copy(file, zeros{}); !errors.Is(err, syscall.ENOSPC) {
		d.t.Fatalf("fill the disk: %v", err)
	}
}

// Empty frees the space again.
func (d *Disk) Empty() {
	d.t.Helper()
	if !d.Mounted {
		d.limit("unlimited")
		return
	}
	if err := os.Remove(d.filler()); err != nil {
		d.t.Fatal(err)
	}
}

// zeros never end.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
