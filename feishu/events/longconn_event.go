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

// dispatcher passes the raw body of every event to handleBody. The SDK's decoded events are not used, so that the webhook
// and the long connection share one decoder.
func (l *LongConnection) dispatcher() *dispatcher.EventDispatcher {
	d := dispatcher.NewEventDispatcher("", "")
	known := map[string]bool{"app_ticket": true} // the SDK's own, for apps of the store
	register := func(eventType string) {
		if known[eventType] {
			return // registering a type twice panics
		}
		known[eventType] = true
		d.OnCustomizedEvent(eventType, func(ctx context.Context, e *larkevent.EventReq) error {
			_, err := l.handleBody(ctx, e.Body)
			return err
		})
	}
	for _, eventType := range eventTypes() {
		register(eventType)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	for eventType := range l.extraTypes {
		register(eventType)
	}
	return d.
		OnP2CardActionTrigger(func(ctx context.Context, e *callback.CardActionTriggerEvent) (*callback.CardActionTriggerResponse, error) {
			resp, err := l.handleBody(ctx, e.Body)
			if err != nil {
				return nil, err
			}
			return resp.callback(), nil
		}).
		OnP2CardURLPreviewGet(func(ctx context.Context, e *callback.URLPreviewGetEvent) (*callback.URLPreviewGetResponse, error) {
			_, err := l.handleBody(ctx, e.Body)
			return &callback.URLPreviewGetResponse{}, err
		})
}

// callback converts the answer to a click to the SDK's type.
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

// handleBody decodes an event and passes it to the handler. After any error the platform pushes the event again, except a
// click, which it pushes only once. An event being handled continues when the client's context ends.
func (l *LongConnection) handleBody(ctx context.Context, body []byte) (Response, error) {
	if !l.beginEvent() {
		l.set.Observe("", Unavailable)
		return Response{}, fmt.Errorf("stopping: %w", ErrUnavailable)
	}
	defer l.endEvent()
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
	ev, err := e.knownEvent()
	switch {
	case err != nil:
		return nil, NotEvent
	case ev == nil:
		return nil, Ignored
	}
	return ev, Accepted
}

// handle calls the handler and converts a panic to an error, so that it affects this event only.
func (l *LongConnection) handle(ctx context.Context, ev *Event) (resp Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			l.set.Log.ErrorContext(ctx, "a handler panicked", "panic", p)
			resp, err = Response{}, errors.New("its handler panicked")
		}
	}()
	return l.set.Handle(ctx, ev)
}

// beginEvent counts an event as being handled. It reports false if the connection is stopping.
func (l *LongConnection) beginEvent() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopping {
		return false
	}
	l.active++
	return true
}

func (l *LongConnection) endEvent() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.active--
}
