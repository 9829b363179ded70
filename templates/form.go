package templates

// inputForm holds fields that are sent together. It may only stand directly in the body.
type inputForm struct {
	Tag      formTag `json:"tag"`
	Name     string  `json:"name"`
	Elements []inner `json:"elements"`
}

// timePicker is a field for a time of the day.
type timePicker struct {
	Tag         timePickerTag `json:"tag"`
	Name        string        `json:"name"`
	Placeholder plainText     `json:"placeholder"`
	Initial     string        `json:"initial_time"` // 15:04
}

func (timePicker) inner() {}

// formAction is what a button does to its form.
type formAction string

const submitForm formAction = "submit"

// submitButton sends its form, whose fields complete the command.
func submitButton(name, label, command string) []inner {
	b := Button{label, command}
	if !b.usable() {
		return nil
	}
	drawn := b.draw(primaryButton)
	drawn.Name, drawn.FormType = name, submitForm
	return []inner{drawn}
}
