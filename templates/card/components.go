package card

// Element may stand directly in a card's body.
type Element interface {
	write(w *textWriter)
}

// Inner may also stand in a column, a panel or a form. Tables, forms and column sets may not.
type Inner interface {
	Element
	inner()
}

// PlainText is text without markup. All text in cards is plain.
type PlainText struct {
	Tag       plainTextTag `json:"tag"`
	Content   string       `json:"content"`
	TextSize  TextSize     `json:"text_size,omitempty"`
	TextColor textColor    `json:"text_color,omitempty"`
}

// TextSize is the size of a text.
type TextSize string

// The sizes in use. Without one the text has normal size.
const (
	HugeSize  TextSize = "heading-0"
	LargeSize TextSize = "heading-4"
	smallSize TextSize = "notation"
)

// textColor is the colour of a text.
type textColor string

// greyText is for secondary text. Changes have no colour, because the bot cannot judge whether more is better.
const greyText textColor = "grey"

// Text returns cleaned text. It is never empty, because the platform may refuse empty content.
func Text(s string) PlainText {
	if s = Clean(s, MaxText); s == "" {
		s = Absent
	}
	return PlainText{Content: s}
}

// Div is a paragraph.
type Div struct {
	Tag  divTag    `json:"tag"`
	Text PlainText `json:"text"`
}

// Paragraph returns text of the usual size.
func Paragraph(s string) Div { return Div{Text: Text(s)} }

// Lines returns a paragraph of several lines, each of the length that a text may have.
func Lines(lines ...string) Div {
	d := Paragraph(lines[0])
	for _, line := range lines[1:] {
		d.Text.Content += "\n" + Text(line).Content
	}
	return d
}

// Sized returns text of a size.
func Sized(s string, size TextSize) Div {
	d := Paragraph(s)
	d.Text.TextSize = size
	return d
}

// SmallText returns small grey text.
func SmallText(s string) Div {
	d := Sized(s, smallSize)
	d.Text.TextColor = greyText
	return d
}

func (Div) inner() {}

// Divider is a line across the card.
type Divider struct {
	Tag hrTag `json:"tag"`
}

// ColumnSet lays columns side by side.
type ColumnSet struct {
	Tag      columnSetTag `json:"tag"`
	FlexMode flexMode     `json:"flex_mode"`
	Columns  []Column     `json:"columns"`
}

// flexMode is how columns adapt to a narrow screen.
type flexMode string

// The modes in use.
const (
	KeepColumns flexMode = "none"   // stay side by side, narrower
	WrapColumns flexMode = "flow"   // wrap into the next line
	HalfColumns flexMode = "bisect" // two of equal width in a line
)

// Column is one column of a ColumnSet.
type Column struct {
	Tag      columnTag     `json:"tag"`
	Width    columnWidth   `json:"width"`
	Weight   int           `json:"weight,omitempty"` // 1 to 5, only for weighted
	Align    VerticalAlign `json:"vertical_align,omitempty"`
	Spacing  string        `json:"vertical_spacing,omitempty"`
	Elements []Inner       `json:"elements"`
}

// columnWidth determines a column's width.
type columnWidth string

// The widths in use.
const (
	AutoWidth     columnWidth = "auto"
	WeightedWidth columnWidth = "weighted"
)

// VerticalAlign is the vertical position of a column's content.
type VerticalAlign string

// Where the content of a column stands in its height.
const (
	Centered VerticalAlign = "center"
	AtBottom VerticalAlign = "bottom"
)

// CollapsiblePanel is content that opens on a click. It starts closed.
type CollapsiblePanel struct {
	Tag      collapsiblePanelTag `json:"tag"`
	Expanded bool                `json:"expanded"`
	Header   panelHeader         `json:"header"`
	Elements []Inner             `json:"elements"`
}

type panelHeader struct {
	Title        PlainText    `json:"title"`
	Icon         standardIcon `json:"icon"`
	IconPosition iconPosition `json:"icon_position"`
	IconAngle    int          `json:"icon_expanded_angle"` // -180, -90, 90 or 180
}

// standardIcon is an icon from the platform's library.
type standardIcon struct {
	Tag   standardIconTag `json:"tag"`
	Token iconToken       `json:"token"`
	Size  string          `json:"size"`
}

// iconToken is an icon's name in the platform's library.
type iconToken string

const downIcon iconToken = "down-small-ccm_outlined"

// iconPosition is the position of the icon.
type iconPosition string

const iconRight iconPosition = "right"

// Panel returns a folded panel that opens when its title is clicked.
func Panel(title string, elements []Inner) CollapsiblePanel {
	icon := standardIcon{Token: downIcon, Size: "16px 16px"}
	return CollapsiblePanel{
		Header:   panelHeader{Title: Text(title), Icon: icon, IconPosition: iconRight, IconAngle: -180},
		Elements: elements,
	}
}
