package command

// payloadKey holds the command's line in a button's value. The value is an object, since the platform's SDK answers a
// click on a button whose value is a string with an error; other keys are left to whoever makes the button.
const payloadKey = "cmd"

// FromPayload returns the line that a clicked button carries. It is to be parsed as if the one who clicked had typed it.
func FromPayload(value map[string]any) (line string, ok bool) {
	line, ok = value[payloadKey].(string)
	return line, ok && line != ""
}
