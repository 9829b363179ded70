package events

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	guessedKey   = "the key"
	guessedToken = "v3r1f1c4t10nT0k3n0fTh1rtyTw0Byt3"
)

// guessed is a webhook that somebody without the key tries unsigned bodies on.
func guessed(t *testing.T) *Webhook {
	t.Helper()
	w, err := NewWebhook(WebhookSettings{
		AppID: "cli_test", EncryptKey: guessedKey, VerificationToken: guessedToken,
		Handle: func(context.Context, *Event) (Response, error) { return Response{}, nil },
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// sealAsIs encrypts whole blocks without a padding of its own.
func sealAsIs(text string) []byte {
	buf := append(make([]byte, aes.BlockSize), text...)
	cipher.NewCBCEncrypter(blockOf(guessedKey), buf[:aes.BlockSize]).CryptBlocks(buf[aes.BlockSize:], buf[aes.BlockSize:])
	return []byte(`{"encrypt":"` + base64.StdEncoding.EncodeToString(buf) + `"}`)
}

// TestUnsignedBodiesTakeTheSameWork compares what is allocated for unsigned texts of one length: decoding one allocates,
// so it shows that none of them was decoded, whatever its padding and whatever stands in it.
func TestUnsignedBodiesTakeTheSameWork(t *testing.T) { //nolint:paralleltest // other tests would be counted
	w := guessed(t)
	const blocks = 12 * aes.BlockSize
	fill := func(text string) string { return text + strings.Repeat(" ", blocks-len(text)) }
	padded := func(text string, padding string) string {
		return text + strings.Repeat("x", blocks-len(text)-len(padding)) + padding
	}
	event := `{"schema":"2.0","header":{"event_id":"e","event_type":"im.message.receive_v1","app_id":"cli_test","token":"` + guessedToken + `"}`
	texts := map[string]string{
		"right padding":                padded("garbage", "\x03\x03\x03"),
		"wrong padding":                padded("garbage", "\x03\x02\x03"),
		"no padding":                   padded("garbage", "\x00"),
		"an event":                     fill(event + "}"),
		"an event, then a right end":   padded(event, "\x01"),
		"an event, then a wrong end":   padded(event, "\xee"),
		"a check with a wrong token":   fill(`{"type":"url_verification","challenge":"c","token":"` + guessedToken[1:] + `x"}`),
		"JSON that fails at its end":   fill(`{"type":"url_verification"`),
		"JSON that fails at its start": fill(`}`),
	}
	b := new(buffers)
	reference := -1.0
	for name, text := range texts {
		body := sealAsIs(text)
		if e, outcome := w.unsigned(body, b); e != nil || outcome != BadSignature {
			t.Errorf("%s: %+v, %s", name, e, outcome)
		}
		allocs := testing.AllocsPerRun(20, func() {
			w.unsignedLimit = unsignedLimit{}
			w.unsigned(body, b)
		})
		if reference < 0 {
			reference = allocs
		}
		if allocs != reference {
			t.Errorf("%s: %v allocations, others %v", name, allocs, reference)
		}
	}
	if e, outcome := w.unsigned(sealAsIs(fill(`{"type":"url_verification","challenge":"c","token":"`+guessedToken+`"}`)), b); outcome != Accepted || e.Challenge != "c" {
		t.Errorf("the platform's check: %+v, %s", e, outcome)
	}
}

// TestUnsignedBodiesAreRateLimited sends the same check of the address again and again within one second.
func TestUnsignedBodiesAreRateLimited(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := guessed(t)
		handler := gin.New()
		handler.POST("/", w.ServeGin)
		deliver := func(plain string, edit func(*http.Request)) *httptest.ResponseRecorder {
			r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(Encrypt(guessedKey, []byte(plain))))
			r.Header.Set("Content-Type", "application/json")
			edit(r)
			rec := httptest.NewRecorder()
			handler.ServeHTTP(rec, r)
			return rec
		}
		check := `{"type":"url_verification","challenge":"c","token":"` + guessedToken + `"}`
		unsigned := func(*http.Request) {}
		wrongToken := deliver(`{"type":"url_verification","challenge":"c","token":"x"}`, unsigned)
		for i := range 3 * maxUnsigned {
			rec := deliver(check, unsigned)
			switch {
			case i < maxUnsigned-1 && rec.Code != http.StatusOK:
				t.Errorf("check %d was answered %d", i, rec.Code)
			case i >= maxUnsigned-1 && (rec.Code != wrongToken.Code || rec.Body.String() != wrongToken.Body.String()):
				t.Errorf("check %d was answered %d %s; want the refusal of a wrong token", i, rec.Code, rec.Body)
			}
		}
		if rec := deliver("no check", func(r *http.Request) { r.Header.Set("X-Lark-Signature", "wrong") }); rec.Code != http.StatusUnauthorized {
			t.Errorf("with a wrong signature: %d", rec.Code)
		}
		time.Sleep(time.Second)
		if rec := deliver(check, unsigned); rec.Code != http.StatusOK {
			t.Errorf("a second later a check was answered %d", rec.Code)
		}
	})
}

// TestUnsignedBodiesAreSmall holds that what is too large is not read to its end, and is refused as everything else.
func TestUnsignedBodiesAreSmall(t *testing.T) {
	t.Parallel()
	for _, length := range []int64{1 << 20, -1} {
		w := guessed(t)
		handler := gin.New()
		handler.POST("/", w.ServeGin)
		body := strings.NewReader(strings.Repeat("x", 1<<20))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", body)
		r.ContentLength = length
		r.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		handler.ServeHTTP(rec, r)
		if read := 1<<20 - body.Len(); rec.Code != http.StatusUnauthorized || read > 2*maxChallenge {
			t.Errorf("of length %d: %d after %d bytes", length, rec.Code, read)
		}
	}
}
