// Package templates draws what the bot has to say as card JSON 2.0, in two languages: a usage report, a
// trend, a ranking, help, a problem, a choice, a notice, a digest and all that managing digests takes. It is pure: no I/O, no clock, and it knows neither the
// grammar of commands nor who reads the card.
//
// The platform refuses a card with a property it does not know, with more than 200 elements or with more than 30 KB, so
// components are typed and every card is kept below 180 elements and 28,000 bytes while it is built.
//
// What a person typed and what the platform calls its apps and departments stands in plain_text elements only, never in
// markdown: there it could mention everybody or pose as a link. A chart shows names without angle brackets.
package templates

import (
	"usagebot/templates/card"
)

// What views are made of, by the names under which callers fill them in.
type (
	Card   = card.Card
	Button = card.Button
	Pick   = card.Pick
	Option = card.Option
)
