package templates

// Button is a command that a reader can run by a click. It is left out of the card when its Command is empty or too long
// to be carried: a command that is cut would be another one.
type Button struct {
	Label   string // what the button says; the Command itself when empty
	Command string // the line that a person would type
}

// maxCommand is how many bytes of JSON a button's command may take.
const maxCommand = 600

type button struct {
	Tag       buttonTag  `json:"tag"`
	Name      string     `json:"name,omitempty"` // only in a form
	Text      plainText  `json:"text"`           // at most 100 characters
	Type      buttonType `json:"type"`
	FormType  formAction `json:"form_action_type,omitempty"` // only in a form
	Behaviors []callback `json:"behaviors"`
}

// buttonType is a button's look.
type buttonType string

// The looks in use.
const (
	plainButton   buttonType = "default"
	primaryButton buttonType = "primary"
	dangerButton  buttonType = "danger"
	linkButton    buttonType = "text"
)

// callback sends its value to the bot. The value must be an object: the platform takes a string as well, the SDK does not.
type callback struct {
	Type  callbackType  `json:"type"`
	Value callbackValue `json:"value"`
}

type callbackValue struct {
	Cmd  string `json:"cmd"`
	With string `json:"with,omitempty"` // the argument that what is chosen in a field completes the command by
	For  string `json:"for,omitempty"`  // the open_id of the only one who may press it; anybody when empty
}

func (b Button) usable() bool { return b.Command != "" && len(encode(b.Command)) <= maxCommand }

func (b Button) draw(look buttonType) button {
	label := b.Label
	if label == "" {
		label = b.Command
	}
	return button{
		Text:      text(clean(label, maxLabel)),
		Type:      look,
		Behaviors: []callback{{Value: callbackValue{Cmd: b.Command}}},
	}
}

func (button) inner() {}

// confirmation draws the two answers of a card that asks first. They are for whoever was asked, and for nobody else.
func confirmation(yes, keep Button, asked string) []element {
	drawn := append(drawAll([]Button{yes}, dangerButton, 1), drawAll([]Button{keep}, plainButton, 1)...)
	for i := range drawn {
		drawn[i].Behaviors[0].Value.For = asked
	}
	return buttonRow(drawn...)
}

// buttonRow lays buttons side by side, wrapped where the screen is narrow; without a usable one it returns nothing.
func buttonRow(buttons ...button) []element {
	if len(buttons) == 0 {
		return nil
	}
	set := columnSet{FlexMode: wrapColumns}
	for _, b := range buttons {
		set.Columns = append(set.Columns, column{Width: autoWidth, Elements: []inner{b}})
	}
	return []element{set}
}

// drawAll draws at most limit usable buttons.
func drawAll(buttons []Button, look buttonType, limit int) []button {
	var drawn []button
	for _, b := range buttons {
		if b.usable() && len(drawn) < limit {
			drawn = append(drawn, b.draw(look))
		}
	}
	return drawn
}
