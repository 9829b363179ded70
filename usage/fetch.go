package usage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// answer is what is remembered of an Ask: figures, or that there are none.
type answer struct {
	Figures Figures `json:"figures,omitempty"`
	noDataAnswer
	// Listed: it is taken from a list of departments, which tells no more than the active users, or that there are none. A
	// ranking asks for no more; a question about the department itself is asked.
	Listed bool `json:"listed,omitempty"`

	// When the platform was asked, and when it had answered. The history does not know it.
	Asked    time.Time `json:"asked,omitzero"`
	Answered time.Time `json:"answered,omitzero"`
}

func (a answer) result() (Figures, error) {
	if a.NoData {
		return nil, a.failure()
	}
	return a.Figures, nil
}

// noDataAnswer is that the platform has nothing, and how it said so.
type noDataAnswer struct {
	NoData bool   `json:"no_data,omitempty"`
	Reason Reason `json:"reason,omitempty"` // NoData when empty
	LogID  string `json:"log_id,omitempty"`
	Code   int    `json:"code,omitempty"`
}

func (n noDataAnswer) failure() *Failure {
	return &Failure{Reason: cmp.Or(n.Reason, NoData), Code: n.Code, LogID: n.LogID, Err: errors.New("no data, as the platform said before")}
}

// noDataOf reports whether a failure says that there is nothing. Its page leaves open whether "data not found" or "invalid
// date range" is said of days before the figures begin.
func noDataOf(err error) (noDataAnswer, bool) {
	failure := new(Failure)
	if !errors.As(err, &failure) || !notOut(err) {
		return noDataAnswer{}, false
	}
	return noDataAnswer{NoData: true, Reason: failure.Reason, LogID: failure.LogID, Code: failure.Code}, true
}

// answerOf makes an answer of what the platform said, where it said something that can be remembered. Figures without
// any metric are none: missing is not zero, and no sign that the day is out.
func answerOf(figures Figures, err error) (answer, error) {
	if nothing, ok := noDataOf(err); ok {
		return answer{noDataAnswer: nothing}, nil
	}
	if err != nil {
		return answer{}, err
	}
	return answerWith(figures), nil
}

func answerWith(figures Figures) answer {
	return answer{Figures: figures, noDataAnswer: noDataAnswer{NoData: len(figures) == 0}}
}

// question is an Ask together with what is expected of its answer: the last day that it surely covers. An unfinished week
// that was asked for on Tuesday and again on Thursday is one Ask, but two questions; so is a day before and after it was
// published, before without a day that is surely covered.
type question struct {
	Ask
	through Date
}

func (q question) key() string {
	return fmt.Sprintf("figures:%s:%s:%s:%s:%s:%s", q.AppID, q.Ability, q.Cycle, q.Date, q.DepartmentID, q.through)
}

func (q question) span() span { return span{Period{q.Cycle, q.Date}, q.through} }

// publishedBy returns the question that an answer is remembered for: use of a day shows that the day is published.
func (q question) publishedBy(known answer) question {
	if q.through.IsZero() && known.verdict() == inUse {
		q.through = q.Date
	}
	return q
}

// fetch answers a question from what is remembered, from an equal question in flight, or from the platform.
func (a *Asker) fetch(ctx context.Context, q question, share Share) (Figures, error) {
	known, err := a.answer(ctx, q, share)
	if err != nil {
		return nil, err
	}
	return known.result()
}

// answer is fetch that tells when the platform was asked, and for which "nothing" is an answer.
func (a *Asker) answer(ctx context.Context, q question, share Share) (answer, error) {
	return a.answerFrom(ctx, a.lookup, q, share, time.Time{})
}

// answerNotStored is answer for a question that is known not to be in the history.
func (a *Asker) answerNotStored(ctx context.Context, q question, share Share) (answer, error) {
	return a.answerFrom(ctx, a.cached, q, share, time.Time{})
}

// answerSince is answer that takes nothing which was said before a time.
func (a *Asker) answerSince(ctx context.Context, q question, share Share, since time.Time) (answer, error) {
	return a.answerFrom(ctx, a.cached, q, share, since)
}

func (a *Asker) answerFrom(ctx context.Context, remembered func(context.Context, question) (answer, bool), q question, share Share, since time.Time) (answer, error) {
	known, ok := remembered(ctx, q)
	ok = ok && !known.Asked.Before(since)
	a.observe(ok)
	if ok {
		return known, nil
	}
	return a.ask(ctx, q, share, since)
}

// ask answers a question from an equal one in flight or from the platform, not before a time.
func (a *Asker) ask(ctx context.Context, q question, share Share, since time.Time) (answer, error) {
	// Each share has its own place in the queue: nobody waits behind a digest's, or behind those of somebody who asks much.
	key := fmt.Sprintf("%s:%s", share, q.key())
	if !since.IsZero() {
		key += since.Format(":" + time.RFC3339Nano) // a flight that has begun before may bring what was said before
	}
	known := func() (answer, bool) {
		known, ok := a.cached(ctx, q)
		if !ok && q.through.IsZero() { // an equal question may have found use, and is remembered as that of a published day
			known, ok = a.cached(ctx, question{q.Ask, q.Date})
		}
		return known, ok && !known.Asked.Before(since)
	}
	return shared(ctx, a, key, func(ctx context.Context) (answer, error) {
		return callWithRetry(ctx, a.overview, share, q.key(), known, func(ctx context.Context) (answer, error) {
			asked := a.now().In(a.zone)
			answered, err := answerOf(a.source.Overview(ctx, q.Ask))
			if err == nil {
				answered.Asked, answered.Answered = asked, a.now().In(a.zone)
				a.storeAnswer(ctx, q, answered, asked)
			}
			return answered, err
		})
	})
}

// shared waits for the flight of that key, which it begins when there is none. The flight outlives whoever began it, since
// others may have joined.
func shared[T any](ctx context.Context, a *Asker, key string, fly func(context.Context) (T, error)) (T, error) {
	var zero T
	if !a.startWork() {
		return zero, context.Canceled
	}
	defer a.work.Done()
	flight := a.flights.DoChan(key, func() (any, error) {
		if !a.startWork() {
			return nil, context.Canceled
		}
		defer a.work.Done()
		ctx, cancel := context.WithTimeout(a.ctx, questionTimeout)
		defer cancel()
		return fly(ctx)
	})
	select {
	case <-ctx.Done():
		return zero, ctx.Err()
	case r := <-flight:
		if r.Err != nil {
			return zero, r.Err
		}
		return r.Val.(T), nil
	}
}

// span is what an answer covers: a period up to a day of it, which is its last where the period is over.
type span struct {
	Period
	through Date
}

// complete reports whether all of the period's days are covered.
func (s span) complete() bool { return !s.through.Before(s.End()) }

// lookup looks for an answer in the cache and in the history.
func (a *Asker) lookup(ctx context.Context, q question) (answer, bool) {
	if known, ok := a.cached(ctx, q); ok {
		return known, true
	}
	return a.lookupFinal(ctx, q)
}

func (a *Asker) cached(ctx context.Context, q question) (known answer, ok bool) {
	ok = a.cacheGet(ctx, q.key(), &known)
	return known, ok && !known.Listed
}

// cacheGet gets a value of the cache; what cannot be read is not there.
func (a *Asker) cacheGet(ctx context.Context, key string, value any) bool {
	b, ok := a.cache.Get(ctx, key)
	return ok && json.Unmarshal(b, value) == nil
}

func (a *Asker) cachePut(ctx context.Context, key string, value any, ttl time.Duration) {
	if b, err := json.Marshal(value); err == nil {
		a.cache.Put(ctx, key, b, ttl)
	}
}

// storeAnswer keeps what was answered when it was asked at that time.
func (a *Asker) storeAnswer(ctx context.Context, q question, known answer, asked time.Time) {
	q = q.publishedBy(known)
	a.cachePut(ctx, q.key(), known, a.ttl(q.span(), known.NoData, known.Figures.idle(), asked))
	if isFinal(q.span(), known.NoData, asked) {
		a.storeFinal(ctx, q.Ask, known)
	}
}

// ttl is how long an answer may be repeated without asking again, when it was asked for at that time. What is complete
// does not change any more, but for some days after its end the platform may still mend it; what is missing may come at any
// minute, and so may what is not published.
func (a *Asker) ttl(s span, missing, idle bool, asked time.Time) time.Duration {
	recent := s.End().After(SurelyOut(asked))
	switch {
	case (missing || idle) && (recent || !s.complete()):
		return a.notOutTTL
	case missing:
		return time.Hour
	case !s.complete():
		return 10 * time.Minute
	case recent:
		return time.Hour
	}
	return 7 * 24 * time.Hour
}

// History keeps settled answers for good. Figures without any metric say that the platform has nothing. When it fails,
// nothing is known: no question depends on it.
type History interface {
	// Recall returns what is kept of an Ask.
	Recall(ctx context.Context, ask Ask) (Figures, bool, error)
	// RecallFrom returns what is kept of an app and a department for the periods of a cycle: all abilities, from the Ask's
	// date to the last one.
	RecallFrom(ctx context.Context, from Ask, last Date) (map[Ask]Figures, error)
	// Remember keeps figures in place of those that were kept before.
	Remember(ctx context.Context, ask Ask, figures Figures) error
	// RecallDepartments and RememberDepartments do the same for several departments, whose answer is one piece.
	RecallDepartments(ctx context.Context, ask DepartmentAsk) ([]byte, bool, error)
	RememberDepartments(ctx context.Context, ask DepartmentAsk, answer []byte) error
}

// historyTimeout is the longest that a question waits for the history.
const historyTimeout = 2 * time.Second

// isFinal reports whether an answer will not change any more: it is of a whole period, whose last day is published, and was
// asked for when the figures of that day did not change any more. That the day is published is not enough for good: the
// figures of a week or of a department may come after it, and the platform may still mend them. What is missing may come
// later still.
func isFinal(s span, missing bool, asked time.Time) bool {
	switch {
	case !s.complete():
		return false
	case missing:
		return s.End().Before(oldestOpenDay(DateOf(asked)))
	}
	return !s.End().After(SurelyOut(asked))
}

func (a *Asker) storeFinal(ctx context.Context, ask Ask, known answer) {
	if a.history == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	_ = a.history.Remember(ctx, ask, known.Figures) // if it is not kept, it is asked for again
}

// lookupFinal looks for an answer in the history, and has the cache answer the next time.
func (a *Asker) lookupFinal(ctx context.Context, q question) (answer, bool) {
	if a.history == nil || !q.span().complete() {
		return answer{}, false
	}
	within, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	figures, ok, err := a.history.Recall(within, q.Ask)
	if err != nil || !ok {
		return answer{}, false
	}
	kept := answerWith(figures)
	a.cachePut(ctx, q.key(), kept, a.ttl(q.span(), kept.NoData, figures.idle(), a.now().In(a.zone)))
	return kept, true
}

// storedSince returns what the history has for an app and a department, from the Ask's period to the one that begins on
// the last day.
func (a *Asker) storedSince(ctx context.Context, from Ask, last Date) map[Ask]Figures {
	if a.history == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyTimeout)
	defer cancel()
	kept, err := a.history.RecallFrom(ctx, from, last)
	if err != nil {
		return nil
	}
	return kept
}
