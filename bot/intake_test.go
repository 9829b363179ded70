package bot

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu/events"
	"usagebot/usage/directory"

	"usagebot/feishu"
	"usagebot/usage"
)

const question = "/usage weekly h5"

func TestHandle(t *testing.T) {
	tests := []struct {
		name      string
		set       func(*scene)
		says      string // what the platform is told
		desk, box string // what was sent, and what became of the request, when all is done
	}{
		{"a quick answer", func(*scene) {}, "taken", "reply om_1 figures", "finish"},
		{"a request that is done", func(s *scene) { s.box.states = []string{done} }, "taken", "", ""},
		{"a request that is written down", func(s *scene) { s.box.states = []string{parked} }, "taken", "", ""},
		{"in other hands, then done", func(s *scene) { s.box.states = []string{busy, busy, done} }, "taken", "", ""},
		{"in other hands, then given back", func(s *scene) { s.box.states = []string{busy, taken} }, "taken", "reply om_1 figures", "finish"},
		{"in other hands for too long", func(s *scene) { s.box.states = []string{busy} }, "send again", "", ""},
		{"taken over: the notice that may be there is replaced", func(s *scene) { s.box.states = []string{again} }, "taken", "reply om_1 figures; update answ figures", "finish"},
		{"a slow answer", func(s *scene) { s.took = 3 * time.Second }, "taken", "reply om_1 notice; update answ figures", "park; park; finish"},
		{"a slow answer that cannot be written down: no notice, which nobody would find", func(s *scene) { s.took, s.box.parkErr = 3*time.Second, errAway }, "send again", "reply om_1 figures", "finish"},
		{"a very slow answer keeps its lease", func(s *scene) { s.took = 13 * time.Second }, "taken", "reply om_1 notice; update answ figures", "park; park; keep; keep; keep; keep; finish"},
		{"the notice was recalled", func(s *scene) { s.took, s.desk.updateErr = 3*time.Second, errLost }, "taken", "reply om_1 notice; update answ figures; reply om_1 figures", "park; park; finish"},
		{"the notice's answer is lost", func(s *scene) { s.took, s.desk.replyErrs = 3*time.Second, []error{errBusy} }, "taken", "refused om_1; reply om_1 figures; update answ figures", "park; finish"},
		{"the notice went out as text", func(s *scene) { s.took, s.desk.plain = 3*time.Second, true }, "taken", "reply om_1 notice; reply om_1 figures", "park; finish"},
		{"the bot may not edit", func(s *scene) { s.took, s.desk.updateErr = 3*time.Second, errDenied }, "taken", "reply om_1 notice; update answ figures; reply om_1 figures", "park; park; finish"},
		{"a message that is told again: the notice that may be there is replaced", func(s *scene) { s.age = 15 * time.Second }, "taken", "reply om_1 figures; update answ figures", "finish"},
		{"a message that is told hours later is not lost", func(s *scene) { s.age = 7 * time.Hour }, "taken", "reply om_1 figures; update answ figures", "finish"},
		{"the reply fails for now", func(s *scene) { s.desk.replyErrs = []error{errBusy} }, "send again", "refused om_1", "release"},
		{"the chat has had enough although it was its turn", func(s *scene) { s.desk.replyErrs = []error{errEnough, errEnough} }, "taken", "refused om_1; refused om_1; reply om_1 figures", "finish"},
		{"others wait in the chat: no notice", func(s *scene) { s.took = 3 * time.Second; s.limit(laneFrom(8 * time.Second)) }, "taken", "reply om_1 figures", "park; keep; finish"},
		{"a quick answer that has to wait for its turn", func(s *scene) { s.limit(laneFrom(8 * time.Second)) }, "taken", "reply om_1 figures", "park; keep; finish"},
		{"the same when it cannot be written down", func(s *scene) { s.box.parkErr = errAway; s.limit(laneFrom(8 * time.Second)) }, "send again", "reply om_1 figures", "keep; finish"},
		{"the bot is not in the chat any more", func(s *scene) { s.desk.replyErrs = []error{errGone} }, "taken", "refused om_1", "finish"},
		{"the platform refuses the figures", func(s *scene) { s.fail = &usage.Failure{Reason: usage.PlanTooSmall} }, "taken", "reply om_1 problem", "finish"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				tt.set(s)
				began := time.Now()
				_, err := s.say(question)
				if took := time.Since(began); took > 2800*time.Millisecond {
					t.Errorf("the platform was told after %v", took)
				}
				if got := unavailable(err); got != tt.says {
					t.Errorf("told %q, want %q", got, tt.says)
				}
				time.Sleep(time.Minute)
				s.expect(t, tt.desk, tt.box)
			})
		})
	}
}

func TestHandleClick(t *testing.T) {
	figures := `"42"`
	tests := []struct {
		name    string
		command string
		set     func(*scene)
		card    string // in the callback's card
		toast   string // in its toast
		desk    string
		box     string
	}{
		{"a quick answer", question, func(*scene) {}, figures, "", "", "finish"},
		{"a slow answer edits the card later", question, func(s *scene) { s.took = 3 * time.Second }, "", "正在", "update card figures", "park; finish"},
		{"a problem is a toast", question, func(s *scene) { s.fail = &usage.Failure{Reason: usage.PlanTooSmall} }, "", "211004", "", "finish"},
		{
			"a late problem does not wipe the card out", question,
			func(s *scene) { s.took, s.fail = 3*time.Second, &usage.Failure{Reason: usage.PlanTooSmall} },
			"", "正在", "reply om_card problem", "park; finish",
		},
		{
			"a slow answer that cannot be written down is refused, and may come", question,
			func(s *scene) { s.took, s.box.parkErr = 3*time.Second, errAway }, "", "", "update card figures", "finish",
		},
		{"a repeated click", question, func(s *scene) { s.box.states = []string{done} }, "", "", "", ""},
		{"a command that there is not", "/nonsense", func(*scene) {}, "", "nonsense", "", "finish"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				tt.set(s)
				r, err := s.click(tt.command)
				if wantErr := s.box.parkErr != nil; (err != nil) != wantErr {
					t.Fatalf("the callback's error is %v", err)
				}
				if (tt.card == "") != (r.Card == nil) || !strings.Contains(string(r.Card), tt.card) {
					t.Errorf("card %q, want %s in it", r.Card, tt.card)
				}
				if (tt.toast == "") != (r.Toast == nil) || r.Toast != nil && !strings.Contains(r.Toast.Content, tt.toast) {
					t.Errorf("toast %v, want %q in it", r.Toast, tt.toast)
				}
				time.Sleep(time.Minute)
				s.expect(t, tt.desk, tt.box)
			})
		})
	}
}

func TestRescue_AnswerReplacesNotice(t *testing.T) {
	for name, tt := range map[string]struct {
		notice string
		desk   string
	}{
		"the notice is known":     {"om_left", "update left figures"},
		"a notice may have begun": {"", "reply om_1 figures; update answ figures"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.box.orphan, _ = json.Marshal(Request{Key: "message:om_1", MessageID: "om_1", ChatID: "oc_1", UserID: "ou_1", Text: question, At: time.Now(), NoticeID: tt.notice})
				ctx, stop := context.WithCancel(t.Context())
				go s.bot.RunRescuer(ctx)
				time.Sleep(9 * time.Second)
				stop()
				synctest.Wait()
				s.expect(t, tt.desk, "finish")
			})
		})
	}
}

func TestStop_WaitsForAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = time.Minute
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		began := time.Now()
		s.bot.Stop(ctx)
		if took := time.Since(began); took > 6*time.Second {
			t.Errorf("stopping took %v", took)
		}
		s.expect(t, "reply om_1 notice", "park; park; release") // for the next process
		if _, err := s.say(question); unavailable(err) != "send again" {
			t.Errorf("a stopped bot took an event: %v", err)
		}
	})
}

func TestStop_DuringClick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = time.Minute
		if _, err := s.click(question); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.bot.Stop(ctx)
		s.expect(t, "", "park; release")
	})
}

// TestHandle_TooMuchInHand asks more at once than the bot works on, and again when that is done.
func TestHandle_TooMuchInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = time.Minute
		s.set(func(o *Settings) { o.MaxInHand = 3 })
		for range 3 {
			if _, err := s.say(question); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if _, err := s.say(question); unavailable(err) != "send again" || time.Since(began) > 0 {
			t.Errorf("beyond the bound it was told %v after %v", err, time.Since(began))
		}
		time.Sleep(2 * time.Minute)
		if _, err := s.say(question); err != nil || s.bot.Full() {
			t.Errorf("with nothing in hand it was told %v", err)
		}
		time.Sleep(2 * time.Minute)
	})
}

func TestFollowUp_WithinHalfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		if got := s.notes.ttl["session:oc_1:ou_1"]; got != 30*time.Minute {
			t.Errorf("a session lasts %v", got)
		}
	})
}

func TestStop_ReleasesUnfinishedJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = time.Minute
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s.bot.Stop(ctx)
		s.expect(t, "reply om_1 notice", "park; park; release")
		if !strings.Contains(string(s.box.orphan), `"notice_id":"om_answer_`) {
			t.Errorf("it is not written down where the answer goes: %s", s.box.orphan)
		}
	})
}

func TestRequest_OnlyWhatIsForTheBot(t *testing.T) {
	self := feishu.BotInfo{OpenID: "ou_bot"}
	bot := events.Mention{Key: "@_user_1", OpenID: "ou_bot", Kind: "bot"}
	other := events.Mention{Key: "@_user_1", OpenID: "ou_other", Kind: "bot"}
	tests := []struct {
		name  string
		knows bool // the bot knows itself
		m     events.Message
		want  string // the text that is understood; "-" for nothing
	}{
		{"single chat", true, events.Message{ChatType: "p2p", SenderType: "user", Text: " /help "}, "/help"},
		{"group without a mention", true, events.Message{ChatType: "group", SenderType: "user", Text: "/help"}, "-"},
		{"group with a mention", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{bot}}, "/help"},
		{"group that mentions another bot", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{other}}, "-"},
		{"any bot, before it knows itself", false, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{other}}, "/help"},
		{"everybody is not the bot", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_all /help"}, "-"},
		{"another bot speaks", true, events.Message{ChatType: "p2p", SenderType: "bot", Text: "/help"}, "-"},
		{"a picture", true, events.Message{ChatType: "p2p", SenderType: "user", Type: "image"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				if tt.knows {
					s.bot.Identify(self, directory.Apps{{ID: "cli_a", Name: "商城"}})
				}
				tt.m.ID = "om_1"
				req, ok := s.bot.reader.request(&events.Event{Message: &tt.m})
				if got := req.Text; !ok && tt.want != "-" || ok && got != tt.want {
					t.Errorf("understood %q, %v, want %q", got, ok, tt.want)
				}
			})
		})
	}
}

// rescued lets the scene's bot rescue an orphan, and waits until all is done.
func (s *scene) rescued(t *testing.T, orphan []byte) {
	t.Helper()
	s.box.orphan = orphan
	ctx, stop := context.WithCancel(t.Context())
	go s.bot.RunRescuer(ctx)
	time.Sleep(9 * time.Second)
	stop()
	time.Sleep(time.Minute)
	synctest.Wait()
}

func orphanOf(t *testing.T, notice string) []byte {
	t.Helper()
	b, err := json.Marshal(Request{Key: orphanKey, MessageID: "om_1", ChatID: "oc_1", UserID: "ou_1", Text: question, At: time.Now(), NoticeID: notice})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRescue_SlowAnswer_RenewsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = 13 * time.Second
		s.rescued(t, orphanOf(t, "om_left"))
		s.expect(t, "update left figures", "keep; keep; keep; keep; keep; finish")
	})
}

func TestRescue_Unreadable_IsFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.rescued(t, []byte("no JSON"))
		s.expect(t, "", "finish")
	})
}

func TestRescue_BotStops_IsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bot.Stop(t.Context())
		s.rescued(t, orphanOf(t, ""))
		s.expect(t, "", "release")
	})
}

// TestAnswer_NotSent_RetriedWithinTheHour has the platform refuse answers of different age. After an hour it no longer recognises
// an answer that it has sent before.
func TestAnswer_NotSent_RetriedWithinTheHour(t *testing.T) {
	for name, tt := range map[string]struct {
		err     error
		age     time.Duration
		outcome string
		box     string
	}{
		"just said":              {errBusy, 0, "send again", "release"},
		"54 minutes ago":         {errBusy, 54 * time.Minute, "send again", "release"},
		"55 minutes ago":         {errBusy, 55 * time.Minute, "taken", "finish"},
		"of a chat that is gone": {errGone, 0, "taken", "finish"},
		// It is persisted, acknowledged, and tried again: TestReply_Refused_GrowingPauses.
		"the app is refused": {&feishu.Error{Endpoint: "reply", Code: 99991672, Class: feishu.AppRejected}, 0, "taken", "park"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.age, s.desk.replyErrs = tt.age, []error{tt.err, tt.err, tt.err}
			_, err := s.say(question)
			if got := unavailable(err); got != tt.outcome || s.box.String() != tt.box {
				t.Errorf("%s: %s, inbox %q; want %s, %q", name, got, s.box, tt.outcome, tt.box)
			}
		})
	}
}
