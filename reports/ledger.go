package reports

import (
	"context"
	"time"

	"usagebot/access"
	"usagebot/usage"
)

// Ledger keeps subscriptions and deliveries for good, for all replicas. Times are kept to the millisecond. What changes a
// subscription for an idempotency key is done once, however often it is called with that key; an empty key is none.
type Ledger interface {
	orders
	deliveries
	letters
	chores
	refusals
}

// orders are the subscriptions as people manage them.
type orders interface {
	// Subscribe keeps a new subscription, or returns the one that the chat already has for the same thing, as it is;
	// created tells which. A removed one comes back under its own id with the new schedule and owner (created is true).
	// What is created is recorded.
	Subscribe(ctx context.Context, key string, s Subscription, entry access.Entry[Subscription]) (kept Subscription, created bool, err error)
	// Subscription returns one by its id, a removed one too. ErrNotFound.
	Subscription(ctx context.Context, id string) (Subscription, error)
	// InChat returns a chat's subscriptions that are not removed, oldest first.
	InChat(ctx context.Context, chatID string) ([]Subscription, error)
	// Change makes an edit and returns the subscription as it is then. ErrNotFound.
	Change(ctx context.Context, e Edit) (Subscription, error)
}

// deliveries are the digests on their way.
type deliveries interface {
	// Due returns active subscriptions whose next due is not after now, and paused ones whose pause ends by itself not
	// after now, earliest first. Its cost does not depend on how many subscriptions there are.
	Due(ctx context.Context, now time.Time, limit int) ([]Subscription, error)
	// Open enters deliveries and moves the subscription's next due (and sets its state and clears reason and until) in
	// one transaction, provided that its next due, state and pause still are what s says: ErrMoved otherwise. Where a
	// delivery of the subscription and period is there already, it begins anew if nothing of it was handed to the platform
	// and the new one is open; otherwise it is left as it is.
	Open(ctx context.Context, s Subscription, next time.Time, entries []Delivery) error
	// Claim takes up to limit open deliveries whose TryAt is not after now and that nobody holds, earliest first, until
	// the lease ends, and raises their fences. No two callers are given the same one.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Delivery, error)
	// ClaimAmendments does the same for delivered ones with a ZerosFrom.
	ClaimAmendments(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Delivery, error)
	// Save writes what the holder of a claim found out: state, reason, detail, TryAt, Tries, SentAt, Searches, Waited,
	// ToldAt, Late, DoneAt, Message, ZerosFrom. hold keeps the claim until d.Lease; otherwise it is given up. What the owner is to be told is kept in the
	// same transaction. ErrFenced when somebody else has claimed it.
	Save(ctx context.Context, d Delivery, hold bool, tell ...Notice) error
	// Delivery returns one. ErrNotFound.
	Delivery(ctx context.Context, subscriptionID string, p usage.Period) (Delivery, error)
	// Reopen makes a failed, skipped or uncertain delivery wait again from now on, and records it; false when it is open
	// or delivered. Run does the same, and enters a delivery that is not there.
	Reopen(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error)
	Run(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error)
	// History returns a chat's newest deliveries, newest slot first; of one subscription if the id is not empty.
	History(ctx context.Context, chatID, subscriptionID string, limit int) ([]Delivery, error)
	// Overdue returns how many digests are due and have not gone out, and since when the oldest is: open deliveries, by their
	// slots, and active subscriptions whose next due is not after now.
	Overdue(ctx context.Context, now time.Time) (count int, oldest time.Time, err error)
}

// letters are what owners have to be told, until they are.
type letters interface {
	// Letters puts all that waits for an owner into one letter, when the first of it has waited since ripe, and takes up
	// to limit letters that nobody holds until the lease ends; each holds something. A subscription's notices go to whoever
	// owns it now. No two callers are given the same letter.
	Letters(ctx context.Context, now, ripe time.Time, lease time.Duration, limit int) ([]Letter, error)
	// KeepLetter writes when the letter was sent, and until when nobody takes it up.
	KeepLetter(ctx context.Context, l Letter, until time.Time) error
	// ForgetLetter drops a letter and what it told.
	ForgetLetter(ctx context.Context, id string) error
}

// refusals tell whether the platform refuses the bot's app, for all replicas.
type refusals interface {
	// Refuse notes that a message to a target was refused; the empty target stands for the whole app. What was noted
	// before since does not count any more.
	Refuse(ctx context.Context, target string, now, since time.Time) error
	// Refusals returns what was refused since a time and is not forgotten; Chats counts the targets that have refused over
	// as long as persists, and Since is about the target.
	Refusals(ctx context.Context, target string, since time.Time, persists time.Duration) (Refusals, error)
	// Probe gives one caller of those who saw the same last refusal the right to try a message.
	Probe(ctx context.Context, last, now time.Time) (mine bool, err error)
	// Accepted forgets all refusals.
	Accepted(ctx context.Context) error
}

// chores are what one replica does for all.
type chores interface {
	// Chore gives one caller what all of them would do, until a time: then it is to be done again.
	Chore(ctx context.Context, name string, now, until time.Time) (mine bool, err error)
}
