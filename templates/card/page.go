package card

// The limits of a card, well below the platform's 30 KB (30,720 bytes) and 200 elements.
const (
	MaxBytes    = 28_000
	MaxElements = 180
)

// The room that a list reserves for the elements after it.
const (
	TailBytes    = 6_000
	tailElements = 30
)

// Page builds a card from top to bottom within its limits.
type Page struct {
	Card            Card
	Bytes, Elements int
}

// NewPage begins a card. It cleans the summary.
func NewPage(h Header, summaryText string) *Page {
	p := &Page{Card: Card{
		config: config{UpdateMulti: true, WidthMode: widthDefault, Summary: summary{Text(summaryText).Content}},
		Header: h,
	}}
	empty := p.Card.JSON()
	p.Bytes, p.Elements = len(empty), CountTags(empty)
	return p
}

// Extend returns a page with a card's content, to add more.
func Extend(c Card) *Page {
	c.Body = append([]Element(nil), c.Body...)
	encoded := c.JSON()
	return &Page{Card: c, Bytes: len(encoded), Elements: CountTags(encoded)}
}

// Add appends all elements, or none if they do not fit: the platform would refuse the card. The limits on texts, lists
// and commands keep this from happening.
func (p *Page) Add(elements ...Element) { p.AddKeeping(0, 0, elements) }

// AddKeeping appends all elements if that leaves room for the given bytes and tags, and reports whether it did.
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

// List appends up to limit of n items while they leave room for the rest of the card. It returns how many are left out.
func (p *Page) List(n, limit int, item func(i int) []Element) (left int) {
	for i := range min(n, limit) {
		if !p.AddKeeping(TailBytes, tailElements, item(i)) {
			return n - i
		}
	}
	return max(0, n-limit)
}

// Shrink appends draw(n), or draw of the largest smaller number that leaves room for after. It reports whether there was
// room for any.
func (p *Page) Shrink(n int, after []Element, draw func(n int) []Element) bool {
	size, count := Measure(after)
	for ; n > 0; n-- {
		if p.AddKeeping(size, count, draw(n)) {
			return true
		}
	}
	return false
}

// Measure returns the size of elements in bytes and tags.
func Measure(elements []Element) (bytes, tags int) {
	for _, e := range elements {
		encoded := encode(e)
		bytes += len(encoded) + len(",")
		tags += CountTags(encoded)
	}
	return bytes, tags
}
