package sqlstore

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"usagebot/access"
	"usagebot/reports"
)

// writerFolder names the variable that makes this test program a writer.
const writerFolder = "USAGEBOT_TEST_WRITER_FOLDER"

// TestWriteUntilKilled is no test but the process that the next one kills: it
// opens one delivery after the other, grants something for it, and prints what
// was kept.
func TestWriteUntilKilled(t *testing.T) {
	dir := os.Getenv(writerFolder)
	if dir == "" {
		return
	}
	s := openSQL(t, "", dir)
	for {
		sub := subscription(t, s, "oc_a1")
		if err := s.Deliveries.Open(t.Context(), sub, sub.NextDue.Add(time.Minute), []reports.Delivery{entryAt(sub.NextDue)}); err != nil {
			t.Fatal(err)
		}
		slot := strconv.FormatInt(sub.NextDue.UnixMilli(), 10)
		accept(t, s, "message:"+slot)
		g := given(access.Person, "ou_a", access.Viewer, slot)
		if _, err := s.Grants.Grant(t.Context(), "message:"+slot, g, granted(g)); err != nil {
			t.Fatal(err)
		}
		fmt.Println("kept", slot)
	}
}

// entryAt is a delivery whose period tells its slot.
func entryAt(slot time.Time) reports.Delivery {
	d := waiting(1, 0)
	d.Period.Start = d.Period.Start.AddDays(int(slot.Sub(noon()) / time.Minute))
	d.Slot, d.TryAt = slot, slot
	return d
}

func TestKilledWriterLeavesWhatItKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first := openSQL(t, "", dir)
	subscribe(t, first, order("oc_a", 1))
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	written := 0
	for range 6 {
		kept := killedWriter(t, dir)
		s := openSQL(t, "", dir)
		var health string
		if err := s.read.QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&health); err != nil || health != "ok" {
			t.Fatalf("the database is %s, %v", health, err)
		}
		sub := subscription(t, s, "oc_a1")
		list, err := s.Overview.Latest(t.Context(), reports.Waiting, 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		count := len(list)
		// next_due and the deliveries move together, and nothing that was kept is lost.
		if opened := int(sub.NextDue.Sub(noon()) / time.Minute); count != opened || count < written+kept {
			t.Fatalf("%d deliveries and a next due of %d, having kept %d", count, opened, written+kept)
		}
		// A grant, its entry and its event's mark are there together, for each delivery but perhaps the last before a kill.
		db := &database{Store: s}
		grants := left(t, db, "grants")
		if grants < written+kept || left(t, db, "changes") != grants || left(t, db, "events WHERE changed_at > 0") != grants {
			t.Fatalf("%d grants, %d entries and %d marks, having kept %d", grants, left(t, db, "changes"), left(t, db, "events WHERE changed_at > 0"), written+kept)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		written = grants
	}
	if written == 0 {
		t.Fatal("no writer came to write")
	}
}

// killedWriter runs a writer, kills it after some writes, and returns how many
// it said were kept.
func killedWriter(t *testing.T, dir string) (kept int) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestWriteUntilKilled$")
	cmd.Env = append(os.Environ(), writerFolder+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for enough := 1 + rand.IntN(40); kept < enough && lines.Scan(); kept++ { //nolint:gosec // any moment will do
	}
	// The writer goes on until the kill, at any point of its next writes.
	time.AfterFunc(time.Duration(rand.IntN(3000))*time.Microsecond, func() { _ = cmd.Process.Kill() }) //nolint:gosec // as above
	for lines.Scan() {
		kept++
	}
	_ = cmd.Wait() // it was killed
	return kept
}
