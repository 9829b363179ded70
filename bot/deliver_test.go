package bot

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu/events"

	"usagebot/bot/command"
	"usagebot/bot/sentence"
	"usagebot/feishu"
	"usagebot/locale"
	"usagebot/store"
	"usagebot/store/memstore"
	"usagebot/usage"
)

// pressed clicks on the card as a person.
func (s *scene) pressed(event, who, line string) (events.Response, error) {
	return s.bot.Handle(context.Background(), &events.Event{ID: event, Click: &events.Click{
		OperatorID: who, MessageID: "om_card", ChatID: "oc_1", Value: map[string]any{"cmd": line},
	}})
}

// TestClick_Refused_UpdatesGoOn clicks on a card that is updated three times, 10 s apart.
func TestClick_Refused_UpdatesGoOn(t *testing.T) {
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
				return plainQuestions{c}.sentenceAnswer(&notRun{reading: sentence.Reading{Kind: sentence.Chat}}), nil
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

// editTimes records when a card is edited.
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

func (d *editTimes) Update(ctx context.Context, messageID string, content feishu.Content) error {
	d.mu.Lock()
	d.at = append(d.at, time.Now())
	d.mu.Unlock()
	return d.desk.Update(ctx, messageID, content)
}

// TestClick_NoEditRightAfterCallback clicks on a card while it is updated, at every tenth of a second. No edit may fall into the
// time in which the platform would revert it.
func TestClick_NoEditRightAfterCallback(t *testing.T) {
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
					return plainQuestions{c}.sentenceAnswer(&notRun{reading: sentence.Reading{Kind: sentence.Chat}}), nil
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

// growing answers at once, and the answer is whole after a number of calls of Refine, each of which takes 10 s.
func growing(looks int) handler {
	var look func(c conversation, left int) Answer
	look = func(c conversation, left int) Answer {
		a := plainQuestions{c}.sentenceAnswer(&notRun{reading: sentence.Reading{Kind: sentence.Chat}})
		if left > 0 {
			a.Refine = func(ctx context.Context) (Answer, error) { return look(c, left-1), sleep(ctx, 10*time.Second) }
		}
		return a
	}
	return func(_ context.Context, c conversation, _ Request, _ command.Command) (Answer, error) {
		return look(c, looks), nil
	}
}

func TestUpdateUntilComplete(t *testing.T) {
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

func TestStop_DoesNotWaitForUpdates(t *testing.T) {
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

func TestAsk_AnswerIsWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bot.answers.handlers["help"] = growing(2)
		if a := s.bot.Ask(t.Context(), "/help"); a.Refine != nil {
			t.Error("it lacks something")
		}
	})
}

// lane lets one message go every fifth of a second, in the order of the calls.
type lane struct {
	mu   sync.Mutex
	next time.Time
}

func laneFrom(d time.Duration) *lane { return &lane{next: time.Now().Add(d)} }

func (l *lane) Wait(ctx context.Context, _ string) (done func(), err error) {
	l.mu.Lock()
	at := l.next
	if now := time.Now(); at.Before(now) {
		at = now
	}
	l.next = at.Add(time.Second / 5)
	l.mu.Unlock()
	return func() {}, sleep(ctx, time.Until(at))
}

func (l *lane) Try(context.Context, string) (done func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.next.After(time.Now()) {
		return nil
	}
	l.next = time.Now().Add(time.Second / 5)
	return func() {}
}

func (l *lane) TryBackground(ctx context.Context, chatID string) (done func()) {
	return l.Try(ctx, chatID)
}

// TestSendLimited_ManyInOneChat has sixty people ask at one moment, of whom five a second can be answered: with figures that are
// at hand, and with figures that take longer than noticeAfter.
func TestSendLimited_ManyInOneChat(t *testing.T) {
	const people = 60
	for name, took := range map[string]time.Duration{"figures at hand": 0, "slow figures": 2 * time.Second} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.took = took
				s.limit(laneFrom(0))
				began := time.Now()
				var events sync.WaitGroup
				for i := range people {
					events.Go(func() {
						if _, err := s.sayAs(fmt.Sprint("ou_", i), fmt.Sprint("om_", i), question); err != nil {
							t.Errorf("person %d: %v", i, err)
						}
					})
				}
				events.Wait()
				if acked := time.Since(began); acked > 0 {
					t.Errorf("the last was acknowledged after %v", acked)
				}
				time.Sleep(13*time.Second + 2*took - time.Since(began))
				for i := range people {
					if n := strings.Count(s.desk.String()+";", fmt.Sprintf("reply om_%d ", i)); n != 1 {
						t.Errorf("person %d got %d messages", i, n)
					}
				}
				if n := strings.Count(s.desk.String(), "figures"); n != people {
					t.Errorf("%d answers", n)
				}
			})
		})
	}
}

// TestSendLimited_Stop_ReleasesTheJob stops the bot while an answer waits for a slot.
func TestSendLimited_Stop_ReleasesTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.limit(laneFrom(time.Minute))
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		s.bot.Stop(ctx)
		s.expect(t, "", "retry in 0s")
	})
}

var (
	errHere    = &feishu.Error{Endpoint: "reply", Code: 230027, Class: feishu.AppRejected}
	errStopped = &feishu.Error{Endpoint: "reply", Code: 99991662, Class: feishu.AppRejected}
)

// TestReply_Refused_GrowingPauses has the platform refuse the app when it sends an answer: in a way that may concern the chat
// alone, and in one that concerns every chat.
func TestReply_Refused_GrowingPauses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		err      error
		refusals int
		tries    int // at most
		answered bool
		end      string // what the inbox is told
	}{
		{"a passing refusal", errHere, 2, 2, true, "answered"},
		{"the chat refuses for good", errHere, 10_000, refusedTries, false, "given_up"},
		{"the app is refused for a while", errStopped, 6, 6, true, "answered"},
		{"the app is refused for good", errStopped, 10_000, 15, false, "retry in 3s"}, // after the half hour of one attempt
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				for range tt.refusals {
					s.desk.replyErrs = append(s.desk.replyErrs, tt.err)
				}
				if _, err := s.say(question); err != nil {
					t.Errorf("its event was not acknowledged: %v", err)
				}
				time.Sleep(2 * time.Hour)
				sent := s.desk.String()
				if n := strings.Count(sent, "refused"); n > tt.tries || n < min(tt.refusals, 2) {
					t.Errorf("it was refused %d times, want %d at most", n, tt.tries)
				}
				if answered := strings.Contains(sent, "figures"); answered != tt.answered {
					t.Errorf("answered: %v, by %s", answered, sent)
				}
				if got := s.box.String(); got != tt.end {
					t.Errorf("the inbox was told %s", got)
				}
			})
		})
	}
}

// TestReply_Refused_Stop_ReleasesTheJob stops the bot while an answer waits after a refusal that may concern its chat alone.
func TestReply_Refused_Stop_ReleasesTheJob(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.desk.replyErrs = []error{errHere, errHere, errHere, errHere}
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		s.bot.Stop(canceled(t))
		synctest.Wait()
		if got := s.box.String(); got != "retry in 0s" {
			t.Errorf("inbox: %s", got)
		}
	})
}

// TestNotice_Throttled has the platform refuse a call for 10 s: that is the time that people are told.
func TestNotice_Throttled(t *testing.T) {
	t.Parallel()
	for language, want := range map[string]string{"zh": "预计 10 秒", "en": "about 10 seconds"} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			refused := false
			s.figures = func(context.Context, usage.Request) (usage.Figures, error) {
				if !refused {
					refused = true
					return nil, &usage.Failure{Reason: usage.Throttled, Code: 99991400, RetryAfter: 10 * time.Second}
				}
				return usage.Figures{usage.ActiveUsers: 42}, nil
			}
			asker := usage.NewClient(usage.Settings{
				Source: s, Quota: store.NewCallQuota(memstore.NewLimiter(), "overview", usage.CallsPerMinute),
				Cache: s.notes, Now: time.Now, Zone: time.UTC, Children: s.settings.Directory.Children,
			})
			t.Cleanup(asker.Close)
			s.set(func(o *Settings) { o.Usage, o.Language = asker, locale.Language(language) })
			go func() { _, _ = s.say(question) }()
			time.Sleep(noticeAfter)
			if card := string(s.bot.answers.working(t.Context(), Request{UserID: "ou_1", ChatID: "oc_1"}).JSON()); !strings.Contains(card, want) {
				t.Errorf("the notice is %s, want %q in it", card, want)
			}
			time.Sleep(20 * time.Second)
		})
	}
}
