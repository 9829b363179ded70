package usage

import (
	"context"
	"time"
)

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

// historyPatience is the longest that a question waits for the history.
const historyPatience = 2 * time.Second

// settled reports whether an answer will not change any more: it is of a whole period, whose last day is published, and was
// asked for when the figures of that day did not change any more. That the day is published is not enough for good: the
// figures of a week or of a department may come after it, and the platform may still mend them. What is missing may come
// later still.
func settled(s span, missing bool, asked time.Time) bool {
	switch {
	case !s.whole():
		return false
	case missing:
		return s.End().Before(oldestLate(DateOf(asked)))
	}
	return !s.End().After(SurelyOut(asked))
}

func (a *Asker) settle(ctx context.Context, ask Ask, known answer) {
	if a.history == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	_ = a.history.Remember(ctx, ask, known.Figures) // if it is not kept, it is asked for again
}

// settledBefore looks for an answer in the history, and has the cache answer the next time.
func (a *Asker) settledBefore(ctx context.Context, q question) (answer, bool) {
	if a.history == nil || !q.span().whole() {
		return answer{}, false
	}
	within, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	figures, ok, err := a.history.Recall(within, q.Ask)
	if err != nil || !ok {
		return answer{}, false
	}
	kept := answerWith(figures)
	a.write(ctx, q.key(), kept, a.keepFor(q.span(), kept.NoData, figures.idle(), a.now().In(a.zone)))
	return kept, true
}

// keptSince returns what the history has for an app and a department, from the Ask's period to the one that begins on
// the last day.
func (a *Asker) keptSince(ctx context.Context, from Ask, last Date) map[Ask]Figures {
	if a.history == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, historyPatience)
	defer cancel()
	kept, err := a.history.RecallFrom(ctx, from, last)
	if err != nil {
		return nil
	}
	return kept
}
