package templates

import (
	"time"

	"usagebot/templates/card"
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

func (w wording) subscriptionID(id string) string {
	return w.say("subscription.id", "id", card.Name(id))
}

// owned is a line about a subscription, and who answers for it.
func (w wording) owned(s Subscription, told ...string) []card.Element {
	return card.Elements(card.ToldOf([]string{s.OwnerID}, w.say("subscription.owner"), w.say("subscription.owner.unknown"), told...))
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
func (w wording) sentAlready(s Subscription) []card.Element {
	if s.Paused != nil || s.Sent == (usage.Period{}) {
		return nil
	}
	return []card.Element{card.Remark(w.say("subscription.sent_already", "days", w.period(s.Sent)))}
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
	return card.Dotted(last, w.say("subscription.sent", "time", w.moment(s.LastSent)))
}

// actionButtons draws a subscription's buttons; of pause and resume only the one that makes a difference.
func (w wording) actionButtons(s Subscription) []card.Element {
	if s.Paused == nil {
		s.Actions.Resume = ""
	} else {
		s.Actions.Pause = ""
	}
	a := s.Actions
	return card.ButtonRow(card.DrawAll([]card.Button{
		{Label: w.say("action.test"), Command: a.Test},
		{Label: w.say("action.change"), Command: a.Change},
		{Label: w.say("action.pause"), Command: a.Pause},
		{Label: w.say("action.resume"), Command: a.Resume},
		{Label: w.say("action.history"), Command: a.History},
		{Label: w.say("action.hand_over"), Command: a.HandOver},
		{Label: w.say("action.remove"), Command: a.Remove},
	}, card.PlainButton, maxActions)...)
}

const maxActions = 5
