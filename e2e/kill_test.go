package e2e

import (
	"context"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"usagebot/cli"
	"usagebot/config"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// childMark makes the test binary be the program.
const childMark = "USAGEBOT_TEST_CHILD=1"

func TestMain(m *testing.M) {
	if os.Getenv("USAGEBOT_TEST_CHILD") == "1" {
		signal.Ignore(syscall.SIGXFSZ) // disktest's limits are to be met as errors
		program()
	}
	flag.Parse()
	if p := flag.Lookup("test.parallel"); p.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		// Most of these tests wait for time to pass, and not for a processor.
		if err := p.Value.Set(strconv.Itoa(4 * runtime.GOMAXPROCS(0))); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

// child is the program as a process of its own, which can be killed.
type child struct {
	*exec.Cmd
	addr   string
	exited chan struct{}
}

func spawn(t testing.TB, sb *sandbox.Sandbox, addr string, environ ...string) *child {
	t.Helper()
	return spawnInto(t, sb, nil, addr, environ...)
}

// spawnInto keeps what the program logs; nil drops it.
func spawnInto(t testing.TB, sb *sandbox.Sandbox, log io.Writer, addr string, environ ...string) *child {
	t.Helper()
	return spawnProgram(t, sb, log, os.Args[0], addr, environ...)
}

// spawnProgram runs another version of the program, or this test's own.
func spawnProgram(t testing.TB, sb *sandbox.Sandbox, log io.Writer, program, addr string, environ ...string) *child {
	t.Helper()
	o := sb.Options()
	c := &child{exec.CommandContext(t.Context(), program), addr, make(chan struct{})}
	c.Stderr = log
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.Env = append([]string{
		childMark, "FEISHU_APP_ID=" + o.AppID, "FEISHU_APP_SECRET=" + o.AppSecret, "FEISHU_ENCRYPT_KEY=" + o.EncryptKey,
		"FEISHU_VERIFICATION_TOKEN=" + o.VerificationToken, "FEISHU_BASE_URL=" + sb.URL(), "LISTEN_ADDR=" + addr,
		"DIGEST_JITTER=0s", "READINESS_POLL=1s", "DELIVERY_LEASE=3s", "LOG_LEVEL=error", "RATE_PERSON=100000", "RATE_CHAT=100000",
	}, environ...)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = c.Wait() // how it ended is no news
		close(c.exited)
	}()
	t.Cleanup(c.kill)
	return c
}

func (c *child) kill() {
	_ = c.Process.Kill()
	<-c.exited
}

// ready waits until the program serves.
func (c *child) ready(t testing.TB) {
	t.Helper()
	await(t, "the program is ready", func() bool {
		return cli.Run(&cli.Process{Context: t.Context(), Environ: []string{"LISTEN_ADDR=" + c.addr}, Stdin: strings.NewReader(""), Stdout: &logBuffer{}, Stderr: &logBuffer{}}, []string{"healthcheck"}) == cli.ExitOK
	})
}

// yesterdayIsOut makes the sandbox, on the machine's clock, publish a day as soon as it is over.
func yesterdayIsOut(t *testing.T, options ...func(*sandbox.Options)) *sandbox.Sandbox {
	t.Helper()
	sb := sandboxtest.Start(t, options...)
	sb.SetPublication(0)
	return sb
}

// TestKill_SlowQuestion_AnsweredAfterRestart kills the only process, on the embedded stores, in the middle of a slow question
// that it has acknowledged.
func TestKill_SlowQuestion_AnsweredAfterRestart(t *testing.T) {
	t.Parallel()
	sb := yesterdayIsOut(t)
	sb.AddFault(sandbox.Fault{Endpoint: "overview", Latency: time.Minute, Times: 1})
	addr := freeAddr(t)
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

// kills is how often the program is killed on each database. USAGEBOT_KILLS raises it, as make chaos does.
func kills(t *testing.T) int {
	t.Helper()
	const usual = 15
	v := os.Getenv("USAGEBOT_KILLS")
	if v == "" {
		return usual
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < usual {
		t.Fatalf("USAGEBOT_KILLS is %q; it takes a number from %d on, such as 5000", v, usual)
	}
	return n
}

// TestKill_Repeatedly_EachDigestOnce kills the program at random instants while digests go out, on both
// databases; on PostgreSQL beside a second process.
func TestKill_Repeatedly_EachDigestOnce(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		chaos(t, kills(t), "", dir, []string{freeAddr(t)}, "DATA_DIR="+dir)
	})
	t.Run("PostgreSQL, two processes", func(t *testing.T) {
		t.Parallel()
		database := pgtest.Start(t).NewDatabase(t)
		redis := redistest.Start(t)
		chaos(t, kills(t), database, "", []string{freeAddr(t), freeAddr(t)},
			"DATABASE_URL="+database, "REDIS_URL="+redis.URL(), "DATA_DIR="+t.TempDir())
	})
}

// A process is killed so long after it was started: before it serves, or in the middle of its work.
const (
	killAfter  = 100 * time.Millisecond
	killSpread = 500 * time.Millisecond
)

func chaos(t *testing.T, kills int, database, dir string, addrs []string, environ ...string) {
	t.Helper()
	random := rand.New(rand.NewPCG(seedOf(t), 1))
	sb := yesterdayIsOut(t)
	digests := kills
	// The platform takes its time, and now and then its answer is lost after it has taken a message.
	sb.AddFault(sandbox.Fault{Endpoint: "message.create", DropAnswer: true, Latency: 60 * time.Millisecond, Times: digests / 10})
	sb.AddFault(sandbox.Fault{Endpoint: "message.create", Latency: 60 * time.Millisecond})
	store, chats := entered(t, sb, digests, killAfter+killSpread/2, database, dir)

	processes := make([]*child, len(addrs))
	for i, addr := range addrs {
		processes[i] = spawn(t, sb, addr, environ...)
	}
	for range kills {
		time.Sleep(killAfter + time.Duration(random.Int64N(int64(killSpread))))
		i := random.IntN(len(processes))
		processes[i].kill()
		processes[i] = spawn(t, sb, addrs[i], environ...)
	}
	// One whose sending was cut off again and again, and then lost its answer, waits up to two minutes.
	for end := time.Now().Add(3 * time.Minute); waiting(t, store, chats) > 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d digests were never recorded", waiting(t, store, chats))
		}
	}
	for _, chat := range chats {
		stored, sent := past(t, store, chat), sb.BotMessages(chat)
		if len(stored) != 1 || len(sent) != 1 || stored[0].State != reports.Delivered || stored[0].Message != sent[0].ID {
			t.Errorf("a chat got %d digests, and the database says %+v", len(sent), stored)
		}
	}
	again := 0
	for _, chat := range chats {
		again += past(t, store, chat)[0].Tries - 1
	}
	t.Logf("%d kills, %d digests, %d of their sendings were repeated", kills, digests, again)
}

func past(t *testing.T, store *sqlstore.Store, chat string) []reports.Delivery {
	t.Helper()
	list, err := store.Deliveries.History(t.Context(), chat, "", 10)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// waiting counts the chats whose delivery does not exist yet, or is still open.
func waiting(t *testing.T, store *sqlstore.Store, chats []string) (n int) {
	t.Helper()
	for _, chat := range chats {
		list := past(t, store, chat)
		if len(list) == 0 || slices.ContainsFunc(list, func(d reports.Delivery) bool { return d.State == reports.Waiting }) {
			n++
		}
	}
	return n
}

// TestKill_OwnerNotice_SentOnce kills the program when it has a notice for an owner, and again when the platform has
// the notice and has not answered yet.
func TestKill_OwnerNotice_SentOnce(t *testing.T) {
	t.Parallel()
	sb := yesterdayIsOut(t)
	addr := freeAddr(t)
	dir := t.TempDir()
	me := sb.People()[0].OpenID
	store, chats := entered(t, sb, 2, time.Hour, "", dir)
	first := spawn(t, sb, addr, "DATA_DIR="+dir)
	first.ready(t)
	sb.SetWebhook("http://" + addr + "/webhook/event")
	await(t, "the first digest came", func() bool { return len(past(t, store, chats[0])) == 1 && waiting(t, store, chats[:1]) == 0 })
	for _, chat := range chats {
		d, err := sb.RemoveBot(t.Context(), chat, me)
		taken(t, sb, d, err)
	}
	await(t, "the removals are handled", func() bool {
		open, _, err := store.Events.Backlog(t.Context())
		return err == nil && open == 0
	})
	first.kill()
	sb.AddFault(sandbox.Fault{Endpoint: "message.create", Latency: 5 * time.Second, Times: 1})
	second := spawn(t, sb, addr, "DATA_DIR="+dir)
	single, _ := sb.Single(me)
	await(t, "the platform has the notice", func() bool { return len(sb.BotMessages(single.ID)) == 1 })
	second.kill()
	began := len(sb.Calls("message.create"))
	spawn(t, sb, addr, "DATA_DIR="+dir)
	await(t, "the notice is sent again", func() bool { return len(sb.Calls("message.create")) == began+1 })
	const more = 2 // digests that come after it, each in a tick that sends notices first
	for range more {
		_, chats := entered(t, sb, 1, 0, "", dir)
		await(t, "another digest came", func() bool { return len(sb.BotMessages(chats[0])) == 1 })
	}
	if n, calls := len(sb.BotMessages(single.ID)), len(sb.Calls("message.create")); n != 1 || calls != began+1+more {
		t.Errorf("the owner got %d words in %d more calls", n, calls-began-more)
	}
	if word := sb.BotMessages(single.ID)[0].Content; !strings.Contains(word, "2 条提醒") {
		t.Errorf("the notice is %s", word)
	}
}

// entered opens the database and subscribes new groups to digests that fall due one after the other.
func entered(t *testing.T, sb *sandbox.Sandbox, digests int, apart time.Duration, database, dir string) (*sqlstore.Store, []string) {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), database, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	now := sb.Now().In(wednesday.Location())
	slot := now.Add(-time.Minute)
	if slot.Day() != now.Day() {
		slot = now
	}
	var chats []string
	for i := range digests {
		group := sb.AddGroup(fmt.Sprint("群", i), sb.People()[0].OpenID)
		chats = append(chats, group.ID)
		_, created, err := store.Subscriptions.Subscribe(t.Context(), "", reports.Subscription{
			ID: reports.NewID(), ChatID: group.ID, OwnerID: sb.People()[0].OpenID, AppID: sb.Options().AppID, Ability: usage.Web,
			Schedule: reports.Schedule{Cycle: usage.Daily, Hour: slot.Hour(), Min: slot.Minute(), Zone: "Asia/Shanghai"},
			State:    reports.Active, NextDue: now.Add(time.Duration(i) * apart), // while processes are killed
		}, nil)
		if err != nil || !created {
			t.Fatal(created, err)
		}
	}
	return store, chats
}

// shortenWaits shortens the waits of a program that runs on the machine's own clock.
func shortenWaits(c *config.Config) { c.Tick, c.GatherNotices = 200*time.Millisecond, 3*time.Second }

// program does what main does, with shorter waits.
func program() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(cli.Run(&cli.Process{Context: ctx, Environ: os.Environ(), Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Adjust: shortenWaits}, os.Args[1:]))
}
