package sandbox

import (
	"fmt"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"usagebot/sandbox/cardcheck"
)

// maxLatency bounds what a fault may delay an answer.
const maxLatency = time.Minute

// Fault changes answers of the platform.
//
// A Code is a refusal: the call has no effect. Every other fault changes only the answer of a call that had its effect, so
// that the sender cannot know whether its message was sent; BeforeEffect prevents the effect.
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
	Times        int           // how many calls it affects; 0 for all until it is cleared

	preset string // name of the preset that added the fault; may be empty
}

// AddFault adds a fault. If several faults match a call, the one that was added first applies.
func (s *toggles) AddFault(f Fault) {
	f.Latency = min(f.Latency, maxLatency)
	s.locked(func() { s.faults = append(s.faults, &f) })
}

// ClearFaults switches all faults off.
func (s *toggles) ClearFaults() { s.locked(func() { s.faults = nil }) }

// FaultsLeft returns how many faults still wait for a call.
func (s *toggles) FaultsLeft() (n int) {
	s.locked(func() { n = len(s.faults) })
	return n
}

// takeFault returns the fault that applies to this call, or nil, and counts its use. The caller holds s.mu.
func (s *gateway) takeFault(name, at string) *Fault {
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

// applyFault runs the call unless the fault prevents it, and returns the answer that the caller gets. If dropped is true
// the caller gets no answer.
func (s *gateway) applyFault(c *call, f *Fault, effect func() answer) (a answer, dropped bool) {
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

// takesEffect reports whether the call has its effect: a refusal never does, a late call always does.
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

// delay waits and reports whether the caller is still connected. It uses the machine's clock, because the caller's timeout
// does too.
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

// The fault presets that the chat page offers.
const (
	PresetLate      = "late"      // the figures of a day are out a day later than usual
	PresetThrottled = "throttled" // the overview answers 429 until it is switched off
	PresetLost      = "lost"      // the next message of the bot goes out, but its answer is lost
	PresetScope     = "scope"     // the app has no right to usage figures
	PresetPlan      = "plan"      // the tenant's plan has no usage figures
	PresetRefused   = "refused"   // the next message of the bot is refused as a card with an unknown property
)

// The times after midnight at which the figures of a day are out.
const (
	usualPublication = 10 * time.Hour
	latePublication  = 34 * time.Hour
)

// sending fits the endpoints that make a message: message.create and message.reply.
const sending = "message.[cr]*"

// FaultPreset is a fault preset of the chat page, and whether it is on.
type FaultPreset struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

func presetNames() []string {
	return []string{PresetLate, PresetThrottled, PresetLost, PresetScope, PresetPlan, PresetRefused}
}

// presetFaults returns the presets that are faults of endpoints.
func presetFaults() map[string]Fault {
	unknown := &cardcheck.Flaw{
		Code: cardcheck.FlawUnsupported, Path: []string{"body", "elements", "[0]"},
		Why: "cards of schema V2 no longer support this capability", What: "unknown property",
	}
	return map[string]Fault{
		PresetThrottled: {Endpoint: "*overview", Code: codeRate, HTTPStatus: 429, Reset: 10},
		PresetLost:      {Endpoint: sending, DropAnswer: true, Times: 1},
		PresetRefused:   {Endpoint: sending, Code: codeCard, Message: unknown.Error(), Times: 1},
	}
}

// SetFaultPreset switches a preset on or off.
func (s *toggles) SetFaultPreset(name string, on bool) error {
	if !slices.Contains(presetNames(), name) {
		return fmt.Errorf("sandbox: no trouble is called %q; there are %s", name, strings.Join(presetNames(), ", "))
	}
	s.locked(func() { s.setPreset(name, on) })
	return nil
}

// ClearFaultPresets switches off all presets and all other faults.
func (s *toggles) ClearFaultPresets() {
	s.locked(func() {
		for _, name := range presetNames() {
			s.setPreset(name, false)
		}
		s.faults = nil
	})
}

// setPreset switches a preset. The caller holds s.mu.
func (s *toggles) setPreset(name string, on bool) {
	switch name {
	case PresetLate:
		s.publicationDelay = usualPublication
		if on {
			s.publicationDelay = latePublication
		}
	case PresetScope:
		s.scopes = maps.Clone(s.scopes)
		s.scopes[scopeOverview] = !on
	case PresetPlan:
		s.plan = !on
	default:
		s.faults = slices.DeleteFunc(s.faults, func(f *Fault) bool { return f.preset == name })
		if on {
			fault := presetFaults()[name]
			fault.preset = name
			s.faults = append(s.faults, &fault)
		}
	}
}

// FaultPresets returns all presets. A preset that affects a single call switches itself off after it.
func (s *toggles) FaultPresets() []FaultPreset {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.presets()
}

func (s *toggles) presets() []FaultPreset {
	var all []FaultPreset
	for _, name := range presetNames() {
		all = append(all, FaultPreset{Name: name, On: s.presetOn(name)})
	}
	return all
}

// presetOn reports whether a preset is on. The caller holds s.mu.
func (s *toggles) presetOn(name string) bool {
	switch name {
	case PresetLate:
		return s.publicationDelay >= latePublication
	case PresetScope:
		return !s.scopes[scopeOverview]
	case PresetPlan:
		return !s.plan
	}
	return slices.ContainsFunc(s.faults, func(f *Fault) bool { return f.preset == name })
}
