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

// The limits of bodies that are being read. Their sender is not authenticated yet.
const (
	// bodyDeadline is how long a body may take to arrive: after that an answer would be too late anyway.
	bodyDeadline = 2500 * time.Millisecond
	// maxReserved is how many bytes all bodies together may reserve while they are read.
	maxReserved = 64 << 20
	// minReserved is reserved for each body at first: its buffer and those of its connection. Most bodies need no more.
	minReserved = 16 << 10
	firstBuffer = 8 << 10
)

// setReadDeadline sets the time by which the body must have arrived; net/http removes the deadline afterwards. An error is
// ignored: only the writer of a test has no deadline.
func setReadDeadline(c *gin.Context) {
	_ = http.NewResponseController(c.Writer).SetReadDeadline(time.Now().Add(bodyDeadline))
}

// receive reads and verifies a delivery.
func (w *Webhook) receive(c *gin.Context) (*envelope, Outcome) {
	space := &byteBudget{all: &w.reserved}
	defer space.release()
	if !space.grow(minReserved, maxReserved) {
		return nil, Overloaded
	}
	b := w.getBuffers()
	defer w.putBuffers(b)
	return w.read(c.Request, b, space)
}

// readBody appends the request's body, of so many bytes at most, to b.raw.
func (b *buffers) readBody(r *http.Request, space *byteBudget, most int) Outcome {
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
		// Large bodies may use only half of the budget, so that small ones still fit when many large ones arrive.
		if !space.grow(int64(len(b.raw)), maxReserved/2) {
			return Overloaded
		}
		b.raw = slices.Grow(b.raw, 1)
	}
}

// byteBudget is the memory that one body has reserved out of the limit for all bodies.
type byteBudget struct {
	all  *atomic.Int64
	held int64
}

// grow extends the reservation to the given number of bytes, unless all reservations together would exceed most.
func (r *byteBudget) grow(bytes, most int64) bool {
	more := max(bytes-r.held, 0)
	if r.all.Add(more) > most && more > 0 {
		r.all.Add(-more)
		return false
	}
	r.held += more
	return true
}

func (r *byteBudget) release() { r.all.Add(-r.held) }
