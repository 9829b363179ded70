package app

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"
)

func TestClockCheck(t *testing.T) {
	type step struct {
		moved time.Duration // how far the clock is set, beside the second that passes
		ahead time.Duration // of the platform
		err   error
		right bool
		asked bool
	}
	away := errors.New("no answer")
	for name, steps := range map[string][]step{
		"a clock that runs":                       {{right: true, asked: true}, {right: true}, {right: true}},
		"a platform that is away at the start":    {{err: away, right: true, asked: true}, {err: away, right: true}},
		"a clock that starts days ahead":          {{ahead: -72 * time.Hour, asked: true}, {ahead: -72 * time.Hour, asked: true}, {right: true, asked: true}},
		"a small correction":                      {{right: true, asked: true}, {moved: time.Minute, right: true}},
		"days ahead for one tick":                 {{right: true, asked: true}, {moved: 72 * time.Hour, ahead: -72 * time.Hour, asked: true}, {moved: -72 * time.Hour, right: true}},
		"put back by an hour":                     {{right: true, asked: true}, {moved: -time.Hour, ahead: time.Hour, asked: true}, {moved: time.Hour, right: true}},
		"a machine that slept":                    {{right: true, asked: true}, {moved: 8 * time.Hour, right: true, asked: true}, {right: true}},
		"a jump that the platform cannot confirm": {{right: true, asked: true}, {moved: time.Hour, err: away, asked: true}, {right: true, asked: true}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var now step
				moved, asked := time.Duration(0), false
				c := &clockCheck{
					now:   func() time.Time { return time.Now().Add(moved) },
					ahead: func(context.Context) (time.Duration, error) { asked = true; return now.ahead, now.err },
					log:   slog.New(slog.DiscardHandler),
				}
				for i, s := range steps {
					time.Sleep(time.Second)
					now, asked = s, false
					moved += s.moved
					if got := c.right(t.Context()); got != s.right || asked != s.asked {
						t.Errorf("step %d: right %v, the platform was asked %v; want %v, %v", i, got, asked, s.right, s.asked)
					}
				}
			})
		})
	}
}
