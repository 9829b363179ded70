package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/usage"
)

// childMark makes the test binary be the program.
const childMark = "USAGEBOT_TEST_CHILD=1"

func TestMain(m *testing.M) {
	if os.Getenv("USAGEBOT_TEST_CHILD") == "1" {
		os.Exit(run(&world{context.Background(), os.Environ(), os.Stdin, os.Stdout, os.Stderr}, nil))
	}
	os.Exit(m.Run())
}

// child is the program as a process of its own, which can be killed.
type child struct {
	*exec.Cmd
	addr string
}

func spawn(t *testing.T, sb *sandbox.Sandbox, addr string, environ ...string) *child {
	t.Helper()
	o := sb.Options()
	c := &child{exec.CommandContext(t.Context(), os.Args[0]), addr}
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.Env = append([]string{
		childMark, "FEISHU_APP_ID=" + o.AppID, "FEISHU_APP_SECRET=" + o.AppSecret, "FEISHU_ENCRYPT_KEY=" + o.EncryptKey,
		"FEISHU_VERIFICATION_TOKEN=" + o.VerificationToken, "FEISHU_BASE_URL=" + sb.URL(), "LISTEN_ADDR=" + addr,
		"DIGEST_JITTER=0s", "READINESS_POLL=1s", "DELIVERY_LEASE=1s", "LOG_LEVEL=error",
	}, environ...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.kill)
	return c
}

func (c *child) kill() {
	_ = c.Process.Kill()
	_ = c.Wait()
}

// ready waits until the program serves.
func (c *child) ready(t *testing.T) {
	t.Helper()
	await(t, "the program is ready", func() bool {
		return run(&world{t.Context(), []string{"LISTEN_ADDR=" + c.addr}, strings.NewReader(""), &journal{}, &journal{}}, []string{"healthcheck"}) == exitDone
	})
}

// yesterdayIsOut makes the sandbox, on the machine's clock, publish a day as soon as it is over.
func yesterdayIsOut(t *testing.T) *sandbox.Sandbox {
	t.Helper()
	sb := sandboxtest.Start(t)
	sb.SetPublication(0)
	return sb
}

// TestAKilledProcessAnswersWhenItIsBack kills the only process, on the embedded stores, in the middle of a slow question
// that it has acknowledged.
func TestAKilledProcessAnswersWhenItIsBack(t *testing.T) {
	t.Parallel()
	sb := yesterdayIsOut(t)
	sb.AddFault(sandbox.Fault{Endpoint: "overview", Latency: 50 * time.Second, Times: 1})
	const addr = "127.0.0.1:18473"
	dir := "DATA_DIR=" + t.TempDir()
	first := spawn(t, sb, addr, dir)
	first.ready(t)
	sb.SetWebhook("http://" + addr + "/webhook/event")
	me := sb.People()[0].OpenID
	chat, _ := sb.Single(me)
	d, err := sb.Say(t.Context(), chat.ID, me, "/usage weekly h5")
	if err != nil || !d.Taken {
		t.Fatalf("HTTP %d, %v", d.Status(), err)
	}
	first.kill()
	spawn(t, sb, addr, dir)
	await(t, "the answer takes the notice's place", func() bool {
		list := sb.BotMessages(chat.ID)
		return len(list) == 1 && strings.Contains(list[0].Content, "h5 app:")
	})
}

// TestKilledAgainAndAgainEachDigestComesOnce kills the program at random instants while digests go out, on both
// databases; on PostgreSQL beside a second process.
func TestKilledAgainAndAgainEachDigestComesOnce(t *testing.T) {
	t.Parallel()
	const digests, kills = 60, 25
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		chaos(t, digests, kills, "", dir, []string{"127.0.0.1:18474"}, "DATA_DIR="+dir)
	})
	t.Run("PostgreSQL, two processes", func(t *testing.T) {
		t.Parallel()
		database := pgtest.Start(t).NewDatabase(t)
		redis := redistest.Start(t)
		chaos(t, digests, kills, database, "", []string{"127.0.0.1:18475", "127.0.0.1:18476"},
			"DATABASE_URL="+database, "REDIS_URL="+redis.URL(), "DATA_DIR="+t.TempDir())
	})
}

func chaos(t *testing.T, digests, kills int, database, dir string, addrs []string, environ ...string) {
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 1))
	t.Logf("seed %d", seed)
	sb := yesterdayIsOut(t)
	// The platform takes its time, and now and then its answer is lost after it has taken a message.
	sb.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true, Latency: 60 * time.Millisecond, Times: digests / 5})
	sb.AddFault(sandbox.Fault{Endpoint: "message.create", Latency: 60 * time.Millisecond})
	ledger, chats := entered(t, sb, digests, database, dir)

	processes := make([]*child, len(addrs))
	for i, addr := range addrs {
		processes[i] = spawn(t, sb, addr, environ...)
	}
	for range kills {
		time.Sleep(time.Duration(150+random.IntN(500)) * time.Millisecond)
		i := random.IntN(len(processes))
		processes[i].kill()
		processes[i] = spawn(t, sb, addrs[i], environ...)
	}
	delivered := func() (n int) {
		for _, chat := range chats {
			list, err := ledger.History(t.Context(), chat, "", 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range list {
				if d.State == reports.Delivered && d.Message != "" {
					n++
				}
			}
		}
		return n
	}
	await(t, "all digests are recorded as delivered", func() bool { return delivered() == digests })
	for _, chat := range chats {
		if n := len(sb.BotMessages(chat)); n != 1 {
			t.Errorf("a chat got %d digests, want 1", n)
		}
	}
}

// entered opens the database and subscribes new groups to digests that fall due one after the other.
func entered(t *testing.T, sb *sandbox.Sandbox, digests int, database, dir string) (*store.SQL, []string) {
	t.Helper()
	ledger, err := store.OpenSQL(t.Context(), database, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ledger.Close() })
	now := sb.Now().In(wednesday.Location())
	slot := now.Add(-time.Minute)
	if slot.Day() != now.Day() {
		slot = now
	}
	var chats []string
	for i := range digests {
		group := sb.AddGroup(fmt.Sprint("群", i), sb.People()[0].OpenID)
		chats = append(chats, group.ID)
		_, created, err := ledger.Subscribe(t.Context(), reports.Subscription{
			ID: reports.NewID(), ChatID: group.ID, OwnerID: sb.People()[0].OpenID, AppID: sb.Options().AppID, Ability: usage.Web,
			Schedule: reports.Schedule{Cycle: usage.Daily, Hour: slot.Hour(), Min: slot.Minute(), Zone: "Asia/Shanghai"},
			State:    reports.Active, NextDue: now.Add(time.Duration(i) * 200 * time.Millisecond), // while processes are killed
		})
		if err != nil || !created {
			t.Fatal(created, err)
		}
	}
	return ledger, chats
}
