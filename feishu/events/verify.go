package events

import (
	"errors"
	"net/http"
	"strconv"
	"sync"
	"time"
)

const (
	typeChallenge = "url_verification"
	typeOldEvent  = "event_callback"

	maxHeader       = 256      // bytes of a signature's header
	maxChallenge    = 4 << 10  // bytes of a body that needs no signature
	maxUnsigned     = 5        // such bodies that are decrypted in a second
	maxPooledBuffer = 64 << 10 // larger buffers are not kept for the next delivery
)

// buffers is the memory for one delivery. Nothing that outlives the delivery may point into it.
type buffers struct{ raw, plain []byte }

func (w *Webhook) getBuffers() *buffers {
	b, ok := w.pool.Get().(*buffers)
	if !ok {
		return new(buffers)
	}
	return b
}

func (w *Webhook) putBuffers(b *buffers) {
	if cap(b.raw) <= maxPooledBuffer && cap(b.plain) <= maxPooledBuffer {
		w.pool.Put(b)
	}
}

// read verifies, decrypts and decodes a delivery. Nothing is decrypted before its signature was verified, except the check
// of the address, which the platform does not sign.
func (w *Webhook) read(r *http.Request, b *buffers, space *byteBudget) (*envelope, Outcome) {
	stamp, nonce := r.Header.Get("X-Lark-Request-Timestamp"), r.Header.Get("X-Lark-Request-Nonce")
	signature := r.Header.Get("X-Lark-Signature")
	if len(stamp) > maxHeader || len(nonce) > maxHeader {
		return nil, BadSignature
	}
	// The body is appended to the other signed parts, so that the hash is computed over one piece of memory.
	b.raw = append(append(append(b.raw[:0], stamp...), nonce...), w.set.EncryptKey...)
	prefix := len(b.raw)
	if stamp == "" && nonce == "" && signature == "" {
		return w.readUnsigned(r, b, space)
	}
	if outcome := b.readBody(r, space, MaxEventSize); outcome != Accepted {
		return nil, outcome
	}
	body := b.raw[prefix:]
	if !signedBy(signature, b.raw) {
		return nil, BadSignature
	}
	if !w.isRecent(stamp) {
		return nil, Stale
	}
	e, err := w.decode(body, b)
	switch {
	case errors.Is(err, errPlaintext):
		return nil, BadSignature
	case err != nil:
		return nil, NotEvent
	}
	return e, w.checkOrigin(e)
}

// readUnsigned accepts only the platform's check of the address: a small body, encrypted with our key, with our token.
// Everything else without a signature gets the same refusal, so that the sender does not learn which check failed.
func (w *Webhook) readUnsigned(r *http.Request, b *buffers, space *byteBudget) (*envelope, Outcome) {
	b.raw = b.raw[:0]
	switch outcome := b.readBody(r, space, maxChallenge); outcome {
	case Accepted:
		return w.unsigned(b.raw, b)
	case TooLarge:
		return nil, BadSignature
	default:
		return nil, outcome
	}
}

// unsigned decrypts a body that has no signature. An attacker may send parts of an encrypted event that they have seen, and
// the time until the refusal must tell them nothing about its plain text. So the text is decoded only if it contains our
// token and the type of a check; the time of every step before depends on lengths alone. The number of tries is limited too.
func (w *Webhook) unsigned(body []byte, b *buffers) (*envelope, Outcome) {
	sealed := encryptedText(body)
	if sealed == nil || !w.unsignedLimit.take(time.Now()) {
		return nil, BadSignature
	}
	plain, grown, err := decrypt(w.block, b.plain, sealed)
	b.plain = grown
	if err != nil {
		return nil, BadSignature
	}
	if containsConstantTime(plain, []byte(w.set.VerificationToken))&containsConstantTime(plain, []byte(`"`+typeChallenge+`"`)) == 0 {
		return nil, BadSignature
	}
	e, err := parse(plain)
	if err != nil || e.Type != typeChallenge || w.checkOrigin(e) != Accepted {
		return nil, BadSignature
	}
	return e, Accepted
}

// unsignedLimit counts the unsigned bodies that were decrypted in the current second. The platform sends one when an
// operator saves the address.
type unsignedLimit struct {
	mu     sync.Mutex
	second int64
	count  int
}

// take counts a body and reports whether it may be decrypted.
func (g *unsignedLimit) take(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if second := now.Unix(); second != g.second {
		g.second, g.count = second, 0
	}
	g.count++
	return g.count <= maxUnsigned
}

func (w *Webhook) decode(body []byte, b *buffers) (*envelope, error) {
	sealed := encryptedText(body)
	if sealed == nil {
		return nil, notEncryptedOr(errNotEvent, body)
	}
	plain, grown, err := decrypt(w.block, b.plain, sealed)
	b.plain = grown
	if err != nil {
		return nil, err
	}
	return parse(plain)
}

// errPlaintext is the error for an event that is not encrypted: with an encrypt key set, the platform encrypts everything.
var errPlaintext = errors.New("the event is not encrypted")

// notEncryptedOr returns errPlaintext if the body is an event, and the other error if it is something else.
func notEncryptedOr(otherwise error, body []byte) error {
	e, err := parse(body)
	if err == nil && (e.Type != "" || e.Schema != "" || e.Header.EventType != "") {
		return errPlaintext
	}
	return otherwise
}

func (w *Webhook) isRecent(stamp string) bool {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return false
	}
	age := w.set.Now().Unix() - seconds
	limit := int64(MaxEventAge / time.Second)
	return age >= -limit && age <= limit
}

// checkOrigin checks the verification token, and the app id if the body has one.
func (w *Webhook) checkOrigin(e *envelope) Outcome {
	token, app, ok := e.origin()
	if e.Type == typeChallenge {
		token, app, ok = e.Token, w.set.AppID, e.Challenge != ""
	}
	if !ok {
		return NotEvent
	}
	if !equalConstantTime(token, w.set.VerificationToken) {
		return WrongToken
	}
	if app != w.set.AppID {
		return WrongApp
	}
	return Accepted
}

// origin returns the verification token and the app id of an event of either schema.
func (e *envelope) origin() (token, app string, ok bool) {
	switch {
	case e.Schema == "" && e.Type == typeOldEvent:
		return e.Token, e.Event.AppID, true
	case e.Schema == "2.0":
		return e.Header.Token, e.Header.AppID, true
	}
	return "", "", false
}

// knownEvent returns the event of a body, or nil if it is of the older schema or of an unknown type.
func (e *envelope) knownEvent() (*Event, error) {
	if e.Type == typeOldEvent && e.Schema == "" {
		if e.UUID == "" || e.Event.Type == "" {
			return nil, errNotEvent
		}
		return nil, nil
	}
	return e.event()
}
