package templates

import (
	"strings"
	"time"

	"usagebot/usage"
)

// Subscription is one standing order for a digest as cards show it. Times are in its own zone.
type Subscription struct {
	ID       string
	Topic    Topic
	Timing   Timing
	OwnerID  string       // open_id of who answers for it
	Paused   *Pause       // nil while digests go out
	Next     []time.Time  // when the next ones go out, at most three are shown
	Sent     usage.Period // whose digest was sent already although its time is to come; zero when there is none
	Last     *Last        // nil before the first
	LastSent time.Time    // when one was last delivered; zero before the first
	Actions  Actions
}

// Pause is why a subscription rests and until when.
type Pause struct {
	Cause Cause
	Until time.Time // zero: until somebody says so
}

// Last is what became of the newest digest.
type Last struct {
	Outcome Outcome
	Cause   Cause
}

// Actions are the commands that a subscription's buttons run. An empty one has no button; each view takes those that it
// has a place for.
type Actions struct {
	Test, Change, Pause, Resume, History, HandOver, Remove string
}

// maxNext is how many of the next digests are announced.
const maxNext = 3

// dot stands between what is told in one line.
const dot = " · "

func dotted(parts ...string) string {
	var told []string
	for _, s := range parts {
		if s != "" {
			told = append(told, s)
		}
	}
	return strings.Join(told, dot)
}

func (w wording) subscriptionID(id string) string { return w.say("subscription.id", "id", name(id)) }

// owned is a line about a subscription, and who answers for it.
func (w wording) owned(s Subscription, told ...string) []element {
	return elements(toldOf([]string{s.OwnerID}, w.say("subscription.owner"), w.say("subscription.owner.unknown"), told...))
}

// state says whether digests go out and, when not, why and for how long.
func (w wording) state(s Subscription) string {
	if s.Paused == nil {
		return w.say("subscription.active")
	}
	why := w.about("paused.", string(s.Paused.Cause))
	if why == "" {
		why = w.about("cause.", string(s.Paused.Cause))
	}
	if s.Paused.Until.IsZero() {
		return w.say("subscription.paused", "why", why)
	}
	return w.say("subscription.paused_until", "why", why, "until", w.moment(s.Paused.Until))
}

// sentAlready says which digest does not come at its time, since it was sent before; nothing when there is none.
func (w wording) sentAlready(s Subscription) []element {
	if s.Paused != nil || s.Sent == (usage.Period{}) {
		return nil
	}
	return []element{remark(w.say("subscription.sent_already", "days", w.period(s.Sent)))}
}

// next announces the next digest; nothing while there is none.
func (w wording) next(s Subscription) string {
	if s.Paused != nil || len(s.Next) == 0 {
		return ""
	}
	return w.say("subscription.next", "time", w.moment(s.Next[0]))
}

func (w wording) last(s Subscription) string {
	if s.Last == nil {
		return w.say("subscription.last.none")
	}
	last := w.say("subscription.last", "outcome", w.outcomeWithCause(s.Last.Outcome, s.Last.Cause, s.Topic))
	if s.LastSent.IsZero() {
		return last
	}
	return dotted(last, w.say("subscription.sent", "time", w.moment(s.LastSent)))
}

// actionButtons draws a subscription's buttons; of pause and resume only the one that makes a difference.
func (w wording) actionButtons(s Subscription) []element {
	if s.Paused == nil {
		s.Actions.Resume = ""
	} else {
		s.Actions.Pause = ""
	}
	a := s.Actions
	return buttonRow(drawAll([]Button{
		{w.say("action.test"), a.Test},
		{w.say("action.change"), a.Change},
		{w.say("action.pause"), a.Pause},
		{w.say("action.resume"), a.Resume},
		{w.say("action.history"), a.History},
		{w.say("action.hand_over"), a.HandOver},
		{w.say("action.remove"), a.Remove},
	}, plainButton, maxActions)...)
}

const maxActions = 5
