package templates

import (
	"bytes"
	"encoding/json"
)

// Card is one card in the platform's JSON 2.0. The methods of Templates make it.
type Card struct {
	config config
	header header
	body   []element
}

type cardJSON struct {
	Schema string   `json:"schema"`
	Config config   `json:"config"`
	Header header   `json:"header"`
	Body   bodyJSON `json:"body"`
}

type bodyJSON struct {
	Elements []element `json:"elements"`
}

// JSON returns the card as the platform takes it: the same bytes for the same card, with <, > and & as they are.
func (c Card) JSON() []byte {
	elements := c.body
	if elements == nil {
		elements = []element{}
	}
	return encode(cardJSON{Schema: "2.0", Config: c.config, Header: c.header, Body: bodyJSON{elements}})
}

// Elements returns how many elements the platform counts in the card: every object that has a tag.
func (c Card) Elements() int { return countTags(c.JSON()) }

// encode returns v as JSON. What is encoded here holds only strings, numbers and booleans, which cannot fail.
func encode(v any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// countTags counts the keys called tag. A text that holds the same letters does not count: its quotes are escaped.
func countTags(encoded []byte) int { return bytes.Count(encoded, []byte(`"tag":`)) }

// config holds what concerns the card as a whole.
type config struct {
	UpdateMulti bool      `json:"update_multi"` // must be true in JSON 2.0, or the card cannot be updated
	WidthMode   widthMode `json:"width_mode"`
	Summary     summary   `json:"summary"`
}

// summary is what the list of chats and a notification show.
type summary struct {
	Content string `json:"content"`
}

// widthMode is how wide the card may become.
type widthMode string

// widthDefault is up to 600 px: figures side by side stay together on a wide screen.
const widthDefault widthMode = "default"

// header is the card's coloured head.
type header struct {
	Title       plainText  `json:"title"`
	Subtitle    *plainText `json:"subtitle,omitempty"`
	TextTagList []textTag  `json:"text_tag_list,omitempty"` // at most 3
	Template    template   `json:"template"`
}

// template is the colour of the head.
type template string

// The colours in use, each for one meaning.
const (
	blueHead   template = "blue"   // an answer
	orangeHead template = "orange" // something the reader can put right
	redHead    template = "red"    // something an administrator has to put right
	greyHead   template = "grey"   // neither
)

// textTag is a small coloured word in the head.
type textTag struct {
	Tag   textTagTag `json:"tag"`
	Text  plainText  `json:"text"`
	Color tagColor   `json:"color"`
}

// tagColor is the colour of a textTag.
type tagColor string

// The colours in use.
const (
	orangeTag tagColor = "orange"
	yellowTag tagColor = "yellow"
	violetTag tagColor = "violet"
)
