package bot

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot/command"
)

// growing answers at once and is whole after a number of further looks, each of which takes 10 s.
func growing(looks int) handler {
	var look func(c conversation, left int) Answer
	look = func(c conversation, left int) Answer {
		a := c.pointer("42")
		if left > 0 {
			a.Refine = func(ctx context.Context) (Answer, error) { return look(c, left-1), sleep(ctx, 10*time.Second) }
		}
		return a
	}
	return func(_ context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
		return look(c, looks), nil
	}
}

func TestAnAnswerIsFilledUpInItsPlace(t *testing.T) {
	tests := []struct {
		name string
		act  func(*scene)
		desk string
	}{
		{"after a message", func(s *scene) { _, _ = s.say("/help") }, "reply om_1 problem; update answ problem; update answ problem"},
		{"after a click", func(s *scene) { _, _ = s.click("/help") }, "update card problem; update card problem"},
		{"not when somebody has clicked on", func(s *scene) {
			_, _ = s.click("/help")
			time.Sleep(15 * time.Second) // filled up once by now
			_, _ = s.click(question)
		}, "update card problem"},
		{"not when the answer went out as text", func(s *scene) {
			s.desk.plain = true
			_, _ = s.say("/help")
		}, "reply om_1 problem"},
		{"not when it is unknown what the card shows", func(s *scene) {
			_, _ = s.click("/help")
			s.notes.forget()
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.bot.answers.handlers["help"] = growing(2)
				tt.act(s)
				time.Sleep(time.Minute)
				synctest.Wait()
				if got := s.desk.String(); got != tt.desk {
					t.Errorf("sent: %s\nwant: %s", got, tt.desk)
				}
			})
		})
	}
}

func TestStoppingDoesNotWaitForWhatIsFilledUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bot.answers.handlers["help"] = growing(1000)
		if _, err := s.say("/help"); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		began := time.Now()
		s.bot.Stop(ctx)
		if took := time.Since(began); took > time.Second {
			t.Errorf("stopping took %v", took)
		}
	})
}

func TestAnAnswerOnTheTerminalIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bot.answers.handlers["help"] = growing(2)
		if a := s.bot.Ask(t.Context(), "/help"); a.Refine != nil {
			t.Error("it lacks something")
		}
	})
}
