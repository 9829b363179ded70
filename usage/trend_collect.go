package usage

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// maxParallel is how many questions of one trend or ranking queue at a time, so that other people's questions get in
// between.
const maxParallel = 8

// collector collects the answers to a Trend's questions.
type collector struct {
	done chan struct{} // closed when no more answers come

	mu      sync.Mutex
	answers map[question]outcome
}

type outcome struct {
	figures Figures
	at      time.Time // when the platform answered; zero for answers from the history or a report
	err     error
}

// collect starts fetching the missing answers of a Trend. It continues after the caller's context has ended.
func (ts *trends) collect(ctx context.Context, t Trend, known map[question]outcome, share Share) (*collector, error) {
	g := &collector{done: make(chan struct{}), answers: map[question]outcome{}}
	maps.Copy(g.answers, known)
	missing := ts.takeStored(ctx, t, g)
	if !ts.lifecycle.start() {
		return nil, context.Canceled
	}
	go func() {
		defer ts.lifecycle.work.Done()
		defer close(g.done)
		ctx, cancel := context.WithTimeout(ts.lifecycle.ctx, questionTimeout)
		defer cancel()
		ts.askMissing(ctx, missing, share.batch(), g)
	}()
	return g, nil
}

// takeStored adds the history's answers, and returns the remaining questions, newest period first.
func (ts *trends) takeStored(ctx context.Context, t Trend, g *collector) (missing []question) {
	first, last := t.Points[0].Period, t.Points[len(t.Points)-1].Period
	kept := ts.storedSince(ctx, t.Query.question(AppAbility, first, first.End()).Request, last.Start)
	for i := len(t.Points) - 1; i >= 0; i-- {
		for _, q := range t.questions(t.Points[i]) {
			if _, known := g.answers[q]; known {
				continue
			}
			figures, ok := kept[q.Request]
			if !ok || !q.span().complete() {
				missing = append(missing, q)
				continue
			}
			ts.observe(true)
			figures, err := answerWith(figures).result()
			g.put(q, outcome{figures: figures, err: err})
		}
	}
	return missing
}

// askMissing asks all questions, and stops early at a failure that holds for all of them.
func (ts *trends) askMissing(ctx context.Context, list []question, share Share, g *collector) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(maxParallel)
	for _, q := range list {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			known, err := ts.answerNotStored(ctx, q, share)
			got := outcome{at: known.Answered, err: err}
			if err == nil {
				got.figures, err = known.result()
				got.err = err
			}
			g.put(q, got)
			failure := new(Failure)
			if errors.As(err, &failure) && failure.final() {
				return err
			}
			return nil
		})
	}
	_ = group.Wait() // the errors are among the answers
}

func (g *collector) put(q question, got outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[q] = got
}

// snapshot returns the answers so far, and whether these are all.
func (g *collector) snapshot() (answers map[question]outcome, all bool) {
	select {
	case <-g.done:
		all = true
	default:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.answers), all
}

// fill adds the answers to the points. answered is when the platform answered the last figures of an unfinished point.
func (g *collector) fill(t Trend) (filled Trend, answered time.Time, err error) {
	answers, all := g.snapshot()
	empty := true
	for i := range t.Points {
		p := &t.Points[i]
		for _, q := range t.questions(*p) {
			got, known := answers[q]
			if figures := got.figures.definedFor(q.Ability, q.Cycle); len(figures) > 0 {
				p.Figures[q.Ability], empty = figures, false
			}
			if hasNone(got.err) {
				p.Nothing = append(p.Nothing, q.Ability)
			}
			if !p.Complete && got.at.After(answered) {
				answered = got.at
			}
			p.Pending = p.Pending || !known && !all
			p.Failed = p.Failed || failed(got.err) || !known && all // after a final failure the other questions have no answer
		}
	}
	if empty && all {
		return t, answered, t.failure(answers)
	}
	return t, answered, nil
}

// failure returns the error for a Trend without figures: if possible one that says more than "no data", and the newest
// period's if there are several.
func (t Trend) failure(answers map[question]outcome) error {
	nothing := context.Canceled // the Client was closed before any answer came
	for i := len(t.Points) - 1; i >= 0; i-- {
		for _, q := range t.questions(t.Points[i]) {
			got, answered := answers[q]
			switch {
			case !answered || errors.Is(got.err, context.Canceled):
			case got.err == nil: // only metrics that the page does not define for the ability
				nothing = &Failure{Reason: NoData, Err: errors.New("the platform gave no metric")}
			case absent(got.err):
				nothing = got.err
			default:
				return got.err
			}
		}
	}
	return nothing
}
