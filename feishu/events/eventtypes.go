package events

import (
	_ "embed"
	"strings"
)

//go:embed eventtypes.txt
var eventTypeList string // filled in by the compiler and never changed

// eventTypes are the types of all events that the SDK knows of. Over the long connection the SDK refuses an event whose
// type nobody has registered, and the platform pushes it again and again: so all of them are registered.
func eventTypes() []string { return strings.Fields(eventTypeList) }
