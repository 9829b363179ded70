package directory

import (
	"strings"
	"unicode"

	"github.com/mozillazg/go-pinyin"
)

// maxReadings limits the readings kept per name: every character with several readings multiplies them (重庆: chongqing,
// zhongqing).
const maxReadings = 16

// sound is one reading of a Chinese name: its syllables in order.
type sound []string

// soundsOf returns the readings of a name, or none if it has no Chinese character.
func soundsOf(name string) []sound {
	args := pinyin.NewArgs()
	args.Heteronym = true
	readings := []sound{nil}
	chinese := false
	for _, r := range strings.ToLower(name) {
		var ways []string
		switch {
		case unicode.Is(unicode.Han, r):
			ways = distinct(pinyin.SinglePinyin(r, args))
			chinese = chinese || len(ways) > 0
		case unicode.IsLetter(r), unicode.IsDigit(r):
			ways = []string{string(r)}
		}
		readings = extend(readings, ways)
	}
	if !chinese {
		return nil
	}
	return readings
}

func extend(readings []sound, ways []string) []sound {
	if len(ways) == 0 {
		return readings
	}
	var longer []sound
	for _, w := range ways {
		for _, r := range readings {
			if len(longer) == maxReadings {
				return longer
			}
			longer = append(longer, append(r[:len(r):len(r)], w))
		}
	}
	return longer
}

func distinct(ways []string) []string {
	var out []string
	for _, w := range ways {
		if w != "" && !strings.Contains(" "+strings.Join(out, " ")+" ", " "+w+" ") {
			out = append(out, w)
		}
	}
	return out
}

// is reports whether text is the whole name in pinyin, in full or by initials.
func (s sound) is(text string) bool {
	if text == strings.Join(s, "") {
		return true
	}
	var initials strings.Builder
	for _, syllable := range s {
		initials.WriteByte(syllable[0])
	}
	return len(s) > 1 && text == initials.String()
}

// begins reports whether text is the first syllables of the name, at least two.
func (s sound) begins(text string) bool {
	at := ""
	for i, syllable := range s {
		at += syllable
		if i > 0 && at == text {
			return true
		}
	}
	return false
}

func (s sound) String() string { return strings.Join(s, "") }
