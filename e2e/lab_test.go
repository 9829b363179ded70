package e2e

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagebot/sandbox/sandboxtest"
)

// TestLabBuild_ClockFile_MovesTheClock asks a lab build and this ordinary build about a day in the future.
// Only the lab build reads CLOCK_FILE.
func TestLabBuild_ClockFile_MovesTheClock(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	dir := t.TempDir()
	clock, program := filepath.Join(dir, "clock"), filepath.Join(dir, "usagebot")
	ahead := make([]byte, 8)
	binary.LittleEndian.PutUint64(ahead, uint64(40*24*time.Hour))
	if err := os.WriteFile(clock, ahead, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-tags", "nomsgpack lab", "-ldflags", "-s -w", "-buildvcs=false", "-o", program, "usagebot").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	environ := append(askable(sb), "CLOCK_FILE="+clock, "TEST_QUOTA=1", "LANGUAGE=en")
	question := "/usage daily date:" + time.Now().AddDate(0, 0, 20).Format(time.DateOnly)
	const tooEarly = "is in the future"
	lab := exec.CommandContext(t.Context(), program, "ask", question)
	lab.Env = environ
	if answer, _ := lab.CombinedOutput(); len(answer) == 0 || strings.Contains(string(answer), tooEarly) {
		t.Errorf("the lab build says %q", answer)
	}
	if _, answer, _ := command(t, environ, "", "ask", question); !strings.Contains(answer, tooEarly) {
		t.Errorf("this build says %q", answer)
	}
	version, err := exec.CommandContext(t.Context(), program, "version").Output()
	if err != nil || !strings.Contains(string(version), " lab ") {
		t.Errorf("the lab build's version is %q, %v", version, err)
	}
	if _, version, _ := command(t, nil, "", "version"); strings.Contains(version, "lab") {
		t.Errorf("this build's version is %q", version)
	}
}
