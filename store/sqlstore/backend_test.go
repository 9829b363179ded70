package sqlstore

import (
	"errors"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/inbox"
	"usagebot/reports"
	"usagebot/store/pgtest"
	"usagebot/usage"
)

// database is a database of its own for one test.
type database struct {
	*Store
	url, dir string
}

// another opens the same database as another process would.
func (d *database) another(t testing.TB) *Store { return openSQL(t, d.url, d.dir) }

func openSQL(t testing.TB, url, dir string) *Store {
	t.Helper()
	s, err := Open(t.Context(), url, dir)
	if err != nil {
		t.Fatalf("Open: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return s
}

// behaviour is one sentence that holds for both databases.
type behaviour struct {
	name string
	test func(t *testing.T, db *database)
}

func TestSQL(t *testing.T) {
	t.Parallel()
	server := pgtest.Start(t)
	for name, test := range map[string]func(*testing.T, *pgtest.Server){
		"four that start at once migrate once":          fourThatStartAtOnceMigrateOnce,
		"errors hold no password":                       errorsHoldNoPassword,
		"examining changes nothing":                     examiningChangesNothing,
		"two that wait for each other both get through": twoThatWaitForEachOtherBothGetThrough,
		"no query reads a whole table":                  noQueryReadsAWholeTable,
		"four processes start at once through a pooler": fourProcessesStartAtOnceThroughAPooler,
		"a killed migration is taken over":              aKilledMigrationIsTakenOver,
		"poolers are examined":                          poolersAreExamined,
		"refusals of a server are examined":             refusalsOfAServerAreExamined,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, server)
		})
	}
	behaviours := append(orderBehaviours(), deliveryBehaviours()...)
	for _, more := range [][]behaviour{keepingBehaviours(), noticeBehaviours(), accessBehaviours(), onceBehaviours(), eventBehaviours(), housekeepingBehaviours(), forgettingBehaviours(), holdBehaviours()} {
		behaviours = append(behaviours, more...)
	}
	pooler := server.StartPooler(t, "transaction")
	for kind, tt := range map[string]struct {
		empty      func(t *testing.T) *database
		behaviours []behaviour
	}{
		"SQLite":     {newFile, behaviours},
		"PostgreSQL": {lend(server.NewDatabase(t), server.NewDatabase(t)), behaviours},
		"PgBouncer": {
			lend(pooler.Address(t, server.NewDatabase(t)), pooler.Address(t, server.NewDatabase(t))),
			slices.Concat(orderBehaviours(), deliveryBehaviours(), eventBehaviours(), accessBehaviours()),
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			for _, b := range tt.behaviours {
				t.Run(b.name, func(t *testing.T) {
					t.Parallel()
					b.test(t, tt.empty(t))
				})
			}
		})
	}
}

func newFile(t *testing.T) *database {
	t.Helper()
	dir := t.TempDir()
	return &database{Store: openSQL(t, "", dir), dir: dir}
}

// lend gives each test one of a few databases, emptied: to make a new one
// takes longer than most tests.
func lend(addresses ...string) func(t *testing.T) *database {
	free := make(chan string, len(addresses))
	for _, address := range addresses {
		free <- address
	}
	return func(t *testing.T) *database {
		t.Helper()
		address := <-free
		t.Cleanup(func() { free <- address })
		s := openSQL(t, address, "")
		for _, table := range tables() {
			execute(t, s, "DELETE FROM "+table)
		}
		return &database{Store: s, url: address}
	}
}

// tables are all of them, in an order in which they can be emptied.
func tables() []string {
	return []string{
		"forgettings", "direct_chats", "notice_batches", "notices", "deliveries", "subscriptions", "chats", "usage_history", "department_history", "events",
		"grants", "changes", "apps", "greeted_people", "tasks", "replicas", "backfills", "send_refusals", "refreshes",
	}
}

// noon is the now of these tests; minutes count from it.
func noon() time.Time { return time.UnixMilli(1_790_000_000_123).UTC() }

func minute(n int) time.Time { return noon().Add(time.Duration(n) * time.Minute) }

// daily is the period of a day in November.
func daily(day int) usage.Period { return usage.PeriodOf(usage.Daily, usage.NewDate(2026, 11, day)) }

// order is an active subscription of a chat to what a number says, due at noon.
func order(chat string, n int) reports.Subscription {
	return reports.Subscription{
		ID: chat + strconv.Itoa(n), ChatID: chat, Single: true, OwnerID: "ou_owner", AppID: "cli_app", Ability: usage.AppAbility,
		Schedule:     reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, On: reports.Workdays, Zone: "Asia/Shanghai"},
		DepartmentID: "od-" + strconv.Itoa(n), DepartmentName: "研发部", State: reports.Active, NextDue: noon(),
		CreatedAt: minute(n - 1000), UpdatedAt: minute(n - 1000),
	}
}

// waiting is an open delivery of a day, to be tried at a minute.
func waiting(day, tryAt int) reports.Delivery {
	return reports.Delivery{Period: daily(day), Slot: minute(tryAt), State: reports.Waiting, TryAt: minute(tryAt)}
}

// accept stores events with these keys, which happened a minute after each other.
func accept(t testing.TB, s *Store, keys ...string) {
	t.Helper()
	var list []inbox.Event
	for i, key := range keys {
		list = append(list, inbox.Event{Key: key, Kind: inbox.Message, Payload: []byte(`{}`), CreatedAt: minute(i), ReceivedAt: minute(i), Attempt: 1})
	}
	if _, err := s.Events.Insert(t.Context(), "a process", minute(60), list); err != nil {
		t.Fatalf("Insert: %v", err)
	}
}

func subscribe(t *testing.T, s *Store, sub reports.Subscription) reports.Subscription {
	t.Helper()
	kept, created, err := s.Subscriptions.Subscribe(t.Context(), "", sub, nil)
	if err != nil || !created {
		t.Fatalf("Subscribe: created %v, %v", created, err)
	}
	return kept
}

// enterAll subscribes and opens the deliveries.
func enterAll(t *testing.T, s *Store, entries ...reports.Delivery) reports.Subscription {
	t.Helper()
	sub := subscribe(t, s, order("oc_a", 1))
	if err := s.Deliveries.Open(t.Context(), sub, minute(1440), entries); err != nil {
		t.Fatalf("Open: %v", err)
	}
	return sub
}

func change(t *testing.T, s *Store, id string, f func(*reports.Subscription)) reports.Subscription {
	t.Helper()
	changed, err := s.Subscriptions.Change(t.Context(), reports.Edit{ID: id, Change: func(sub *reports.Subscription) error { f(sub); return nil }})
	if err != nil {
		t.Fatalf("Change: %v", err)
	}
	return changed
}

func subscription(t *testing.T, s *Store, id string) reports.Subscription {
	t.Helper()
	sub, err := s.Subscriptions.Subscription(t.Context(), id)
	if err != nil {
		t.Fatalf("Subscription: %v", err)
	}
	return sub
}

func delivery(t *testing.T, s *Store, id string, day int) reports.Delivery {
	t.Helper()
	d, err := s.Deliveries.Delivery(t.Context(), id, daily(day))
	if err != nil {
		t.Fatalf("Delivery of day %d: %v", day, err)
	}
	return d
}

func claim(t *testing.T, s *Store, now time.Time, limit int) []reports.Delivery {
	t.Helper()
	claimed, err := s.Deliveries.Claim(t.Context(), now, time.Minute, limit)
	if err != nil {
		t.Fatalf("Claim: %v", err)
	}
	return claimed
}

func days(deliveries []reports.Delivery) []int {
	found := []int{}
	for _, d := range deliveries {
		found = append(found, d.Period.Start.Day)
	}
	return found
}

func same(t *testing.T, what string, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func wantErr(t *testing.T, what string, want, got error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// atOnce calls f n times at the same moment.
func atOnce(n int, f func(i int)) {
	var ready, done sync.WaitGroup
	ready.Add(n)
	for i := range n {
		done.Go(func() {
			ready.Done()
			ready.Wait()
			f(i)
		})
	}
	done.Wait()
}
