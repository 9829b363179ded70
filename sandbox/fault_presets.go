package sandbox

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"usagebot/sandbox/cardcheck"
)

// The troubles that the chat page offers, each with all that makes it up.
const (
	TroubleLate      = "late"      // the figures of a day are out a day later than usual
	TroubleThrottled = "throttled" // the overview answers 429 until it is switched off
	TroubleLost      = "lost"      // the next message of the bot goes out, but its answer is lost
	TroubleScope     = "scope"     // the app has no right to usage figures
	TroublePlan      = "plan"      // the tenant's plan has no usage figures
	TroubleRefused   = "refused"   // the next message of the bot is refused as a card with an unknown property
)

// The times after midnight at which the figures of a day are out.
const (
	usualPublication = 10 * time.Hour
	latePublication  = 34 * time.Hour
)

// sending fits the endpoints that make a message: message.create and message.reply.
const sending = "message.[cr]*"

// Trouble is one that the chat page offers.
type Trouble struct {
	Name string `json:"name"`
	On   bool   `json:"on"`
}

func presetNames() []string {
	return []string{TroubleLate, TroubleThrottled, TroubleLost, TroubleScope, TroublePlan, TroubleRefused}
}

// presetFaults are those troubles that are faults of endpoints.
func presetFaults() map[string]Fault {
	unknown := &cardcheck.Flaw{
		Code: cardcheck.FlawUnsupported, Path: []string{"body", "elements", "[0]"},
		Why: "cards of schema V2 no longer support this capability", What: "unknown property",
	}
	return map[string]Fault{
		TroubleThrottled: {Endpoint: "*overview", Code: codeRate, HTTPStatus: 429, Reset: 10},
		TroubleLost:      {Endpoint: sending, DropAnswer: true, Times: 1},
		TroubleRefused:   {Endpoint: sending, Code: codeCard, Message: unknown.Error(), Times: 1},
	}
}

// SetTrouble switches a trouble on or off.
func (s *Sandbox) SetTrouble(name string, on bool) error {
	if !slices.Contains(presetNames(), name) {
		return fmt.Errorf("sandbox: no trouble is called %q; there are %s", name, strings.Join(presetNames(), ", "))
	}
	s.locked(func() { s.setPreset(name, on) })
	return nil
}

// ClearTroubles switches all troubles off, and all faults besides.
func (s *Sandbox) ClearTroubles() {
	s.locked(func() {
		for _, name := range presetNames() {
			s.setPreset(name, false)
		}
		s.faults = nil
	})
}

// setPreset switches a trouble. The caller holds s.mu.
func (s *Sandbox) setPreset(name string, on bool) {
	switch name {
	case TroubleLate:
		s.publicationDelay = usualPublication
		if on {
			s.publicationDelay = latePublication
		}
	case TroubleScope:
		s.scopes = maps.Clone(s.scopes)
		s.scopes[scopeOverview] = !on
	case TroublePlan:
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

// Troubles tells which troubles are on. One that spoils a single call is off again after it.
func (s *Sandbox) Troubles() []Trouble {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.presets()
}

func (s *Sandbox) presets() []Trouble {
	var all []Trouble
	for _, name := range presetNames() {
		all = append(all, Trouble{Name: name, On: s.presetOn(name)})
	}
	return all
}

// presetOn reports whether a trouble is on. The caller holds s.mu.
func (s *Sandbox) presetOn(name string) bool {
	switch name {
	case TroubleLate:
		return s.publicationDelay >= latePublication
	case TroubleScope:
		return !s.scopes[scopeOverview]
	case TroublePlan:
		return !s.plan
	}
	return slices.ContainsFunc(s.faults, func(f *Fault) bool { return f.preset == name })
}
