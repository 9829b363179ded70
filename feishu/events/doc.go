// Package events receives what the platform sends: over the webhook or the long connection it verifies, decrypts and
// decodes events and clicks, and hands each to one function as an Event.
package events
