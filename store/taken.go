package store

import "errors"

// What Take says of a piece of work.
const (
	// Taken: it is the caller's to do.
	Taken = "taken"
	// Again: it is the caller's to do, but somebody held it before and may have done a part of it.
	Again = "again"
	// Busy: somebody works on it.
	Busy = "busy"
	// Parked: it is slow and was written down; it will be done.
	Parked = "parked"
	// Done: it was done.
	Done = "done"
)

// ErrLost says that somebody else has taken over the work, or that it is done.
var ErrLost = errors.New("the work belongs to somebody else")
