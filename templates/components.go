package templates

// element is what may stand directly in a card's body.
type element interface {
	element()
}

// inner is what may also stand in a column, a panel or a form: no table, no form and no column_set.
type inner interface {
	element
	inner()
}

// plainText is text that is shown as it is. Every text in a card is one.
type plainText struct {
	Tag       plainTextTag `json:"tag"`
	Content   string       `json:"content"`
	TextSize  textSize     `json:"text_size,omitempty"`
	TextColor textColor    `json:"text_color,omitempty"`
}

// textSize is the size of a text.
type textSize string

// The sizes in use; none is normal.
const (
	hugeSize  textSize = "heading-0"
	largeSize textSize = "heading-4"
	smallSize textSize = "notation"
)

// textColor is the colour of a text.
type textColor string

// greyText is for what matters less. Changes have no colour: whether more is better is not ours to say.
const greyText textColor = "grey"

// text returns cleaned text that is never empty, since an empty content may be refused.
func text(s string) plainText {
	if s = clean(s, maxText); s == "" {
		s = absent
	}
	return plainText{Content: s}
}

// div is a paragraph.
type div struct {
	Tag  divTag    `json:"tag"`
	Text plainText `json:"text"`
}

func paragraph(s string) div { return div{Text: text(s)} }

func sized(s string, size textSize) div {
	d := paragraph(s)
	d.Text.TextSize = size
	return d
}

func remark(s string) div {
	d := sized(s, smallSize)
	d.Text.TextColor = greyText
	return d
}

func (div) inner() {}

// columnSet lays columns side by side.
type columnSet struct {
	Tag      columnSetTag `json:"tag"`
	FlexMode flexMode     `json:"flex_mode"`
	Columns  []column     `json:"columns"`
}

// flexMode is what happens to columns on a narrow screen.
type flexMode string

// The modes in use.
const (
	keepColumns flexMode = "none"   // stay side by side, narrower
	wrapColumns flexMode = "flow"   // go on in the next line
	halfColumns flexMode = "bisect" // two of equal width in a line
)

// column is one column of a columnSet.
type column struct {
	Tag      columnTag   `json:"tag"`
	Width    columnWidth `json:"width"`
	Weight   int         `json:"weight,omitempty"` // 1 to 5, only for weighted
	Align    verticalAt  `json:"vertical_align,omitempty"`
	Spacing  string      `json:"vertical_spacing,omitempty"`
	Elements []inner     `json:"elements"`
}

// columnWidth is how a column gets its width.
type columnWidth string

// The widths in use.
const (
	autoWidth     columnWidth = "auto"
	weightedWidth columnWidth = "weighted"
)

// verticalAt is where a column's content stands.
type verticalAt string

const centered verticalAt = "center"

// collapsiblePanel is content that opens on a click; it starts closed.
type collapsiblePanel struct {
	Tag      collapsiblePanelTag `json:"tag"`
	Expanded bool                `json:"expanded"`
	Header   panelHeader         `json:"header"`
	Elements []inner             `json:"elements"`
}

type panelHeader struct {
	Title        plainText    `json:"title"`
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

// iconPosition is where the icon stands.
type iconPosition string

const iconRight iconPosition = "right"

func panel(title string, elements []inner) collapsiblePanel {
	icon := standardIcon{Token: downIcon, Size: "16px 16px"}
	return collapsiblePanel{
		Header:   panelHeader{Title: text(title), Icon: icon, IconPosition: iconRight, IconAngle: -180},
		Elements: elements,
	}
}

func (div) element()              {}
func (button) element()           {}
func (columnSet) element()        {}
func (collapsiblePanel) element() {}
func (table) element()            {}
func (chart) element()            {}
func (inputForm) element()        {}
func (selectStatic) element()     {}
func (datePicker) element()       {}
func (timePicker) element()       {}
