package e2e

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagebot/reports"
	"usagebot/sandbox"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
	"usagebot/usage"
)

// TestRollingUpgrade_OlderVersionBeside builds the program as it was, has three replicas of it used, replaces one after
// the other by this version, and one by the older version again, all the while killing some. To build that program takes as
// long as many tests, so that it runs by itself alone:
//
//	make upgrade FROM=v1.2.0 LENGTH=2m SEED=7 PEOPLE=20
func TestRollingUpgrade_OlderVersionBeside(t *testing.T) {
	if os.Getenv("USAGEBOT_UPGRADE_LENGTH") == "" {
		t.Skip("make upgrade runs it")
	}
	seed := seedOf(t)
	length := upgradeSetting(t, "LENGTH", 6*time.Second, time.ParseDuration)
	simUsers := upgradeSetting(t, "PEOPLE", 6, strconv.Atoi)
	version := olderVersion(t)
	program := buildAt(t, version)
	if said, err := git("log", "-1", "--format=%h (%s)", version); err == nil {
		version = said
	}
	const apart = 400 * time.Millisecond
	p := plan{seed: seed, simUsers: simUsers, digests: int(length / apart), apart: apart}
	t.Logf("from %s, %v, for %v", version, p, length)
	began := time.Now()
	f := openOlder(t, program, p)
	steps := []func(){f.pause}
	for _, step := range []func(){f.becomes(0, ""), f.becomes(1, ""), f.becomes(2, ""), f.becomes(0, program)} {
		steps = append(steps, step)
		for range max(1, length/(15*time.Second)) {
			steps = append(steps, f.pause, f.kill)
		}
	}
	f.inTurn(length, 300*time.Millisecond, steps...)
	f.store = openStore(t, f.database[1])
	f.settle()
	f.hasNoError()
	f.logSummary(began)
}

// upgradeSetting reads what a run of its own may set.
func upgradeSetting[T any](t *testing.T, name string, usual T, parse func(string) (T, error)) T {
	t.Helper()
	v := os.Getenv("USAGEBOT_UPGRADE_" + name)
	if v == "" {
		return usual
	}
	got, err := parse(v)
	if err != nil {
		t.Fatalf("USAGEBOT_UPGRADE_%s is %q: %v", name, v, err)
	}
	return got
}

// becomes replaces a replica by one of another version, as an upgrade does; this one without a program.
func (f *cluster) becomes(i int, program string) func() {
	return func() {
		f.t.Helper()
		f.replicas[i].stop(f.t)
		f.programs[i] = program
		f.start(i)
		f.replicas[i].ready(f.t)
	}
}

// openOlder starts three replicas of an older program, which makes its own tables.
func openOlder(t *testing.T, program string, p plan) *cluster {
	t.Helper()
	redis, postgres := redistest.Start(t), pgtest.Start(t)
	database := postgres.NewDatabase(t)
	f := newCluster(t, p, "pgx", database, "DATABASE_URL="+database, "REDIS_URL="+redis.URL(), "DATA_DIR="+t.TempDir())
	f.redis, f.postgres = redis, postgres
	f.programs = map[int]string{0: program, 1: program, 2: program}
	t.Cleanup(func() {
		if t.Failed() {
			t.Logf("the replicas' log is in %s", f.keepLog())
		}
	})
	tables, err := sql.Open("pgx", database)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tables.Close() })
	f.older = olderTables{tables}
	f.begin(3)
	f.digests = olderTables{tables}.entered(t, f.sb, p.digests, p.apart)
	return f
}

func openStore(t *testing.T, database string) *sqlstore.Store {
	t.Helper()
	store, err := sqlstore.Open(t.Context(), database, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// olderTables are read and written without being brought up to date, by the columns that were there from the first.
type olderTables struct{ *sql.DB }

// InChat implements inChat.
func (db olderTables) InChat(ctx context.Context, chatID string) (list []reports.Subscription, err error) {
	rows, err := db.QueryContext(ctx, `SELECT id, state FROM subscriptions WHERE chat_id = $1 AND state <> 'removed'`, chatID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s reports.Subscription
		if err := rows.Scan(&s.ID, &s.State); err != nil {
			return nil, err
		}
		list = append(list, s)
	}
	return list, rows.Err()
}

// entered does what entered of kill_test.go does, on older tables.
func (db olderTables) entered(t *testing.T, sb *sandbox.Sandbox, digests int, apart time.Duration) (chats []string) {
	t.Helper()
	now := sb.Now().In(wednesday.Location())
	for i := range digests {
		owner := sb.People()[0].OpenID
		chat := sb.AddGroup(fmt.Sprint("群", i), owner).ID
		chats = append(chats, chat)
		_, err := db.ExecContext(t.Context(), `INSERT INTO subscriptions (id, chat_id, single, owner_id, app_id, ability, cycle, hour, minute, on_day,
				zone, department_id, department_name, state, reason, paused_until, next_due, refusals, created_at, updated_at, version)
			VALUES ($1, $2, 0, $3, $4, $5, $6, $7, $8, '', 'Asia/Shanghai', '', '', 'active', '', 0, $9, 0, $9, $9, 1)`,
			reports.NewID(), chat, owner, sb.Options().AppID, string(usage.Web), int64(usage.Daily), now.Hour(), now.Minute(),
			now.Add(time.Duration(i)*apart).UnixMilli())
		if err != nil {
			t.Fatal(err)
		}
	}
	return chats
}

// migrationsFolder holds one file for each step of the tables, in every version of the program.
const migrationsFolder = "store/sqlstore/migrations"

// olderVersion returns what an upgrade starts from: the commit or tag that is asked for, or else the newest release before
// this commit. Without either it skips the test and says so.
func olderVersion(t *testing.T) string {
	t.Helper()
	if ref := os.Getenv("USAGEBOT_UPGRADE_FROM"); ref != "" {
		if _, err := git("rev-parse", "--verify", "--quiet", ref+"^{commit}"); err != nil {
			t.Fatalf("USAGEBOT_UPGRADE_FROM: the history does not hold %s: %v", ref, err)
		}
		continuesFrom(t, ref)
		return ref
	}
	if _, err := git("rev-parse", "--verify", "HEAD"); err != nil {
		t.Fatalf("there is no git history here to build an older version from: %v", err)
	}
	tag, err := git("describe", "--tags", "--abbrev=0", "HEAD^")
	if err != nil {
		t.Skip("there is no earlier release yet: the git history has no tag before this commit. " +
			"From the first release on this test starts from it; to start from another commit, name it: make upgrade FROM=<commit>")
	}
	continuesFrom(t, tag)
	return tag
}

// continuesFrom stops the test if the migrations of a version are not the first of this version's: its tables cannot be
// brought up to date then.
func continuesFrom(t *testing.T, ref string) {
	t.Helper()
	list, err := git("ls-tree", "--name-only", ref+":"+migrationsFolder)
	if err != nil || list == "" {
		t.Fatalf("%s has no %s: this version cannot upgrade its tables. Start from a release, or from a later commit", ref, migrationsFolder)
	}
	for _, name := range strings.Fields(list) {
		then, err := git("show", ref+":"+migrationsFolder+"/"+name)
		if err != nil {
			t.Fatal(err)
		}
		now, err := os.ReadFile(filepath.Join("..", migrationsFolder, name))
		if err != nil || strings.TrimSpace(string(now)) != then {
			t.Fatalf("%s of %s is not a migration of this version, or has changed since: this version cannot upgrade its tables. "+
				"Start from a release, or from a later commit", name, ref)
		}
	}
}

// buildAt builds the program as it was, as this test was built, so that what it is made of is built already.
func buildAt(t *testing.T, ref string) (program string) {
	t.Helper()
	began, dir := time.Now(), t.TempDir()
	program = filepath.Join(dir, "usagebot")
	source := exec.CommandContext(t.Context(), "git", "archive", "--format=tar", ref)
	source.Dir = ".." // git archives the folder that it runs in
	unpack := exec.CommandContext(t.Context(), "tar", "-x", "-C", dir)
	var err error
	if unpack.Stdin, err = source.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	build := exec.CommandContext(t.Context(), "go", append([]string{"build", "-buildvcs=false", "-o", program}, buildFlags()...)...)
	build.Dir = dir
	for _, err := range []error{source.Start(), output(unpack), source.Wait(), output(build)} {
		if err != nil {
			t.Fatalf("build the program of %s: %v", ref, err)
		}
	}
	t.Logf("the program of %s was built in %v", ref, time.Since(began).Round(time.Second))
	return program
}

// buildFlags are those by which this test was built and which the program knows.
func buildFlags() (flags []string) {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return nil
	}
	for _, s := range info.Settings {
		if s.Key == "-race" || s.Key == "-tags" {
			flags = append(flags, s.Key+"="+s.Value)
		}
	}
	return append(flags, ".")
}

func git(args ...string) (string, error) {
	cmd := exec.Command("git", args...) //nolint:noctx // it reads a few lines of this repository
	cmd.Dir = ".."
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), said(err, nil)
}

// output runs a command whose output matters only when it fails.
func output(cmd *exec.Cmd) error {
	out, err := cmd.CombinedOutput()
	return said(err, out)
}

// said puts what a command printed into its error.
func said(err error, out []byte) error {
	if err == nil {
		return nil
	}
	if exit := new(exec.ExitError); errors.As(err, &exit) {
		out = append(out, exit.Stderr...)
	}
	return fmt.Errorf("%w: %s", err, bytes.TrimSpace(out))
}
