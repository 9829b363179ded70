// Package reports knows who gets which digest when, and sees to it that each goes out once: subscriptions and their
// calendar, what is due, the claim on a delivery, the wait for its figures, the sending and what became of it. It knows
// neither how a message travels nor how a row is kept.
package reports
