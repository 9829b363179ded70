package card

import (
	"regexp"
	"slices"

	"usagebot/usage"
)

// Button is a command that a reader can run by a click. It is left out of the card when its Command is empty or too long
// to be carried: a command that is cut would be another one.
type Button struct {
	Label   string // what the button says; the Command itself when empty
	Command string // the line that a person would type
}

// maxCommand is how many bytes of JSON a button's command may take.
const maxCommand = 600

type ButtonElement struct {
	Tag       buttonTag  `json:"tag"`
	Name      string     `json:"name,omitempty"` // only in a form
	Text      PlainText  `json:"text"`           // at most 100 characters
	Type      ButtonType `json:"type"`
	FormType  formAction `json:"form_action_type,omitempty"` // only in a form
	Behaviors []Callback `json:"behaviors"`
}

// ButtonType is a button's look.
type ButtonType string

// The looks in use.
const (
	PlainButton   ButtonType = "default"
	PrimaryButton ButtonType = "primary"
	dangerButton  ButtonType = "danger"
	LinkButton    ButtonType = "text"
)

// Callback sends its value to the bot. The value must be an object: the platform takes a string as well, the SDK does not.
type Callback struct {
	Type  callbackType  `json:"type"`
	Value CallbackValue `json:"value"`
}

type CallbackValue struct {
	Cmd  string `json:"cmd"`
	With string `json:"with,omitempty"` // the argument that what is chosen in a field completes the command by
	For  string `json:"for,omitempty"`  // the open_id of the only one who may press it; anybody when empty
}

func (b Button) Usable() bool { return b.Command != "" && len(encode(b.Command)) <= maxCommand }

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

// Confirmation draws the two answers of a card that asks first. They are for whoever was asked, and for nobody else.
func Confirmation(yes, keep Button, asked string) []Element {
	drawn := append(DrawAll([]Button{yes}, dangerButton, 1), DrawAll([]Button{keep}, PlainButton, 1)...)
	for i := range drawn {
		drawn[i].Behaviors[0].Value.For = asked
	}
	return ButtonRow(drawn...)
}

// ButtonRow lays buttons side by side, wrapped where the screen is narrow; without a usable one it returns nothing.
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

// DrawAll draws at most limit usable buttons.
func DrawAll(buttons []Button, look ButtonType, limit int) []ButtonElement {
	var drawn []ButtonElement
	for _, b := range buttons {
		if b.Usable() && len(drawn) < limit {
			drawn = append(drawn, b.Draw(look))
		}
	}
	return drawn
}

// Pick is a field in a card: what is chosen there completes a command by an argument. It is left out of the card when its
// Line or Arg is empty, or too long to be carried.
type Pick struct {
	Line    string   // the command
	Arg     string   // the argument that the choice is for
	Options []Option // none for a date
	Current string   // the chosen value; a date as 2026-11-16
}

// Option is one choice. Values are unique and not empty.
type Option struct{ Text, Value string }

// Limits of a field.
const (
	MaxOptionText  = 30  // characters
	maxOptionValue = 150 // bytes of JSON; a value that is cut would be another one
	MaxPickOptions = 24
)

// SelectStatic is a field with a list to choose from.
type SelectStatic struct {
	Tag         selectStaticTag `json:"tag"`
	Name        string          `json:"name,omitempty"` // only in a form
	Placeholder PlainText       `json:"placeholder"`
	Initial     string          `json:"initial_option,omitempty"`
	Options     []selectOption  `json:"options"`
	Behaviors   []Callback      `json:"behaviors,omitempty"` // none in a form
}

type selectOption struct {
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

func (p Pick) Usable() bool {
	return p.Line != "" && p.Arg != "" && len(encode(p.Line))+len(encode(p.Arg)) <= maxCommand
}

func (p Pick) behaviors() []Callback {
	return []Callback{{Value: CallbackValue{Cmd: p.Line, With: p.Arg}}}
}

// List draws the field with its options; nothing without any.
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

// DrawOptions draws at most limit options; the current one is always among them.
func DrawOptions(options []Option, current string, limit int) []selectOption {
	kept := Usable(options)
	if len(kept) > limit {
		if i := slices.IndexFunc(kept, func(o Option) bool { return o.Value == current }); i >= limit {
			kept[limit-1] = kept[i]
		}
		kept = kept[:limit]
	}
	drawn := make([]selectOption, len(kept))
	for i, o := range kept {
		drawn[i] = selectOption{Text: Text(Clean(o.Text, MaxOptionText)), Value: o.Value}
	}
	return drawn
}

// Usable leaves out what cannot be carried, and what is there already: the platform refuses a list with two alike.
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

func HasOption(options []selectOption, value string) bool {
	return slices.ContainsFunc(options, func(o selectOption) bool { return o.Value == value })
}

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

// PersonList shows people as the client does, by picture and name: the bot neither knows nor keeps what somebody is
// called. Unlike a mention it tells nobody that he is shown.
type PersonList struct {
	Tag         personListTag `json:"tag"`
	Persons     []person      `json:"persons"`
	Size        personSize    `json:"size"`
	ShowAvatar  bool          `json:"show_avatar"`
	DropUnknown bool          `json:"drop_invalid_user_id"` // else one person whom the platform does not know spoils the card
}

type person struct {
	ID string `json:"id"`
}

// personSize is the size of the pictures.
type personSize string

const smallPerson personSize = "extra_small"

func (PersonList) element() {}
func (PersonList) inner()   {}

var openID = regexp.MustCompile(`^ou_[A-Za-z0-9_-]{1,64}$`)

// maxPeople is how many people are shown together.
const maxPeople = 10

// Persons are those of the ids that may be somebody's, each once. A pseudonym is nobody's.
func Persons(ids []string) (list []person) {
	for _, id := range ids {
		if p := (person{id}); openID.MatchString(id) && !slices.Contains(list, p) && len(list) < maxPeople {
			list = append(list, p)
		}
	}
	return list
}

// People shows people; nothing without any.
func People(ids ...string) []Inner {
	list := Persons(ids)
	if len(list) == 0 {
		return nil
	}
	return []Inner{PersonList{Persons: list, Size: smallPerson, ShowAvatar: true, DropUnknown: true}}
}

// WithPeople is a line in small print that ends with a label, and the people that the label is about below it. Without them
// the line ends with other words.
func WithPeople(ids []string, label, otherwise string, told ...string) []Inner {
	who := People(ids...)
	if len(who) == 0 {
		label = otherwise
	}
	return append([]Inner{Remark(Dotted(append(told, label)...))}, who...)
}

// Elements are the same directly in the body.
func Elements(parts []Inner) []Element {
	list := make([]Element, len(parts))
	for i, e := range parts {
		list[i] = e
	}
	return list
}

// SelectPerson is a field to choose a person by. The platform knows what people are called.
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

func (SelectPerson) element() {}
func (SelectPerson) inner()   {}
