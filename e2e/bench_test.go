package e2e

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

// BenchmarkFanOut sends one digest to each of 5,000 chats against the sandbox, which enforces the platform's limits: 50
// messages a second and 1,000 a minute. allowed-s is the time that digests need at least with their part of these, of-allowed
// what was taken of it, and longest-answer-s how long somebody waited who asked meanwhile.
//
// It fails if a message is throttled, if the figures are asked for more than once, if it takes over 1.05 times what is
// allowed, or if an answer takes over 3 s. None of these depends on how fast the machine is, as long as it draws and sends 50
// cards a second: three fifths of the time nothing may be sent at all, and what a busy moment costs is made up for in the same
// minute.
func BenchmarkFanOut(b *testing.B) {
	const (
		chats     = 5000
		ofAllowed = 1.05
		patience  = 3 * time.Second
		questions = 10 // the figures, the weeks before them, and what tells which day is out
	)
	const allowed = (chats-1)/reports.DigestsPerMinute*60 + (chats-1)%reports.DigestsPerMinute/reports.DigestsPerSecond
	for b.Loop() {
		h := open(b, wednesday, fastEngine)
		h.app.Scheduler.StopJobs() //nolint:errcheck // it only waits
		h.subscribeGroups(b, chats)
		h.app.Scheduler.Start()
		began, questionsAsked, longest := time.Now(), 0, time.Duration(0)
		for len(h.BotMessages(""))-questionsAsked < chats {
			if time.Since(began) > 2*time.Duration(allowed)*time.Second {
				b.Fatalf("only %d of %d digests came", len(h.BotMessages(""))-questionsAsked, chats)
			}
			time.Sleep(100 * time.Millisecond)
			if time.Since(began) > time.Duration(questionsAsked+1)*25*time.Second {
				questionsAsked++
				longest = max(longest, h.timeToAnswer(b, "/help"))
			}
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
		b.ReportMetric(longest.Seconds(), "longest-answer-s")
		if throttled > 0 || asked > questions || took > ofAllowed || longest > patience {
			b.Errorf("%d were throttled, %d questions were asked, %.3f of the time was taken, an answer took %v", throttled, asked, took, longest)
		}
	}
}

// timeToAnswer asks in direct messages and waits until the answer is there.
func (h *testEnv) timeToAnswer(b *testing.B, text string) time.Duration {
	b.Helper()
	before, asked := len(h.BotMessages(h.p2p)), time.Now()
	if _, err := h.Say(b.Context(), h.p2p, h.me, text); err != nil {
		b.Fatal(err)
	}
	await(b, "the question is answered", func() bool { return len(h.BotMessages(h.p2p)) > before })
	return time.Since(asked)
}

// BenchmarkQuestion asks a question whose figures are remembered, one after another, of the program as a process of its own. cpu-ms/question is
// what that process used, from the event to the sent card; idle-MB is its resident memory before the first question.
func BenchmarkQuestion(b *testing.B) {
	b.Run("embedded", func(b *testing.B) { benchmarkQuestion(b, "DATA_DIR="+b.TempDir()) })
	b.Run("postgresql-redis", func(b *testing.B) {
		benchmarkQuestion(b, "DATABASE_URL="+pgtest.Start(b).NewDatabase(b), "REDIS_URL="+redistest.Start(b).URL(), "DATA_DIR="+b.TempDir())
	})
}

func benchmarkQuestion(b *testing.B, environ ...string) {
	b.Helper()
	sb := sandboxtest.Start(b)
	sb.SetPublication(0)
	addr, me := freeAddr(b), sb.People()[0].OpenID
	process := spawn(b, sb, addr, environ...)
	process.ready(b)
	time.Sleep(time.Second) // until what the start needed is done
	idle := process.memory(b)
	sb.SetWebhook("http://" + addr + "/webhook/event")
	groups := make([]sandbox.Chat, 20) // one chat gets five messages a second
	for i := range groups {
		groups[i] = sb.AddGroup("群", me)
	}
	ask := func(i int) {
		chat := groups[i%len(groups)].ID
		before := len(sb.BotMessages(chat))
		if d, err := sb.Say(b.Context(), chat, me, "/usage weekly h5"); err != nil || !d.Taken {
			b.Fatalf("HTTP %d, %v", d.Status(), err)
		}
		await(b, "the question is answered", func() bool { return len(sb.BotMessages(chat)) > before })
	}
	for i := range groups {
		ask(i)
	}
	before, asked := process.cpu(b), 0
	for b.Loop() {
		ask(asked)
		asked++
	}
	b.ReportMetric((process.cpu(b)-before).Seconds()*1000/float64(asked), "cpu-ms/question")
	b.ReportMetric(idle, "idle-MB")
}

// cpu returns the processor time that the process has used, in steps of 10 ms.
func (c *child) cpu(b *testing.B) time.Duration {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", c.Process.Pid))
	if err != nil {
		b.Skip("only Linux tells what a process uses")
	}
	_, rest, _ := strings.Cut(string(text), ") ") // the fields after the program's name
	fields, ticks := strings.Fields(rest), 0
	for _, field := range fields[11:13] { // user and system
		n, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}

// memory returns the resident memory of the process in MB.
func (c *child) memory(b *testing.B) float64 {
	b.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", c.Process.Pid))
	if err != nil {
		b.Skip("only Linux tells what a process uses")
	}
	_, rest, _ := strings.Cut(string(text), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	if err != nil {
		b.Fatal(err)
	}
	return float64(kib) / 1024
}
