package templates

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
	maxOptionText  = 30  // characters
	maxOptionValue = 150 // bytes of JSON; a value that is cut would be another one
	maxPickOptions = 24
)

// selectStatic is a field with a list to choose from.
type selectStatic struct {
	Tag         selectStaticTag `json:"tag"`
	Name        string          `json:"name,omitempty"` // only in a form
	Placeholder plainText       `json:"placeholder"`
	Initial     string          `json:"initial_option,omitempty"`
	Options     []selectOption  `json:"options"`
	Behaviors   []callback      `json:"behaviors,omitempty"` // none in a form
}

type selectOption struct {
	Text  plainText `json:"text"`
	Value string    `json:"value"`
}

// datePicker is a field for a day.
type datePicker struct {
	Tag         datePickerTag `json:"tag"`
	Placeholder plainText     `json:"placeholder"`
	Initial     string        `json:"initial_date,omitempty"` // 2006-01-02
	Behaviors   []callback    `json:"behaviors"`
}

func (selectStatic) inner() {}
func (datePicker) inner()   {}

func (p Pick) usable() bool {
	return p.Line != "" && p.Arg != "" && len(encode(p.Line))+len(encode(p.Arg)) <= maxCommand
}

func (p Pick) behaviors() []callback {
	return []callback{{Value: callbackValue{Cmd: p.Line, With: p.Arg}}}
}

// list draws the field with its options; nothing without any.
func (p Pick) list(label string) []inner {
	options := drawOptions(p.Options, p.Current, maxPickOptions)
	if !p.usable() || len(options) == 0 {
		return nil
	}
	s := selectStatic{Placeholder: text(label), Options: options, Behaviors: p.behaviors()}
	if offers(options, p.Current) {
		s.Initial = p.Current
	}
	return []inner{s}
}

// date draws the field for a day.
func (p Pick) date(label string) []inner {
	if !p.usable() {
		return nil
	}
	d := datePicker{Placeholder: text(label), Behaviors: p.behaviors()}
	if _, err := usage.ParseDate(p.Current); err == nil {
		d.Initial = p.Current
	}
	return []inner{d}
}

// drawOptions draws at most limit options; the current one is always among them.
func drawOptions(options []Option, current string, limit int) []selectOption {
	kept := usable(options)
	if len(kept) > limit {
		if i := slices.IndexFunc(kept, func(o Option) bool { return o.Value == current }); i >= limit {
			kept[limit-1] = kept[i]
		}
		kept = kept[:limit]
	}
	drawn := make([]selectOption, len(kept))
	for i, o := range kept {
		drawn[i] = selectOption{Text: text(clean(o.Text, maxOptionText)), Value: o.Value}
	}
	return drawn
}

// usable leaves out what cannot be carried, and what is there already: the platform refuses a list with two alike.
func usable(options []Option) []Option {
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

func offers(options []selectOption, value string) bool {
	return slices.ContainsFunc(options, func(o selectOption) bool { return o.Value == value })
}

// notOffered says how many options a field has no room for; nothing when it offers them all.
func (w wording) notOffered(p Pick) []element {
	left := len(usable(p.Options)) - maxPickOptions
	if !p.usable() || left <= 0 {
		return nil
	}
	return []element{remark(w.count("pick.more", left))}
}
