// Package store keeps the bot's state: here the part that may be lost, in
// Redis (which events were handled, cached answers, the platform's quota),
// with the process's own memory standing in while Redis is away.
package store
