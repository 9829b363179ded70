package usage

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"
)

// atOnce is how many questions of one gathering queue at a time, so that those of others get in between.
const atOnce = 8

// gathering collects the answers to the questions of a Trend.
type gathering struct {
	done chan struct{} // closed when nothing more will come

	mu      sync.Mutex
	answers map[question]outcome
}

type outcome struct {
	figures Figures
	at      time.Time // when the platform had answered; zero where that is of no interest
	err     error
}

// gather begins to ask for what a Trend consists of and is not known yet. It goes on when the caller has gone.
func (a *Asker) gather(ctx context.Context, t Trend, known map[question]outcome, share Share) (*gathering, error) {
	g := &gathering{done: make(chan struct{}), answers: map[question]outcome{}}
	maps.Copy(g.answers, known)
	missing := a.kept(ctx, t, g)
	if !a.begin() {
		return nil, context.Canceled
	}
	go func() {
		defer a.work.Done()
		defer close(g.done)
		ctx, cancel := context.WithTimeout(a.ctx, patience)
		defer cancel()
		a.askEach(ctx, missing, share.charts(), g)
	}()
	return g, nil
}

// kept takes what the history has, and returns the other questions, those of the newest period first.
func (a *Asker) kept(ctx context.Context, t Trend, g *gathering) (missing []question) {
	first, last := t.Points[0].Period, t.Points[len(t.Points)-1].Period
	kept := a.keptSince(ctx, t.Query.question(AppAbility, first, first.End()).Ask, last.Start)
	for i := len(t.Points) - 1; i >= 0; i-- {
		for _, q := range t.questions(t.Points[i]) {
			if _, known := g.answers[q]; known {
				continue
			}
			figures, ok := kept[q.Ask]
			if !ok || !q.span().whole() {
				missing = append(missing, q)
				continue
			}
			a.observe(true)
			figures, err := answerWith(figures).result()
			g.put(q, outcome{figures: figures, err: err})
		}
	}
	return missing
}

// askEach asks until it has an answer to each question, or one that holds for all of them.
func (a *Asker) askEach(ctx context.Context, list []question, share Share, g *gathering) {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(atOnce)
	for _, q := range list {
		if ctx.Err() != nil {
			break
		}
		group.Go(func() error {
			known, err := a.answerUnkept(ctx, q, share)
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
	_ = group.Wait() // it is among the answers
}

func (g *gathering) put(q question, got outcome) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.answers[q] = got
}

// soFar returns the answers that have come, and whether these are all that will.
func (g *gathering) soFar() (answers map[question]outcome, all bool) {
	select {
	case <-g.done:
		all = true
	default:
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return maps.Clone(g.answers), all
}

// fill puts the answers into the points, and tells when the last figures of an unfinished one were answered.
func (g *gathering) fill(t Trend) (filled Trend, answered time.Time, err error) {
	answers, all := g.soFar()
	empty := true
	for i := range t.Points {
		p := &t.Points[i]
		for _, q := range t.questions(*p) {
			got, known := answers[q]
			if figures := got.figures.of(q.Ability, q.Cycle); len(figures) > 0 {
				p.Figures[q.Ability], empty = figures, false
			}
			if hasNone(got.err) {
				p.Nothing = append(p.Nothing, q.Ability)
			}
			if !p.Complete && got.at.After(answered) {
				answered = got.at
			}
			p.Pending = p.Pending || !known && !all
			p.Failed = p.Failed || failed(got.err) || !known && all // of those that end the asking only one is answered
		}
	}
	if empty && all {
		return t, answered, t.why(answers)
	}
	return t, answered, nil
}

// why returns the failure of a Trend without any figure: one that says more than that there are none, if there is one,
// and that of the newest period where there are several.
func (t Trend) why(answers map[question]outcome) error {
	nothing := context.Canceled // it was closed before it had an answer
	for i := len(t.Points) - 1; i >= 0; i-- {
		for _, q := range t.questions(t.Points[i]) {
			got, answered := answers[q]
			switch {
			case !answered || errors.Is(got.err, context.Canceled):
			case got.err == nil: // nothing that the page gives the ability
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
