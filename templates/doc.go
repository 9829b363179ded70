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

// Aliases, so that callers fill in views without importing the package card.
type (
	Card   = card.Card
	Button = card.Button
	Pick   = card.Pick
	Option = card.Option
)
