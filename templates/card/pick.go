package card

import (
	"slices"

	"usagebot/usage"
)

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
	if Offers(options, p.Current) {
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

func Offers(options []selectOption, value string) bool {
	return slices.ContainsFunc(options, func(o selectOption) bool { return o.Value == value })
}
