package e2e

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagebot/cli"
	"usagebot/store/migrationtest"
)

// TestUpgrade_TablesOneStepNewer has the next version change the tables under this one, which goes on, is killed,
// replaced and started again on them, while it is used.
func TestUpgrade_TablesOneStepNewer(t *testing.T) {
	t.Parallel()
	const apart = 300 * time.Millisecond
	for name, open := range map[string]func(t *testing.T) (f *cluster, settings []string, newer func() error){
		"PostgreSQL, three replicas": func(t *testing.T) (*cluster, []string, func() error) {
			t.Helper()
			f := openCluster(t, plan{seed: seedOf(t), simUsers: 8, digests: 12, apart: apart})
			return f, []string{"DATABASE_URL=" + f.database[1]}, func() error { return migrationtest.Step(t.Context(), f.database[1], "") }
		},
		"SQLite, one process": func(t *testing.T) (*cluster, []string, func() error) {
			t.Helper()
			f := openAlone(t, plan{seed: seedOf(t), simUsers: 4, digests: 8, apart: apart})
			return f, f.environ, func() error { return migrationtest.Step(t.Context(), "", filepath.Dir(f.database[1])) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			began := time.Now()
			f, settings, newer := open(t)
			f.inTurn(0, 300*time.Millisecond, f.pause, func() {
				if err := newer(); err != nil {
					t.Fatal(err)
				}
			}, f.pause, f.kill, f.replace, f.kill)
			f.settle()
			f.hasNoError()
			f.logSummary(began)
			if code, unwell := runDoctor(t, but(examinable(t, f.sb), settings...)); code != cli.ExitFailed || !slices.Contains(unwell, "failure database.ahead") {
				t.Errorf("the doctor says %q", unwell)
			}
		})
	}
}

// pause lets the cluster be used for a moment.
func (f *cluster) pause() { time.Sleep(f.randomPause()) }

// inTurn lets one thing happen after the other, each once, while the cluster is used, for a time at least; then all replicas
// serve.
func (f *cluster) inTurn(length, pause time.Duration, steps ...func()) {
	f.t.Helper()
	ctx, cancel := context.WithCancel(f.t.Context())
	defer cancel()
	began, used := time.Now(), f.use(ctx, pause)
	for _, step := range steps {
		step()
		f.restartExited()
		linger(ctx, time.Duration(f.random.Int64N(int64(2*pause))))
	}
	linger(ctx, length-time.Since(began))
	cancel()
	used()
	for _, r := range f.replicas {
		r.ready(f.t)
	}
}

// hasNoError holds that no version met what it does not know. A machine may be busy.
func (f *cluster) hasNoError() {
	f.t.Helper()
	for line := range strings.Lines(f.log.String()) {
		if strings.Contains(line, `"level":"ERROR"`) && !strings.Contains(line, context.DeadlineExceeded.Error()) {
			f.t.Errorf("a replica says %s", line)
		}
	}
}
