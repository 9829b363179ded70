package bot

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/feishu"
)

var (
	errHere    = &feishu.Error{Endpoint: "reply", Code: 230027, Class: feishu.Ours}
	errStopped = &feishu.Error{Endpoint: "reply", Code: 99991662, Class: feishu.Ours}
)

// TestReply_Refused_IsTriedEverMoreRarely has the platform refuse the bot's app for an answer: in this chat, in a way that
// may be the chat's own, and everywhere.
func TestReply_Refused_IsTriedEverMoreRarely(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		err      error
		refusals int
		tries    int // at most
		answered bool
		end      string // what the inbox is told
	}{
		{"a passing refusal", errHere, 2, 2, true, "finish"},
		{"the chat refuses for good", errHere, 10_000, refusedTries, false, "finish"},
		{"the app is refused for a while", errStopped, 6, 6, true, "finish"},
		{"the app is refused for good", errStopped, 10_000, 15, false, "release"}, // in the half hour of one process
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
				// A renewal of the lease may come at the same moment as the end.
				if got := strings.TrimSuffix(s.box.String(), "; keep"); !strings.HasSuffix(got, tt.end) {
					t.Errorf("the inbox was told %s at last", got[strings.LastIndex(got, ";")+1:])
				}
			})
		})
	}
}

// TestReply_Refused_AStopLeavesItToOthers: it is not given up although its chat may refuse by itself.
func TestReply_Refused_AStopLeavesItToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		s.desk.replyErrs = []error{errHere, errHere, errHere, errHere}
		if _, err := s.say(question); err != nil {
			t.Fatal(err)
		}
		s.bot.Stop(canceled(t))
		if got := s.box.String(); !strings.HasPrefix(got, "park") || !strings.HasSuffix(got, "release") {
			t.Errorf("inbox: %s", got)
		}
	})
}
