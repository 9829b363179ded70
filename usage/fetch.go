package usage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// answer is what is remembered of an Ask: figures, or that there are none.
type answer struct {
	Figures Figures `json:"figures,omitempty"`
	NoData  bool    `json:"no_data,omitempty"`
	LogID   string  `json:"log_id,omitempty"`
	Code    int     `json:"code,omitempty"`
}

func (a answer) result() (Figures, error) {
	if a.NoData {
		return nil, &Failure{Reason: NoData, Code: a.Code, LogID: a.LogID, Err: errors.New("no data, as the platform said a moment ago")}
	}
	return a.Figures, nil
}

// question is an Ask together with what is expected of its answer: the last day that it covers. An unfinished week that
// was asked for on Tuesday and again on Thursday is one Ask, but two questions.
type question struct {
	Ask
	through Date
}

func (q question) key() string {
	return fmt.Sprintf("figures:%s:%s:%s:%s:%s:%s", q.AppID, q.Ability, q.Cycle, q.Date, q.DepartmentID, q.through)
}

func (q question) period() Period { return Period{q.Cycle, q.Date} }

// fetch answers a question from the cache, from an equal question in flight, or from the platform.
func (a *Asker) fetch(ctx context.Context, q question, share Share) (Figures, error) {
	if known, ok := a.recall(ctx, q); ok {
		a.observe(true)
		return known.result()
	}
	a.observe(false)
	// Who asks in another share goes its own way: a person does not wait behind a digest's place in the queue.
	key := fmt.Sprintf("%d:%s", share, q.key())
	if !a.begin() {
		return nil, context.Canceled
	}
	defer a.work.Done()
	flight := a.flights.DoChan(key, func() (any, error) {
		if !a.begin() {
			return nil, context.Canceled
		}
		defer a.work.Done()
		// The flight outlives whoever began it, since others may have joined.
		ctx, cancel := context.WithTimeout(a.ctx, patience)
		defer cancel()
		return a.call(ctx, q, share)
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-flight:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.(Figures), nil
	}
}

// call asks the platform within the quota until it answers, it refuses, or there is no more time.
func (a *Asker) call(ctx context.Context, q question, share Share) (Figures, error) {
	pause := backoff.NewExponentialBackOff()
	pause.InitialInterval = 300 * time.Millisecond
	for attempt, throttled := 1, 0; ; {
		id, err := a.takeTurn(ctx, share)
		if err != nil {
			return nil, fmt.Errorf("waiting for the quota: %w", err)
		}
		if known, ok := a.recall(ctx, q); ok { // answered while this one queued
			a.quota.Cancel(ctx, id)
			return known.result()
		}
		figures, err := a.source.Overview(ctx, q.Ask)
		a.quota.Settle(context.WithoutCancel(ctx), id)

		failure := new(Failure)
		switch {
		case err == nil && len(figures) == 0:
			// An answer without any metric is none: missing is not zero, and no sign that the day is out.
			known := answer{NoData: true}
			a.remember(ctx, q, known)
			return known.result()
		case err == nil:
			a.remember(ctx, q, answer{Figures: figures})
			return figures, nil
		case !errors.As(err, &failure):
			return nil, err
		case failure.Reason == NoData:
			a.remember(ctx, q, answer{NoData: true, LogID: failure.LogID, Code: failure.Code})
			return nil, err
		case failure.Reason == Throttled && throttled < maxThrottled:
			throttled++
			a.quota.Block(ctx, max(failure.RetryAfter, time.Second))
		case failure.Reason == Unavailable && attempt < maxAttempts:
			attempt++
			if sleep(ctx, pause.NextBackOff()) != nil {
				return nil, err
			}
		default:
			return nil, err
		}
	}
}

// takeTurn waits for a place in the quota: first come, first served within a share.
func (a *Asker) takeTurn(ctx context.Context, share Share) (id string, err error) {
	a.waiting.Add(1)
	defer a.waiting.Add(-1)
	lane := a.lanes[share]
	if err := lane.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer lane.Release(1)
	for {
		id, wait, _ := a.quota.Take(ctx, share.limit())
		if wait <= 0 {
			return id, nil
		}
		if err := sleep(ctx, wait); err != nil {
			return "", err
		}
	}
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

func (a *Asker) recall(ctx context.Context, q question) (answer, bool) {
	b, ok := a.cache.Get(ctx, q.key())
	if !ok {
		return answer{}, false
	}
	var known answer
	if json.Unmarshal(b, &known) != nil {
		return answer{}, false
	}
	return known, true
}

func (a *Asker) remember(ctx context.Context, q question, known answer) {
	if b, err := json.Marshal(known); err == nil {
		a.cache.Put(ctx, q.key(), b, a.keepFor(q, known))
	}
}

// keepFor is how long an answer may be repeated without asking again. What is complete does not change any more, but for
// some days after its end the platform may still mend it; what is missing may come at any minute.
func (a *Asker) keepFor(q question, known answer) time.Duration {
	end := q.period().End()
	recent := end.After(a.today().AddDays(-4))
	switch {
	case known.NoData && recent:
		return a.again
	case known.NoData:
		return time.Hour
	case recent && known.Figures.idle():
		return a.again // perhaps a day in the making
	case end.After(q.through):
		return 10 * time.Minute
	case recent:
		return time.Hour
	}
	return 7 * 24 * time.Hour
}
