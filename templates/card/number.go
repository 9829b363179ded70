package card

import (
	"strconv"
	"strings"
)

// Minus is the true minus sign: as wide as +, and never broken from its number.
const Minus = "−"

// Integer writes n with thousands separators: 12,345.
func Integer(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = Minus, digits[1:]
	}
	return sign + grouped(digits)
}

func grouped(digits string) string {
	head := len(digits) % 3
	if head == 0 {
		head = min(3, len(digits))
	}
	var b strings.Builder
	b.WriteString(digits[:head])
	for i := head; i < len(digits); i += 3 {
		b.WriteByte(',')
		b.WriteString(digits[i : i+3])
	}
	return b.String()
}
