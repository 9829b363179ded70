package access

import "time"

// Change is one entry of the record of who changed what.
type Change struct {
	ID     string
	At     time.Time
	By     string // open_id, or a pseudonym of somebody who has been forgotten
	ChatID string // where
	Act    Act
	Of     string // what was changed: a subscription's id, an app's, a subject's
	Before string // as it was, in short; empty when there was nothing
	After  string // as it is, in short; empty when there is nothing
}

// Entry makes the entry of a change of what something was and is.
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
