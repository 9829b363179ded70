package app

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"usagebot/feishu"
	"usagebot/reports"
)

// TestSendError_AppWide checks that only codes which cannot concern a single receiver count as refusals of all messages.
func TestSendError_AppWide(t *testing.T) {
	t.Parallel()
	for kind, codes := range map[reports.SendErrorKind][]int{
		reports.AppRejected: {230006, 230027, 230036},
		reports.AppWide:     {99991661, 99991662, 99991663, 99991664, 99991665, 99991668, 99991671, 99991672, 99991673, 99991401, 99991403, 10012, 10014, 10015},
	} {
		for _, code := range codes {
			err := fmt.Errorf("sending: %w", &feishu.Error{Code: code, Class: feishu.AppRejected, LogID: "log-1"})
			if got := sendError(err); got.Kind != kind || got.Code != code || got.LogID != "log-1" {
				t.Errorf("%d: %+v, want %s", code, got, kind)
			}
		}
	}
}

// answerClient accepts messages, or refuses them with err.
type answerClient struct{ err error }

func (c answerClient) Reply(context.Context, string, feishu.Content, string) (feishu.Sent, error) {
	return feishu.Sent{ID: "reply"}, c.err
}

func (c answerClient) Send(context.Context, feishu.To, feishu.Content, string) (feishu.Sent, error) {
	return feishu.Sent{ID: "message"}, c.err
}

func (c answerClient) Update(context.Context, string, feishu.Content) error { return c.err }

func (c answerClient) SendEphemeral(context.Context, string, string, feishu.Content) error {
	return c.err
}

// TestAnswerSender_ReportsAccepted checks that accepted messages are reported, refused ones are not, and results are passed on.
func TestAnswerSender_ReportsAccepted(t *testing.T) {
	t.Parallel()
	for name, send := range map[string]func(answerSender) (string, error){
		"ephemeral": func(s answerSender) (string, error) { return "ephemeral", s.SendEphemeral(t.Context(), "", "", nil) },
		"reply": func(s answerSender) (string, error) {
			sent, err := s.Reply(t.Context(), "", nil, "")
			return sent.ID, err
		},
		"message": func(s answerSender) (string, error) {
			sent, err := s.Send(t.Context(), feishu.To{}, nil, "")
			return sent.ID, err
		},
		"": func(s answerSender) (string, error) { return "", s.Update(t.Context(), "", nil) },
	} {
		for _, refusal := range []error{nil, errors.New("refused")} {
			accepted := 0
			id, err := send(answerSender{answerClient{refusal}, func(context.Context) { accepted++ }})
			if id != name || !errors.Is(err, refusal) || (accepted == 1) != (refusal == nil) {
				t.Errorf("%q, refused with %v: id %q, error %v, accepted %d times", name, refusal, id, err, accepted)
			}
		}
	}
}
