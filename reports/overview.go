package reports

import "context"

// SubscriptionFilter chooses among the subscriptions that are not removed. An empty field chooses all.
type SubscriptionFilter struct {
	ChatID, AppID, OwnerID string
	State                  SubscriptionState
	Reachable              bool // only those whose chat is not gone
	Skip                   int  // how many of them are left out, the oldest
}

// ChatSummary is a chat that the bot knows.
type ChatSummary struct {
	ChatID, Name  string
	Subscriptions int // that are not removed
}

// Overview shows administrators what is kept of all chats.
type Overview interface {
	// All returns subscriptions, oldest first.
	All(ctx context.Context, w SubscriptionFilter, limit int) ([]Subscription, error)
	// Count returns how many there are, those left out too.
	Count(ctx context.Context, w SubscriptionFilter) (int, error)
	// Next returns the active subscriptions that are due first.
	Next(ctx context.Context, limit int) ([]Subscription, error)
	// Latest returns the newest deliveries in a state, or in any.
	Latest(ctx context.Context, state DeliveryState, limit int) ([]Delivery, error)
	// ChatSummaries returns the chats, those with the most subscriptions first, some of which may be skipped.
	ChatSummaries(ctx context.Context, skip, limit int) ([]ChatSummary, error)
}
