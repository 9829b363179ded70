package templates

// What a card may take, well below the platform's 30 KB (30,720 bytes) and 200 elements.
const (
	maxBytes    = 28_000
	maxElements = 180
)

// What a list leaves for the elements that come after it.
const (
	tailBytes    = 6_000
	tailElements = 30
)

// page builds a card from top to bottom and never lets it grow past its limits.
type page struct {
	card            Card
	bytes, elements int
}

// newPage begins a card. The text of the summary is cleaned here.
func newPage(h header, summaryText string) *page {
	p := &page{card: Card{
		config: config{UpdateMulti: true, WidthMode: widthDefault, Summary: summary{text(summaryText).Content}},
		header: h,
	}}
	empty := p.card.JSON()
	p.bytes, p.elements = len(empty), countTags(empty)
	return p
}

// add appends the elements, or none of them where they have no room: a card that lacks its last part is better than one
// that the platform refuses. With texts, lists and commands limited as they are it does not come to that.
func (p *page) add(elements ...element) { p.addKeeping(0, 0, elements) }

// addKeeping appends the elements, all or none, if so much room is left after them, and reports whether it did.
func (p *page) addKeeping(bytes, tags int, elements []element) bool {
	size, count := measure(elements)
	if p.bytes+size > maxBytes-bytes || p.elements+count > maxElements-tags {
		return false
	}
	p.card.body = append(p.card.body, elements...)
	p.bytes += size
	p.elements += count
	return true
}

// list appends at most limit of n items as long as they leave room for the rest of the card, and returns how many it
// left out.
func (p *page) list(n, limit int, item func(i int) []element) (left int) {
	for i := range min(n, limit) {
		if !p.addKeeping(tailBytes, tailElements, item(i)) {
			return n - i
		}
	}
	return max(0, n-limit)
}

// leftOut says how many items a list left out; nothing when it left out none.
func (w wording) leftOut(left int) []element {
	if left <= 0 {
		return nil
	}
	return []element{remark(w.count("list.more", left))}
}

// shrink appends what draw makes of n things, or of fewer where n leave no room for the elements that come after them.
func (p *page) shrink(n int, after []element, draw func(n int) []element) {
	size, count := measure(after)
	for ; n > 0; n-- {
		if p.addKeeping(size, count, draw(n)) {
			return
		}
	}
}

// measure returns how many bytes and tags elements take.
func measure(elements []element) (bytes, tags int) {
	for _, e := range elements {
		encoded := encode(e)
		bytes += len(encoded) + len(",")
		tags += countTags(encoded)
	}
	return bytes, tags
}
