package e2e

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
)

// The tests that kill replicas mostly wait for retries, so they run beside other tests. The one in which each delivery must be
// acknowledged at once runs alone.

// settling is how long what was acknowledged may take once there are no more faults: leases end, and what failed again
// and again is tried every two minutes.
const settling = 4 * time.Minute

// cluster is replicas behind a load balancer with their stores, and the simulated users who use them.
type cluster struct {
	t        *testing.T
	sb       *sandbox.Sandbox
	redis    *redistest.Server
	postgres *pgtest.Server
	database [2]string // driver and address
	store    *sqlstore.Store
	addrs    []string
	replicas []*child
	programs map[int]string // of replicas that run an older version, or did
	older    inChat         // nil unless they do
	environ  []string
	log      *logBuffer
	random   *rand.Rand
	plan     plan
	mu       sync.Mutex
	simUsers []*simUser // mu holds them
	digests  []string   // chats that are due for one
}

// plan says what a cluster goes through. Everything random comes from the seed.
type plan struct {
	seed      uint64
	simUsers  int
	digests   int
	apart     time.Duration // between the digests
	connected bool          // events come over the long connection
}

func (p plan) String() string {
	over := "the webhook"
	if p.connected {
		over = "the long connection"
	}
	return fmt.Sprintf("seed %d, %d people, %d digests, over %s", p.seed, p.simUsers, p.digests, over)
}

// openFleet starts three replicas on shared stores.
func openCluster(t *testing.T, p plan) *cluster {
	t.Helper()
	redis, postgres := redistest.Start(t), pgtest.Start(t)
	database := postgres.NewDatabase(t)
	f := newCluster(t, p, "pgx", database, "DATABASE_URL="+database, "REDIS_URL="+redis.URL(), "DATA_DIR="+t.TempDir())
	f.redis, f.postgres = redis, postgres
	f.store, f.digests = entered(t, f.sb, p.digests, p.apart, database, "")
	f.begin(3)
	return f
}

// openAlone starts one process with the embedded stores.
func openAlone(t *testing.T, p plan) *cluster {
	t.Helper()
	dir := t.TempDir()
	f := newCluster(t, p, "sqlite", filepath.Join(dir, "usagebot.db"), "DATA_DIR="+dir)
	f.store, f.digests = entered(t, f.sb, p.digests, p.apart, "", dir)
	f.begin(1)
	return f
}

func newCluster(t *testing.T, p plan, driver, database string, environ ...string) *cluster {
	t.Helper()
	options := []func(*sandbox.Options){longEventTimeout} // a busy machine is no refusal
	if p.connected {
		options = append(options, sandboxtest.LongConnection)
		environ = append(environ, "EVENT_MODE=websocket")
	}
	sb := yesterdayIsOut(t, options...)
	return &cluster{
		t: t, sb: sb, log: &logBuffer{}, database: [2]string{driver, database}, plan: p,
		environ: append(environ, "LOG_LEVEL=warn", "ADMINS="+sb.People()[0].OpenID),
		random:  rand.New(rand.NewPCG(p.seed, 1)), //nolint:gosec // it is to be repeatable
	}
}

// begin starts replicas, and has people use them.
func (f *cluster) begin(replicas int) {
	t := f.t
	t.Helper()
	for range replicas {
		f.addrs = append(f.addrs, freeAddr(t))
		f.replicas = append(f.replicas, nil)
	}
	for i := range f.replicas {
		f.start(i)
	}
	for _, r := range f.replicas {
		r.ready(t)
	}
	if !f.plan.connected {
		f.sb.SetWebhook(balance(t, f.addrs).URL + "/webhook/event")
	}
	for range f.plan.simUsers {
		f.addUser()
	}
}

// addUser lets one more simulated user use the bot in a group of their own.
func (f *cluster) addUser() *simUser {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := len(f.simUsers)
	me := f.sb.People()[n%len(f.sb.People())].OpenID
	p := &simUser{
		sb: f.sb, me: me, admin: me == f.sb.People()[0].OpenID, chat: f.sb.AddGroup(fmt.Sprint("顾客", n), me).ID,
		random: rand.New(rand.NewPCG(f.plan.seed, uint64(n)+2)), //nolint:gosec // it is to be repeatable
	}
	if f.older != nil {
		p.store, p.older = f.older, true
	} else {
		p.store = f.store.Subscriptions
	}
	f.simUsers = append(f.simUsers, p)
	return p
}

func (f *cluster) start(i int) {
	f.replicas[i] = spawnProgram(f.t, f.sb, f.log, cmp.Or(f.programs[i], os.Args[0]), f.addrs[i], f.environ...)
}

// during lets everybody use the bot for a time, while something happens to it again and again.
func (f *cluster) during(length, pause time.Duration, happen ...func()) {
	ctx, cancel := context.WithTimeout(f.t.Context(), length)
	defer cancel()
	used := f.use(ctx, pause)
	for ctx.Err() == nil && len(happen) > 0 {
		happen[f.random.IntN(len(happen))]()
		f.restartExited()
		linger(ctx, time.Duration(f.random.Int64N(int64(2*pause))))
	}
	used()
}

// use lets everybody use the bot until ctx ends; used then ends the faults and waits until they have what they asked for.
func (f *cluster) use(ctx context.Context, pause time.Duration) (used func()) {
	var users sync.WaitGroup
	for _, p := range slices.Clone(f.simUsers) {
		users.Go(func() {
			for p.act(ctx, pause); ctx.Err() == nil; p.act(ctx, pause) {
				p = f.addUser() // in place of a user whose click got no answer
			}
		})
	}
	return func() {
		f.sb.ClearFaults()
		f.restartExited()
		users.Wait()
	}
}

// restartExited starts replicas again that ended by themselves, as a supervisor does: without its database the program does
// not start.
func (f *cluster) restartExited() {
	for i, r := range f.replicas {
		select {
		case <-r.exited:
			f.start(i)
		default:
		}
	}
}

func (f *cluster) randomPause() time.Duration {
	return time.Duration(f.random.Int64N(int64(time.Second)))
}

// kill ends a replica at any point of its work.
func (f *cluster) kill() {
	i := f.random.IntN(len(f.replicas))
	f.replicas[i].kill()
	time.Sleep(f.randomPause())
	f.start(i)
}

// replace stops a replica as an upgrade does, and waits until the next one serves.
func (f *cluster) replace() {
	f.t.Helper()
	i := f.random.IntN(len(f.replicas))
	f.replicas[i].stop(f.t)
	f.start(i)
	f.replicas[i].ready(f.t)
}

// loseRedis brings Redis back empty.
func (f *cluster) loseRedis() {
	f.redis.Stop()
	time.Sleep(f.randomPause())
	f.redis.Restart()
}

func (f *cluster) restartPostgres() {
	f.postgres.Stop()
	time.Sleep(f.randomPause())
	f.postgres.Restart()
}

// breakConnections ends all long connections without a word.
func (f *cluster) breakConnections() { f.sb.DropConnections() }

// trouble spoils some of the platform's next answers.
func (f *cluster) addFault() {
	one := func(of ...string) string { return of[f.random.IntN(len(of))] }
	fault := []sandbox.Fault{
		{HTTPStatus: 500, BeforeEffect: true},
		{HTTPStatus: 503},
		{HTML: true, HTTPStatus: 502, BeforeEffect: f.random.IntN(2) == 0},
		{DropAnswer: true},
		{DropAnswer: true, BeforeEffect: true},
		{DropAnswer: true, Latency: 3 * time.Second},
		{Latency: time.Duration(1+f.random.IntN(12)) * time.Second},
		{Code: 99991400, Reset: 1},
	}[f.random.IntN(8)]
	fault.Endpoint = one("message.reply", "message.reply", "message.patch", "message.create", "overview", "chat.get", "*")
	fault.Times = 1 + f.random.IntN(6)
	f.sb.AddFault(fault)
}

// settle waits until nothing is left to be done, and holds that all that was acknowledged was done once.
func (f *cluster) settle() {
	t := f.t
	t.Helper()
	left := ""
	for end := time.Now().Add(settling); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		f.restartExited()
		if left = f.left(); left == "" {
			break
		}
	}
	if left != "" {
		t.Errorf("%s left", left)
	}
	for _, p := range f.simUsers {
		p.settled(t)
	}
	f.checkInvariants(t)
	if log := f.log.String(); strings.Contains(log, "DATA RACE") || strings.Contains(log, "panic") {
		t.Errorf("the log speaks of a race or a panic:\n%.5000s", log)
	}
	if t.Failed() {
		t.Logf("the replicas' log is in %s", f.keepLog())
	}
}

// keepLog writes the log of a run that failed where it outlives the test.
func (f *cluster) keepLog() string {
	file, err := os.CreateTemp("", "usagebot-cluster-*.log")
	if err != nil {
		return err.Error()
	}
	defer file.Close()
	if _, err := file.WriteString(f.log.String()); err != nil {
		return err.Error()
	}
	return file.Name()
}

// left says what waits to be done.
func (f *cluster) left() string {
	db, err := sql.Open(f.database[0], f.database[1])
	if err != nil {
		return err.Error()
	}
	defer db.Close()
	var events, open int
	if err := db.QueryRowContext(f.t.Context(), `SELECT (SELECT count(*) FROM events WHERE done_at = 0),
		(SELECT count(*) FROM deliveries WHERE state = 'waiting' OR lease > 0 AND state <> 'delivered')`).Scan(&events, &open); err != nil {
		return err.Error()
	}
	if n := waiting(f.t, f.store, f.digests); events+open+n > 0 {
		return fmt.Sprintf("%d events and %d deliveries open, %d digests never entered or open are", events, open, n)
	}
	return ""
}

// logSummary logs what happened in the run.
func (f *cluster) logSummary(began time.Time) {
	said, clicked, refused, unsure := 0, 0, 0, 0
	for _, p := range f.simUsers {
		said, clicked, refused = said+len(p.said), clicked+p.clicked, refused+len(p.refused)
		if p.unsure {
			unsure++
		}
	}
	f.t.Logf("%v: %d lines and %d clicks were acknowledged, %d deliveries were not, %d people had a click without an answer; %d digests; %v in all",
		f.plan, said, clicked, refused, unsure, len(f.digests), time.Since(began).Round(time.Second))
}

// chaosSetting reads what a run of its own may set, such as
//
//	make chaos SEED=7 LENGTH=2m
func chaosSetting[T any](t *testing.T, name string, usual T, parse func(string) (T, error)) T {
	t.Helper()
	v := os.Getenv("USAGEBOT_CHAOS_" + name)
	if v == "" {
		return usual
	}
	got, err := parse(v)
	if err != nil {
		t.Fatalf("USAGEBOT_CHAOS_%s is %q: %v", name, v, err)
	}
	return got
}

// TestChaos lets people use three replicas while everything around them fails: replicas are killed and replaced, Redis
// comes back empty, PostgreSQL is restarted, connections break, the platform fails in all its ways. One seed in three has
// the events come over the long connection.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	length := chaosSetting(t, "LENGTH", 6*time.Second, time.ParseDuration)
	simUsers := chaosSetting(t, "PEOPLE", 12, strconv.Atoi)
	connected := chaosSetting(t, "CONNECTED", seed%3 == 0, strconv.ParseBool)
	const apart = 300 * time.Millisecond
	p := plan{seed, simUsers, int(length / apart), apart, connected}
	t.Logf("%v, for %v (make chaos SEED=%d LENGTH=%v PEOPLE=%d)", p, length, seed, length, simUsers)
	began := time.Now()
	f := openCluster(t, p)
	happen := []func(){f.kill, f.kill, f.kill, f.replace, f.loseRedis, f.restartPostgres, f.addFault, f.addFault, f.addFault, f.addFault}
	if connected {
		happen = append(happen, f.breakConnections)
	}
	f.during(length, 600*time.Millisecond, happen...)
	f.settle()
	f.logSummary(began)
}

// TestRollingRestart_LosesNothing replaces replicas one after the other under load: every delivery is taken at once, and
// every click has an answer.
func TestRollingRestart_LosesNothing(t *testing.T) {
	began := time.Now()
	f := openCluster(t, plan{seed: seedOf(t), simUsers: 12, digests: 20, apart: 200 * time.Millisecond})
	f.during(4*time.Second, 300*time.Millisecond, f.replace)
	f.settle()
	f.logSummary(began)
	// A replica on a busy machine may be too slow to persist an event in time, and refuses it with that reason. That is not
	// the restart's doing.
	slow := 0
	for line := range strings.Lines(f.log.String()) {
		switch {
		case !strings.Contains(line, "event not taken"):
		case strings.Contains(line, context.DeadlineExceeded.Error()):
			slow++
		default:
			t.Errorf("a delivery was not taken: %s", line)
		}
	}
	var refused []string
	for _, p := range f.simUsers {
		refused = append(refused, p.refused...)
	}
	if len(refused) > slow {
		t.Errorf("%d deliveries were not taken, want at most %d, which took too long: %v", len(refused), slow, refused)
	}
}

// TestChaos_OneProcess kills and stops the only process, on the embedded stores, again and again under
// load.
func TestChaos_OneProcess(t *testing.T) {
	t.Parallel()
	began := time.Now()
	f := openAlone(t, plan{seed: seedOf(t), simUsers: 24, digests: 16, apart: 250 * time.Millisecond})
	f.during(5*time.Second, 800*time.Millisecond, f.kill, f.replace, f.addFault, f.addFault)
	f.settle()
	f.logSummary(began)
	var health string
	db, err := sql.Open(f.database[0], f.database[1])
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if err := db.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&health); err != nil || health != "ok" {
		t.Errorf("the database is %s, %v", health, err)
	}
}

// stop ends the program as its supervisor does, and waits until it has ended.
func (c *child) stop(t *testing.T) {
	t.Helper()
	if err := c.Process.Signal(syscall.SIGTERM); err != nil {
		t.Errorf("stop a replica: %v", err)
	}
	select {
	case <-c.exited:
	case <-time.After(time.Minute):
		t.Error("a replica did not stop within a minute")
		c.kill()
	}
}
