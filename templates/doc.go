// Package templates draws the bot's cards as card JSON 2.0, in two languages: usage reports, trends, rankings, help,
// problems, notices, digests, and the cards that manage digests. It does no I/O and reads no clock, and it knows
// neither the grammar of commands nor who reads the card.
//
// The platform refuses a card with an unknown property, with more than 200 elements or with more than 30 KB. So
// components are typed, and every card is kept below 180 elements and 28,000 bytes while it is built.
//
// Typed words and the names of apps and departments appear in plain_text elements only. In markdown they could mention
// everybody or pose as a link. Charts show names without angle brackets.
package templates

import (
	"usagebot/templates/card"
)

// The parts of cards that callers fill in, so that they need not import package card.
type (
	// Card is a finished card.
	Card = card.Card
	// Button is a command that a reader runs by a click.
	Button = card.Button
	// Pick is a field in which a choice completes a command.
	Pick = card.Pick
	// Option is one choice of a Pick.
	Option = card.Option
)
