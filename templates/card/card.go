package card

import (
	"bytes"
	"encoding/json"
)

// Card is one card in the platform's JSON 2.0.
type Card struct {
	config config
	Header Header
	Body   []Element

	marks []mark
}

// mark adds a field to what some controls of a card send.
type mark struct{ command, view string }

// InView marks the controls that run a command, given with its slash, with the view that the card shows: a click on them tells
// it, so that the bot knows whether the click may replace the card. An empty command marks all controls.
func (c Card) InView(command, view string) Card {
	c.marks = append(c.marks[:len(c.marks):len(c.marks)], mark{command, view})
	return c
}

// marked adds the marks to a card's JSON. In a text its quotes would be escaped, so only controls match.
func (c Card) marked(encoded []byte) []byte {
	for _, m := range c.marks {
		field := append(append([]byte(`"value":{"view":`), encode(m.view)...), `,"cmd":"`...)
		ends := []string{`"`, ` `}
		if m.command == "" {
			ends = []string{""}
		}
		for _, end := range ends {
			plain := []byte(`"value":{"cmd":"` + m.command + end)
			encoded = bytes.ReplaceAll(encoded, plain, append(field[:len(field):len(field)], m.command+end...))
		}
	}
	return encoded
}

type cardJSON struct {
	Schema string   `json:"schema"`
	Config config   `json:"config"`
	Header Header   `json:"header"`
	Body   bodyJSON `json:"body"`
}

type bodyJSON struct {
	Elements []Element `json:"elements"`
}

// JSON returns the card's JSON, which is deterministic. It does not escape <, > and &.
func (c Card) JSON() []byte {
	elements := c.Body
	if elements == nil {
		elements = []Element{}
	}
	return c.marked(encode(cardJSON{Schema: "2.0", Config: c.config, Header: c.Header, Body: bodyJSON{elements}}))
}

// Elements returns the number of elements as the platform counts them: every object with a tag.
func (c Card) Elements() int { return CountTags(c.JSON()) }

// encode returns v as JSON. The values here hold only strings, numbers and booleans, so encoding cannot fail.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// CountTags counts the keys called tag. The same letters within a text do not count, because their quotes are escaped.
func CountTags(encoded []byte) int { return bytes.Count(encoded, []byte(`"tag":`)) }

// config holds the settings of the card as a whole.
type config struct {
	UpdateMulti bool      `json:"update_multi"` // must be true in JSON 2.0, or the card cannot be updated
	WidthMode   widthMode `json:"width_mode,omitempty"`
	Summary     summary   `json:"summary"`
}

// summary is the text in the list of chats and in notifications.
type summary struct {
	Content string `json:"content"`
}

// widthMode limits the card's width.
type widthMode string

// widthDefault is up to 600 px, so that figures side by side stay close on a wide screen.
const widthDefault widthMode = "default"

// Header is the card's coloured head.
type Header struct {
	Title       PlainText  `json:"title"`
	Subtitle    *PlainText `json:"subtitle,omitempty"`
	TextTagList []TextTag  `json:"text_tag_list,omitempty"` // at most 3
	Template    Template   `json:"template"`
}

// Template is the colour of the head.
type Template string

// The colours in use, each for one meaning.
const (
	BlueHead   Template = "blue"   // an answer
	OrangeHead Template = "orange" // something the reader can put right
	RedHead    Template = "red"    // something an administrator has to put right
	GreyHead   Template = "grey"   // neither
)

// TextTag is a small coloured label in the head.
type TextTag struct {
	Tag   textTagTag `json:"tag"`
	Text  PlainText  `json:"text"`
	Color tagColor   `json:"color"`
}

// tagColor is the colour of a textTag.
type tagColor string

// The colours in use.
const (
	OrangeTag tagColor = "orange"
	YellowTag tagColor = "yellow"
	VioletTag tagColor = "violet"
)

// Each of these types encodes as one constant tag, so that a component cannot have a wrong one.

type (
	plainTextTag        struct{}
	textTagTag          struct{}
	standardIconTag     struct{}
	divTag              struct{}
	hrTag               struct{}
	columnSetTag        struct{}
	columnTag           struct{}
	buttonTag           struct{}
	collapsiblePanelTag struct{}
	tableTag            struct{}
	chartTag            struct{}
	formTag             struct{}
	personListTag       struct{}
	selectPersonTag     struct{}
	selectStaticTag     struct{}
	datePickerTag       struct{}
	timePickerTag       struct{}
	callbackType        struct{}
)

func (plainTextTag) MarshalText() ([]byte, error)        { return []byte("plain_text"), nil }
func (textTagTag) MarshalText() ([]byte, error)          { return []byte("text_tag"), nil }
func (standardIconTag) MarshalText() ([]byte, error)     { return []byte("standard_icon"), nil }
func (divTag) MarshalText() ([]byte, error)              { return []byte("div"), nil }
func (hrTag) MarshalText() ([]byte, error)               { return []byte("hr"), nil }
func (columnSetTag) MarshalText() ([]byte, error)        { return []byte("column_set"), nil }
func (columnTag) MarshalText() ([]byte, error)           { return []byte("column"), nil }
func (buttonTag) MarshalText() ([]byte, error)           { return []byte("button"), nil }
func (collapsiblePanelTag) MarshalText() ([]byte, error) { return []byte("collapsible_panel"), nil }
func (tableTag) MarshalText() ([]byte, error)            { return []byte("table"), nil }
func (chartTag) MarshalText() ([]byte, error)            { return []byte("chart"), nil }
func (formTag) MarshalText() ([]byte, error)             { return []byte("form"), nil }
func (personListTag) MarshalText() ([]byte, error)       { return []byte("person_list"), nil }
func (selectPersonTag) MarshalText() ([]byte, error)     { return []byte("select_person"), nil }
func (selectStaticTag) MarshalText() ([]byte, error)     { return []byte("select_static"), nil }
func (datePickerTag) MarshalText() ([]byte, error)       { return []byte("date_picker"), nil }
func (timePickerTag) MarshalText() ([]byte, error)       { return []byte("picker_time"), nil }
func (callbackType) MarshalText() ([]byte, error)        { return []byte("callback"), nil }
