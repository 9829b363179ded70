package events

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
)

// Sign makes an event's signature: the hex form of SHA-256 over timestamp, nonce, encrypt key and raw body, as the
// header X-Lark-Signature carries it.
func Sign(timestamp, nonce, key string, body []byte) string {
	h := sha256.New()
	for _, part := range []string{timestamp, nonce, key} {
		_, _ = h.Write([]byte(part)) // a hash never fails
	}
	_, _ = h.Write(body)
	return hex.EncodeToString(h.Sum(nil))
}

// Encrypt makes the body of an encrypted event: {"encrypt": base64(iv + AES-256-CBC with PKCS#7 padding)}, under the
// SHA-256 of the encrypt key.
func Encrypt(key string, plain []byte) []byte {
	pad := aes.BlockSize - len(plain)%aes.BlockSize
	buf := make([]byte, aes.BlockSize, aes.BlockSize+len(plain)+pad)
	_, _ = rand.Read(buf) // never fails: crypto/rand
	buf = append(buf, plain...)
	buf = append(buf, bytes.Repeat([]byte{byte(pad)}, pad)...)
	cipher.NewCBCEncrypter(blockOf(key), buf[:aes.BlockSize]).CryptBlocks(buf[aes.BlockSize:], buf[aes.BlockSize:])
	return []byte(`{"encrypt":"` + base64.StdEncoding.EncodeToString(buf) + `"}`)
}

// blockOf returns the cipher of an encrypt key.
func blockOf(key string) cipher.Block {
	sum := sha256.Sum256([]byte(key))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		panic("AES refuses a key of 32 bytes: " + err.Error()) // cannot happen
	}
	return block
}

// encryptedText returns the base64 text of an encrypted body, or nil when the body is something else.
func encryptedText(body []byte) []byte {
	// The platform's own form is read without a JSON decoder.
	if rest, ok := bytes.CutPrefix(body, []byte(`{"encrypt":"`)); ok {
		if sealed, ok := bytes.CutSuffix(rest, []byte(`"}`)); ok && bytes.IndexByte(sealed, '"') < 0 && bytes.IndexByte(sealed, '\\') < 0 {
			return sealed
		}
	}
	var envelope struct {
		Encrypt string `json:"encrypt"`
	}
	if json.Unmarshal(body, &envelope) != nil || envelope.Encrypt == "" {
		return nil
	}
	return []byte(envelope.Encrypt)
}

var errNotDecrypted = errors.New("the body cannot be decrypted")

// decrypt decrypts into dst's memory, which it may grow, and returns the plain text and dst. Only a length that is not a
// whole number of blocks is an error. Wrong padding is not: it stays in the text, which is then not JSON. Handling wrong
// padding differently would tell an attacker who measures the time about the plain text.
func decrypt(block cipher.Block, dst, sealed []byte) (plain, grown []byte, err error) {
	dst, err = base64.StdEncoding.AppendDecode(dst[:0], sealed)
	if err != nil || len(dst) < 2*aes.BlockSize || len(dst)%aes.BlockSize != 0 {
		return nil, dst, errNotDecrypted
	}
	text := dst[aes.BlockSize:]
	cipher.NewCBCDecrypter(block, dst[:aes.BlockSize]).CryptBlocks(text, text)
	blankPadding(text)
	return text, dst, nil
}

// blankPadding overwrites a right PKCS#7 padding with spaces, which JSON allows at its end, and leaves a wrong one as it
// is. Both take the same steps, and the text keeps its length.
func blankPadding(text []byte) {
	last := text[len(text)-aes.BlockSize:]
	pad := int(last[aes.BlockSize-1])
	right := subtle.ConstantTimeLessOrEq(pad, aes.BlockSize)
	var inside [aes.BlockSize]int
	for i, b := range last {
		inside[i] = subtle.ConstantTimeLessOrEq(aes.BlockSize-i, pad)
		right &= 1 ^ inside[i] | subtle.ConstantTimeByteEq(b, byte(pad))
	}
	for i, b := range last {
		last[i] = byte(subtle.ConstantTimeSelect(inside[i]&right, ' ', int(b)))
	}
}

// containsConstantTime returns 1 if the text contains the word, else 0. The time it takes depends only on their lengths.
func containsConstantTime(text, word []byte) int {
	found := 0
	for i := range len(text) - len(word) + 1 {
		found |= subtle.ConstantTimeCompare(text[i:i+len(word)], word)
	}
	return found
}

// signedBy reports whether signature is the signature of prefixed, which holds timestamp, nonce, encrypt key and raw body.
func signedBy(signature string, prefixed []byte) bool {
	var want [sha256.Size]byte
	if len(signature) != hex.EncodedLen(len(want)) {
		return false
	}
	if _, err := hex.Decode(want[:], []byte(signature)); err != nil {
		return false
	}
	got := sha256.Sum256(prefixed)
	return subtle.ConstantTimeCompare(got[:], want[:]) == 1
}

// equalConstantTime compares two secrets in constant time.
func equalConstantTime(a, b string) bool {
	return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1
}
