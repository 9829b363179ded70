package app

import (
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
