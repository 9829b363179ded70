// Package reports decides who gets which digest when, and sees to it that each is sent once: subscriptions and their
// calendar, what is due, the claim on a delivery, the wait for its figures, the sending and its outcome. How a message
// travels and how a row is stored is left to what Settings holds.
package reports
