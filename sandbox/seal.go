package sandbox

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// Seal encrypts and signs what the platform says, as of a time: the body of a webhook request and its headers. Tests
// spoil either to see it refused.
func (s *Sandbox) Seal(payload []byte, at time.Time) (body []byte, header http.Header, err error) {
	sealed, err := encrypt(s.opts.EncryptKey, payload)
	if err != nil {
		return nil, nil, err
	}
	body, err = json.Marshal(map[string]string{"encrypt": sealed})
	if err != nil {
		return nil, nil, fmt.Errorf("sandbox: wrap an event: %w", err)
	}
	timestamp, nonce := strconv.FormatInt(at.Unix(), 10), randomHex(8)
	header = http.Header{
		"Content-Type":             {"application/json; charset=utf-8"},
		"X-Lark-Request-Timestamp": {timestamp},
		"X-Lark-Request-Nonce":     {nonce},
		"X-Lark-Signature":         {sign(timestamp, nonce, s.opts.EncryptKey, body)},
	}
	return body, header, nil
}

// sign is the platform's signature: the SHA-256 of the timestamp, the nonce, the key and the raw body.
func sign(timestamp, nonce, key string, body []byte) string {
	h := sha256.New()
	for _, part := range [][]byte{[]byte(timestamp), []byte(nonce), []byte(key), body} {
		_, _ = h.Write(part) // a hash never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// encrypt is the platform's encryption: AES-256 in CBC mode under the SHA-256 of the key, after PKCS#7 padding, with
// the initial vector in front, in base64.
func encrypt(key string, plain []byte) (string, error) {
	sum := sha256.Sum256([]byte(key))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return "", fmt.Errorf("sandbox: encrypt an event: %w", err)
	}
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	padded := append(bytes.Clone(plain), bytes.Repeat([]byte{byte(pad)}, pad)...) // pad is at most 16
	out := make([]byte, aes.BlockSize+len(padded))
	_, _ = rand.Read(out[:aes.BlockSize]) // never fails: it ends the program when the system has no randomness
	cipher.NewCBCEncrypter(block, out[:aes.BlockSize]).CryptBlocks(out[aes.BlockSize:], padded)
	return base64.StdEncoding.EncodeToString(out), nil
}
