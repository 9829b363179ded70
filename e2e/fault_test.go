package e2e

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usagebot/app"
	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/usage"
)

// TestUsage_EachRefusal_OwnWords goes through every code of the overview's page and the gateway's that the bot may meet.
func TestUsage_EachRefusal_OwnWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		fault  sandbox.Fault
		zh, en []string
	}{
		{"211004", sandbox.Fault{Code: 211004}, []string{"企业版", "211004"}, []string{"Enterprise", "211004"}},
		{"211005", sandbox.Fault{Code: 211005}, []string{"App ID", "211005"}, []string{"App ID", "211005"}},
		{"211006", sandbox.Fault{Code: 211006}, []string{"部门", "211006"}, []string{"department", "211006"}},
		{"211007", sandbox.Fault{Code: 211007}, []string{"日期", "211007"}, []string{"date", "211007"}},
		{"211008", sandbox.Fault{Code: 211008}, []string{"能力", "211008"}, []string{"feature", "211008"}},
		{"211009", sandbox.Fault{Code: 211009}, []string{"周期", "211009"}, []string{"period", "211009"}},
		{"211010", sandbox.Fault{Code: 211010}, []string{"日期", "211010"}, []string{"dates", "211010"}},
		{"211011", sandbox.Fault{Code: 211011}, []string{"没有这个周期的数据", "211011"}, []string{"no data", "211011"}},
		{"99991672", sandbox.Fault{Code: 99991672}, []string{"application:application.app_usage_stats.overview:readonly", "发布"}, []string{"application:application.app_usage_stats.overview:readonly", "publish"}},
		{"99991401", sandbox.Fault{Code: 99991401}, []string{"IP"}, []string{"IP"}},
		{"99991403", sandbox.Fault{Code: 99991403}, []string{"调用次数", "99991403"}, []string{"month", "99991403"}},
		{"99991662", sandbox.Fault{Code: 99991662}, []string{"停用"}, []string{"disabled"}},
		{"an unknown code", sandbox.Fault{Code: 1234567}, []string{"1234567"}, []string{"1234567"}},
	}
	zh, en := open(t, wednesday), open(t, wednesday, english)
	for _, tt := range tests {
		for _, side := range []struct {
			h    *testEnv
			want []string
		}{{zh, tt.zh}, {en, tt.en}} {
			side.h.ClearFaults()
			tt.fault.Endpoint = "overview"
			side.h.AddFault(tt.fault)
			// Each case has its own department: answers are cached, also the answer that there are no figures.
			question := "/usage weekly h5 dept:od-" + strings.ReplaceAll(tt.name, " ", "")
			a := side.h.say(t, question).has(side.want...)
			if !slices.ContainsFunc(side.h.Calls("overview"), func(c sandbox.Call) bool { return strings.Contains(a.Content, c.LogID) }) {
				t.Errorf("%s: the platform's log id is missing:\n%s", tt.name, a.text())
			}
		}
	}
}

func TestReady_WrongSecret_NotReady(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	cfg := h.app.Config
	cfg.AppSecret = config.NewSecret("wrong-secret-of-a-test")
	cfg.ListenAddr = "127.0.0.1:0"
	a, err := app.New(t.Context(), cfg, "test", h.app.Log, h.Now)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Stop()
	if err := a.Start(cfg.ListenAddr); err != nil {
		t.Fatal(err)
	}
	await(t, "the reason is shown", func() bool {
		status, body := get(t, a.URL()+"/readyz")
		return status == http.StatusServiceUnavailable && strings.Contains(body, "credentials")
	})
	got := a.Ask(t.Context(), "/usage weekly")
	if text := (answer{t, sandbox.Message{Content: string(got.Card.JSON())}}).text(); !strings.Contains(text, "FEISHU_APP_SECRET") {
		t.Errorf("a wrong secret is shown as:\n%s", text)
	}
	if strings.Contains(h.log.String(), "wrong-secret-of-a-test") {
		t.Error("the secret is in the log")
	}
}

func TestToken_Revoked_Renewed(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.say(t, "/usage weekly h5").has("2026-11-16")
	h.RevokeTokens()
	h.say(t, "/usage monthly h5").has("2026-10-01")
}

func TestUsage_PlatformFailsAtFirst_Answered(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]sandbox.Fault{
		"502 of a gateway":  {HTML: true, HTTPStatus: 502, Times: 2, BeforeEffect: true},
		"500":               {HTTPStatus: 500, Code: 2200, Times: 1},
		"a lost answer":     {DropAnswer: true, Times: 1},
		"throttled for 1 s": {Code: 99991400, Reset: 1, Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, wednesday)
			fault.Endpoint = "overview"
			h.AddFault(fault)
			a := h.say(t, "/usage weekly h5")
			await(t, "the answer", func() bool {
				m, _ := h.Message(a.ID)
				return strings.Contains(m.Content, h.truth(t, usage.Web, usage.Weekly, "2026-11-16", "", usage.ActiveUsers))
			})
		})
	}
}

// TestAnswer_LostReply_SentOnce drops the answer to a reply that took effect.
func TestAnswer_LostReply_SentOnce(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.AddFault(sandbox.Fault{Endpoint: "message.reply", DropAnswer: true, Times: 1})
	h.say(t, "/usage weekly h5").has("2026-11-16")
}

func TestAnswer_RepeatedDeliveries_SentOnce(t *testing.T) {
	t.Parallel()
	for name, options := range map[string][]option{"embedded": nil, "shared": {onRedis(redistest.Start(t).URL())}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := open(t, wednesday, options...)
			h.say(t, "/usage weekly h5")
			said := h.Messages(h.p2p)[0]
			var wg sync.WaitGroup
			for range 20 {
				wg.Go(func() {
					// The platform may wrap one message in several events.
					d, err := h.SayAgain(context.WithoutCancel(t.Context()), said.ID)
					if err != nil || d.Status() != http.StatusOK {
						t.Errorf("a repeated delivery: %d, %v", d.Status(), err)
					}
				})
			}
			wg.Wait()
			if n := len(h.BotMessages(h.p2p)); n != 1 {
				t.Errorf("%d answers", n)
			}
		})
	}
}

func onRedis(url string) option {
	return func(c *config.Config) { c.RedisURL = config.NewURL(url) }
}

// TestAnswer_RedisAway stops Redis under the running program.
func TestAnswer_RedisAway(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	h := open(t, wednesday, onRedis(redis.URL()))
	h.say(t, "/usage weekly h5").has("2026-11-16")
	redis.Stop()
	h.say(t, "/usage monthly h5").has("2026-10-01")
	if status, _ := get(t, h.app.URL()+"/readyz"); status != http.StatusOK {
		t.Errorf("without Redis /readyz is %d", status)
	}
}

// TestDigest_RedisAndDatabaseRestart_EachOnce stops first Redis and then PostgreSQL under two replicas, in the middle of many
// digests, and starts each again.
func TestDigest_RedisAndDatabaseRestart_EachOnce(t *testing.T) {
	t.Parallel()
	const digests = 120
	redis, postgres := redistest.Start(t), pgtest.Start(t)
	database := postgres.NewDatabase(t)
	shared := func(c *config.Config) {
		c.RedisURL, c.DatabaseURL = config.NewURL(redis.URL()), config.NewURL(database)
		c.DeliveryLease = 10 * time.Second // a busy machine must be able to renew it
	}
	h := open(t, wednesday, fastEngine, shared)
	other := h.start(t, fastEngine, shared)
	sent := func(n int) {
		t.Helper()
		await(t, fmt.Sprint(n, " digests came"), func() bool { return len(h.BotMessages("")) >= n })
	}
	ready := func(status int) {
		t.Helper()
		for _, a := range []*app.App{h.app, other} {
			await(t, fmt.Sprint("/readyz is ", status), func() bool { got, _ := get(t, a.URL()+"/readyz"); return got == status })
		}
	}
	h.AddFault(sandbox.Fault{Endpoint: "message.create", Latency: 100 * time.Millisecond})
	h.subscribeGroups(t, digests)
	sent(15)
	redis.Stop()
	sent(45) // also without Redis
	ready(http.StatusOK)
	redis.Restart()
	sent(60)
	postgres.Stop()
	ready(http.StatusServiceUnavailable)
	ticked := func() { // both replicas, at least once each and without a database
		t.Helper()
		const failed = "a tick failed"
		before := strings.Count(h.log.String(), failed)
		await(t, "more ticks failed", func() bool { return strings.Count(h.log.String(), failed) >= before+4 })
	}
	ticked() // what was being sent has gone out
	during := len(h.BotMessages(""))
	ticked()
	if n := len(h.BotMessages("")); n != during || n == digests {
		t.Errorf("without a database %d digests were sent, of %d that came before", n-during, during)
	}
	postgres.Restart()
	ready(http.StatusOK)
	for _, chat := range h.Chats() {
		if chat.Name != "群" {
			continue
		}
		d := h.awaitState(t, chat.ID, reports.Delivered)
		if list := h.BotMessages(chat.ID); len(list) != 1 || list[0].ID != d.Message {
			t.Errorf("a group got %d digests, and the database says %s", len(list), d.Message)
		}
	}
	if n := len(h.BotMessages("")); n != digests {
		t.Errorf("%d messages, want %d", n, digests)
	}
}

// TestAnswer_ReplicaStopped_OtherFinishes ends a replica in the middle of a slow question.
func TestAnswer_ReplicaStopped_OtherFinishes(t *testing.T) {
	t.Parallel()
	redis, dir := redistest.Start(t), t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := open(t, wednesday, onRedis(redis.URL()), keep, withNotices)
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: time.Minute, Times: 1})
	a := h.sayUntilNotice(t, "/usage weekly h5")
	h.start(t, onRedis(redis.URL()), keep, withNotices)
	h.app.Stop()
	await(t, "the other replica answers in the notice's place", func() bool {
		m, _ := h.Message(a.ID)
		return strings.Contains(m.Content, "2026-11-16")
	})
	if n := len(h.BotMessages(h.p2p)); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
}

// TestAnswer_Restart_FinishesSlowQuestion stops the only process in the middle of a slow question and starts it again.
func TestAnswer_Restart_FinishesSlowQuestion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	keep := func(c *config.Config) { c.DataDir = dir }
	h := open(t, wednesday, keep, withNotices)
	h.AddFault(sandbox.Fault{Endpoint: "overview", Latency: time.Minute, Times: 1})
	a := h.sayUntilNotice(t, "/usage weekly h5")
	h.app.Stop()
	h.app = h.start(t, keep)
	await(t, "the answer takes the notice's place", func() bool {
		m, _ := h.Message(a.ID)
		return strings.Contains(m.Content, "2026-11-16")
	})
}

func TestLog_NothingSensitive(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday, onRedis("redis://:password-of-a-test@127.0.0.1:1")) // where nothing listens
	h.say(t, "/usage weekly h5 dept:研发部")
	h.say(t, "/usage nonsense-of-a-person")
	h.RevokeTokens()
	h.AddFault(sandbox.Fault{Endpoint: "overview", HTML: true, HTTPStatus: 502, Times: 1})
	a := h.say(t, "/usage monthly h5")
	if _, err := h.Click(t.Context(), a.ID, h.me, map[string]any{"cmd": "/usage daily h5"}); err != nil {
		t.Fatal(err)
	}
	h.app.Stop()
	log, o := h.log.String(), h.Options()
	if !strings.Contains(log, `"listening"`) {
		t.Fatal("there is no log to look at")
	}
	for name, secret := range map[string]string{
		"redis password": "password-of-a-test", "app secret": o.AppSecret, "encrypt key": o.EncryptKey, "verification token": o.VerificationToken,
		"what was typed": "nonsense-of-a-person", "who typed it": h.me,
	} {
		if strings.Contains(log, secret) {
			t.Errorf("the log holds the %s", name)
		}
	}
	if token := regexp.MustCompile(`\bt-[A-Za-z0-9]{8,}`).FindString(log); token != "" {
		t.Errorf("the log holds a token")
	}
}

func TestHTTP_HealthAndMetrics(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	h.say(t, "/usage weekly h5")
	h.say(t, "/usage weekly h5")
	payload := map[string]any{"anything": true}
	id, event, err := h.Event("some.unknown.event_v1", payload)
	if err != nil {
		t.Fatal(err)
	}
	if d, err := h.Deliver(t.Context(), "some.unknown.event_v1", id, event); err != nil || d.Status() != http.StatusOK {
		t.Errorf("an unknown event: %d, %v", d.Status(), err)
	}
	if status, _ := get(t, h.app.URL()+"/healthz"); status != http.StatusOK {
		t.Errorf("/healthz: %d", status)
	}
	status, body := get(t, h.app.URL()+"/metrics")
	if status != http.StatusOK {
		t.Errorf("/metrics: %d", status)
	}
	for _, want := range []string{
		`usagebot_events_total{outcome="accepted",type="im.message.receive_v1"} 2`,
		`usagebot_events_total{outcome="ignored"`,
		`usagebot_command_seconds_count{command="usage",outcome="answered"} 2`,
		`usagebot_platform_call_seconds_count{code="0",endpoint=`,
		`usagebot_quota_left 91`, `usagebot_figures_lookups_total{hit="true"}`,
	} {
		if !strings.Contains(body, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// TestDirectory_DepartmentRenamed_FoundAtOnce renames a department, which the platform reports by an event.
func TestDirectory_DepartmentRenamed_FoundAtOnce(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	market := h.department(t, "市场部")
	h.say(t, "/usage weekly h5 dept:市场部")
	if _, err := h.RenameDepartment(t.Context(), market, "增长部"); err != nil {
		t.Fatal(err)
	}
	h.say(t, "/usage weekly h5 dept:增长部").has("增长部", h.truth(t, usage.Web, usage.Weekly, "2026-11-16", market, usage.ActiveUsers))
}

func TestDirectory_NoContactScope_IDsWork(t *testing.T) {
	t.Parallel()
	h := open(t, wednesday)
	market := h.department(t, "市场部")
	h.Revoke("contact:contact.base:readonly", "contact:department.base:readonly", "contact:department.organize:readonly")
	h.SetContactRange(false)
	second := h.start(t)
	h.SetWebhook(second.URL() + "/webhook/event")
	h.say(t, "/usage weekly h5 dept:市场部").has("contact:")
	h.say(t, "/usage weekly h5 dept:"+market).has(h.truth(t, usage.Web, usage.Weekly, "2026-11-16", market, usage.ActiveUsers))
}
