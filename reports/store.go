package reports

import (
	"context"
	"time"

	"usagebot/access"
	"usagebot/usage"
)

// Store keeps subscriptions and deliveries durably, for all replicas. Times are kept to the millisecond. A change with
// an idempotency key is made once, however often it is called with that key; an empty key is none.
type Store interface {
	SubscriptionStore
	DeliveryStore
	NoticeStore
	TaskStore
	RefusalStore
}

// SubscriptionStore keeps subscriptions as people manage them.
type SubscriptionStore interface {
	// Subscribe stores a new subscription. If the chat has one with the same key, that one is returned as it is and created
	// is false. A removed one comes back under its own id with the new schedule and owner, and created is true. What is
	// created is recorded.
	Subscribe(ctx context.Context, key string, s Subscription, entry access.Entry[Subscription]) (kept Subscription, created bool, err error)
	// Subscription returns one by its id, also if it is removed. ErrNotFound.
	Subscription(ctx context.Context, id string) (Subscription, error)
	// InChat returns a chat's subscriptions that are not removed, oldest first.
	InChat(ctx context.Context, chatID string) ([]Subscription, error)
	// Change makes an edit and returns the subscription as it is then; with an ErrUnchanged, as it was. ErrNotFound.
	Change(ctx context.Context, e Edit) (Subscription, error)
}

// DeliveryStore keeps the digests on their way.
type DeliveryStore interface {
	// Due returns active subscriptions whose next due is not after now, and paused ones whose pause ends by itself not
	// after now, earliest first, but for the first skip of them. A row that cannot be read is left out. more reports that
	// there may be more than limit. The cost does not depend on how many subscriptions there are.
	Due(ctx context.Context, now time.Time, skip, limit int) (due []Subscription, more bool, err error)
	// Open stores deliveries and moves the subscription's next due in one transaction, and makes the subscription active.
	// If its next due, state or pause are not what s says any more, it returns ErrConflict. If the subscription has a
	// delivery of that period already, that one starts again, provided that nothing of it was handed to the platform and the
	// new one is waiting; otherwise it stays as it is.
	Open(ctx context.Context, s Subscription, next time.Time, entries []Delivery) error
	// Claim takes up to limit waiting deliveries whose TryAt is not after now and that nobody holds, earliest first, until
	// the lease ends, and raises their fences. No two callers get the same one.
	Claim(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Delivery, error)
	// ClaimAmendments does the same for delivered ones with a ZerosFrom.
	ClaimAmendments(ctx context.Context, now time.Time, lease time.Duration, limit int) ([]Delivery, error)
	// Save writes what the holder of a claim found out: state, reason, detail, TryAt, Tries, SentAt, Searches, Waited,
	// LateNoticeAt, Late, DoneAt, Message and ZerosFrom. With hold the claim lasts until d.Lease; otherwise it is given up.
	// The notices are stored in the same transaction. ErrFenced when another caller has claimed the delivery.
	Save(ctx context.Context, d Delivery, hold bool, notices ...Notice) error
	// Delivery returns one. ErrNotFound.
	Delivery(ctx context.Context, subscriptionID string, p usage.Period) (Delivery, error)
	// Reopen lets a failed, skipped or uncertain delivery wait again from now on, and records it; false when it is waiting
	// or delivered.
	Reopen(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error)
	// Run is like Reopen, and also stores a delivery that is not there yet.
	Run(ctx context.Context, key, subscriptionID string, p usage.Period, now time.Time, c access.Change) (bool, error)
	// History returns a chat's newest deliveries, newest slot first; of one subscription if the id is not empty.
	History(ctx context.Context, chatID, subscriptionID string, limit int) ([]Delivery, error)
	// Overdue returns how many digests are due and were not sent, and since when the oldest is: waiting deliveries by their
	// slots, and active subscriptions whose next due is not after now.
	Overdue(ctx context.Context, now time.Time) (count int, oldest time.Time, err error)
}

// NoticeStore keeps what owners have to be told, until they are.
type NoticeStore interface {
	// ClaimNoticeBatches puts all that waits for an owner into one batch, when the first of it arose not after ripe. It then
	// claims up to limit batches that nobody holds, until the lease ends. Each has a notice. A subscription's notices go to
	// the owner that it has now. No two callers get the same batch.
	ClaimNoticeBatches(ctx context.Context, now, ripe time.Time, lease time.Duration, limit int) ([]NoticeBatch, error)
	// SaveNoticeBatch writes when the batch was sent, and until when nobody claims it.
	SaveNoticeBatch(ctx context.Context, b NoticeBatch, until time.Time) error
	// DeleteNoticeBatch deletes a batch and its notices.
	DeleteNoticeBatch(ctx context.Context, id string) error
}

// RefusalStore tells all replicas whether the platform refuses the bot's app.
type RefusalStore interface {
	// RecordRefusal notes that a message to a target was refused; the empty target stands for the whole app. A target whose
	// last refusal was not after since starts anew.
	RecordRefusal(ctx context.Context, target string, now, since time.Time) error
	// Refusals returns the refusals after since. Chats counts the targets that have been refusing for as long as persists;
	// Since is about the given target.
	Refusals(ctx context.Context, target string, since time.Time, persists time.Duration) (Refusals, error)
	// ClaimProbe lets one of all callers that saw the same last refusal try a message.
	ClaimProbe(ctx context.Context, last, now time.Time) (mine bool, err error)
	// ClearRefusals forgets all refusals.
	ClearRefusals(ctx context.Context) error
}

// TaskStore lets one replica do what all of them would do.
type TaskStore interface {
	// ClaimTask gives a task to one caller. Until the given time nobody else gets it.
	ClaimTask(ctx context.Context, name string, now, until time.Time) (mine bool, err error)
}

// SubscriptionFilter chooses among the subscriptions that are not removed. An empty field does not restrict the choice.
type SubscriptionFilter struct {
	ChatID, AppID, OwnerID string
	State                  SubscriptionState
	Reachable              bool // only those whose chat is not gone
	Skip                   int  // how many of them are left out, the oldest first
}

// ChatSummary is a chat that the bot knows.
type ChatSummary struct {
	ChatID, Name  string
	Subscriptions int // that are not removed
}

// Overview shows administrators what is stored about all chats.
type Overview interface {
	// All returns subscriptions, oldest first.
	All(ctx context.Context, f SubscriptionFilter, limit int) ([]Subscription, error)
	// Count returns how many there are, including the skipped ones.
	Count(ctx context.Context, f SubscriptionFilter) (int, error)
	// Next returns the active subscriptions that are due first.
	Next(ctx context.Context, limit int) ([]Subscription, error)
	// Latest returns the newest deliveries in a state, or in any state if it is empty.
	Latest(ctx context.Context, state DeliveryState, limit int) ([]Delivery, error)
	// ChatSummaries returns the chats, those with the most subscriptions first, after skipping some.
	ChatSummaries(ctx context.Context, skip, limit int) ([]ChatSummary, error)
}
