// Package store keeps the bot's state: in SQL what lasts (subscriptions,
// deliveries, chats' settings, figures), in Redis what may be lost (which
// events were handled, cached answers, the platform's quota), with the
// process's own memory standing in while Redis is away.
package store
