package events

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	larkevent "github.com/larksuite/oapi-sdk-go/v3/event"
)

// The platform's documents give this key, this text and what it means.
func TestOpenReadsThePlatformsExample(t *testing.T) {
	t.Parallel()
	plain, _, err := decrypt(blockOf("test key"), nil, []byte("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="))
	if want := "hello world     "; err != nil || string(plain) != want { // five bytes of padding
		t.Errorf("open = %q, %v; want %q", plain, err, want)
	}
}

func TestEncryptIsReadByOpenAndByTheSDK(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{}", `{"a":"0123456789abc"}`, `{"名":"` + strings.Repeat("字", 500) + `"}`} {
		body := Encrypt("k", []byte(text))
		plain, _, err := decrypt(blockOf("k"), nil, encryptedText(body))
		if err != nil || strings.TrimRight(string(plain), " ") != text {
			t.Errorf("open(Encrypt(%q)) = %q, %v", text, plain, err)
		}
		var e larkevent.EventEncryptMsg
		if err := json.Unmarshal(body, &e); err != nil {
			t.Fatalf("the body is no JSON: %v", err)
		}
		if theirs, err := larkevent.EventDecrypt(e.Encrypt, "k"); err != nil || string(theirs) != text {
			t.Errorf("the SDK reads %q, %v; want %q", theirs, err, text)
		}
	}
}

func TestOpenRefusesWhatIsNotEncrypted(t *testing.T) {
	t.Parallel()
	for name, sealed := range map[string]string{
		"empty":              "",
		"no base64":          "***",
		"an iv alone":        "P37w+VZImNgPEO1RBhJ6Rg==",
		"not a whole block":  "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzgg==",
		"another first byte": "A37w",
	} {
		if plain, _, err := decrypt(blockOf("test key"), nil, []byte(sealed)); err == nil {
			t.Errorf("%s: open = %q, want an error", name, plain)
		}
	}
}

func TestBlankPadding(t *testing.T) {
	t.Parallel()
	const before = "a block before. "
	wrong := map[string]string{
		"zero":                    strings.Repeat("\x00", 16),
		"longer than a block":     strings.Repeat("\x11", 16),
		"the largest":             strings.Repeat("\xff", 16),
		"none":                    `{"a":"01234567"}`,
		"another first byte":      "123456789abc\x05\x04\x04\x04",
		"another byte in between": "123456789abc\x04\x05\x04\x04",
		"too short":               "123456789abcd\x04\x04\x04",
		"a whole block but one":   "1" + strings.Repeat("\x10", 15),
	}
	for name, block := range wrong {
		text := []byte(before + block)
		if blankPadding(text); string(text) != before+block {
			t.Errorf("%s: %q became %q", name, block, text[16:])
		}
	}
	for pad := 1; pad <= 16; pad++ {
		kept := before + strings.Repeat("x", 16-pad)
		text := []byte(kept + strings.Repeat(string(rune(pad)), pad))
		if blankPadding(text); string(text) != kept+strings.Repeat(" ", pad) {
			t.Errorf("a padding of %d became %q", pad, text)
		}
	}
}

func TestHolds(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text, word string
		want       int
	}{
		{"abc", "abc", 1},
		{"xabc", "abc", 1},
		{"abcx", "abc", 1},
		{"ababc", "abc", 1},
		{"abcabc", "abc", 1},
		{"", "abc", 0},
		{"ab", "abc", 0},
		{"abd", "abc", 0},
		{"abxc", "abc", 0},
		{"ABC", "abc", 0},
	} {
		if got := containsConstantTime([]byte(tt.text), []byte(tt.word)); got != tt.want {
			t.Errorf("%q holds %q: %d, want %d", tt.text, tt.word, got, tt.want)
		}
	}
}

func TestSealedInReadsEveryFormOfJSON(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"encrypt":"ab+/="}`:       "ab+/=",
		` { "encrypt" : "ab\/c" } `: "ab/c",
		`{"x":1,"encrypt":"abc"}`:   "abc",
		`{"encrypt":"abc","x":"y"}`: "abc",
		`{"encrypt":""}`:            "",
		`{"encrypt":1}`:             "",
		`{"schema":"2.0"}`:          "",
		`{"encrypt":"abc"`:          "",
		``:                          "",
	} {
		if got := encryptedText([]byte(body)); !bytes.Equal(got, []byte(want)) {
			t.Errorf("sealedIn(%s) = %q, want %q", body, got, want)
		}
	}
}
