package card

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
