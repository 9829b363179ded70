package store

import (
	"testing"
)

// TestParkedWorkOutlivesTheProcess opens the same database a second time, with an embedded Redis that knows nothing.
func TestParkedWorkOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	begin := func() *Parking {
		t.Helper()
		r, err := Open("", Options{Namespace: "a"})
		if err != nil {
			t.Fatal(err)
		}
		s, err := OpenSQL(ctx, "", dir)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = r.Close(); _ = s.Close() })
		return NewParking(r, s)
	}
	expect := func(in *Parking, owner, key, job string) {
		t.Helper()
		gotKey, gotJob, err := in.Orphan(ctx, owner)
		if err != nil || gotKey != key || string(gotJob) != job {
			t.Errorf("Orphan = %q, %q, %v, want %q, %q", gotKey, gotJob, err, key, job)
		}
	}
	first := begin()
	for _, key := range []string{"left", "finished"} {
		expectTake(t, first.Inbox, key, "o1", Taken)
		expectErr(t, "Park", first.Park(ctx, key, "o1", []byte("early")), nil)
		expectErr(t, "Park", first.Park(ctx, key, "o1", []byte(key)), nil)
	}
	expectErr(t, "Finish", first.Finish(ctx, "finished", "o1"), nil)
	expect(first, "o2", "", "") // its own work is no orphan

	second := begin() // the first was killed
	expect(second, "o3", "left", "left")
	expect(second, "o3", "", "")
	expectTake(t, second.Inbox, "left", "o4", Parked)
	expectErr(t, "Finish", second.Finish(ctx, "left", "o3"), nil)

	expect(begin(), "o5", "", "")
}
