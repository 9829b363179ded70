package doctor

import (
	"context"
	"sync"
	"time"
)

// DefaultLimit is how long a check may take that says nothing else.
const DefaultLimit = 15 * time.Second

// Check is something that can be looked at.
type Check struct {
	Name  string
	Needs []string      // checks before this one, without whose success there is no sense in it
	After []string      // checks before this one, however they end
	Limit time.Duration // how long Run may take; DefaultLimit when zero
	// Run looks. It finds at least one thing, and gives up when the context ends.
	Run func(ctx context.Context) []Finding
}

// Run makes the checks, side by side where none needs another, and returns what they found in the order of the checks. A
// check may need or follow only those that stand before it.
func Run(ctx context.Context, checks []Check) []Finding {
	r := &round{done: map[string]chan struct{}{}, found: map[string][]Finding{}}
	for _, c := range checks {
		r.done[c.Name] = make(chan struct{})
	}
	var all sync.WaitGroup
	for _, c := range checks {
		all.Go(func() {
			defer close(r.done[c.Name])
			r.keep(c.Name, r.look(ctx, c))
		})
	}
	all.Wait()
	var findings []Finding
	for _, c := range checks {
		findings = append(findings, r.found[c.Name]...)
	}
	return findings
}

// round is one run of all checks.
type round struct {
	done map[string]chan struct{} // closed when a check has ended

	mu    sync.Mutex
	found map[string][]Finding
}

func (r *round) keep(name string, findings []Finding) {
	for i := range findings {
		findings[i].Check = name
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found[name] = findings
}

// look waits for what the check follows, and makes it if it makes sense.
func (r *round) look(ctx context.Context, c Check) []Finding {
	for _, before := range c.After {
		<-r.done[before]
	}
	for _, need := range c.Needs {
		<-r.done[need]
		if !r.well(need) {
			return []Finding{Unseen("needs", "check", need)}
		}
	}
	return bounded(ctx, c)
}

// well reports whether a check that has ended found nothing that failed or could not be seen.
func (r *round) well(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.found[name] {
		if f.Status == Failure || f.Status == Skipped {
			return false
		}
	}
	return true
}

// bounded makes a check in its time. One that does not give up when its time is over is left to itself.
func bounded(ctx context.Context, c Check) []Finding {
	limit := c.Limit
	if limit <= 0 {
		limit = DefaultLimit
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	result := make(chan []Finding, 1)
	go func() {
		defer func() {
			if recover() != nil { // one broken check must not take the others with it
				result <- []Finding{Ill("broken")}
			}
		}()
		result <- c.Run(ctx)
	}()
	select {
	case findings := <-result:
		return findings
	case <-ctx.Done():
	}
	select {
	case findings := <-result: // it gave up by itself just then, and knows more
		return findings
	case <-time.After(grace):
		return []Finding{Ill("late", "limit", Span(limit))}
	}
}

// grace is how long a check may take to give up.
const grace = 200 * time.Millisecond
