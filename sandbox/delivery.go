package sandbox

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// How long the platform waits for a webhook. Options.EventPatience can change it for events.
const (
	eventTimeout     = 3 * time.Second
	challengeTimeout = time.Second
)

// redeliveries returns the waits before an event that was not accepted is sent again, each counted from the last attempt.
func redeliveries() []time.Duration {
	return []time.Duration{15 * time.Second, 5 * time.Minute, time.Hour, 6 * time.Hour}
}

// Delivery is one event on its way to the bot.
type Delivery struct {
	EventID   string    `json:"event_id"`
	Type      string    `json:"type"`
	MessageID string    `json:"message_id,omitempty"` // of a message event
	Attempts  []Attempt `json:"attempts"`
	Taken     bool      `json:"taken"`         // answered 200 in time
	Next      time.Time `json:"next,omitzero"` // when it is sent again; zero when it is not

	payload []byte
}

// Attempt is one time that an event was sent.
type Attempt struct {
	At     time.Time `json:"at"`
	Status int       `json:"status"` // 0 when there was no answer in time
	Body   string    `json:"-"`
	Failed string    `json:"failed,omitempty"` // why there was no answer

	broke bool // the long connection broke before the answer
}

// Status is the answer to the newest attempt; 0 when there was none.
func (d Delivery) Status() int {
	if len(d.Attempts) == 0 {
		return 0
	}
	return d.Attempts[len(d.Attempts)-1].Status
}

// ErrNoWebhook says that there is nowhere to send events to.
var ErrNoWebhook = errors.New("sandbox: no webhook is set and there was no long connection")

// deliverer sends events to the webhook or over the long connection, and sends again what was not accepted.
type deliverer struct {
	*state
	longConns *longConns
	webClient *http.Client
}

// SetWebhook sets the address that events go to.
func (s *deliverer) SetWebhook(url string) { s.locked(func() { s.webhook = url }) }

// Verify sends the challenge to the webhook, as the platform does when an operator saves its address.
func (s *deliverer) Verify(ctx context.Context) error {
	challenge := randomHex(8)
	payload := fmt.Appendf(nil, `{"challenge":%q,"token":%q,"type":"url_verification"}`, challenge, s.opts.VerificationToken)
	a, err := s.post(ctx, payload, challengeTimeout)
	if err != nil {
		return err
	}
	if a.Status != http.StatusOK || !strings.Contains(a.Body, challenge) {
		return fmt.Errorf("sandbox: the webhook did not return the challenge: status %d %s", a.Status, a.Failed)
	}
	return nil
}

// Deliver sends an event that Event built and records the delivery. If the event was not accepted it is sent again later.
func (s *deliverer) Deliver(ctx context.Context, eventType, id string, payload []byte) (Delivery, error) {
	return s.deliver(ctx, &Delivery{EventID: id, Type: eventType, payload: payload})
}

func (s *deliverer) deliver(ctx context.Context, d *Delivery) (Delivery, error) {
	attempts, err := s.attempt(ctx, d)
	if err != nil {
		return Delivery{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.deliveries, d) {
		s.deliveries = append(s.deliveries, d)
	}
	for _, a := range attempts {
		d.recordAttempt(a)
	}
	return d.copied(), nil
}

// attempt sends an event to the webhook or over the long connection; over the latter perhaps more than once.
func (s *deliverer) attempt(ctx context.Context, d *Delivery) ([]Attempt, error) {
	if s.longConns.overConnection() {
		return s.longConns.push(ctx, d), nil
	}
	a, err := s.post(ctx, d.payload, s.opts.EventTimeout)
	return []Attempt{a}, err
}

// recordAttempt records an attempt and plans the next one. An event that was taken once stays taken.
func (d *Delivery) recordAttempt(a Attempt) {
	d.Attempts = append(d.Attempts, a)
	d.Taken = d.Taken || a.Status == http.StatusOK
	d.Next = time.Time{}
	if n := d.countedAttempts(); !d.Taken && n <= len(redeliveries()) && d.Type != EventClick {
		d.Next = a.At.Add(redeliveries()[max(n, 1)-1])
	}
}

// countedAttempts returns how many attempts the bot could have answered. An attempt whose connection broke does not count
// for the schedule of redeliveries.
func (d *Delivery) countedAttempts() (n int) {
	for _, a := range d.Attempts {
		if !a.broke {
			n++
		}
	}
	return n
}

func (d *Delivery) copied() Delivery {
	c := *d
	c.Attempts = slices.Clone(d.Attempts)
	return c
}

// Deliveries returns all deliveries, oldest first.
func (s *deliverer) Deliveries() []Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Delivery
	for _, d := range s.deliveries {
		all = append(all, d.copied())
	}
	return all
}

// Repeat sends an event once more although it may have been accepted, as the platform sometimes does.
func (s *deliverer) Repeat(ctx context.Context, eventID string) (Delivery, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.deliveries, func(d *Delivery) bool { return d.EventID == eventID })
	s.mu.Unlock()
	if i < 0 {
		return Delivery{}, fmt.Errorf("sandbox: no event %q was sent", eventID)
	}
	return s.deliver(ctx, s.deliveryAt(i))
}

func (s *deliverer) deliveryAt(i int) *Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.deliveries[i]
}

// Redeliver sends again what is due by the sandbox's clock, and returns how many events that were.
func (s *deliverer) Redeliver(ctx context.Context) (int, error) {
	due := s.due(s.clock.Now())
	for i, d := range due {
		if _, err := s.deliver(ctx, d); err != nil {
			return i, err
		}
	}
	return len(due), nil
}

func (s *deliverer) due(now time.Time) (due []*Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		if !d.Next.IsZero() && !d.Next.After(now) {
			due = append(due, d)
		}
	}
	return due
}

// Advance moves the clock by d and sends, at its time, each event that falls due on the way.
func (s *deliverer) Advance(ctx context.Context, d time.Duration) error {
	until := s.clock.Now().Add(d)
	for {
		next, ok := s.nextDue(until)
		if !ok {
			break
		}
		s.clock.Advance(max(0, next.Sub(s.clock.Now())))
		if _, err := s.Redeliver(ctx); err != nil {
			return err
		}
	}
	s.clock.Advance(max(0, until.Sub(s.clock.Now())))
	return nil
}

func (s *deliverer) nextDue(until time.Time) (next time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.deliveries {
		if !d.Next.IsZero() && !d.Next.After(until) && (!ok || d.Next.Before(next)) {
			next, ok = d.Next, true
		}
	}
	return next, ok
}

func newWebClient() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{Proxy: nil},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// post seals a payload and sends it to the webhook. A missing answer is recorded in the Attempt and is not an error.
func (s *deliverer) post(ctx context.Context, payload []byte, patience time.Duration) (Attempt, error) {
	s.mu.Lock()
	url, a := s.webhook, Attempt{At: s.clock.Now()}
	s.mu.Unlock()
	if url == "" {
		return a, ErrNoWebhook
	}
	body, header, err := s.Seal(payload, a.At)
	if err != nil {
		return a, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return a, fmt.Errorf("sandbox: address the webhook: %w", err)
	}
	req.Header = header
	resp, err := s.webClient.Do(req)
	if err != nil {
		a.Failed = err.Error()
		return a, nil
	}
	defer func() { _ = resp.Body.Close() }() // it was read, or nobody wants it
	answered, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		a.Failed = err.Error()
		return a, nil
	}
	a.Status, a.Body = resp.StatusCode, string(answered)
	return a, nil
}

// Seal encrypts and signs a payload and returns the body and headers of a webhook request. Tests alter them to check that
// the bot refuses the request.
func (s *deliverer) Seal(payload []byte, at time.Time) (body []byte, header http.Header, err error) {
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
