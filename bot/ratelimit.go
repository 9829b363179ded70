package bot

import (
	"context"
	"errors"
	"log/slog"
	"math"
	"slices"
	"strconv"
	"time"

	"usagebot/access"
	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/templates"
)

// Rates are how many questions are answered per minute; 0 is no limit.
type Rates struct{ Person, Chat int }

// clicksPerQuestion is how many clicks a person may make for each question of Rates.Person. Who looks around in a card clicks
// every few seconds, and most of that is answered from what is known.
const clicksPerQuestion = 6

// RateLimit is a limit of requests of one person or in one chat.
type RateLimit struct {
	Kind      RateKind
	ID        string // of the person or the chat
	PerMinute int
}

// RateKind is what a RateLimit counts.
type RateKind string

// The kinds of limits.
const (
	PersonRate RateKind = "person"   // questions of a person, and clicks that made the platform work
	ClickRate  RateKind = "clicks"   // all clicks of a person
	ChatRate   RateKind = "requests" // the same as PersonRate, of all people in a chat
)

// rateCounter counts requests across all processes. It lets everything through while it cannot count.
type rateCounter interface {
	// Allow counts a request in all limits, or in none: then wait is how long it takes until it would be let through, and
	// exceeded is the index of the first limit that is reached.
	Allow(ctx context.Context, limits []RateLimit) (id string, exceeded int, wait time.Duration)
	// Undo takes a request back from limits in which it was counted.
	Undo(ctx context.Context, limits []RateLimit, id string)
}

// rateLimiter decides whether a request is answered, and tells a person who is over the limit how long to wait.
type rateLimiter struct {
	*lifecycle
	counter   rateCounter // nil for no limits
	limits    Rates
	rights    *access.Resolver
	talk      *conversations
	messenger messenger
	sender    sender
	limiter   sendLimiter
	log       *slog.Logger
}

// rateLimited says which limit a request exceeds, and for how long.
type rateLimited struct {
	RateLimit
	wait time.Duration
}

func (l *rateLimited) problem() error {
	keys := map[RateKind]templates.ProblemKey{PersonRate: templates.TooFast, ClickRate: templates.ClicksTooFast, ChatRate: templates.ChatTooFast}
	seconds := max(1, int(math.Ceil((l.wait - time.Millisecond).Seconds()))) // who waits a millisecond less is not told a second more
	return &userError{err: errRateLimited, problem: func(conversation) templates.ProblemView {
		return templates.ProblemView{Key: keys[l.Kind], Args: map[string]string{
			"limit": strconv.Itoa(l.PerMinute), "seconds": strconv.Itoa(seconds),
		}}
	}}
}

var errRateLimited = errors.New("more than is answered in a minute")

// rateCount is a request that was counted.
type rateCount struct {
	// undo takes the request back, for one that turns out to be a redelivery.
	undo func()
	// refund takes a click back from the limits of questions, for an answer that needed no call to the platform. It is nil for other requests.
	refund func()
	// limited is set for a click of a person, or in a chat, at the limit of questions: it is answered only if that needs no call.
	limited *rateLimited
}

// check counts a request. If it is not over a limit, limited is nil. A click counts like a question only if its answer needs the platform, and
// all clicks have a limit of their own: a person who looks around in what is known may still ask, and one who has asked much may still look
// around.
func (r *rateLimiter) check(ctx context.Context, req Request) (count rateCount, limited *rateLimited) {
	count.undo = func() {}
	if r.counter == nil {
		return count, nil
	}
	lasting := context.WithoutCancel(ctx)
	questions := effective(RateLimit{PersonRate, req.UserID, r.limits.Person}, RateLimit{ChatRate, req.ChatID, r.limits.Chat})
	if !req.Click {
		counted, id, limited := r.allow(ctx, req, questions)
		if limited == nil {
			count.undo = func() { r.counter.Undo(lasting, counted, id) }
		}
		return count, limited
	}
	// A click counts among the questions until its answer turns out to need no call.
	clicks := effective(RateLimit{ClickRate, req.UserID, clicksPerQuestion * r.limits.Person})
	count.refund = func() {}
	counted, id, limited := r.allow(ctx, req, slices.Concat(clicks, questions))
	if limited == nil {
		count.refund = func() { r.counter.Undo(lasting, counted[len(clicks):], id) }
	} else if limited.Kind != ClickRate {
		count.limited = limited
		counted, id, limited = r.allow(ctx, req, clicks)
	}
	if limited == nil {
		count.undo = func() { r.counter.Undo(lasting, counted, id) }
	}
	return count, limited
}

// allow counts a request in all limits or in none. The chat's limit does not hold administrators: others could keep them out of the chat that
// they look after. counted are the limits in which the request is counted.
func (r *rateLimiter) allow(ctx context.Context, req Request, limits []RateLimit) (counted []RateLimit, id string, limited *rateLimited) {
	id, exceeded, wait := r.counter.Allow(ctx, limits)
	if wait > 0 && limits[exceeded].Kind == ChatRate && r.rights.IsAdmin(ctx, req.UserID) {
		limits = slices.DeleteFunc(slices.Clone(limits), func(l RateLimit) bool { return l.Kind == ChatRate })
		id, exceeded, wait = r.counter.Allow(ctx, limits)
	}
	if wait > 0 {
		return nil, "", &rateLimited{limits[exceeded], wait}
	}
	return limits, id, nil
}

// effective returns the limits that limit something.
func effective(limits ...RateLimit) (kept []RateLimit) {
	for _, l := range limits {
		if l.ID != "" && l.PerMinute > 0 {
			kept = append(kept, l)
		}
	}
	return kept
}

// reject tells a person who is over a limit how long to wait: who clicked by a toast, and who wrote by a short reply. A reply
// goes only if a message may go at once without taking from what is reserved for answers; otherwise the person is told
// nothing, so that a flood of requests is no flood of replies.
func (r *rateLimiter) reject(ctx context.Context, req Request, limited *rateLimited) events.Response {
	receiver := req.ChatID
	if req.Person != "" {
		receiver = req.Person
	}
	var done func()
	if !req.Click {
		if done = r.limiter.TryBackground(ctx, receiver); done == nil {
			return events.Response{}
		}
	}
	c := r.talk.in(ctx, req.ChatID)
	a := c.problem(ctx, limited.problem())
	if req.Click {
		return clickResponse(a)
	}
	if !r.start(func() { r.reply(req, a, done) }) {
		done()
	}
	return events.Response{}
}

// replyTimeout is the longest that a reply to a rejected request takes.
const replyTimeout = 10 * time.Second

// reply sends the answer to a rejected request, once: it is not worth another try.
func (r *rateLimiter) reply(req Request, a Answer, done func()) {
	defer done()
	ctx, cancel := context.WithTimeout(r.ctx, replyTimeout)
	defer cancel()
	var err error
	switch uuid := feishu.UUID("limit", req.Key); {
	case req.Person != "":
		_, err = r.sender.Send(ctx, feishu.To{Kind: feishu.ToPerson, ID: req.Person}, a.Card, uuid)
	case !req.Single && req.ThreadID == "" && r.messenger.SendEphemeral(ctx, req.ChatID, req.UserID, a.Card.InView("", ownCard)) == nil:
	default:
		_, err = r.messenger.Reply(ctx, req.MessageID, a.Card, uuid)
	}
	if err != nil && ctx.Err() == nil {
		r.log.Warn("could not tell a person to wait", "error", err)
	}
}
