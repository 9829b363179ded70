package events

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"

	"usagebot/feishu"
)

// ErrUnavailable is what Handle wraps when it cannot take an event now and wants the platform to send it again.
var ErrUnavailable = errors.New("the event cannot be taken now")

// The limits of a delivery.
const (
	// EventDeadline is how long an event may take in all. The platform waits 3 seconds, which includes the way.
	EventDeadline = 2800 * time.Millisecond
	// MaxEventSize is the largest body in bytes.
	MaxEventSize = 1 << 20
	// MaxEventAge is how far a delivery's time stamp may be from our clock, either way.
	MaxEventAge = 5 * time.Minute
	// MaxInHand is how many verified deliveries are worked on at once unless something else is set. Each may take
	// EventDeadline, and most take a few milliseconds.
	MaxInHand = 512
	// retryAfter is what a 503 asks for, in seconds; the platform's own first repetition comes after 15.
	retryAfter = "15"
)

// Outcome is what became of a delivery, for the metrics.
type Outcome string

// The outcomes.
const (
	Accepted     Outcome = "accepted"
	Ignored      Outcome = "ignored"       // a type that is not known
	Challenged   Outcome = "challenge"     // the platform checked the address
	Unavailable  Outcome = "unavailable"   // Handle could not take it
	Overloaded   Outcome = "overloaded"    // too many were in hand; nobody looked at it
	NotJSON      Outcome = "not_json"      // another content type
	TooLarge     Outcome = "too_large"     // over MaxEventSize
	TooSlow      Outcome = "too_slow"      // the body did not come in time
	NotEvent     Outcome = "not_event"     // the body is something else
	BadSignature Outcome = "bad_signature" // wrong, missing, or not encrypted
	Stale        Outcome = "stale"         // the time stamp is over MaxEventAge off
	WrongToken   Outcome = "wrong_token"   // the verification token is not ours
	WrongApp     Outcome = "wrong_app"     // the event is another app's
)

// WebhookSettings are what a Webhook needs. All but Now, Log and Observe are required.
type WebhookSettings struct {
	AppID             string
	EncryptKey        string
	VerificationToken string

	// Handle takes an event of a known type, within EventDeadline. An event is acknowledged when Handle returns no error;
	// after an error, whether or not it wraps ErrUnavailable, the platform is asked to send it again.
	Handle func(ctx context.Context, e *Event) (Response, error)

	// InHand bounds the verified deliveries that are worked on at once; 0 means MaxInHand. What comes beyond is put off before
	// it is read, and so is everything while Full says that there is enough to do. Full may be nil.
	InHand int
	Full   func() bool

	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
	Observe func(eventType string, o Outcome)
}

// Webhook takes the platform's deliveries: events and clicks on cards. It lets nothing through that is not signed with
// the encrypt key, fresh, and ours by verification token and app id.
type Webhook struct {
	set      WebhookSettings
	inHand   atomic.Int64 // verified deliveries
	unread   atomic.Int64 // bytes of bodies that are being read
	guesses  guesses      // unsigned bodies that were decrypted
	block    cipher.Block
	pool     sync.Pool // of *buffers
	accepted []byte    // the body of a 200
}

// NewWebhook makes a Webhook. It refuses to be without a key: then nothing could be verified.
func NewWebhook(s WebhookSettings) (*Webhook, error) {
	for _, f := range []struct{ name, value string }{
		{"app id", s.AppID}, {"encrypt key", s.EncryptKey}, {"verification token", s.VerificationToken},
	} {
		if f.value == "" {
			return nil, fmt.Errorf("set up the webhook: the %s is missing", f.name)
		}
	}
	if s.Handle == nil {
		return nil, errors.New("set up the webhook: nothing handles its events")
	}
	if s.InHand <= 0 {
		s.InHand = MaxInHand
	}
	if s.Full == nil {
		s.Full = func() bool { return false }
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	if s.Observe == nil {
		s.Observe = func(string, Outcome) {}
	}
	w := &Webhook{set: s, block: blockOf(s.EncryptKey), accepted: []byte(`{"code":0,"msg":"ok"}`)}
	w.pool.New = func() any { return new(buffers) }
	return w, nil
}

// ServeGin answers one delivery: 200 accepted, 400 not an event, 401 not from the platform to us, 408 too slow, 413 too
// large, 415 not JSON, 503 to be sent again.
func (w *Webhook) ServeGin(c *gin.Context) {
	hurryBody(c)
	if w.inHand.Load() >= int64(w.set.InHand) || w.set.Full() {
		w.overloaded(c)
		return
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), EventDeadline)
	defer cancel()
	if !isJSON(c.Request.Header.Get("Content-Type")) {
		w.refuse(c, http.StatusUnsupportedMediaType, NotJSON)
		return
	}
	e, outcome := w.receive(c)
	switch {
	case outcome == Overloaded:
		w.overloaded(c)
	case outcome != Accepted:
		w.refuse(c, statusOf(outcome), outcome)
	case e.Type == typeChallenge:
		w.set.Observe("", Challenged)
		c.Data(http.StatusOK, contentTypeJSON, feishu.ToJSON(challengeAnswer{e.Challenge}))
	default:
		w.work(ctx, c, e)
	}
}

// work takes a verified event in hand. Nothing else is counted: whoever cannot sign cannot fill it.
func (w *Webhook) work(ctx context.Context, c *gin.Context, e *envelope) {
	defer w.inHand.Add(-1)
	if w.inHand.Add(1) > int64(w.set.InHand) {
		w.overloaded(c)
		return
	}
	w.take(ctx, c, e)
}

func (w *Webhook) overloaded(c *gin.Context) {
	w.set.Observe("", Overloaded)
	w.again(c)
}

// take hands a verified event on and answers with what came of it.
func (w *Webhook) take(ctx context.Context, c *gin.Context, e *envelope) {
	ev, err := e.known()
	switch {
	case err != nil:
		w.refuse(c, http.StatusBadRequest, NotEvent)
		return
	case ev == nil:
		w.set.Observe("other", Ignored)
		c.Data(http.StatusOK, contentTypeJSON, w.accepted)
		return
	}
	resp, err := w.set.Handle(ctx, ev)
	body := w.accepted
	if err == nil && ev.Click != nil {
		body, err = resp.body()
	}
	if err != nil {
		w.putOff(ctx, c, ev, err)
		return
	}
	w.set.Observe(ev.Type, Accepted)
	c.Data(http.StatusOK, contentTypeJSON, body)
}

// putOff answers an event that was not taken.
func (w *Webhook) putOff(ctx context.Context, c *gin.Context, ev *Event, err error) {
	logNotTaken(ctx, w.set.Log, ev, err)
	w.set.Observe(ev.Type, Unavailable)
	w.again(c)
}

func logNotTaken(ctx context.Context, log *slog.Logger, ev *Event, err error) {
	level := slog.LevelError
	if errors.Is(err, ErrUnavailable) {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "event not taken", "type", ev.Type, "event_id", ev.ID, "error", err)
}

// again asks the platform to send the event again.
func (w *Webhook) again(c *gin.Context) {
	c.Header("Retry-After", retryAfter)
	c.Data(http.StatusServiceUnavailable, contentTypeJSON, []byte(`{"code":503,"msg":"temporarily unavailable"}`))
}

func (w *Webhook) refuse(c *gin.Context, status int, o Outcome) {
	w.set.Observe("", o)
	c.Data(status, contentTypeJSON, bodyRefused(status))
}

const contentTypeJSON = "application/json; charset=utf-8"

// bodyRefused says no more than the status does: whoever tries keys learns nothing.
func bodyRefused(status int) []byte {
	return fmt.Appendf(nil, `{"code":%d,"msg":%q}`, status, strings.ToLower(http.StatusText(status)))
}

func statusOf(o Outcome) int {
	switch o {
	case TooLarge:
		return http.StatusRequestEntityTooLarge
	case TooSlow:
		return http.StatusRequestTimeout
	case NotEvent:
		return http.StatusBadRequest
	}
	return http.StatusUnauthorized
}

func isJSON(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	return strings.EqualFold(strings.TrimSpace(kind), "application/json")
}

type challengeAnswer struct {
	Challenge string `json:"challenge"`
}
