package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu"
	"usagebot/feishu/events"
	"usagebot/inbox"
	"usagebot/usage"
	"usagebot/usage/directory"
)

const question = "/usage weekly h5"

func TestHandle(t *testing.T) {
	tests := []struct {
		name      string
		set       func(*scene)
		says      string // what the platform is told
		desk, box string // what was sent, and what became of the event
	}{
		{"a quick answer", func(*scene) {}, "taken", "reply om_1 figures", "answered"},
		{"an event that is stored already", func(s *scene) { s.box.known[messageKey] = true }, "taken", "", ""},
		{"the database is away", func(s *scene) { s.box.insertErr = errAway }, "send again", "", ""},
		{"a slow answer replaces its notice", func(s *scene) { s.took = 3 * time.Second }, "taken", "reply om_1 notice; update answ figures", "answered"},
		{"the notice was recalled", func(s *scene) { s.took, s.desk.updateErr = 3*time.Second, errLost }, "taken", "reply om_1 notice; update answ figures; reply om_1 figures", "answered"},
		{"the notice's response is lost: the answer replaces what its uuid finds", func(s *scene) { s.took, s.desk.replyErrs = 3*time.Second, []error{errBusy} }, "taken", "refused om_1; reply om_1 figures; update answ figures", "answered"},
		{"the notice went out as text", func(s *scene) { s.took, s.desk.plain = 3*time.Second, true }, "taken", "reply om_1 notice; reply om_1 figures", "answered"},
		{"the bot may not edit", func(s *scene) { s.took, s.desk.updateErr = 3*time.Second, errDenied }, "taken", "reply om_1 notice; update answ figures; reply om_1 figures", "answered"},
		{"a message that is delivered hours later is not lost", func(s *scene) { s.age = 7 * time.Hour }, "taken", "reply om_1 figures", "answered"},
		{"the reply fails for now: the next attempt replaces what may be there", func(s *scene) { s.desk.replyErrs = []error{errBusy} }, "taken", "refused om_1; reply om_1 figures; update answ figures", "retry in 3s; answered"},
		{"the reply fails again and again", func(s *scene) { s.desk.replyErrs = []error{errBusy, errBusy, errBusy} }, "taken", "refused om_1; refused om_1; refused om_1; reply om_1 figures; update answ figures", "retry in 3s; retry in 6s; retry in 12s; answered"},
		{"the next attempt gets no message id", func(s *scene) { s.desk.replyErrs, s.desk.noID = []error{errBusy}, true }, "taken", "refused om_1; reply om_1 figures", "retry in 3s; unconfirmed"},
		{"the chat is rate limited although a slot was free", func(s *scene) { s.desk.replyErrs = []error{errEnough, errEnough} }, "taken", "refused om_1; refused om_1; reply om_1 figures", "answered"},
		{"others wait in the chat: no notice", func(s *scene) { s.took = 3 * time.Second; s.limit(laneFrom(8 * time.Second)) }, "taken", "reply om_1 figures", "answered"},
		{"a quick answer that has to wait for its turn", func(s *scene) { s.limit(laneFrom(8 * time.Second)) }, "taken", "reply om_1 figures", "answered"},
		{"another process works on an earlier question", func(s *scene) { s.box.blocked = 30 }, "taken", "reply om_1 figures", "answered"},
		{"another process works on an earlier question for ever", func(s *scene) { s.box.blocked = 100_000 }, "taken", "reply om_1 figures", "answered"},
		{"the bot is not in the chat any more", func(s *scene) { s.desk.replyErrs = []error{errGone} }, "taken", "refused om_1", "given_up"},
		{"the platform refuses the figures", func(s *scene) { s.fail = &usage.Failure{Reason: usage.PlanTooSmall} }, "taken", "reply om_1 problem", "answered"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				tt.set(s)
				s.rescue(t)
				began := time.Now()
				_, err := s.say(question)
				if took := time.Since(began); took > 0 {
					t.Errorf("the platform was told after %v", took)
				}
				if got := unavailable(err); got != tt.says {
					t.Errorf("told %q, want %q", got, tt.says)
				}
				time.Sleep(90 * time.Second)
				s.expect(t, tt.desk, tt.box)
			})
		})
	}
}

// messageKey is the key of the event of say.
var messageKey = "message:" + digest("om_1")

// rescue runs the scene's rescuer until the test ends.
func (s *scene) rescue(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	go s.bot.RunRescuer(ctx)
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
		{"a quick answer", question, func(*scene) {}, figures, "", "", "answered"},
		{"a slow answer edits the card later", question, func(s *scene) { s.took = 3 * time.Second }, "", "正在", "update card figures", "answered"},
		{"a problem is a toast", question, func(s *scene) { s.fail = &usage.Failure{Reason: usage.PlanTooSmall} }, "", "211004", "", "answered"},
		{
			"a late problem does not wipe the card out", question,
			func(s *scene) { s.took, s.fail = 3*time.Second, &usage.Failure{Reason: usage.PlanTooSmall} },
			"", "正在", "reply om_card problem", "answered",
		},
		{"the database is away: the click fails, and nothing is changed", question, func(s *scene) { s.box.insertErr = errAway }, "", "", "", ""},
		{"a repeated click", question, func(s *scene) { s.box.known["click:e2"] = true }, "", "", "", ""},
		{"a command that there is not", "/nonsense", func(*scene) {}, "", "nonsense", "", "answered"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				tt.set(s)
				r, err := s.click(tt.command)
				if wantErr := s.box.insertErr != nil; (err != nil) != wantErr {
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

// leave leaves an event of another process to the scene's bot.
func (s *scene) leave(t *testing.T, payload []byte) {
	t.Helper()
	s.box.left = append(s.box.left, inbox.Event{Key: messageKey, Kind: inbox.Message, Payload: payload, CreatedAt: time.Now(), ReceivedAt: time.Now(), Attempt: 2})
}

func requestJSON(t *testing.T) []byte {
	t.Helper()
	b, err := json.Marshal(Request{Key: messageKey, MessageID: "om_1", ChatID: "oc_1", UserID: "ou_1", Text: question})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestRescue(t *testing.T) {
	for name, tt := range map[string]struct {
		payload   func(*testing.T) []byte
		took      time.Duration
		desk, box string
	}{
		"the answer replaces what its uuid finds": {requestJSON, 0, "reply om_1 figures; update answ figures", "answered"},
		"a slow answer has no second notice":      {requestJSON, 13 * time.Second, "reply om_1 figures; update answ figures", "answered"},
		"an unreadable event is given up":         {func(*testing.T) []byte { return []byte("no JSON") }, 0, "", "given_up"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newScene(t)
				s.took = tt.took
				s.leave(t, tt.payload(t))
				s.rescue(t)
				time.Sleep(time.Minute)
				s.expect(t, tt.desk, tt.box)
			})
		})
	}
}

// TestRescue_UntilNothingIsLeft leaves the work of a process that died to another one.
func TestRescue_UntilNothingIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for i := range 2000 {
			s.leave(t, requestJSON(t))
			s.box.left[i].Key = fmt.Sprint("message:", i)
		}
		s.rescue(t)
		time.Sleep(time.Second)
		synctest.Wait()
		if n := strings.Count(s.box.String(), "answered"); n != 2000 {
			t.Errorf("%d of 2000 were taken up and answered at once", n)
		}
	})
}

func TestRescue_BotStops_IsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bot.Stop(t.Context())
		s.leave(t, requestJSON(t))
		ctx, stop := context.WithCancel(t.Context())
		go s.bot.RunRescuer(ctx)
		synctest.Wait()
		stop()
		if got := s.box.String(); !strings.HasPrefix(got, "retry in 0s") {
			t.Errorf("the event was not given back: %s", got)
		}
	})
}

// TestQueue_OnePersonInOneChat asks a slow question and a quick one after it, and another person asks meanwhile.
func TestQueue_OnePersonInOneChat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = 10 * time.Second
		for _, say := range []struct{ person, message, text string }{{"ou_1", "om_1", question}, {"ou_1", "om_2", "/help"}, {"ou_2", "om_3", "/help"}} {
			if _, err := s.sayAs(say.person, say.message, say.text); err != nil {
				t.Fatal(err)
			}
		}
		time.Sleep(time.Minute)
		s.expect(t, "reply om_3 problem; reply om_1 notice; update answ figures; reply om_2 problem", "answered; answered; answered")
	})
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
		s.expect(t, "reply om_1 notice", "retry in 0s") // by the next process
		if _, err := s.say(question); err != nil {
			t.Errorf("the event after that: %v", err)
		}
		s.expect(t, "reply om_1 notice", "retry in 0s; retry in 0s")
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
		s.expect(t, "", "retry in 0s")
	})
}

// TestHandle_TooMuchInHand asks more at once than the bot works on, and again when that is done.
func TestHandle_TooMuchInHand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = time.Minute
		s.set(func(o *Settings) { o.MaxInHand = 3 })
		for i := range 3 {
			if _, err := s.sayAs(fmt.Sprint("ou_", i), "om_1", question); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if _, err := s.say(question); unavailable(err) != "send again" || time.Since(began) > 0 {
			t.Errorf("beyond the bound it was told %v after %v", err, time.Since(began))
		}
		time.Sleep(10 * time.Minute)
		if _, err := s.say(question); err != nil || s.bot.Full() {
			t.Errorf("with nothing in hand it was told %v", err)
		}
		time.Sleep(10 * time.Minute)
	})
}

func TestFollowUp_WithinHalfAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := s.notes.ttl["session:direct:ou_1"]; got != 30*time.Minute {
			t.Errorf("a session lasts %v", got)
		}
	})
}

func TestRequest_OnlyWhatIsForTheBot(t *testing.T) {
	self := feishu.BotInfo{OpenID: "ou_bot", Name: "用量助手"}
	peter := events.Mention{Key: "@_user_2", OpenID: "ou_peter", Kind: "user", Name: "Peter"}
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
		{"a picture", true, events.Message{ChatType: "p2p", SenderType: "user", Type: "image"}, "-"},
		{"a sticker, before it knows itself", false, events.Message{ChatType: "p2p", SenderType: "user", Type: "sticker"}, "-"},
		{"a rich text of pictures", true, events.Message{ChatType: "p2p", SenderType: "user", Type: "post"}, "-"},
		{"invisible characters alone", true, events.Message{ChatType: "p2p", SenderType: "user", Type: "text", Text: "\u200b\u2068 "}, "-"},
		{"a mention alone in a group", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1", Mentions: []events.Mention{bot}}, ""},
		{"a mention alone in a direct message", true, events.Message{ChatType: "p2p", SenderType: "user", Text: "@_user_1", Mentions: []events.Mention{bot}}, ""},
		{"a person before the bot", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_2 @_user_1 /usage weekly", Mentions: []events.Mention{peter, bot}}, "/usage weekly"},
		{"mentions without a kind", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /admin grant @_user_2 viewer", Mentions: []events.Mention{
			{Key: "@_user_1", OpenID: "ou_bot"}, {Key: "@_user_2", OpenID: "ou_peter"},
		}}, "/admin grant  @ou_peter  viewer"},
		{"a mention of somebody else without a kind", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_2 hi", Mentions: []events.Mention{{Key: "@_user_2", OpenID: "ou_peter"}}}, "-"},
		{"a mention without a kind, before it knows itself", false, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{{Key: "@_user_1", OpenID: "ou_bot"}}}, "/help"},
		{"a mention of a person, before it knows itself", false, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_2 /help", Mentions: []events.Mention{peter}}, "-"},
		{"a mention by name alone", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{{Key: "@_user_1", Name: "用量助手"}}}, "/help"},
		{"a mention of somebody else by name alone", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{{Key: "@_user_1", Name: "Peter"}}}, "-"},
		{"a mention of which nothing is told", true, events.Message{ChatType: "group", SenderType: "user", Text: "@_user_1 /help", Mentions: []events.Mention{{Key: "@_user_1"}}}, "/help"},
		{"a typed name", true, events.Message{ChatType: "p2p", SenderType: "user", Text: "@usagebot /usage"}, "/usage"},
		{"the name on the platform, typed", true, events.Message{ChatType: "p2p", SenderType: "user", Text: "@用量助手 上周h5"}, "上周h5"},
		{"a title over the command", true, events.Message{ChatType: "group", SenderType: "user", Type: "post", Title: "周报", Text: "@_user_1 /usage", Mentions: []events.Mention{bot}}, "/usage"},
		{"a picture in rich text", true, events.Message{ChatType: "p2p", SenderType: "user", Type: "post"}, "-"},
		{"a sticker", true, events.Message{ChatType: "p2p", SenderType: "user", Type: "sticker"}, "-"},
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

// TestAnswer_NotSent_RetriedWithinTheHour has the platform refuse answers of different age. After an hour it no longer recognises
// an answer that it has sent before.
func TestAnswer_NotSent_RetriedWithinTheHour(t *testing.T) {
	for name, tt := range map[string]struct {
		err error
		age time.Duration
		box string
	}{
		"just said":              {errBusy, 0, "retry in 3s"},
		"54 minutes ago":         {errBusy, 54 * time.Minute, "retry in 3s"},
		"55 minutes ago":         {errBusy, 55 * time.Minute, "given_up"},
		"of a chat that is gone": {errGone, 0, "given_up"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newScene(t)
			s.age, s.desk.replyErrs = tt.age, []error{tt.err, tt.err, tt.err}
			_, err := s.say(question)
			synctest.Wait()
			if got := unavailable(err); got != "taken" || s.box.String() != tt.box {
				t.Errorf("%s: %s, inbox %q; want %q", name, got, s.box, tt.box)
			}
		})
	}
}
