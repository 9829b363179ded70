package reports

import (
	"time"

	"usagebot/usage"
)

// Notice tells an owner what became of a subscription or of one of its digests.
type Notice struct {
	Subscription Subscription // as it is when its owner is told
	Reason       Reason
	Period       usage.Period // of the digest; zero when it is about the subscription
	At           time.Time    // when it arose
}

// HandedOver is the Reason of a Notice alone: its reader answers for the subscription from now on.
const HandedOver Reason = "handed_over"

// NoticeBatch is what one owner is told at once.
type NoticeBatch struct {
	ID      string
	OwnerID string // open_id
	Notices []Notice
	SentAt  time.Time // when it was first handed to the platform; zero before
}
