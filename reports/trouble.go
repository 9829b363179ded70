package reports

import (
	"errors"
	"fmt"
	"time"

	"usagebot/usage"
)

// SendError is a message that was not sent, or of which nobody knows: what can be done about it.
type SendError struct {
	Kind   SendErrorKind
	After  time.Duration // for Passing: how long the platform asks to wait; 0 when it says nothing
	Why    usage.Reason  // for Own and AppWide: as far as there is a word for it
	Code   int           // the platform's
	LogID  string
	Scopes []string // for Own and AppWide: one of them is missing; may be empty
	Err    error    // the cause, for the log
}

// SendErrorKind is the class of a Trouble.
type SendErrorKind string

// The kinds.
const (
	Transient      SendErrorKind = "passing"   // certainly not sent; the same may succeed later
	Ambiguous      SendErrorKind = "ambiguous" // perhaps sent: only to be repeated under the same uuid, within the hour
	TargetGone     SendErrorKind = "gone"      // the chat or the person cannot be reached any more
	UserGone       SendErrorKind = "departed"  // the person has left, or is out of the bot's reach
	Forbidden      SendErrorKind = "forbidden" // the chat does not let the bot write
	InvalidContent SendErrorKind = "content"   // the platform does not take what it says, in no form
	AppRejected    SendErrorKind = "own"       // the bot's own app is refused, perhaps in this chat alone
	AppWide        SendErrorKind = "app_wide"  // the bot's own app is refused: every other message would be, too
)

func (t *SendError) Error() string { return fmt.Sprintf("not sent (%s): %v", t.Kind, t.Err) }

// Unwrap returns the cause.
func (t *SendError) Unwrap() error { return t.Err }

// troubleIn returns the trouble of a sender's error. An error that is none leaves everything open.
func troubleIn(err error) *SendError {
	if t := new(SendError); errors.As(err, &t) {
		return t
	}
	return &SendError{Kind: Ambiguous, Err: err}
}
