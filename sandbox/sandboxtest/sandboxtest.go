// Package sandboxtest starts sandboxes for tests.
package sandboxtest

import (
	"testing"
	"time"

	"usagebot/sandbox"
)

// Start serves a sandbox for as long as the test runs, under an app id of its own. It runs by the machine's clock
// unless an option says otherwise.
func Start(t testing.TB, options ...func(*sandbox.Options)) *sandbox.Sandbox {
	t.Helper()
	var o sandbox.Options
	for _, option := range options {
		option(&o)
	}
	sb, err := sandbox.New(o)
	if err != nil {
		t.Fatal(err)
	}
	if err := sb.Start(t.Context(), "127.0.0.1:0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := sb.Close(); err != nil {
			t.Errorf("close the sandbox: %v", err)
		}
	})
	return sb
}

// LongConnection makes events go over the long connection, whose clients connect again at once when it breaks.
func LongConnection(o *sandbox.Options) {
	o.LongConnection = true
	o.ClientConfig = sandbox.ClientConfig{ReconnectCount: -1, ReconnectInterval: 1, PingInterval: 1}
}

// At makes the sandbox's clock stand still at a time, until it is moved.
func At(at time.Time) func(*sandbox.Options) {
	return func(o *sandbox.Options) { o.Clock = func() time.Time { return at } }
}
