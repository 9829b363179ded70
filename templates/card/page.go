package card

// What a card may take, well below the platform's 30 KB (30,720 bytes) and 200 elements.
const (
	MaxBytes    = 28_000
	MaxElements = 180
)

// What a list leaves for the elements that come after it.
const (
	TailBytes    = 6_000
	tailElements = 30
)

// Page builds a card from top to bottom and never lets it grow past its limits.
type Page struct {
	Card            Card
	Bytes, Elements int
}

// NewPage begins a card. The text of the summary is cleaned here.
func NewPage(h Header, summaryText string) *Page {
	p := &Page{Card: Card{
		config: config{UpdateMulti: true, WidthMode: widthDefault, Summary: summary{Text(summaryText).Content}},
		Header: h,
	}}
	empty := p.Card.JSON()
	p.Bytes, p.Elements = len(empty), CountTags(empty)
	return p
}

// Add appends the elements, or none of them where they have no room: a card that lacks its last part is better than one
// that the platform refuses. With texts, lists and commands limited as they are it does not come to that.
func (p *Page) Add(elements ...Element) { p.AddKeeping(0, 0, elements) }

// AddKeeping appends the elements, all or none, if so much room is left after them, and reports whether it did.
func (p *Page) AddKeeping(bytes, tags int, elements []Element) bool {
	size, count := Measure(elements)
	if p.Bytes+size > MaxBytes-bytes || p.Elements+count > MaxElements-tags {
		return false
	}
	p.Card.Body = append(p.Card.Body, elements...)
	p.Bytes += size
	p.Elements += count
	return true
}

// List appends at most limit of n items as long as they leave room for the rest of the card, and returns how many it
// left out.
func (p *Page) List(n, limit int, item func(i int) []Element) (left int) {
	for i := range min(n, limit) {
		if !p.AddKeeping(TailBytes, tailElements, item(i)) {
			return n - i
		}
	}
	return max(0, n-limit)
}

// Shrink appends what draw makes of n things, or of fewer where n leave no room for the elements that come after them.
func (p *Page) Shrink(n int, after []Element, draw func(n int) []Element) {
	size, count := Measure(after)
	for ; n > 0; n-- {
		if p.AddKeeping(size, count, draw(n)) {
			return
		}
	}
}

// Measure returns how many bytes and tags elements take.
func Measure(elements []Element) (bytes, tags int) {
	for _, e := range elements {
		encoded := encode(e)
		bytes += len(encoded) + len(",")
		tags += CountTags(encoded)
	}
	return bytes, tags
}
