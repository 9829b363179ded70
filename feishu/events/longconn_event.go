package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	larkevent "github.com/larksuite/oapi-sdk-go/v3/event"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher/callback"
)

// dispatcher hands every event to take as it came. What the SDK makes of an event itself is not used: there is one
// decoder for both ways in.
func (l *LongConnection) dispatcher() *dispatcher.EventDispatcher {
	d := dispatcher.NewEventDispatcher("", "")
	known := map[string]bool{"app_ticket": true} // the SDK's own, for apps of the store
	register := func(eventType string) {
		if known[eventType] {
			return // to register a type twice panics
		}
		known[eventType] = true
		d.OnCustomizedEvent(eventType, func(ctx context.Context, e *larkevent.EventReq) error {
			_, err := l.take(ctx, e.Body)
			return err
		})
	}
	for _, eventType := range eventTypes() {
		register(eventType)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for eventType := range l.learned {
		register(eventType)
	}
	return d.
		OnP2CardActionTrigger(func(ctx context.Context, e *callback.CardActionTriggerEvent) (*callback.CardActionTriggerResponse, error) {
			resp, err := l.take(ctx, e.Body)
			if err != nil {
				return nil, err
			}
			return resp.callback(), nil
		}).
		OnP2CardURLPreviewGet(func(ctx context.Context, e *callback.URLPreviewGetEvent) (*callback.URLPreviewGetResponse, error) {
			_, err := l.take(ctx, e.Body)
			return &callback.URLPreviewGetResponse{}, err
		})
}

// callback is the answer to a click in the SDK's form, which is the platform's.
func (r Response) callback() *callback.CardActionTriggerResponse {
	out := new(callback.CardActionTriggerResponse)
	if r.Toast != nil {
		out.Toast = &callback.Toast{Type: r.Toast.Type, Content: r.Toast.Content}
	}
	if r.Card != nil {
		out.Card = &callback.Card{Type: "raw", Data: json.RawMessage(r.Card)}
	}
	return out
}

// take decodes an event and hands it on. Whatever the error, the platform is asked to push the event again; but not a
// click, which it pushes once. The context of a client that ends does not end an event in hand.
func (l *LongConnection) take(ctx context.Context, body []byte) (Response, error) {
	if !l.enter() {
		l.set.Observe("", Unavailable)
		return Response{}, fmt.Errorf("stopping: %w", ErrUnavailable)
	}
	defer l.leave()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), EventDeadline)
	defer cancel()
	ev, outcome := l.read(body)
	switch outcome {
	case Accepted:
	case Ignored:
		l.set.Observe("other", Ignored)
		return Response{}, nil
	default:
		l.set.Observe("", outcome)
		return Response{}, errNotEvent
	}
	resp, err := l.handle(ctx, ev)
	if err == nil {
		_, err = resp.body() // a card that is no JSON
	}
	if err != nil {
		logNotTaken(ctx, l.set.Log, ev, err)
		l.set.Observe(ev.Type, Unavailable)
		return Response{}, err
	}
	l.set.Observe(ev.Type, Accepted)
	return resp, nil
}

// read decodes an event and checks that it is for this app. It is nil unless the outcome is Accepted.
func (l *LongConnection) read(body []byte) (*Event, Outcome) {
	if len(body) > MaxEventSize {
		return nil, TooLarge
	}
	e, err := parse(body)
	if err != nil {
		return nil, NotEvent
	}
	_, app, ok := e.origin()
	switch {
	case !ok:
		return nil, NotEvent
	case app != l.set.AppID:
		return nil, WrongApp
	}
	ev, err := e.known()
	switch {
	case err != nil:
		return nil, NotEvent
	case ev == nil:
		return nil, Ignored
	}
	return ev, Accepted
}

// handle hands an event on. A panic is an error of this event alone.
func (l *LongConnection) handle(ctx context.Context, ev *Event) (resp Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			l.set.Log.ErrorContext(ctx, "a handler panicked", "panic", p)
			resp, err = Response{}, errors.New("its handler panicked")
		}
	}()
	return l.set.Handle(ctx, ev)
}

// enter counts an event as in hand, unless no more are taken.
func (l *LongConnection) enter() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping {
		return false
	}
	l.inHand++
	return true
}

func (l *LongConnection) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.inHand--
}
