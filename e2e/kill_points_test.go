package e2e

import (
	"context"
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

// killPoint is a point on the way of a message from its event to the record that it is answered.
type killPoint struct {
	name    string
	line    string                                               // what was typed; a question when empty
	fault   sandbox.Fault                                        // holds the process at the point
	lock    bool                                                 // nothing can be recorded from the acknowledgement on
	reached func(t *testing.T, k *killedAtPoint, id string) bool // whether the process is at the point
}

// killPoints are all points between which the process waits for another one: the platform or the database.
func killPoints() []killPoint {
	slowFigures := sandbox.Fault{Endpoint: "overview", Latency: time.Minute, BeforeEffect: true, Times: 1}
	answered := func(_ *testing.T, k *killedAtPoint, id string) bool { return len(k.replies(id)) > 0 }
	return []killPoint{
		{
			name: "stored, not answered", fault: slowFigures,
			reached: func(*testing.T, *killedAtPoint, string) bool { return true }, // it is acknowledged
		},
		{name: "the notice is sent", fault: slowFigures, reached: answered},
		{
			name: "the answer is on its way", fault: sandbox.Fault{Endpoint: "message.reply", Latency: time.Minute, BeforeEffect: true, Times: 1},
			reached: func(_ *testing.T, k *killedAtPoint, _ string) bool { return k.sandbox.FaultsLeft() == 0 },
		},
		{
			name: "the platform has taken the answer and not said so", fault: sandbox.Fault{Endpoint: "message.reply", Latency: time.Minute, Times: 1},
			reached: answered,
		},
		{
			name: "answered, not recorded", fault: sandbox.Fault{Endpoint: "message.reply", Latency: time.Second, BeforeEffect: true, Times: 1},
			lock: true, reached: answered,
		},
		{
			name: "the change is made, not answered", line: "/subscribe weekly h5",
			fault:   sandbox.Fault{Endpoint: "message.reply", Latency: time.Minute, BeforeEffect: true, Times: 1},
			reached: func(t *testing.T, k *killedAtPoint, _ string) bool { return k.count(t, "subscriptions") == 1 },
		},
		{
			name: "the change is made and answered, not recorded", line: "/subscribe weekly h5",
			fault: sandbox.Fault{Endpoint: "message.reply", Latency: time.Second, Times: 1}, reached: answered,
		},
	}
}

// TestKill_AtEachPoint_AnsweredOnce kills the process that works on a message at each point, has the platform deliver the message again, and
// holds that another process answers it once and makes its change once: on embedded stores, and on shared ones behind a pooler, whose Redis
// is emptied at that point.
func TestKill_AtEachPoint_AnsweredOnce(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	pooler := server.StartPooler(t, "transaction")
	for _, p := range killPoints() {
		t.Run(p.name, func(t *testing.T) {
			t.Parallel()
			t.Run("SQLite", func(t *testing.T) {
				t.Parallel()
				dir := t.TempDir()
				k := &killedAtPoint{driver: "sqlite", database: "file:" + filepath.Join(dir, "usagebot.db") + "?_pragma=busy_timeout(10000)", lock: "BEGIN IMMEDIATE", environ: []string{"DATA_DIR=" + dir}}
				k.run(t, p)
			})
			t.Run("PostgreSQL and Redis", func(t *testing.T) {
				t.Parallel()
				redis, database := redistest.Start(t), server.NewDatabase(t)
				k := &killedAtPoint{
					driver: "pgx", database: database, lock: "BEGIN; LOCK TABLE events IN SHARE MODE", redis: redis,
					environ: []string{"DATABASE_URL=" + pooler.Address(t, database), "REDIS_URL=" + redis.URL(), "DATA_DIR=" + t.TempDir()},
				}
				k.run(t, p)
			})
		})
	}
}

// killedAtPoint is a bot one process of which is killed. With Redis there is a second process, otherwise the first is started again.
type killedAtPoint struct {
	sandbox          *sandbox.Sandbox
	chat             string
	driver, database string
	lock             string // a statement after which nobody else can write to the table of events
	redis            *redistest.Server
	environ          []string
}

func (k *killedAtPoint) run(t *testing.T, p killPoint) {
	t.Helper()
	k.sandbox = yesterdayIsOut(t, longEventTimeout)
	me := k.sandbox.People()[0].OpenID
	chat, _ := k.sandbox.Single(me)
	k.chat = chat.ID
	first, second := freeAddr(t), freeAddr(t)
	process := spawn(t, k.sandbox, first, k.environ...)
	process.ready(t)
	if k.redis != nil {
		spawn(t, k.sandbox, second, k.environ...).ready(t)
	}
	k.sandbox.SetWebhook("http://" + first + "/webhook/event")

	k.sandbox.AddFault(p.fault)
	line := p.line
	if line == "" {
		line = "/usage weekly h5"
	}
	d, err := k.sandbox.Say(t.Context(), k.chat, me, line)
	if err != nil || !d.Taken {
		t.Fatalf("HTTP %d, %v", d.Status(), err)
	}
	unlock := func() {}
	if p.lock {
		unlock = k.lockEvents(t)
	}
	await(t, "the process is at the point", func() bool { return p.reached(t, k, d.MessageID) })
	process.kill()
	if n := k.count(t, "events WHERE done_at = 0"); n != 1 {
		t.Errorf("%d events are open when the process is killed, want 1", n)
	}
	if k.redis != nil {
		k.redis.Empty()
	}
	unlock()
	k.sandbox.ClearFaults()
	if k.redis == nil {
		second = first
		spawn(t, k.sandbox, first, k.environ...).ready(t)
	}
	k.sandbox.SetWebhook("http://" + second + "/webhook/event")
	again, err := k.sandbox.SayAgain(t.Context(), d.MessageID)
	if err != nil || !again.Taken {
		t.Fatalf("the second delivery: HTTP %d, %v", again.Status(), err)
	}
	await(t, "the event is finished", func() bool { return k.count(t, "events WHERE done_at = 0") == 0 })
	replies := k.replies(d.MessageID)
	if len(replies) != 1 || !isDone(replies[0].Content) || !strings.Contains(replies[0].Content, "h5") {
		t.Errorf("got the answers %v, want one", replies)
	}
	if n, want := k.count(t, "subscriptions"), strings.Count(line, "/subscribe"); n != want {
		t.Errorf("there are %d subscriptions, want %d", n, want)
	}
}

// replies returns what the bot replied to a message.
func (k *killedAtPoint) replies(id string) []sandbox.Message {
	return slices.DeleteFunc(k.sandbox.BotMessages(k.chat), func(m sandbox.Message) bool { return m.ParentID != id })
}

func (k *killedAtPoint) open(t *testing.T) *sql.DB {
	t.Helper()
	db, err := sql.Open(k.driver, k.database)
	if err != nil {
		t.Fatal(err)
	}
	return db
}

// count counts rows, such as those of "events WHERE done_at = 0".
func (k *killedAtPoint) count(t *testing.T, of string) (n int) {
	t.Helper()
	db := k.open(t)
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM "+of).Scan(&n); err != nil { //nolint:gosec // the test's own words
		t.Fatal(err)
	}
	return n
}

// lockEvents keeps the bot from recording anything of an event until it is unlocked.
func (k *killedAtPoint) lockEvents(t *testing.T) (unlock func()) {
	t.Helper()
	db := k.open(t)
	conn, err := db.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.ExecContext(t.Context(), k.lock); err != nil {
		t.Fatal(err)
	}
	return func() {
		_, err := conn.ExecContext(context.WithoutCancel(t.Context()), "ROLLBACK")
		if err != nil {
			t.Error(err)
		}
		_ = conn.Close()
		_ = db.Close()
	}
}
