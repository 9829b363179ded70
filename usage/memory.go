package usage

import (
	"context"
	"encoding/json"
	"time"
)

// span is what an answer covers: a period up to a day of it, which is its last where the period is over.
type span struct {
	Period
	through Date
}

// whole reports whether all of the period's days are covered.
func (s span) whole() bool { return !s.through.Before(s.End()) }

// recall looks for an answer in the cache and in the history.
func (a *Asker) recall(ctx context.Context, q question) (answer, bool) {
	if known, ok := a.cached(ctx, q); ok {
		return known, true
	}
	return a.settledBefore(ctx, q)
}

func (a *Asker) cached(ctx context.Context, q question) (known answer, ok bool) {
	ok = a.read(ctx, q.key(), &known)
	return known, ok && !known.Listed
}

// read gets a value of the cache; what cannot be read is not there.
func (a *Asker) read(ctx context.Context, key string, value any) bool {
	b, ok := a.cache.Get(ctx, key)
	return ok && json.Unmarshal(b, value) == nil
}

func (a *Asker) write(ctx context.Context, key string, value any, ttl time.Duration) {
	if b, err := json.Marshal(value); err == nil {
		a.cache.Put(ctx, key, b, ttl)
	}
}

// remember keeps what was answered when it was asked at that time.
func (a *Asker) remember(ctx context.Context, q question, known answer, asked time.Time) {
	q = q.publishedBy(known)
	a.write(ctx, q.key(), known, a.keepFor(q.span(), known.NoData, known.Figures.idle(), asked))
	if settled(q.span(), known.NoData, asked) {
		a.settle(ctx, q.Ask, known)
	}
}

// keepFor is how long an answer may be repeated without asking again, when it was asked for at that time. What is complete
// does not change any more, but for some days after its end the platform may still mend it; what is missing may come at any
// minute, and so may what is not published.
func (a *Asker) keepFor(s span, missing, idle bool, asked time.Time) time.Duration {
	recent := s.End().After(SurelyOut(asked))
	switch {
	case (missing || idle) && (recent || !s.whole()):
		return a.again
	case missing:
		return time.Hour
	case !s.whole():
		return 10 * time.Minute
	case recent:
		return time.Hour
	}
	return 7 * 24 * time.Hour
}
