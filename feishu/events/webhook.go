// Package events receives the platform's events and card clicks over the webhook or the long connection. It verifies,
// decrypts and decodes them and passes each to one handler function as an Event.
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

// ErrUnavailable is wrapped by Handle's error if it cannot process an event now and the platform is to send it again.
var ErrUnavailable = errors.New("the event cannot be taken now")

// The limits of a delivery.
const (
	// EventDeadline is how long handling an event may take in all. The platform waits 3 seconds, including the network.
	EventDeadline = 2800 * time.Millisecond
	// MaxEventSize is the largest body in bytes.
	MaxEventSize = 1 << 20
	// MaxEventAge is how far a delivery's time stamp may be from our clock, either way.
	MaxEventAge = 5 * time.Minute
	// DefaultMaxActive is the default limit of verified deliveries being handled at once. Each may take EventDeadline; most take a
	// few milliseconds.
	DefaultMaxActive = 512
	// retryAfter is what a 503 asks for, in seconds; the platform's own first repetition comes after 15.
	retryAfter = "15"
)

// Outcome is the result of a delivery, for the metrics.
type Outcome string

// The outcomes.
const (
	Accepted     Outcome = "accepted"
	Ignored      Outcome = "ignored"       // a type that is not known
	Challenged   Outcome = "challenge"     // the platform checked the address
	Unavailable  Outcome = "unavailable"   // Handle could not take it
	Overloaded   Outcome = "overloaded"    // refused unread because too many were being handled
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

	// Handle processes an event of a known type within EventDeadline. The event is acknowledged if Handle returns no error;
	// after any error the platform is asked to send it again.
	Handle func(ctx context.Context, e *Event) (Response, error)

	// MaxActive bounds the verified deliveries being handled at once; 0 means the default. Further deliveries are refused unread
	// with a request to send them again, and so are all while Full reports true. Full may be nil.
	MaxActive int
	Full      func() bool

	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: nothing is logged
	Observe func(eventType string, o Outcome)
}

// Webhook receives the platform's deliveries: events and clicks on cards. It accepts only deliveries that are signed with
// the encrypt key, recent, and carry our verification token and app id.
type Webhook struct {
	set           WebhookSettings
	active        atomic.Int64  // verified deliveries
	reserved      atomic.Int64  // bytes of bodies that are being read
	unsignedLimit unsignedLimit // unsigned bodies that were decrypted
	block         cipher.Block
	pool          sync.Pool // of *buffers
	accepted      []byte    // the body of a 200
}

// NewWebhook returns a Webhook. Without a key it returns an error, because nothing could be verified.
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
	if s.MaxActive <= 0 {
		s.MaxActive = DefaultMaxActive
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

// ServeGin answers one delivery: 200 accepted, 400 not an event, 401 not verified, 408 too slow, 413 too large, 415 not
// JSON, 503 to be sent again.
func (w *Webhook) ServeGin(c *gin.Context) {
	setReadDeadline(c)
	if w.active.Load() >= int64(w.set.MaxActive) || w.set.Full() {
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
		w.handleWithinLimit(ctx, c, e)
	}
}

// handleWithinLimit handles a verified event unless too many are being handled. Only verified events count, so that a
// sender without the key cannot exhaust the limit.
func (w *Webhook) handleWithinLimit(ctx context.Context, c *gin.Context, e *envelope) {
	defer w.active.Add(-1)
	if w.active.Add(1) > int64(w.set.MaxActive) {
		w.overloaded(c)
		return
	}
	w.handleEvent(ctx, c, e)
}

func (w *Webhook) overloaded(c *gin.Context) {
	w.set.Observe("", Overloaded)
	w.askForRetry(c)
}

// handleEvent passes a verified event to the handler and answers with the result.
func (w *Webhook) handleEvent(ctx context.Context, c *gin.Context, e *envelope) {
	ev, err := e.knownEvent()
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
		w.handleFailed(ctx, c, ev, err)
		return
	}
	w.set.Observe(ev.Type, Accepted)
	c.Data(http.StatusOK, contentTypeJSON, body)
}

// handleFailed answers an event that the handler did not accept.
func (w *Webhook) handleFailed(ctx context.Context, c *gin.Context, ev *Event, err error) {
	logNotTaken(ctx, w.set.Log, ev, err)
	w.set.Observe(ev.Type, Unavailable)
	w.askForRetry(c)
}

func logNotTaken(ctx context.Context, log *slog.Logger, ev *Event, err error) {
	level := slog.LevelError
	if errors.Is(err, ErrUnavailable) {
		level = slog.LevelWarn
	}
	log.Log(ctx, level, "event not taken", "type", ev.Type, "event_id", ev.ID, "error", err)
}

// askForRetry answers that the platform should send the event again.
func (w *Webhook) askForRetry(c *gin.Context) {
	c.Header("Retry-After", retryAfter)
	c.Data(http.StatusServiceUnavailable, contentTypeJSON, []byte(`{"code":503,"msg":"temporarily unavailable"}`))
}

func (w *Webhook) refuse(c *gin.Context, status int, o Outcome) {
	w.set.Observe("", o)
	c.Data(status, contentTypeJSON, bodyRefused(status))
}

const contentTypeJSON = "application/json; charset=utf-8"

// bodyRefused returns a body that says no more than the status, so that a sender who guesses keys learns nothing.
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
