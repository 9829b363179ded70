package reports

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"
)

// NewID returns a new subscription's id: six characters that are hard to confuse when typed.
func NewID() string { return strings.ToLower(rand.Text()[:6]) }

// Jitter is the subscription's share of a spread: fixed, so that its time does not wander, and even over all.
func Jitter(id string, spread time.Duration) time.Duration {
	if spread <= 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(id))
	share := float64(binary.BigEndian.Uint32(sum[:4])) / (1 << 32)
	return time.Duration(share * float64(spread)).Truncate(time.Second)
}
