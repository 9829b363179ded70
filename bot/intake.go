package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/inbox"
)

// The platform waits 3 s for the response to a click.
const (
	noticeAfter   = 1600 * time.Millisecond // after this, the person gets a "still working" notice
	clickDeadline = 2200 * time.Millisecond // after this, the person who clicked gets a toast and the card is edited later
	jobTimeout    = 32 * time.Minute        // the longest that a request is worked on; above the timeout for figures
	toastTimeout  = 100 * time.Millisecond  // for finding the language of a toast

	// dedupWindow is how long after a message its answer cannot be sent twice: the platform remembers a uuid for an hour.
	dedupWindow = 55 * time.Minute
	// chatEventWindow is how long the handling of a chat's event is tried.
	chatEventWindow = 24 * time.Hour

	// queueWait is how long a request waits for an earlier one of the same queue. Then it goes ahead.
	queueWait = time.Minute
	// queuePoll is how often a request looks whether another process has finished the one before it.
	queuePoll = 100 * time.Millisecond

	// firstRetry and maxRetry are the pauses before an event is tried again; they double with each attempt.
	firstRetry = 3 * time.Second
	maxRetry   = 5 * time.Minute
	// rescueBatch is how many events one process takes over at a time, so that others share the work.
	rescueBatch = 100
)

// intake takes events, makes sure that none is lost or answered twice, and works on them.
type intake struct {
	*lifecycle
	inbox    *inbox.Inbox
	queues   *queues
	answers  *pipeline
	delivery *delivery
	events   *chatEvents
	rates    *rateLimiter
	reader   requestReader

	directoryChanged func() // called when the platform says that departments have changed
	maxInHand        int64
	now              func() time.Time
	log              *slog.Logger
}

// Full reports whether the bot works on so many requests that it takes no more.
func (in *intake) Full() bool { return in.inHand.Load() >= in.maxInHand }

// Handle takes an event. It returns without an error only when the event is stored: whatever dies then, a process works on
// it until it is answered. It returns at once, except for a click, whose answer may be the response.
func (in *intake) Handle(ctx context.Context, e *events.Event) (events.Response, error) {
	began := time.Now()
	if e.Department != "" {
		in.directoryChanged()
		return events.Response{}, nil
	}
	j, ok := in.read(e)
	if !ok {
		return events.Response{}, nil
	}
	if in.Full() {
		return events.Response{}, fmt.Errorf("too much is in hand: %w", events.ErrUnavailable)
	}
	if in.inbox.Known(ctx, j.event.Key) {
		return events.Response{}, nil
	}
	undo := func() {}
	if j.chat == nil {
		count, limited := in.rates.check(ctx, j.Request)
		if limited != nil {
			return in.rates.reject(ctx, j.Request, limited), nil
		}
		undo, j.refund, j.Request.limited = count.undo, count.refund, count.limited
	}
	accepted, fresh, err := in.inbox.Accept(ctx, j.event)
	if err != nil {
		undo()
		return events.Response{}, fmt.Errorf("%w: %w", events.ErrUnavailable, err)
	}
	if !fresh {
		undo()
		return events.Response{}, nil
	}
	j.event = accepted
	if !in.begin(j) {
		in.inbox.Release(j.event, 0) // the bot is stopping; another process takes it
		return events.Response{}, nil
	}
	if j.Click {
		return in.awaitClick(j, clickDeadline-time.Since(began)), nil
	}
	return events.Response{}, nil
}

// read makes a job of an event; ok is false if the event is not for the bot.
func (in *intake) read(e *events.Event) (j *job, ok bool) {
	stored := inbox.Event{CreatedAt: e.CreatedAt}
	if stored.CreatedAt.IsZero() {
		stored.CreatedAt = in.now()
	}
	if e.Chat != nil {
		if e.ID == "" || e.Chat.ID == "" {
			return nil, false
		}
		stored.Key, stored.Kind, stored.Queue = "chat:"+e.ID, inbox.Chat, digest("chat:"+e.Chat.ID)
		j = newJob(stored)
		j.chat = e
		j.event.Payload, _ = json.Marshal(e) // an Event has nothing that could fail
		return j, true
	}
	req, ok := in.reader.request(e)
	if !ok {
		return nil, false
	}
	stored.Key, stored.Kind, stored.Queue = req.Key, req.kind(), req.queue()
	req.At = stored.CreatedAt
	j = newJob(stored)
	j.Request = req
	j.event.Payload, _ = json.Marshal(req) // nor has a Request
	return j, true
}

// begin works on a job in the background, after the jobs of the same queue that came before. It reports false if the bot is
// stopping.
func (in *intake) begin(j *job) bool {
	turn, leave := in.queues.join(j.event.Queue)
	in.inHand.Add(1)
	started := in.start(func() {
		defer in.inHand.Add(-1)
		defer leave()
		defer close(j.done)
		in.awaitTurn(j, turn)
		in.run(j)
	})
	if !started {
		leave()
		in.inHand.Add(-1)
	}
	return started
}

// awaitTurn waits for earlier requests of the same queue, here and in other processes, for up to queueWait.
func (in *intake) awaitTurn(j *job, turn <-chan struct{}) {
	ctx, cancel := context.WithTimeout(in.ctx, queueWait)
	defer cancel()
	select {
	case <-turn:
	case <-ctx.Done():
	}
	for ctx.Err() == nil {
		if blocked, err := in.inbox.Blocked(ctx, j.event); err != nil || !blocked || sleep(ctx, queuePoll) != nil {
			return
		}
	}
}

// awaitClick waits until a click is answered or has to be responded to.
func (in *intake) awaitClick(j *job, wait time.Duration) events.Response {
	req := j.Request // once nothing waits any more, the job may look up the topic of its card
	select {
	case a := <-j.click:
		return clickResponse(a)
	case <-j.done:
		return events.Response{}
	case <-time.After(wait):
	}
	select {
	case a := <-j.click:
		return clickResponse(a)
	default:
		close(j.late)
	}
	ctx, cancel := context.WithTimeout(in.ctx, toastTimeout)
	defer cancel()
	return in.answers.workingToast(ctx, req)
}

// clickResponse puts a click's answer into its callback: the card in place of the old one, a toast that says what is wrong,
// or one that the answer is a message of its own.
func clickResponse(a Answer) events.Response {
	switch {
	case a.Problem:
		return events.Response{Toast: &events.Toast{Type: "error", Content: a.Toast}}
	case a.Below:
		return events.Response{Toast: &events.Toast{Type: "info", Content: a.Toast}}
	}
	return events.Response{Card: a.Card.JSON()}
}

// run works on a job and records what became of it.
func (in *intake) run(j *job) {
	ctx, cancel := context.WithTimeout(in.ctx, jobTimeout)
	defer cancel()
	err := in.process(ctx, j)
	switch {
	case err == nil && j.unconfirmed:
		in.log.Warn("a repeated answer has no message id: an earlier message stands as it is", "kind", j.event.Kind)
		in.inbox.Finish(j.event, inbox.Unconfirmed)
	case err == nil:
		in.inbox.Finish(j.event, inbox.Answered)
	case errors.Is(err, errGivenUp), in.ctx.Err() != nil:
		in.inbox.Release(j.event, 0)
	case in.worthAnotherTry(j, err):
		in.log.Warn("an event is tried again later", "kind", j.event.Kind, "attempt", j.event.Attempt, "error", err)
		in.inbox.Release(j.event, min(firstRetry<<min(j.event.Attempt-1, 10), maxRetry))
	default:
		in.log.Error("an event was given up", "kind", j.event.Kind, "attempt", j.event.Attempt, "error", err)
		in.inbox.Finish(j.event, inbox.GivenUp)
	}
}

// process works on a job. A panic on the way becomes an error of this job alone.
func (in *intake) process(ctx context.Context, j *job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	if j.chat != nil {
		return in.events.handleChatEvent(ctx, j.event.Key, j.chat)
	}
	in.events.reviveOnMessage(ctx, j.Request)
	return in.delivery.run(ctx, j)
}

// errGivenUp leaves a request that the stopping bot cannot finish to another process, or to the next one.
var errGivenUp = errors.New("stopped before the answer")

func (in *intake) worthAnotherTry(j *job, err error) bool {
	age := in.now().Sub(j.event.CreatedAt)
	if j.chat != nil {
		// A chat that refuses the welcome in a way that may concern it alone is not asked for a day.
		return age < chatEventWindow && (!maybeTarget(err) || j.event.Attempt < refusedTries)
	}
	retriable := isTransient(err) || feishu.AppRejected.Is(err) && !maybeTarget(err)
	return retriable && age < dedupWindow
}

// isTransient reports whether the same call may succeed a little later.
func isTransient(err error) bool {
	refusal := new(feishu.Error)
	return !errors.As(err, &refusal) || feishu.Retry.Is(err) || feishu.Ambiguous.Is(err)
}

// RunRescuer takes up events that other processes began and did not finish, and those that have to be tried again, until
// ctx ends. Each time it goes on until none is left.
func (in *intake) RunRescuer(ctx context.Context) {
	for {
		for !in.Full() && ctx.Err() == nil {
			list, err := in.inbox.Claim(ctx, rescueBatch)
			if err != nil && ctx.Err() == nil {
				in.log.Warn("could not take up unfinished events", "error", err)
			}
			for _, e := range list {
				in.resume(e)
			}
			if len(list) < rescueBatch {
				break
			}
		}
		if sleep(ctx, inbox.RescueInterval) != nil {
			return
		}
	}
}

// resume works on an event that was taken up.
func (in *intake) resume(e inbox.Event) {
	j := newJob(e)
	close(j.late) // no callback waits for it
	var err error
	if e.Kind == inbox.Chat {
		j.chat = new(events.Event)
		err = json.Unmarshal(e.Payload, j.chat)
	} else {
		err = json.Unmarshal(e.Payload, &j.Request)
	}
	if err != nil {
		in.log.Error("could not read a stored event", "kind", e.Kind, "error", err)
		in.inbox.Finish(e, inbox.GivenUp)
		return
	}
	if !in.begin(j) {
		in.inbox.Release(e, 0)
	}
}

// job is an event that is being worked on: a request, or something that happened to a chat.
type job struct {
	Request
	chat  *events.Event // nil for a request
	event inbox.Event

	noticeID    string // the "still working" notice, which the answer replaces
	again       bool   // an earlier attempt may have sent something under the same uuid
	separate    bool   // the answer cannot replace what was sent before
	unconfirmed bool   // a repeated send returned no message id

	refund func() // takes a click back from the rate limits of questions, if its answer needed no call; nil if it was not counted

	click chan Answer   // hands a click's answer to the callback that still waits for it
	late  chan struct{} // closed when no callback waits any more
	done  chan struct{} // closed when nothing is left to do
}

func newJob(e inbox.Event) *job {
	return &job{event: e, again: e.Attempt > 1, click: make(chan Answer), late: make(chan struct{}), done: make(chan struct{})}
}
