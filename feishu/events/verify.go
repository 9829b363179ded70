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

	maxHeader    = 256      // bytes of a signature's header
	maxChallenge = 4 << 10  // bytes of a body that needs no signature
	maxUnsigned  = 5        // such bodies that are decrypted in a second
	keptBuffer   = 64 << 10 // larger buffers are not kept for the next delivery
)

// buffers are the memory of one delivery. Nothing that outlives the delivery points into them.
type buffers struct{ raw, plain []byte }

func (w *Webhook) buffers() *buffers {
	b, ok := w.pool.Get().(*buffers)
	if !ok {
		return new(buffers)
	}
	return b
}

func (w *Webhook) release(b *buffers) {
	if cap(b.raw) <= keptBuffer && cap(b.plain) <= keptBuffer {
		w.pool.Put(b)
	}
}

// read verifies a delivery, decrypts it and decodes it once. Nothing is decrypted before its signature holds, but for
// the check of the address: that one is, by the platform's documents, not signed.
func (w *Webhook) read(r *http.Request, b *buffers, space *room) (*envelope, Outcome) {
	stamp, nonce := r.Header.Get("X-Lark-Request-Timestamp"), r.Header.Get("X-Lark-Request-Nonce")
	signature := r.Header.Get("X-Lark-Signature")
	if len(stamp) > maxHeader || len(nonce) > maxHeader {
		return nil, BadSignature
	}
	// The body is read behind what is signed with it, so that the hash runs over one piece of memory.
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
	if !w.fresh(stamp) {
		return nil, Stale
	}
	e, err := w.decode(body, b)
	switch {
	case errors.Is(err, errPlaintext):
		return nil, BadSignature
	case err != nil:
		return nil, NotEvent
	}
	return e, w.ours(e)
}

// readUnsigned lets the platform's check of the address through: small, encrypted with our key and carrying our token.
// Whatever else comes without a signature gets one and the same refusal, so that nobody learns from it how far a body of
// theirs came.
func (w *Webhook) readUnsigned(r *http.Request, b *buffers, space *room) (*envelope, Outcome) {
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

// unsigned decrypts what nobody has signed, so anybody may send it, also parts of an event that they have seen and whose
// key they do not have. The time to a refusal must tell them nothing of the plain text. So the text is not decoded unless
// it holds our token and the type of a check; until then each step takes a time that depends on lengths alone. How many
// they may try is limited as well.
func (w *Webhook) unsigned(body []byte, b *buffers) (*envelope, Outcome) {
	sealed := sealedIn(body)
	if sealed == nil || !w.guesses.take(time.Now()) {
		return nil, BadSignature
	}
	plain, grown, err := open(w.block, b.plain, sealed)
	b.plain = grown
	if err != nil {
		return nil, BadSignature
	}
	if holds(plain, []byte(w.set.VerificationToken))&holds(plain, []byte(`"`+typeChallenge+`"`)) == 0 {
		return nil, BadSignature
	}
	e, err := parse(plain)
	if err != nil || e.Type != typeChallenge || w.ours(e) != Accepted {
		return nil, BadSignature
	}
	return e, Accepted
}

// guesses counts the unsigned bodies that were decrypted within a second. The platform sends one when somebody saves the
// address.
type guesses struct {
	mu     sync.Mutex
	second int64
	taken  int
}

// take reports whether another one may be decrypted.
func (g *guesses) take(now time.Time) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if second := now.Unix(); second != g.second {
		g.second, g.taken = second, 0
	}
	g.taken++
	return g.taken <= maxUnsigned
}

func (w *Webhook) decode(body []byte, b *buffers) (*envelope, error) {
	sealed := sealedIn(body)
	if sealed == nil {
		return nil, plaintextOr(errNotEvent, body)
	}
	plain, grown, err := open(w.block, b.plain, sealed)
	b.plain = grown
	if err != nil {
		return nil, err
	}
	return parse(plain)
}

// errPlaintext: with an encrypt key set, the platform sends nothing that is not encrypted.
var errPlaintext = errors.New("the event is not encrypted")

// plaintextOr tells an event that should have been encrypted from a body that is none.
func plaintextOr(otherwise error, body []byte) error {
	e, err := parse(body)
	if err == nil && (e.Type != "" || e.Schema != "" || e.Header.EventType != "") {
		return errPlaintext
	}
	return otherwise
}

func (w *Webhook) fresh(stamp string) bool {
	seconds, err := strconv.ParseInt(stamp, 10, 64)
	if err != nil {
		return false
	}
	age := w.set.Now().Unix() - seconds
	limit := int64(MaxEventAge / time.Second)
	return age >= -limit && age <= limit
}

// ours compares the verification token, and the app id where the form has one.
func (w *Webhook) ours(e *envelope) Outcome {
	token, app, ok := e.origin()
	if e.Type == typeChallenge {
		token, app, ok = e.Token, w.set.AppID, e.Challenge != ""
	}
	if !ok {
		return NotEvent
	}
	if !same(token, w.set.VerificationToken) {
		return WrongToken
	}
	if app != w.set.AppID {
		return WrongApp
	}
	return Accepted
}

// origin is the verification token and the app id of an event, in either schema.
func (e *envelope) origin() (token, app string, ok bool) {
	switch {
	case e.Schema == "" && e.Type == typeOldEvent:
		return e.Token, e.Event.AppID, true
	case e.Schema == "2.0":
		return e.Header.Token, e.Header.AppID, true
	}
	return "", "", false
}

// known is the event of a body, or nil for one of the older schema or of a type that is not known.
func (e *envelope) known() (*Event, error) {
	if e.Type == typeOldEvent && e.Schema == "" {
		if e.UUID == "" || e.Event.Type == "" {
			return nil, errNotEvent
		}
		return nil, nil
	}
	return e.event()
}
