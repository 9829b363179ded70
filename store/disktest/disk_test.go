package disktest

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestADiskIsFullAndHasRoomAgain(t *testing.T) {
	t.Parallel()
	d := New(t, 1, func() []int { return nil })
	if !d.Mounted {
		return // the limits of processes are tried where the processes are
	}
	write := func() error { return os.WriteFile(filepath.Join(d.Dir, "file"), make([]byte, 8<<10), 0o600) }
	d.Fill()
	if err := write(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("on a full disk: %v", err)
	}
	d.Empty()
	if err := write(); err != nil {
		t.Errorf("with room again: %v", err)
	}
}
