//go:build lab

package cli

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"

	"usagebot/config"
)

// buildKind is appended to the version. A lab build lets external tests move its clock and lift its quota; it is never
// released.
const buildKind = " lab"

// clock returns the machine's clock, moved by CLOCK_FILE: a file of 8 bytes that holds the nanoseconds to add (int64,
// little-endian). The file is mapped into memory, so a change takes effect at once. The time has no monotonic part.
func (p *Process) clock() (func() time.Time, error) {
	name := p.environment("CLOCK_FILE")
	if name == "" {
		return time.Now, nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, usageError{fmt.Errorf("CLOCK_FILE: %w", err)}
	}
	defer file.Close()
	if info, err := file.Stat(); err != nil || info.Size() != 8 {
		return nil, usageError{fmt.Errorf("CLOCK_FILE: %s does not have 8 bytes", name)}
	}
	offset, err := syscall.Mmap(int(file.Fd()), 0, 8, syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("CLOCK_FILE: %w", err)
	}
	return func() time.Time {
		return time.Now().Round(0).Add(time.Duration(binary.LittleEndian.Uint64(offset)))
	}, nil
}

// applyLab lifts the limit of calls per minute if TEST_QUOTA is 1.
func (p *Process) applyLab(cfg *config.Config) {
	if p.environment("TEST_QUOTA") == "1" {
		cfg.UnlimitedCalls = true
	}
}

// environment returns a variable of the environment, or "" if it is not set.
func (p *Process) environment(name string) string {
	for _, variable := range p.Environ {
		if value, ok := strings.CutPrefix(variable, name+"="); ok {
			return value
		}
	}
	return ""
}
