package company

import "strconv"

// draw returns a number in [0,1) that is always the same for the same seed and keys.
func draw(seed uint64, keys ...int) float64 {
	h := mix(seed + 0x9e3779b97f4a7c15)
	for _, k := range keys {
		h = mix(h ^ uint64(k)*0xd1342543de82ef95)
	}
	return float64(h>>11) / (1 << 53)
}

// mix spreads every bit of x over all of the result (the finaliser of the splitmix64 generator).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Numbered names one of several random choices, so that each has a value of its own.
func Numbered(what string, i int) string { return what + " " + strconv.Itoa(i) }
