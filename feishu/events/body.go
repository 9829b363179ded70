package events

import (
	"errors"
	"io"
	"net/http"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
)

// The limits of bodies that are being read. Nobody knows yet whether they are the platform's.
const (
	// bodyDeadline is how long a body may take: what comes later is too late for an answer anyway.
	bodyDeadline = 2500 * time.Millisecond
	// maxUnread is how many bytes all bodies together may take up while they are read.
	maxUnread = 64 << 20
	// leastRoom is what each of them is said to take up: its buffer, at first, and those of its connection. Most need no more.
	leastRoom   = 16 << 10
	firstBuffer = 8 << 10
)

// hurryBody sets the time by which the body must have come; once it has, net/http lifts it. Only a writer that is no
// connection's cannot.
func hurryBody(c *gin.Context) {
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(bodyDeadline))
}

// receive reads and verifies a delivery.
func (w *Webhook) receive(c *gin.Context) (*envelope, Outcome) {
	space := &room{all: &w.unread}
	defer space.leave()
	if !space.take(leastRoom, maxUnread) {
		return nil, Overloaded
	}
	b := w.buffers()
	defer w.release(b)
	return w.read(c.Request, b, space)
}

// readBody appends the request's body, of so many bytes at most, to b.raw.
func (b *buffers) readBody(r *http.Request, space *room, most int) Outcome {
	if r.ContentLength > int64(most) {
		return TooLarge
	}
	start := len(b.raw)
	b.raw = slices.Grow(b.raw, int(min(max(r.ContentLength, 512), firstBuffer))+1)
	for {
		n, err := r.Body.Read(b.raw[len(b.raw):cap(b.raw)])
		b.raw = b.raw[:len(b.raw)+n]
		switch {
		case len(b.raw)-start > most:
			return TooLarge
		case errors.Is(err, io.EOF):
			return Accepted
		case errors.Is(err, os.ErrDeadlineExceeded):
			return TooSlow
		case err != nil:
			return NotEvent
		}
		// Large bodies find no room where small ones still do.
		if !space.take(int64(len(b.raw)), maxUnread/2) {
			return Overloaded
		}
		b.raw = slices.Grow(b.raw, 1)
	}
}

// room is what one body takes up of what all may.
type room struct {
	all *atomic.Int64
	own int64
}

// take makes it so many bytes in all, if all bodies together then take up no more than most.
func (r *room) take(bytes, most int64) bool {
	more := max(bytes-r.own, 0)
	if r.all.Add(more) > most && more > 0 {
		r.all.Add(-more)
		return false
	}
	r.own += more
	return true
}

func (r *room) leave() { r.all.Add(-r.own) }
