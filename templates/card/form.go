package card

// InputForm holds fields that are sent together. It may only stand directly in the body.
type InputForm struct {
	Tag      formTag `json:"tag"`
	Name     string  `json:"name"`
	Elements []Inner `json:"elements"`
}

// TimePicker is a field for a time of the day.
type TimePicker struct {
	Tag         timePickerTag `json:"tag"`
	Name        string        `json:"name"`
	Placeholder PlainText     `json:"placeholder"`
	Initial     string        `json:"initial_time"` // 15:04
}

func (TimePicker) inner() {}

// formAction is what a button does to its form.
type formAction string

const submitForm formAction = "submit"

// SubmitButton sends its form, whose fields complete the command.
func SubmitButton(name, label, command string) []Inner {
	b := Button{label, command}
	if !b.Usable() {
		return nil
	}
	drawn := b.Draw(PrimaryButton)
	drawn.Name, drawn.FormType = name, submitForm
	return []Inner{drawn}
}
