package events_test

import (
	"testing"

	"usagebot/feishu/events"

	larkevent "github.com/larksuite/oapi-sdk-go/v3/event"
)

func TestSignAgreesWithTheSDK(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "{}", `{"encrypt":"汉字"}`} {
		if got, want := events.Sign("1700000000", "n", "key", []byte(body)), larkevent.Signature("1700000000", "n", "key", body); got != want {
			t.Errorf("Sign(%q) = %s, want %s", body, got, want)
		}
	}
}
