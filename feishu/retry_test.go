package feishu

import (
	"errors"
	"testing"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// TestWhoMustWaitForTheSameDoesNotComeBackInStep asks when calls that were refused at once are made again.
func TestWhoMustWaitForTheSameDoesNotComeBackInStep(t *testing.T) {
	t.Parallel()
	waits := map[time.Duration]bool{}
	for range 20 {
		after := new(backoff.RetryAfterError)
		if err := backoffError(&Error{Code: codeChatFrequency, Class: Retry, RetryAfter: chatWait}, true); !errors.As(err, &after) {
			t.Fatalf("it is not repeated: %v", err)
		}
		if after.Duration < chatWait || after.Duration >= chatWait+retryJitter {
			t.Errorf("it is repeated after %v", after.Duration)
		}
		waits[after.Duration] = true
	}
	if len(waits) < 15 {
		t.Errorf("20 calls are repeated at %d moments", len(waits))
	}
}

func TestCrowded(t *testing.T) {
	t.Parallel()
	if err := errors.Join(errors.New("sending"), &Error{Code: 230020}); !IsChatRateLimited(err) {
		t.Errorf("%v is a chat that has had enough", err)
	}
	for _, err := range []error{nil, errors.New("230020"), &Error{Code: 99991400}} {
		if IsChatRateLimited(err) {
			t.Errorf("%v is another matter", err)
		}
	}
}
