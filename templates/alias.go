package templates

import "usagebot/templates/card"

// What views are made of, by the names under which callers fill them in.
type (
	Card   = card.Card
	Button = card.Button
	Pick   = card.Pick
	Option = card.Option
)
