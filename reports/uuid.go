package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

const (
	// sendWithin is how long after the first try a message may be sent again: the platform remembers a uuid for an hour.
	sendWithin = 55 * time.Minute
	// clocksApart is how far two clocks may be from each other: those of two replicas, or ours and the platform's.
	clocksApart = 2 * time.Minute
)

// repeatable is for how long a message that was handed over at a time may be sent again; not any more when it is not
// positive. One that will be handed over in the future was so by a clock that has been put back: nobody knows when.
func repeatable(sentAt, now time.Time) time.Duration {
	if sentAt.Sub(now) > clocksApart {
		return 0
	}
	return sentAt.Add(sendWithin).Sub(now)
}

// uuidOf is the same for every try to send a delivery, in every process, and never the same for two: 40 characters.
func uuidOf(d Delivery, what string) string {
	return uuidFor(what, d.SubscriptionID, strconv.Itoa(int(d.Period.Cycle)), d.Period.Start.String())
}

// uuidFor is the same whenever its parts are.
func uuidFor(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(sum[:20])
}
