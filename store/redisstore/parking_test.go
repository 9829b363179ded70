package redisstore

import (
	"slices"
	"testing"
	"time"

	"usagebot/store"
	"usagebot/store/pgtest"
	"usagebot/store/redistest"
	"usagebot/store/sqlstore"
)

// TestParkedWorkOutlivesTheProcess opens the same database a second time, with an embedded Redis that knows nothing.
func TestParkedWorkOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	begin := func() *Parking {
		t.Helper()
		return NewParking(open(t, "", Options{Namespace: "a"}), openDatabase(t, "", dir).Events)
	}
	first := begin()
	for _, key := range []string{"left", "finished"} {
		expectTaken(t, first, key, "o1", store.Taken)
		expectErr(t, "Park", first.Park(ctx, key, "o1", []byte("early")), nil)
		expectErr(t, "Park", first.Park(ctx, key, "o1", []byte(key)), nil)
	}
	expectErr(t, "Finish", first.Finish(ctx, "finished", "o1"), nil)
	expectParked(t, first, "o2", "", "") // its own work is no orphan
	time.Sleep(2 * time.Millisecond)     // the next process begins later

	second := begin() // the first was killed
	expectParked(t, second, "o3", "left", "left")
	expectParked(t, second, "o3", "", "")
	expectTaken(t, second, "left", "o4", store.Parked)
	expectTaken(t, second, "finished", "o4", store.Done)
	expectErr(t, "Finish", second.Finish(ctx, "left", "o3"), nil)

	third := begin()
	expectParked(t, third, "o5", "", "")
	expectTaken(t, third, "left", "o5", store.Done)
}

func expectTaken(t *testing.T, in *Parking, key, owner, want string) {
	t.Helper()
	if got, err := in.Take(t.Context(), key, owner); err != nil || got != want {
		t.Errorf("Take(%s, %s) = %s, %v, want %s", key, owner, got, err, want)
	}
}

func expectParked(t *testing.T, in *Parking, owner, key, job string) {
	t.Helper()
	gotKey, gotJob, err := in.RescueExpired(t.Context(), owner)
	if err != nil || gotKey != key || string(gotJob) != job {
		t.Errorf("RescueExpired = %q, %q, %v, want %q, %q", gotKey, gotJob, err, key, job)
	}
}

// TestAcknowledgedMeansKept loses Redis under two replicas that share a database.
func TestAcknowledgedMeansKept(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	for name, test := range map[string]func(*testing.T, *pgtest.Server){
		"parked work outlives Redis":           parkedWorkOutlivesRedis,
		"what was done is known without Redis": whatWasDoneIsKnownWithoutRedis,
		"work is parked while Redis is away":   workIsParkedWhileRedisIsAway,
		"work is parked in both or in neither": workIsParkedInBothOrInNeither,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, server)
		})
	}
}

// twoReplicas share a Redis, which can be emptied, and a database.
func twoReplicas(t *testing.T, server *pgtest.Server) (here, there *Parking, redis *redistest.Server) {
	t.Helper()
	redis = redistest.Start(t)
	database := server.NewDatabase(t)
	replica := func() *Parking {
		p := NewParking(open(t, patient(redis), Options{}), openDatabase(t, database, "").Events)
		p.ParkLease, p.TakeLease, p.Pause = time.Second, 200*time.Millisecond, 50*time.Millisecond
		return p
	}
	return replica(), replica(), redis
}

func adopts(t *testing.T, in *Parking, owner, key, job string) {
	t.Helper()
	eventually(t, key+" is taken over", func() bool {
		gotKey, gotJob, err := in.RescueExpired(t.Context(), owner)
		return err == nil && gotKey == key && string(gotJob) == job
	})
}

// parkedWorkOutlivesRedis empties Redis under two replicas, of which one holds work that was acknowledged.
func parkedWorkOutlivesRedis(t *testing.T, server *pgtest.Server) {
	ctx := t.Context()
	here, there, redis := twoReplicas(t, server)
	expectTaken(t, here, "slow", "o1", store.Taken)
	expectErr(t, "Park", here.Park(ctx, "slow", "o1", []byte(job)), nil)
	redis.Restart()
	for range 15 {
		expectErr(t, "Keep", here.Keep(ctx, "slow", "o1"), nil)
		expectParked(t, there, "o2", "", "")
		time.Sleep(100 * time.Millisecond)
	}
	redis.Restart()
	expectTaken(t, there, "slow", "o3", store.Parked) // told again: nobody needs to do anything
	adopts(t, there, "o4", "slow", job)               // its owner is dead
	expectErr(t, "Keep", there.Keep(ctx, "slow", "o4"), nil)
	expectErr(t, "Keep by the former", here.Keep(ctx, "slow", "o1"), store.ErrLost)
	expectErr(t, "Finish", there.Finish(ctx, "slow", "o4"), nil)
	redis.Restart()
	expectTaken(t, here, "slow", "o5", store.Done)
	expectParked(t, here, "o6", "", "")
}

// whatWasDoneIsKnownWithoutRedis empties Redis between an event and its repetition.
func whatWasDoneIsKnownWithoutRedis(t *testing.T, server *pgtest.Server) {
	here, there, redis := twoReplicas(t, server)
	expectTaken(t, here, "quick", "o1", store.Taken)
	expectErr(t, "Finish", here.Finish(t.Context(), "quick", "o1"), nil)
	redis.Restart()
	expectTaken(t, there, "quick", "o2", store.Done)
}

// workIsParkedWhileRedisIsAway parks, keeps, hands over and finishes by the database alone.
func workIsParkedWhileRedisIsAway(t *testing.T, server *pgtest.Server) {
	ctx := t.Context()
	here, there, _ := twoReplicas(t, server)
	cutOff(here.redis)
	cutOff(there.redis)
	expectTaken(t, here, "slow", "o1", store.Again) // who knows who else has it
	expectErr(t, "Park", here.Park(ctx, "slow", "o1", []byte(job)), nil)
	expectErr(t, "Keep", here.Keep(ctx, "slow", "o1"), nil)
	expectParked(t, there, "o2", "", "")
	expectTaken(t, there, "slow", "o3", store.Parked)
	expectErr(t, "Release", here.Release(ctx, "slow", "o1"), nil)
	adopts(t, there, "o4", "slow", job)
	expectErr(t, "Finish", there.Finish(ctx, "slow", "o4"), nil)
	expectTaken(t, there, "slow", "o5", store.Done)
}

// workIsParkedInBothOrInNeither parks while the database is away, and what is done already.
func workIsParkedInBothOrInNeither(t *testing.T, server *pgtest.Server) {
	ctx := t.Context()
	here, there, _ := twoReplicas(t, server)
	here.TakeLease = time.Minute
	expectTaken(t, here, "slow", "o1", store.Taken)
	database := openDatabase(t, server.NewDatabase(t), "")
	away := &Parking{Inbox: here.Inbox, sql: database.Events}
	if err := database.Close(); err != nil {
		t.Fatal(err)
	}
	if err := away.Park(ctx, "slow", "o1", []byte(job)); err == nil {
		t.Error("parked without the database")
	}
	expectTaken(t, there, "slow", "o2", store.Busy) // and not parked, which would be acknowledged
	expectErr(t, "Finish", there.sql.Handle(ctx, "slow", time.Now()), nil)
	expectErr(t, "Park of what is done", here.Park(ctx, "slow", "o1", []byte(job)), store.ErrLost)
	expectErr(t, "Finish", here.Finish(ctx, "slow", "o1"), nil)
	expectParked(t, there, "o3", "", "")
}

// TestOldWorkIsForgotten drops what the platform sends no more.
func TestOldWorkIsForgotten(t *testing.T) {
	t.Parallel()
	now := newClock()
	in := NewParking(open(t, "", Options{Now: now.Now}), openDatabase(t, "", t.TempDir()).Events)
	expectTaken(t, in, "old", "o1", store.Taken)
	expectErr(t, "Finish", in.Finish(t.Context(), "old", "o1"), nil)
	now.Advance(in.Memory - time.Minute)
	expectParked(t, in, "o2", "", "")
	expectTaken(t, in, "old", "o3", store.Done)
	now.Advance(2 * sweepEvery)
	expectParked(t, in, "o2", "", "")
	expectTaken(t, in, "old", "o3", store.Taken)
}

// TestParkingForgets drops the work of a person in Redis and in the database, but not the work by which that was asked.
func TestParkingForgets(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	p := NewParking(open(t, patient(redistest.Start(t)), Options{Namespace: "a"}), openDatabase(t, "", t.TempDir()).Events)
	for key, job := range map[string]string{
		"asked": "/forget-me by ou_me", "by": "/usage by ou_me", "in": "/usage by ou_b in oc_mine", "other": "/usage by ou_b",
	} {
		expectTaken(t, p, key, "o1", store.Taken)
		expectErr(t, "Park", p.Park(ctx, key, "o1", []byte(job)), nil)
	}
	for i := range 150 { // more than one look finds
		key := numbered("more", i)
		expectTaken(t, p, key, "o1", store.Taken)
		expectErr(t, "Park", p.Park(ctx, key, "o1", []byte("by ou_me")), nil)
	}
	expectErr(t, "Forget", p.Forget(ctx, []string{"ou_me", "oc_mine"}, "asked"), nil)
	for key, want := range map[string]string{"asked": store.Parked, "other": store.Parked, "by": store.Taken, "in": store.Taken, "more-149": store.Taken} {
		expectTaken(t, p, key, "o2", want)
	}
	kept, err := p.sql.ParkedOf(ctx, []string{"/forget-me", "/usage"}, "")
	slices.Sort(kept)
	if err != nil || len(kept) != 2 || kept[0] != "asked" || kept[1] != "other" {
		t.Errorf("the database keeps %q, %v", kept, err)
	}
	cutOff(p.redis)
	if err := p.Forget(ctx, []string{"ou_b"}, ""); err == nil {
		t.Error("while Redis is away it says that it is done")
	}
}

func openDatabase(t *testing.T, url, dir string) *sqlstore.Store {
	t.Helper()
	s, err := sqlstore.Open(t.Context(), url, dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
