package bot

import (
	"context"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/bot/command"
	"usagebot/feishu"
)

// pressed is a click of somebody on the card.
func (s *scene) pressed(event, who, line string) (feishu.Response, error) {
	return s.bot.Handle(context.Background(), &feishu.Event{ID: event, Click: &feishu.Click{
		OperatorID: who, MessageID: "om_card", ChatID: "oc_1", Value: map[string]any{"cmd": line},
	}})
}

// TestClick_Refused_CardGoesOn has a card filled up three times, 10 s apart, and clicks on it meanwhile.
func TestClick_Refused_CardGoesOn(t *testing.T) {
	t.Parallel()
	const whole = 3
	for name, tt := range map[string]struct {
		line string
		want int // edits
	}{
		"no click":                   {"", whole},
		"not for this person":        {"/admin status", whole},
		"not understood":             {"/nonsense", whole},
		"no such subscription":       {"/pause zzzzzz", whole},
		"a click that changes it":    {"/settings", 1},
		"a slow click that fails":    {"/trend weekly", whole},
		"a slow click that is shown": {"/usage weekly", 2}, // the click's own answer is the second edit
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.bot.answers.handlers["help"] = growing(whole)
			s.bot.answers.handlers["trend"] = func(ctx context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
				_ = sleep(ctx, 5*time.Second)
				return Answer{}, unknownSubscription("zzzzzz")
			}
			s.bot.answers.handlers["usage"] = func(ctx context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
				_ = sleep(ctx, 5*time.Second)
				return c.pointer("42"), nil
			}
			_, _ = s.pressed("e1", "ou_1", "/help")
			time.Sleep(12 * time.Second)
			if tt.line != "" {
				r, err := s.pressed("e2", "ou_2", tt.line)
				if err != nil || tt.want == whole && r.Card != nil {
					t.Errorf("%s: %+v, %v", name, r, err)
				}
			}
			time.Sleep(time.Minute)
			synctest.Wait()
			if got := strings.Count(s.desk.String(), "update card"); got != tt.want {
				t.Errorf("%s: %d edits, want %d: %s", name, got, tt.want, s.desk)
			}
		})
	}
}

// editTimes notes when a card is edited.
type editTimes struct {
	*desk

	mu sync.Mutex
	at []time.Time
}

// edited returns when the card was edited.
func (d *editTimes) edited() []time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.at)
}

func (d *editTimes) Update(ctx context.Context, messageID string, card []byte) error {
	d.mu.Lock()
	d.at = append(d.at, time.Now())
	d.mu.Unlock()
	return d.desk.Update(ctx, messageID, card)
}

// TestClick_CardIsLeftAloneAfterItsCallback clicks on a card while it is filled up, at every tenth of a second, and holds that
// no edit falls into the time in which the platform would revert it.
func TestClick_CardIsLeftAloneAfterItsCallback(t *testing.T) {
	t.Parallel()
	for tenths := range 20 {
		for _, slow := range []time.Duration{0, time.Second, 2300 * time.Millisecond, 3 * time.Second} {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				edits := &editTimes{desk: s.desk}
				s.set(func(o *Settings) { o.Messenger = edits })
				s.bot.answers.handlers["help"] = growing(3)
				s.bot.answers.handlers["trend"] = func(ctx context.Context, _ conversation, _ Request, _ command.Command) (Answer, error) {
					_ = sleep(ctx, slow)
					return Answer{}, unknownSubscription("zzzzzz")
				}
				s.bot.answers.handlers["usage"] = func(ctx context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
					_ = sleep(ctx, slow)
					return c.pointer("42"), nil
				}
				_, _ = s.pressed("e1", "ou_1", "/help")
				time.Sleep(9*time.Second + time.Duration(tenths)*100*time.Millisecond)
				for _, line := range []string{"/trend", "/usage"} {
					clicked := time.Now()
					if _, err := s.pressed("e"+line, "ou_1", line); err != nil {
						t.Fatal(err)
					}
					answered := time.Now()
					time.Sleep(10 * time.Second)
					for _, at := range edits.edited() {
						if at.After(clicked) && at.Before(answered.Add(500*time.Millisecond)) {
							t.Errorf("%s clicked after %d tenths, answered %v later: an edit %v after the click", line, tenths, answered.Sub(clicked), at.Sub(clicked))
						}
					}
				}
			})
		}
	}
}
