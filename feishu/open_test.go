package feishu

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
	plain, _, err := open(blockOf("test key"), nil, []byte("P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghk="))
	if err != nil || string(plain) != "hello world" {
		t.Errorf("open = %q, %v; want %q", plain, err, "hello world")
	}
}

func TestEncryptIsReadByOpenAndByTheSDK(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"{}", `{"a":"0123456789abc"}`, `{"名":"` + strings.Repeat("字", 500) + `"}`} {
		body := Encrypt("k", []byte(text))
		plain, _, err := open(blockOf("k"), nil, sealedIn(body))
		if err != nil || string(plain) != text {
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
		"another padding":    "P37w+VZImNgPEO1RBhJ6RtKl7n6zymIbEG1pReEzghg=",
		"another first byte": "A37w",
	} {
		if plain, _, err := open(blockOf("test key"), nil, []byte(sealed)); err == nil {
			t.Errorf("%s: open = %q, want an error", name, plain)
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
		if got := sealedIn([]byte(body)); !bytes.Equal(got, []byte(want)) {
			t.Errorf("sealedIn(%s) = %q, want %q", body, got, want)
		}
	}
}
