package bot

import "sync"

// queues makes the jobs of one queue run one after another, in the order in which they joined.
type queues struct {
	mu   sync.Mutex
	last map[string]chan struct{} // closed when the last job of the queue has left
}

func newQueues() *queues { return &queues{last: map[string]chan struct{}{}} }

// join adds a job to the end of a queue. turn is closed when the job before it has left. A job without a queue waits for
// nothing. The caller calls leave once, even if the job did not wait for its turn.
func (q *queues) join(name string) (turn <-chan struct{}, leave func()) {
	left := make(chan struct{})
	if name == "" {
		close(left)
		return left, func() {}
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	before, ok := q.last[name]
	if !ok {
		before = make(chan struct{})
		close(before)
	}
	q.last[name] = left
	return before, func() {
		close(left)
		q.mu.Lock()
		defer q.mu.Unlock()
		if q.last[name] == left {
			delete(q.last, name)
		}
	}
}
