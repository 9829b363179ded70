package e2e

import (
	"testing"
	"time"

	"usagebot/reports"
)

// BenchmarkFanOut sends one digest to each of 5,000 chats against the sandbox, which enforces the platform's limits: 50
// messages a second and 1,000 a minute. allowed-s is the time that these leave at least, of-allowed what was taken of it.
//
// It fails if a message is throttled, if the figures are asked for more than once, or if it takes over 1.05 times what is
// allowed. None of these depends on how fast the machine is, as long as it draws and sends 50 cards a second: three fifths
// of the time nothing may be sent at all, and what a busy moment costs is made up for in the same minute.
func BenchmarkFanOut(b *testing.B) {
	const (
		chats     = 5000
		ofAllowed = 1.05
		questions = 10 // the figures, the weeks before them, and what tells which day is out
	)
	const allowed = (chats-1)/reports.PerMinute*60 + (chats-1)%reports.PerMinute/reports.PerSecond
	for b.Loop() {
		h := open(b, wednesday, fastEngine)
		h.app.Scheduler.StopJobs() //nolint:errcheck // it only waits
		h.subscribeGroups(b, chats)
		h.app.Scheduler.Start()
		began := time.Now()
		for len(h.BotMessages("")) < chats {
			if time.Since(began) > 2*time.Duration(allowed)*time.Second {
				b.Fatalf("only %d of %d digests came", len(h.BotMessages("")), chats)
			}
			time.Sleep(100 * time.Millisecond)
		}
		throttled := 0
		for _, c := range h.Calls("message.create") {
			if c.Code != 0 {
				throttled++
			}
		}
		took, asked := time.Since(began).Seconds()/float64(allowed), len(h.Calls("overview"))
		b.ReportMetric(float64(throttled), "throttled")
		b.ReportMetric(float64(allowed), "allowed-s")
		b.ReportMetric(took, "of-allowed")
		b.ReportMetric(float64(asked), "questions")
		if throttled > 0 || asked > questions || took > ofAllowed {
			b.Errorf("%d were throttled, %d questions were asked, %.3f of the time was taken", throttled, asked, took)
		}
	}
}
