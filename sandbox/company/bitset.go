package company

import "math/bits"

// Bitset is a set of people by their index.
type Bitset []uint64

func newBitset(n int) Bitset { return make(Bitset, (n+63)/64) }

func (b Bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b Bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b Bitset) union(other Bitset) {
	for i, w := range other {
		b[i] |= w
	}
}

// countIn counts those of b who are also in members; a nil members is everybody.
func (b Bitset) countIn(members Bitset) (n int) {
	for i, w := range b {
		if members != nil {
			w &= members[i]
		}
		n += bits.OnesCount64(w)
	}
	return n
}

// Each calls f with everybody in b.
func (b Bitset) Each(f func(i int)) {
	for word, w := range b {
		for ; w != 0; w &= w - 1 {
			f(word*64 + bits.TrailingZeros64(w))
		}
	}
}
