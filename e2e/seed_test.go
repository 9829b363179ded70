package e2e

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// seedOf returns the seed of a test's random choices: USAGEBOT_SEED, or one of the clock. It is logged, so that a run that
// failed can be repeated: what happens in which order, who is killed, and how long after the step before. What a process
// has done by then depends on the machine.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	if v := os.Getenv("USAGEBOT_SEED"); v != "" {
		var err error
		if seed, err = strconv.ParseUint(v, 10, 64); err != nil {
			t.Fatalf("USAGEBOT_SEED is %q; it takes a whole number such as 7", v)
		}
	}
	t.Logf("USAGEBOT_SEED=%d repeats the choices of this run", seed)
	return seed
}
