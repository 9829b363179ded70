package reports

import (
	"errors"

	"usagebot/access"
)

// Edit is a change to a subscription and what is kept in the same transaction: all of it, or nothing.
type Edit struct {
	ID string
	// IdempotencyKey names the event that asks for the change, which is then made once; empty where there is none.
	IdempotencyKey string
	// Change rewrites schedule, owner, state, reason, until, next due and refusals of the row as it is. It may be called
	// again, and must not use the ledger. Its error ends the change: ErrUnchanged when there is nothing to change.
	Change func(*Subscription) error
	Entry  access.Entry[Subscription] // for the record of changes; nil for what nobody did
	Tell   []Notice                   // what the owner is to be told: reason, period and time
}

// ErrUnchanged says that there was nothing to change, and that nothing is kept of it.
var ErrUnchanged = errors.New("there was nothing to change")
