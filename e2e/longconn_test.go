package e2e

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/app"
	"usagebot/cli"
	"usagebot/config"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/redistest"
	"usagebot/usage"
)

// connected makes events come over the long connection, for which the credentials suffice.
func connected(c *config.Config) {
	c.EventMode, c.EncryptKey, c.VerificationToken = config.WebSocket, config.Secret{}, config.Secret{}
}

// openConnected is open with the long connection in the webhook's place.
func openConnected(t *testing.T, options ...option) *testEnv {
	t.Helper()
	h := openOn(t, sandboxtest.Start(t, clockFrom(wednesday), sandboxtest.LongConnection), append(options, connected)...)
	await(t, "the connection is open", func() bool { return h.isReady(t, h.app) })
	return h
}

func (h *testEnv) isReady(t *testing.T, a *app.App) bool {
	t.Helper()
	status, _ := get(t, a.URL()+"/readyz")
	return status == http.StatusOK
}

func TestLongConnection_Question(t *testing.T) {
	t.Parallel()
	h := openConnected(t, fastEngine)
	rd := h.department(t, "研发部")
	uv := h.truth(t, usage.Web, usage.Weekly, "2026-11-16", rd, usage.ActiveUsers)
	before := h.truth(t, usage.Web, usage.Weekly, "2026-11-09", rd, usage.ActiveUsers)
	a := h.say(t, "/usage weekly h5 dept:研发部").has("研发部", "2026-11-16", "2026-11-22", uv, before)
	h.press(t, a, h.me, "月报").has("2026-10-01", h.truth(t, usage.Web, usage.Monthly, "2026-10-01", rd, usage.ActiveUsers))

	h.subscribed(t, "/subscribe weekly h5 dept:yanfa 10:30")
	h.setClock(at(11, 30, 10, 30))
	await(t, "the digest comes", func() bool { return len(h.digests(h.p2p)) == 1 })
	d := h.digests(h.p2p)[0]
	d.t = t
	d.has(h.truth(t, usage.Web, usage.Weekly, "2026-11-23", rd, usage.ActiveUsers))

	if status, _ := get(t, h.app.URL()+"/webhook/event"); status != http.StatusNotFound {
		t.Errorf("there is a webhook: %d", status)
	}
	_, body := get(t, h.app.URL()+"/metrics")
	for _, want := range []string{
		"usagebot_longconn_up 1", "usagebot_longconn_reconnects_total 0",
		`usagebot_events_total{outcome="accepted",type="im.message.receive_v1"} 2`, `usagebot_events_total{outcome="accepted",type="card.action.trigger"} 1`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

func TestLongConnection_CredentialsSuffice(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	environ := append(askable(sb), "EVENT_MODE=websocket", "LISTEN_ADDR=127.0.0.1:0", "DATA_DIR="+t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	var out logBuffer
	ended := make(chan int)
	go func() {
		ended <- cli.Run(&cli.Process{Context: ctx, Environ: environ, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out}, []string{"serve"})
	}()
	await(t, "it is connected", func() bool { return sb.Connections() == 1 })
	cancel()
	if code := <-ended; code != cli.ExitOK {
		t.Errorf("exit code %d\n%s", code, &out)
	}
	await(t, "it has hung up", func() bool { return sb.Connections() == 0 })
}

// TestLongConnection_Broken_AnsweredOnce breaks the connection in the middle of a question: its event comes again over the next.
func TestLongConnection_Broken_AnsweredOnce(t *testing.T) {
	t.Parallel()
	h := openConnected(t)
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 400 * time.Millisecond, Times: 1})
	calls := len(h.Calls("overview"))
	var breaking sync.WaitGroup
	breaking.Go(func() {
		await(t, "the question is in hand", func() bool { return len(h.Calls("overview")) > calls })
		h.DropConnections()
	})
	h.say(t, "/usage weekly h5").has("2026-11-16")
	breaking.Wait()
	await(t, "the metrics count it", func() bool {
		_, body := get(t, h.app.URL()+"/metrics")
		return strings.Contains(body, "usagebot_longconn_reconnects_total 1")
	})
}

// TestLongConnection_ProcessKilled_NextAnswers kills the only process before it has acknowledged a question: the platform pushes it
// again when the connection is gone, or later, and the next process answers.
func TestLongConnection_ProcessKilled_NextAnswers(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t, sandboxtest.LongConnection)
	sb.SetPublication(0)
	sb.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 20 * time.Second, Times: 1})
	environ := []string{"EVENT_MODE=websocket", "DATA_DIR=" + t.TempDir()}
	addr := freeAddr(t)
	first := spawn(t, sb, addr, environ...)
	await(t, "the first is connected", func() bool { return sb.Connections() == 1 })
	var killing sync.WaitGroup
	killing.Go(func() {
		await(t, "the question is in hand", func() bool { return len(sb.Calls("overview")) > 0 })
		first.kill()
		spawn(t, sb, addr, environ...)
	})
	me := sb.People()[0].OpenID
	chat, _ := sb.Single(me)
	d, err := sb.Say(t.Context(), chat.ID, me, "/usage weekly h5")
	if err != nil {
		t.Fatal(err)
	}
	killing.Wait()
	await(t, "the second is connected", func() bool { return sb.Connections() == 1 })
	if !d.Taken {
		if err := sb.Advance(t.Context(), 16*time.Second); err != nil {
			t.Fatal(err)
		}
	}
	await(t, "the answer", func() bool {
		list := sb.BotMessages(chat.ID)
		return len(list) == 1 && strings.Contains(list[0].Content, "h5 app:")
	})
	if d := sb.Deliveries()[0]; !d.Taken {
		t.Errorf("the delivery: %+v", d)
	}
}

func TestLongConnection_TwoReplicas_AnsweredOnce(t *testing.T) {
	t.Parallel()
	redis := onRedis(redistest.Start(t).URL())
	h := openConnected(t, redis)
	second := h.start(t, redis, connected)
	await(t, "both are connected", func() bool { return h.Connections() == 2 && h.isReady(t, second) })
	h.say(t, "/usage weekly h5")
	said := h.Messages(h.p2p)[0]
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if d, err := h.SayAgain(context.WithoutCancel(t.Context()), said.ID); err != nil || !d.Taken {
				t.Errorf("a repeated event: %+v, %v", d, err)
			}
		})
	}
	wg.Wait()
	if n := len(h.BotMessages(h.p2p)); n != 1 {
		t.Errorf("%d answers", n)
	}
	for _, a := range []*app.App{h.app, second} {
		if _, body := get(t, a.URL()+"/metrics"); !strings.Contains(body, `outcome="accepted",type="im.message.receive_v1"`) {
			t.Error("a connection got no event")
		}
	}
}

func TestLongConnection_Refused_NotReady(t *testing.T) {
	t.Parallel()
	h := openConnected(t)
	refused := func(a *app.App) bool {
		status, body := get(t, a.URL()+"/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "the long connection is refused (code 10015)")
	}
	h.RefuseConnections(10015)
	cfg := h.app.Config
	cfg.ListenAddr, cfg.DataDir = "127.0.0.1:0", t.TempDir()
	second, err := app.New(t.Context(), cfg, "test", h.app.Log, h.Now)
	if err != nil {
		t.Fatal(err)
	}
	second.ReconnectDelay = 100 * time.Millisecond
	defer second.Stop()
	if err := second.Start(cfg.ListenAddr); err != nil {
		t.Fatal(err)
	}
	await(t, "the reason is shown", func() bool { return refused(second) })
	// Who was connected has half a minute to be connected again.
	h.DropConnections()
	await(t, "the metrics say so", func() bool {
		_, body := get(t, h.app.URL()+"/metrics")
		return strings.Contains(body, "usagebot_longconn_up 0")
	})
	if !h.isReady(t, h.app) {
		t.Error("not ready at once")
	}
	h.Clock().Advance(app.ConnectionGrace)
	await(t, "it is not ready", func() bool { return refused(h.app) })
	h.RefuseConnections(0)
	await(t, "it is ready when it is let in", func() bool { return h.isReady(t, second) })
}

// TestLongConnection_ReplicaStops_LosesNothing stops one of two while people write. What it refused on its way out the platform pushes
// again, and the other takes it.
func TestLongConnection_ReplicaStops_LosesNothing(t *testing.T) {
	t.Parallel()
	redis := onRedis(redistest.Start(t).URL())
	h := openConnected(t, redis)
	second := h.start(t, redis, connected)
	await(t, "both are connected", func() bool { return h.Connections() == 2 && h.isReady(t, second) })
	const writers, each = 8, 5
	var chats []string
	var writing sync.WaitGroup
	for i := range writers {
		chat := h.AddGroup(fmt.Sprint("群", i), h.me).ID
		chats = append(chats, chat)
		writing.Go(func() {
			for range each {
				if _, err := h.Say(t.Context(), chat, h.me, "/usage weekly h5"); err != nil {
					t.Error(err)
				}
				time.Sleep(250 * time.Millisecond) // the platform takes 5 messages a second into one chat
			}
		})
	}
	time.Sleep(300 * time.Millisecond)
	began := time.Now()
	second.Stop()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("stopping took %v", took)
	}
	writing.Wait()
	if err := h.Advance(t.Context(), 16*time.Second); err != nil {
		t.Fatal(err)
	}
	await(t, "every message has its answer", func() bool {
		for _, chat := range chats {
			if len(h.BotMessages(chat)) < each {
				return false
			}
		}
		return true
	})
	for _, chat := range chats {
		if n := len(h.BotMessages(chat)); n != each {
			t.Errorf("%d answers to %d messages", n, each)
		}
	}
	for _, d := range h.Deliveries() {
		if !d.Taken {
			t.Errorf("not taken: %+v", d)
		}
	}
}
