package access

import (
	"errors"
	"time"
)

// ErrOutdated means that an order is older than the last change of the same thing, or than its own answer, and so was not
// carried out. The platform may deliver an order again hours after a later one.
var ErrOutdated = errors.New("a later order has changed the same")

// Change is one entry of the audit log: who changed what.
type Change struct {
	ID     string
	At     time.Time
	By     string // open_id, or the pseudonym of a person who was forgotten
	ChatID string // where it was done
	Act    Act
	Of     string // what was changed: the id of a subscription, an app or a subject
	Before string // the state before, as JSON or as plain text; empty when there was nothing
	After  string // the state after, in the same form; empty when nothing is left
}

// Entry makes the audit entry from the states before and after a change.
type Entry[T any] func(was, is T) Change

// Act is what was done.
type Act string

// The acts.
const (
	Subscribed    Act = "subscribe"
	Rescheduled   Act = "change"
	Paused        Act = "pause"
	Resumed       Act = "resume"
	Removed       Act = "remove"
	HandedOver    Act = "hand_over"
	Retried       Act = "retry"
	Ran           Act = "run"
	Granted       Act = "grant"
	Revoked       Act = "revoke"
	SettingsSaved Act = "settings"
	AppsChanged   Act = "apps"
	Forgotten     Act = "forget_me"
	Backfilled    Act = "backfill"
	Refreshed     Act = "refresh"
)

// Acts returns every act.
func Acts() []Act {
	return []Act{
		Subscribed, Rescheduled, Paused, Resumed, Removed, HandedOver, Retried, Ran, Granted, Revoked, SettingsSaved,
		AppsChanged, Forgotten, Backfilled, Refreshed,
	}
}
