package events

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Whatever stands in an event that is sealed as the platform seals it, it is taken or refused, and nothing breaks.
func FuzzSealedBody(f *testing.F) {
	h := quietWebhook(f)
	for _, b := range seeds(f) {
		f.Add(b)
	}
	for _, plain := range []string{
		``, `null`, `[]`, `{}`, `{"schema":"2.0"}`, `{"schema":2,"header":[]}`, `{"challenge":"c","token":"v","type":"url_verification"}`,
		`{"schema":"2.0","header":{"event_id":"e","event_type":"im.message.receive_v1","token":"v","app_id":"cli_9f5343c580712544"},"event":null}`,
		`{"schema":"2.0","header":{"event_id":"e","event_type":"card.action.trigger","token":"v","app_id":"cli_9f5343c580712544"},"event":{"action":{"value":"text"}}}`,
		`{"schema":"2.0","header":{"event_id":"e","event_type":"im.message.receive_v1","token":"v","app_id":"cli_9f5343c580712544","create_time":"-1"},"event":{"message":{"content":"{"}}}`,
		strings.Repeat(`{"a":`, 2000), `{"schema":"2.0","header":{"event_id":"` + strings.Repeat("9", 5000) + `"}}`,
	} {
		f.Add([]byte(plain))
	}
	f.Fuzz(func(t *testing.T, plain []byte) {
		body, stamp := Encrypt("k", plain), strconv.FormatInt(time.Now().Unix(), 10)
		sum := sha256.Sum256(append([]byte(stamp+"n"+"k"), body...))
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("X-Lark-Request-Timestamp", stamp)
		r.Header.Set("X-Lark-Request-Nonce", "n")
		r.Header.Set("X-Lark-Signature", hex.EncodeToString(sum[:]))
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, r)
		switch rec.Code {
		case http.StatusOK, http.StatusBadRequest, http.StatusUnauthorized:
		default:
			t.Errorf("status %d for %q", rec.Code, plain)
		}
	})
}
