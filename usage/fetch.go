package usage

import (
	"context"
	"errors"
	"fmt"
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
		return nil, &Failure{Reason: NoData, Code: a.Code, LogID: a.LogID, Err: errors.New("no data, as the platform said before")}
	}
	return a.Figures, nil
}

// answerOf makes an answer of what the platform said, where it said something that can be remembered. Figures without
// any metric are none: missing is not zero, and no sign that the day is out.
func answerOf(figures Figures, err error) (answer, error) {
	failure := new(Failure)
	switch {
	case err == nil:
		return answer{Figures: figures, NoData: len(figures) == 0}, nil
	case errors.As(err, &failure) && failure.Reason == NoData:
		return answer{NoData: true, LogID: failure.LogID, Code: failure.Code}, nil
	}
	return answer{}, err
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

func (q question) span() span { return span{Period{q.Cycle, q.Date}, q.through} }

// fetch answers a question from what is remembered, from an equal question in flight, or from the platform.
func (a *Asker) fetch(ctx context.Context, q question, share Share) (Figures, error) {
	known, ok := a.recall(ctx, q)
	a.observe(ok)
	if ok {
		return known.result()
	}
	return a.ask(ctx, q, share)
}

// fetchUnkept is fetch for a question that is known not to be in the history.
func (a *Asker) fetchUnkept(ctx context.Context, q question, share Share) (Figures, error) {
	known, ok := a.cached(ctx, q)
	a.observe(ok)
	if ok {
		return known.result()
	}
	return a.ask(ctx, q, share)
}

// ask answers a question from an equal one in flight or from the platform.
func (a *Asker) ask(ctx context.Context, q question, share Share) (Figures, error) {
	// Who asks in another share goes its own way: a person does not wait behind a digest's place in the queue.
	key := fmt.Sprintf("%d:%s", share, q.key())
	answered, err := join(ctx, a, key, func(ctx context.Context) (answer, error) {
		return persist(ctx, a.overview, share, func() (answer, bool) { return a.cached(ctx, q) },
			func(ctx context.Context) (answer, error) {
				asked := a.now().In(a.zone)
				answered, err := answerOf(a.source.Overview(ctx, q.Ask))
				if err == nil {
					a.remember(ctx, q, answered, asked)
				}
				return answered, err
			})
	})
	if err != nil {
		return nil, err
	}
	return answered.result()
}

// join waits for the flight of that key, which it begins when there is none. The flight outlives whoever began it, since
// others may have joined.
func join[T any](ctx context.Context, a *Asker, key string, fly func(context.Context) (T, error)) (T, error) {
	var none T
	if !a.begin() {
		return none, context.Canceled
	}
	defer a.work.Done()
	flight := a.flights.DoChan(key, func() (any, error) {
		if !a.begin() {
			return nil, context.Canceled
		}
		defer a.work.Done()
		ctx, cancel := context.WithTimeout(a.ctx, patience)
		defer cancel()
		return fly(ctx)
	})
	select {
	case <-ctx.Done():
		return none, ctx.Err()
	case r := <-flight:
		if r.Err != nil {
			return none, r.Err
		}
		return r.Val.(T), nil
	}
}
