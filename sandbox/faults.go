package sandbox

import (
	"net/http"
	"path"
	"slices"
	"strconv"
	"time"
)

// maxLatency bounds what a fault may delay an answer.
const maxLatency = time.Minute

// Fault spoils answers of the platform.
//
// A Code stands for a refusal, so nothing takes effect. Everything else spoils the answer to a call that took effect,
// unless BeforeEffect says otherwise: that is the case in which a sender cannot know whether its message went out.
type Fault struct {
	Endpoint     string        // a name such as "message.create", "message.*", a path with *, or empty for all
	Code         int           // the platform's code
	HTTPStatus   int           // of the answer; what goes with Code when 0, and 502 for HTML
	Message      string        // instead of the code's own text
	Latency      time.Duration // before the answer, at most a minute; with BeforeEffect before the effect
	DropAnswer   bool          // the connection is closed instead of an answer
	BeforeEffect bool          // the call does not take effect
	HTML         bool          // the answer is a page of some gateway and no JSON
	Reset        int           // seconds for x-ogw-ratelimit-reset
	Times        int           // how many calls it spoils; 0 for all until it is cleared

	preset string // that it belongs to, when it was made by one
}

// AddFault switches a fault on. Of several that fit a call the one that was added first spoils it.
func (s *Sandbox) AddFault(f Fault) {
	f.Latency = min(f.Latency, maxLatency)
	s.locked(func() { s.faults = append(s.faults, &f) })
}

// ClearFaults switches all faults off.
func (s *Sandbox) ClearFaults() { s.locked(func() { s.faults = nil }) }

// takeFault returns the fault that spoils this call, or nil. The caller holds s.mu.
func (s *Sandbox) takeFault(name, at string) *Fault {
	for i, f := range s.faults {
		if !f.fits(name, at) {
			continue
		}
		taken := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				s.faults = slices.Delete(s.faults, i, i+1)
			}
		}
		return &taken
	}
	return nil
}

func (f *Fault) fits(name, at string) bool {
	if f.Endpoint == "" || f.Endpoint == "*" {
		return true
	}
	byName, err := path.Match(f.Endpoint, name)
	byPath, err2 := path.Match(f.Endpoint, at)
	return err == nil && byName || err2 == nil && byPath
}

// applyFault lets the call take effect or not, and says what the caller gets to see of it; dropped: nothing at all.
func (s *Sandbox) applyFault(c *call, f *Fault, effect func() answer) (a answer, dropped bool) {
	if f == nil {
		return effect(), false
	}
	if f.BeforeEffect && !delay(c.request, f.Latency) {
		return answer{}, true
	}
	if f.takesEffect() {
		a = effect()
	}
	if !f.BeforeEffect && !delay(c.request, f.Latency) {
		return a, true
	}
	return f.replace(a), f.DropAnswer
}

// takesEffect: a refusal never does; a call that is only late always does in the end.
func (f *Fault) takesEffect() bool {
	spoilt := f.DropAnswer || f.HTML || f.HTTPStatus != 0
	return f.Code == 0 && (!spoilt || !f.BeforeEffect)
}

func (f *Fault) replace(a answer) answer {
	switch {
	case f.HTML:
		status := f.HTTPStatus
		if status == 0 {
			status = http.StatusBadGateway
		}
		a = answer{status: status, html: "<html><body><h1>" + http.StatusText(status) + "</h1></body></html>"}
	case f.Code != 0:
		a = refuse(f.Code)
		if f.HTTPStatus != 0 {
			a.status = f.HTTPStatus
		}
	case f.HTTPStatus != 0:
		a = refuse(codeInternal)
		a.status = f.HTTPStatus
	}
	if f.Message != "" && a.body != nil {
		a.body["msg"] = f.Message
	}
	if f.Reset != 0 {
		a.header = map[string]string{"x-ogw-ratelimit-limit": "100", "x-ogw-ratelimit-reset": strconv.Itoa(f.Reset)}
	}
	return a
}

// delay waits and reports whether the caller is still there. It is the machine's time that passes, since it is the
// caller's patience that is tried.
func delay(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // net/http's own way to hang up where a connection cannot be taken over
	}
	_ = conn.Close() // it is to be gone, however
}
