package bot

import (
	"context"
	"errors"
	"strconv"
	"time"

	"usagebot/access"
	"usagebot/templates"
)

// Rates are how many commands and clicks are answered per minute; 0 is no limit.
type Rates struct{ Person, Chat int }

// rateCounter counts requests across all processes. It lets everything through while it cannot count.
type rateCounter interface {
	// Allow counts one request if it is within the limit of the last minute; undo takes that back. Otherwise it returns how
	// long to wait.
	Allow(ctx context.Context, key string, limit int) (undo func(), wait time.Duration)
	// FirstIn reports whether key has not been seen within the given period, across all replicas. undo forgets it again.
	FirstIn(ctx context.Context, key string, period time.Duration) (first bool, undo func())
}

// rateLimiter decides whether a request is answered, ignored, or told that there are too many.
type rateLimiter struct {
	counter rateCounter // nil for no limits
	limits  Rates
	cache   cache
	rights  *access.Resolver
}

// rateLimited says which limit a request exceeds.
type rateLimited struct {
	Chat  bool `json:"chat,omitempty"` // the limit of the chat, not of the person
	Limit int  `json:"limit"`
}

func (l *rateLimited) problem() error {
	v := templates.ProblemView{Key: templates.TooFast, Args: map[string]string{"limit": strconv.Itoa(l.Limit)}}
	if l.Chat {
		v.Key = templates.ChatTooFast
	}
	return &userError{err: errRateLimited, problem: func(conversation) templates.ProblemView { return v }}
}

var errRateLimited = errors.New("more than is answered in a minute")

// rateResult is what becomes of a request. The zero value means that it is answered.
type rateResult struct {
	limited *rateLimited // why it is not answered
	ignored bool         // the person has been told already
	undo    func()       // takes the count back; never nil for a request that is answered
}

// checkRate counts a request, once however often it is delivered. A person who asks too much is told once, and is then
// ignored until the minute is over.
func (r *rateLimiter) checkRate(ctx context.Context, req Request) rateResult {
	if r.counter == nil {
		return rateResult{undo: func() {}}
	}
	person, chat := "person:"+req.UserID, "chat:"+req.ChatID
	uncount, wait := r.count(ctx, req.UserID, person, r.limits.Person)
	if wait > 0 {
		return r.rejectOverLimit(ctx, person, rateLimited{Limit: r.limits.Person}, wait)
	}
	// The chat's limit does not hold administrators: others could keep them out of the chat that they look after.
	uncountChat, wait := r.count(ctx, req.ChatID, chat, r.limits.Chat)
	if wait > 0 && !r.rights.IsAdmin(ctx, req.UserID) {
		uncount() // a request that is not answered must not use up the person's limit
		return r.rejectOverLimit(ctx, chat, rateLimited{Chat: true, Limit: r.limits.Chat}, wait)
	}
	return rateResult{undo: func() {
		uncount()
		uncountChat()
	}}
}

// count counts one request of a person or in a chat, if there is a limit.
func (r *rateLimiter) count(ctx context.Context, id, key string, limit int) (uncount func(), wait time.Duration) {
	if id == "" || limit == 0 {
		return func() {}, 0
	}
	return r.counter.Allow(ctx, key, limit)
}

// rejectOverLimit decides whether the person has still to be told.
func (r *rateLimiter) rejectOverLimit(ctx context.Context, key string, l rateLimited, wait time.Duration) rateResult {
	first, _ := r.counter.FirstIn(ctx, "told:"+key, wait)
	return rateResult{limited: &l, ignored: !first}
}
