package sandbox

import "math/bits"

// bitset is a set of people by their index.
type bitset []uint64

func newBitset(n int) bitset { return make(bitset, (n+63)/64) }

func (b bitset) add(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]&(1<<(i%64)) != 0 }

func (b bitset) union(other bitset) {
	for i, w := range other {
		b[i] |= w
	}
}

// countIn counts those of b who are also in members; a nil members is everybody.
func (b bitset) countIn(members bitset) (n int) {
	for i, w := range b {
		if members != nil {
			w &= members[i]
		}
		n += bits.OnesCount64(w)
	}
	return n
}

// each calls f with everybody in b.
func (b bitset) each(f func(i int)) {
	for word, w := range b {
		for ; w != 0; w &= w - 1 {
			f(word*64 + bits.TrailingZeros64(w))
		}
	}
}
