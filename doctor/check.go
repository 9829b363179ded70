package doctor

import (
	"context"
	"sync"
	"time"
)

// DefaultLimit is how long a check may take if it sets no Limit.
const DefaultLimit = 15 * time.Second

// Check is one check of the doctor.
type Check struct {
	Name  string
	Needs []string      // earlier checks that must pass; otherwise this one is skipped
	After []string      // earlier checks that must have ended, whatever they found
	Limit time.Duration // how long Run may take; DefaultLimit when zero
	// Run makes the check. It returns at least one finding, and must return when ctx ends.
	Run func(ctx context.Context) []Finding
}

// Run makes the checks concurrently, each after those that it needs or follows, and returns their findings in the order
// of the checks. A check may need or follow only checks that come before it in the list.
func Run(ctx context.Context, checks []Check) []Finding {
	r := &checkRun{done: map[string]chan struct{}{}, found: map[string][]Finding{}}
	for _, c := range checks {
		r.done[c.Name] = make(chan struct{})
	}
	var all sync.WaitGroup
	for _, c := range checks {
		all.Go(func() {
			defer close(r.done[c.Name])
			r.record(c.Name, r.runAfterNeeds(ctx, c))
		})
	}
	all.Wait()
	var findings []Finding
	for _, c := range checks {
		findings = append(findings, r.found[c.Name]...)
	}
	return findings
}

// checkRun is one run of all checks.
type checkRun struct {
	done map[string]chan struct{} // closed when a check has ended

	mu    sync.Mutex
	found map[string][]Finding
}

func (r *checkRun) record(name string, findings []Finding) {
	for i := range findings {
		findings[i].Check = name
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.found[name] = findings
}

// runAfterNeeds waits for the checks that c needs or follows, and makes c unless a check that it needs did not pass.
func (r *checkRun) runAfterNeeds(ctx context.Context, c Check) []Finding {
	for _, before := range c.After {
		<-r.done[before]
	}
	for _, need := range c.Needs {
		<-r.done[need]
		if !r.passed(need) {
			return []Finding{Skip("needs", "check", need)}
		}
	}
	return runWithin(ctx, c)
}

// passed reports whether a check that has ended found no failure and skipped nothing.
func (r *checkRun) passed(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range r.found[name] {
		if f.Status == StatusFailure || f.Status == StatusSkipped {
			return false
		}
	}
	return true
}

// runWithin makes a check within its limit. If the check does not return in time, its goroutine is abandoned.
func runWithin(ctx context.Context, c Check) []Finding {
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
				result <- []Finding{Fail("broken")}
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
	case findings := <-result: // the check gave up by itself, and its findings say more
		return findings
	case <-time.After(gracePeriod):
		return []Finding{Fail("late", "limit", Span(limit))}
	}
}

// gracePeriod is how long a check may take to return after its context has ended.
const gracePeriod = 200 * time.Millisecond
