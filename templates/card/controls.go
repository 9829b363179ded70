package card

import (
	"regexp"
	"slices"

	"usagebot/usage"
)

// Button runs a command on a click. Cards omit a button whose Command is empty or too long to transmit: a shortened
// command would be a different one.
type Button struct {
	Label   string // the text; the Command if empty
	Command string // the line that a person would type
}

// maxCommand is the maximum size of a button's command in bytes of JSON.
const maxCommand = 600

// ButtonElement is a button as the platform reads it.
type ButtonElement struct {
	Tag       buttonTag  `json:"tag"`
	Name      string     `json:"name,omitempty"` // only in a form
	Text      PlainText  `json:"text"`           // at most 100 characters
	Type      ButtonType `json:"type,omitempty"`
	FormType  formAction `json:"form_action_type,omitempty"` // only in a form
	Behaviors []Callback `json:"behaviors"`
}

// ButtonType is a button's style.
type ButtonType string

// The styles in use.
const (
	PlainButton   ButtonType = "default"
	PrimaryButton ButtonType = "primary"
	dangerButton  ButtonType = "danger"
	LinkButton    ButtonType = "text"
)

// Callback sends Value to the bot. Value must be an object: the platform also accepts a string, but the SDK does not.
type Callback struct {
	Type  callbackType  `json:"type"`
	Value CallbackValue `json:"value"`
}

// CallbackValue is what a control sends when it is used.
type CallbackValue struct {
	Cmd  string `json:"cmd"`
	With string `json:"with,omitempty"` // the argument that takes the chosen value of a field
	For  string `json:"for,omitempty"`  // open_id of the only person who may press it; empty: anybody
}

// Usable reports whether the button has a command that can be carried.
func (b Button) Usable() bool { return b.Command != "" && len(encode(b.Command)) <= maxCommand }

// Draw returns the button as an element.
func (b Button) Draw(look ButtonType) ButtonElement {
	label := b.Label
	if label == "" {
		label = b.Command
	}
	return ButtonElement{
		Text:      Text(Clean(label, maxLabel)),
		Type:      look,
		Behaviors: []Callback{{Value: CallbackValue{Cmd: b.Command}}},
	}
}

func (ButtonElement) inner() {}

// Confirmation draws the two answers of a card that asks before it acts. Only the person who was asked may press them.
func Confirmation(yes, keep Button, asked string) []Element {
	drawn := append(DrawAll([]Button{yes}, dangerButton, 1), DrawAll([]Button{keep}, PlainButton, 1)...)
	for i := range drawn {
		drawn[i].Behaviors[0].Value.For = asked
	}
	return ButtonRow(drawn...)
}

// ButtonRow lays buttons side by side and wraps them on a narrow screen. It returns nothing without buttons.
func ButtonRow(buttons ...ButtonElement) []Element {
	if len(buttons) == 0 {
		return nil
	}
	set := ColumnSet{FlexMode: WrapColumns}
	for _, b := range buttons {
		set.Columns = append(set.Columns, Column{Width: AutoWidth, Elements: []Inner{b}})
	}
	return []Element{set}
}

// DrawAll draws the usable buttons, at most limit of them.
func DrawAll(buttons []Button, look ButtonType, limit int) []ButtonElement {
	var drawn []ButtonElement
	for _, b := range buttons {
		if b.Usable() && len(drawn) < limit {
			drawn = append(drawn, b.Draw(look))
		}
	}
	return drawn
}

// Pick is a field whose chosen value becomes an argument of a command. Cards omit it if Line or Arg is empty or they
// are too long to transmit.
type Pick struct {
	Line    string   // the command
	Arg     string   // the argument that takes the chosen value
	Options []Option // none for a date
	Current string   // the chosen value; a date as 2026-11-16
}

// Option is one choice. Values must be unique and not empty.
type Option struct{ Text, Value string }

// Limits of a field.
const (
	MaxOptionText  = 30  // characters
	maxOptionValue = 150 // bytes of JSON; a shortened value would be a different one
	MaxPickOptions = 24
)

// SelectStatic is a field with a list of options.
type SelectStatic struct {
	Tag         selectStaticTag `json:"tag"`
	Name        string          `json:"name,omitempty"` // only in a form
	Placeholder PlainText       `json:"placeholder"`
	Initial     string          `json:"initial_option,omitempty"`
	Options     []SelectOption  `json:"options"`
	Behaviors   []Callback      `json:"behaviors,omitempty"` // none in a form
}

// SelectOption is one entry of a list to choose from.
type SelectOption struct {
	Text  PlainText `json:"text"`
	Value string    `json:"value"`
}

// DatePicker is a field for a day.
type DatePicker struct {
	Tag         datePickerTag `json:"tag"`
	Placeholder PlainText     `json:"placeholder"`
	Initial     string        `json:"initial_date,omitempty"` // 2006-01-02
	Behaviors   []Callback    `json:"behaviors"`
}

func (SelectStatic) inner() {}
func (DatePicker) inner()   {}

// Usable reports whether the field has a command that can be carried.
func (p Pick) Usable() bool {
	return p.Line != "" && p.Arg != "" && len(encode(p.Line))+len(encode(p.Arg)) <= maxCommand
}

func (p Pick) behaviors() []Callback {
	return []Callback{{Value: CallbackValue{Cmd: p.Line, With: p.Arg}}}
}

// List draws the field with its options, or nothing if there are none.
func (p Pick) List(label string) []Inner {
	options := DrawOptions(p.Options, p.Current, MaxPickOptions)
	if !p.Usable() || len(options) == 0 {
		return nil
	}
	s := SelectStatic{Placeholder: Text(label), Options: options, Behaviors: p.behaviors()}
	if HasOption(options, p.Current) {
		s.Initial = p.Current
	}
	return []Inner{s}
}

// Date draws the field for a day.
func (p Pick) Date(label string) []Inner {
	if !p.Usable() {
		return nil
	}
	d := DatePicker{Placeholder: Text(label), Behaviors: p.behaviors()}
	if _, err := usage.ParseDate(p.Current); err == nil {
		d.Initial = p.Current
	}
	return []Inner{d}
}

// DrawOptions draws at most limit options and always includes the current one.
func DrawOptions(options []Option, current string, limit int) []SelectOption {
	kept := Usable(options)
	if len(kept) > limit {
		if i := slices.IndexFunc(kept, func(o Option) bool { return o.Value == current }); i >= limit {
			kept[limit-1] = kept[i]
		}
		kept = kept[:limit]
	}
	drawn := make([]SelectOption, len(kept))
	for i, o := range kept {
		drawn[i] = SelectOption{Text: Text(Clean(o.Text, MaxOptionText)), Value: o.Value}
	}
	return drawn
}

// Usable drops options that are empty, too long to transmit, or duplicates, which the platform refuses.
func Usable(options []Option) []Option {
	seen := map[string]bool{}
	var kept []Option
	for _, o := range options {
		if o.Value != "" && !seen[o.Value] && len(encode(o.Value)) <= maxOptionValue {
			seen[o.Value] = true
			kept = append(kept, o)
		}
	}
	return kept
}

// HasOption reports whether a value is among the options.
func HasOption(options []SelectOption, value string) bool {
	return slices.ContainsFunc(options, func(o SelectOption) bool { return o.Value == value })
}

// InputForm holds fields that are sent together. It must stand directly in the body.
type InputForm struct {
	Tag      formTag `json:"tag"`
	Name     string  `json:"name"`
	Elements []Inner `json:"elements"`
}

// TimePicker is a field for a time of day.
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

// SubmitButton sends the form. The values of its fields become arguments of the command.
func SubmitButton(name, label, command string) []Inner {
	b := Button{label, command}
	if !b.Usable() {
		return nil
	}
	drawn := b.Draw(PrimaryButton)
	drawn.Name, drawn.FormType = name, submitForm
	return []Inner{drawn}
}

// PersonList shows people by picture and name, which the client looks up: the bot neither knows nor stores names.
// Unlike a mention it does not notify them.
type PersonList struct {
	Tag         personListTag `json:"tag"`
	Persons     []Person      `json:"persons"`
	Size        personSize    `json:"size"`
	ShowAvatar  bool          `json:"show_avatar"`
	DropUnknown bool          `json:"drop_invalid_user_id"` // otherwise one unknown person makes the platform refuse the card
}

// Person is one person in a list; the platform shows name and picture.
type Person struct {
	ID string `json:"id"`
}

// personSize is the size of the pictures.
type personSize string

const smallPerson personSize = "extra_small"

func (PersonList) inner() {}

var openID = regexp.MustCompile(`^ou_[A-Za-z0-9_-]{1,64}$`)

// maxPeople is the maximum number of people shown together.
const maxPeople = 10

// Persons returns the valid open_ids, each once. Pseudonyms are not valid.
func Persons(ids []string) (list []Person) {
	for _, id := range ids {
		if p := (Person{id}); openID.MatchString(id) && !slices.Contains(list, p) && len(list) < maxPeople {
			list = append(list, p)
		}
	}
	return list
}

// People shows people, or nothing without a valid open_id.
func People(ids ...string) []Inner {
	list := Persons(ids)
	if len(list) == 0 {
		return nil
	}
	return []Inner{PersonList{Persons: list, Size: smallPerson, ShowAvatar: true, DropUnknown: true}}
}

// WithPeople draws a line of small text, and below it a line with label and the people that the label is about. Without
// people there is one line, which ends with otherwise.
func WithPeople(ids []string, label, otherwise string, told ...string) []Element {
	who := People(ids...)
	if len(who) == 0 {
		return []Element{SmallText(Dotted(append(told, otherwise)...))}
	}
	row := ColumnSet{FlexMode: KeepColumns, Columns: []Column{
		{Width: AutoWidth, Align: Centered, Elements: []Inner{SmallText(label)}},
		{Width: WeightedWidth, Weight: 1, Align: Centered, Elements: who},
	}}
	if line := Dotted(told...); line != "" {
		return []Element{SmallText(line), row}
	}
	return []Element{row}
}

// Elements converts parts for use directly in the body.
func Elements(parts []Inner) []Element {
	list := make([]Element, len(parts))
	for i, e := range parts {
		list[i] = e
	}
	return list
}

// SelectPerson is a field to choose a person. The client looks up their names.
type SelectPerson struct {
	Tag         selectPersonTag `json:"tag"`
	Placeholder PlainText       `json:"placeholder"`
	Options     []Candidate     `json:"options,omitempty"`
	Behaviors   []Callback      `json:"behaviors"`
}

// Candidate is a person who can be chosen, by open_id.
type Candidate struct {
	Value string `json:"value"`
}

func (SelectPerson) inner() {}
