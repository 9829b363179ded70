package e2e

import (
	"database/sql"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/cli"
	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/disktest"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
)

// smallDisk is a cluster whose database is on a disk that can be filled.
type smallDisk struct {
	*cluster
	disk     *disktest.Disk
	settings []string // the doctor's
}

// TestFullDisk_Recovers fills the database's disk under the program while it is used and digests fall due, and
// frees space again: what was refused and is repeated is done once.
func TestFullDisk_Recovers(t *testing.T) { //nolint:paralleltest // it takes the memory that its disk is made of
	for name, open := range map[string]func(t *testing.T, p plan) *smallDisk{"SQLite": smallDiskOfFile, "PostgreSQL": smallDiskOfServer} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			n := open(t, plan{seed: seedOf(t), simUsers: 6, digests: 30, apart: 300 * time.Millisecond})
			steps := []func(){n.pause, n.fills}
			if n.postgres != nil {
				steps = append(steps, n.pause, n.breaksDown)
			}
			n.inTurn(0, 300*time.Millisecond, steps...)
			n.settle()
			n.logSummary(began)
			n.saysNothingOfSQL()
			if t.Failed() {
				t.Logf("the replicas' log is in %s", n.keepLog())
			}
		})
	}
}

func smallDiskOfFile(t *testing.T, p plan) *smallDisk {
	t.Helper()
	n := &smallDisk{}
	n.disk = disktest.New(t, 8, n.pids)
	dir := filepath.Join(n.disk.Dir, "data")
	n.settings = []string{"DATA_DIR=" + dir}
	n.cluster = newCluster(t, p, "sqlite", filepath.Join(dir, "usagebot.db"), n.settings...)
	n.store, n.digests = entered(t, n.sb, p.digests, p.apart, "", dir)
	n.begin(1)
	return n
}

func smallDiskOfServer(t *testing.T, p plan) *smallDisk {
	t.Helper()
	n := &smallDisk{}
	n.disk = disktest.New(t, 128, n.pids)
	postgres, redis := pgtest.StartIn(t, n.disk.Dir), redistest.Start(t)
	database := postgres.NewDatabase(t)
	n.settings = []string{"DATABASE_URL=" + database, "REDIS_URL=" + redis.URL()}
	n.cluster = newCluster(t, p, "pgx", database, append(n.settings, "DATA_DIR="+t.TempDir())...)
	n.postgres, n.redis = postgres, redis
	n.store, n.digests = entered(t, n.sb, p.digests, p.apart, database, "")
	n.begin(2)
	return n
}

// pids are the processes that write to the disk.
func (n *smallDisk) pids() (all []int) {
	if n.postgres != nil {
		return []int{n.postgres.Pid()}
	}
	for _, r := range n.replicas {
		all = append(all, r.Process.Pid)
	}
	return all
}

// fills leaves no free space for a while.
func (n *smallDisk) fills() {
	n.t.Helper()
	p := n.addUser()
	if !p.say(n.t.Context(), "/subs") {
		n.t.Error("before that nobody is answered")
	}
	n.disk.Fill()
	n.useUp()
	n.readyIs(http.StatusServiceUnavailable, n.reason())
	order := n.refuses(p)
	n.sendsNoDigest()
	if n.disk.Mounted {
		n.doctorNamesIt()
		n.startsOnFullDisk()
	}
	n.disk.Empty()
	if n.postgres != nil && !n.disk.Mounted {
		n.postgres.Restart() // a limit meets its log as well, and it has ended
	}
	n.readyIs(http.StatusOK, "ready")
	n.doesOnce(p, order)
}

// refuses holds that what changes something is left to be repeated.
func (n *smallDisk) refuses(p *simUser) (order sandbox.Delivery) {
	n.t.Helper()
	order, err := n.sb.Say(n.t.Context(), p.chat, p.me, "/subscribe weekly h5")
	if err != nil || order.Status() != http.StatusServiceUnavailable {
		n.t.Errorf("an order was answered %d, %v", order.Status(), err)
	}
	click, err := n.sb.Click(n.t.Context(), n.sb.BotMessages(p.chat)[0].ID, p.me, map[string]any{"cmd": "/subscribe daily h5"})
	if err != nil || click.Status != http.StatusServiceUnavailable {
		n.t.Errorf("a click was answered %d, %v", click.Status, err)
	}
	return order
}

// doesOnce has the platform repeat what was refused. checkInvariants finds in the end that it was done once.
func (n *smallDisk) doesOnce(p *simUser, order sandbox.Delivery) {
	n.t.Helper()
	order, err := n.sb.Repeat(n.t.Context(), order.EventID)
	if !p.awaitAnswer(n.t.Context(), "/subscribe weekly h5", order, err) {
		n.t.Errorf("repeated it was answered %d, %v", order.Status(), err)
		return
	}
	p.want, p.made = reports.Active, append(p.made, access.Subscribed)
}

func (n *smallDisk) doctorNamesIt() {
	n.t.Helper()
	code, unwell := runDoctor(n.t, but(examinable(n.t, n.sb), n.settings...))
	if code != cli.ExitFailed || !slices.Contains(unwell, "failure database.full") {
		n.t.Errorf("the doctor says %q", unwell)
	}
}

// reason is what /readyz says of a full disk.
func (n *smallDisk) reason() string {
	if n.disk.Mounted {
		return "disk is full"
	}
	return "database"
}

// readyIs waits until every replica says so.
func (n *smallDisk) readyIs(status int, reason string) {
	n.t.Helper()
	for _, r := range n.replicas {
		await(n.t, fmt.Sprintf("/readyz is %d for %q", status, reason), func() (so bool) {
			n.restartExited()
			got, body := r.readyz(n.t)
			return got == status && strings.Contains(body, reason)
		})
	}
}

// readyz asks whether the program is ready; 0 while it does not listen.
func (c *child) readyz(t *testing.T) (status int, body string) {
	t.Helper()
	return c.get(t, "/readyz")
}

// get gets a path of the program; the status is 0 while it does not listen.
func (c *child) get(t *testing.T, path string) (status int, body string) {
	t.Helper()
	if conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", c.addr); err != nil {
		return 0, ""
	} else if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	return get(t, "http://"+c.addr+path)
}

// metric is the sum of one of the program's metrics. It is not known while the program does not listen or has no such metric.
func (c *child) metric(t *testing.T, name string) (sum float64, known bool) {
	t.Helper()
	_, body := c.get(t, "/metrics")
	for _, found := range regexp.MustCompile(`(?m)^`+name+`(?:\{.*\})? (\S+)$`).FindAllStringSubmatch(body, -1) {
		value, err := strconv.ParseFloat(found[1], 64)
		if err != nil {
			t.Fatal(err)
		}
		sum, known = sum+value, true
	}
	return sum, known
}

// hasEnded reports whether the program has ended.
func (c *child) hasEnded() bool {
	select {
	case <-c.exited:
		return true
	default:
		return false
	}
}

// startsOnFullDisk checks that a program which starts on the full disk names the reason, whether or not it gives up.
func (n *smallDisk) startsOnFullDisk() {
	n.t.Helper()
	before := len(n.log.String())
	n.replicas[0].kill()
	n.start(0)
	await(n.t, "a program that starts on a full disk says so", func() bool {
		status, body := n.replicas[0].readyz(n.t)
		return strings.Contains(n.log.String()[before:], "disk is full") && (status == 0 || strings.Contains(body, n.reason()))
	})
}

// useUp takes what space is left in the pages that PostgreSQL has.
func (n *smallDisk) useUp() {
	if n.postgres == nil {
		return
	}
	db := n.admin()
	for i := range 100_000 {
		if _, err := db.ExecContext(n.t.Context(), "INSERT INTO tasks (name, until_ms) VALUES ($1, 0)", fmt.Sprint("room ", i)); err != nil {
			n.t.Logf("%d rows later: %v", i, err)
			return
		}
	}
	n.t.Fatal("the full disk takes everything")
}

func (n *smallDisk) admin() *sql.DB {
	n.t.Helper()
	db, err := sql.Open(n.database[0], n.database[1])
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(func() { _ = db.Close() })
	return db
}

// sendsNoDigest holds that nothing goes out that cannot be recorded.
func (n *smallDisk) sendsNoDigest() {
	n.t.Helper()
	sent := func() (all int) {
		for _, chat := range n.digests {
			all += len(n.sb.BotMessages(chat))
		}
		return all
	}
	for _, r := range n.replicas { // what was recorded before may still go out
		await(n.t, "nothing is in flight", func() bool {
			inFlight, known := r.metric(n.t, "usagebot_deliveries_in_flight")
			return known && inFlight == 0 || r.hasEnded()
		})
	}
	before := sent()
	for _, r := range n.replicas {
		began, _ := r.metric(n.t, "usagebot_ticks_total")
		await(n.t, "a replica looks again for what is due", func() bool {
			ticked, _ := r.metric(n.t, "usagebot_ticks_total")
			return ticked >= began+5 || r.hasEnded()
		})
	}
	if after := sent(); after != before {
		n.t.Errorf("%d digests went out", after-before)
	}
}

// breaksDown has PostgreSQL end because the log in which it writes everything first finds no space. It is started again as
// an operator would do.
func (n *smallDisk) breaksDown() {
	n.disk.Fill()
	db := n.admin()
	await(n.t, "PostgreSQL breaks down", func() bool {
		_, err := db.ExecContext(n.t.Context(), "SELECT pg_switch_wal()")
		if err == nil {
			_, err = db.ExecContext(n.t.Context(), "INSERT INTO tasks (name, until_ms) VALUES ('break', 0) ON CONFLICT (name) DO UPDATE SET until_ms = tasks.until_ms + 1")
		}
		return err != nil && !strings.Contains(err.Error(), "53100") // it does not answer, and not only refuse
	})
	n.readyIs(http.StatusServiceUnavailable, "database")
	n.disk.Empty()
	n.postgres.Restart()
	n.readyIs(http.StatusOK, "ready")
}

// saysNothingOfSQL checks that people never see words of the database.
func (n *smallDisk) saysNothingOfSQL() {
	n.t.Helper()
	for _, p := range n.simUsers {
		for _, m := range n.sb.BotMessages(p.chat) {
			for _, word := range []string{"SQL", "disk", "INSERT", "E-"} {
				if strings.Contains(m.Content, word) {
					n.t.Errorf("somebody saw %q: %s", word, m.Content)
				}
			}
		}
	}
}
