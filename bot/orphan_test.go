package bot

import (
	"context"
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu"
)

// rescued has the scene's bot take up an orphan, and waits until all is done.
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

func TestOrphan_SlowAnswer_KeepsItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.took = 13 * time.Second
		s.rescued(t, orphanOf(t, "om_left"))
		s.expect(t, "update left figures", "keep; keep; keep; keep; keep; finish")
	})
}

func TestOrphan_Unreadable_IsFinished(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.rescued(t, []byte("no JSON"))
		s.expect(t, "", "finish")
	})
}

func TestOrphan_BotStops_IsReleased(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.bot.Stop(t.Context())
		s.rescued(t, orphanOf(t, ""))
		s.expect(t, "", "release")
	})
}

// TestAnswer_NotSent_TriedAgainWithinTheHour has the platform refuse an answer for a while: after an hour it would no longer
// know that the same answer may have come already.
func TestAnswer_NotSent_TriedAgainWithinTheHour(t *testing.T) {
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
		// It is written down, acknowledged, and tried again ever more rarely: TestReply_Refused_IsTriedEverMoreRarely.
		"the app is refused": {&feishu.Error{Endpoint: "reply", Code: 99991672, Class: feishu.Ours}, 0, "taken", "park"},
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
