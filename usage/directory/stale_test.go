package directory

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"usagebot/usage"
)

// slowLister lists what there is when it is asked, and answers after a while.
type slowLister struct {
	took  time.Duration
	list  []usage.Department
	err   error
	began []time.Time
}

func (l *slowLister) fetch(ctx context.Context) ([]usage.Department, error) {
	l.began = append(l.began, time.Now())
	list, err := l.list, l.err
	if slept := sleep(ctx, l.took); slept != nil {
		return nil, slept
	}
	return list, err
}

// pass lets time pass, and waits until what it set off is over.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

func TestDirectory_ManyChanges_OneFetchAMinute(t *testing.T) {
	for _, took := range []time.Duration{0, 3 * time.Second, 90 * time.Second} {
		at(t, 11, 23, 11, func(t *testing.T) {
			l := &slowLister{took: took, list: company()}
			d := New(l.fetch, &memory{}, time.Now)
			defer d.Close()
			if err := d.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.began = nil
			for range 100 {
				d.Changed()
				pass(100 * time.Millisecond)
			}
			l.list = company()[:1] // the change that the last event tells of
			d.Changed()
			pass(10 * time.Minute)
			if n := len(l.began); n == 0 || n > 2 {
				t.Errorf("fetches that take %v: %d for 101 events, want 1 or 2", took, n)
			}
			for i := 1; i < len(l.began); i++ {
				if pause := l.began[i].Sub(l.began[i-1]); pause < time.Minute {
					t.Errorf("fetches that take %v: two within %v", took, pause)
				}
			}
			if _, known := d.Known("od-mk"); known {
				t.Errorf("fetches that take %v: the last change was lost", took)
			}
		})
	}
}

func TestDirectory_ChangeDuringFetch_FetchedAgain(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &slowLister{took: 10 * time.Second, list: company()}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		go func() { _ = d.Refresh(t.Context()) }()
		pass(5 * time.Second)
		l.list = company()[:1]
		d.Changed() // the fetch under way has read the old list
		pass(6 * time.Second)
		if _, known := d.Known("od-mk"); !known {
			t.Error("the first fetch did not bring the old list")
		}
		pass(10 * time.Second)
		if _, known := d.Known("od-mk"); known || len(l.began) != 2 {
			t.Errorf("after %d fetches the department is still known: %v", len(l.began), known)
		}
	})
}

func TestDirectory_FailedFetchAfterChange_TriedAgainAfterAMinute(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &slowLister{list: company()}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		ask := func(after time.Duration, want int) {
			t.Helper()
			pass(after)
			if m, err := d.Find(t.Context(), "研发部"); err != nil || m.One == nil {
				t.Errorf("the old index does not answer: %v", err)
			}
			synctest.Wait()
			if len(l.began) != want {
				t.Errorf("%d fetches, want %d", len(l.began), want)
			}
		}
		ask(0, 1)
		l.list, l.err = company()[:1], errors.New("no answer")
		d.Changed()
		synctest.Wait()
		ask(0, 2)
		ask(59*time.Second, 2)
		ask(2*time.Second, 3)
		l.err = nil
		ask(30*time.Second, 3)
		ask(31*time.Second, 4)
		if _, known := d.Known("od-mk"); known {
			t.Error("the change was lost with the fetch that failed")
		}
		ask(2*time.Minute, 4)
	})
}

func TestDirectory_ClockPutBack_StillFetches(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		var back time.Duration
		l := &slowLister{list: company()}
		d := New(l.fetch, &memory{}, func() time.Time { return time.Now().Add(-back) })
		defer d.Close()
		d.Changed()
		synctest.Wait()
		back = 24 * time.Hour
		l.list = company()[:1]
		d.Changed()
		pass(61 * time.Second)
		if _, known := d.Known("od-mk"); known {
			t.Errorf("after %d fetches the index is still the old one", len(l.began))
		}
		back, l.err = 48*time.Hour, errors.New("no answer")
		d.Changed()
		pass(61 * time.Second)
		back, l.list, l.err = 72*time.Hour, company(), nil
		if err := d.Refresh(t.Context()); err != nil {
			t.Error(err)
		}
		if _, known := d.Known("od-mk"); !known {
			t.Errorf("after %d fetches the index is still the old one", len(l.began))
		}
	})
}

func TestDirectory_Closed_FetchesNoMore(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &slowLister{list: company()}
		d := New(l.fetch, &memory{}, time.Now)
		d.Changed()
		synctest.Wait()
		d.Changed() // in a minute, but for the end
		d.Close()
		d.Changed()
		pass(10 * time.Minute)
		if len(l.began) != 1 {
			t.Errorf("%d fetches, want the one before the end", len(l.began))
		}
		if err := d.Refresh(t.Context()); err == nil && len(l.began) > 1 {
			t.Error("it fetched after its end")
		}
	})
}

func TestDirectory_UnknownName_WaitsForTheFetchInFlight(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &slowLister{list: company()[:1]}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		if err := d.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.list, l.took = company(), 20*time.Second
		d.Changed()
		pass(5 * time.Second)
		asked := time.Now()
		if m, err := d.Find(t.Context(), "市场部"); err != nil || m.One == nil {
			t.Errorf("got %v, %v", m.One, err)
		}
		if waited := time.Since(asked); waited != 15*time.Second || len(l.began) != 2 {
			t.Errorf("it waited %v, and there were %d fetches", waited, len(l.began))
		}
	})
}

func TestDirectory_RenamedDuringTheFetch_NotMistakenForAnother(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		old := append(company(), usage.Department{ID: "od-growth", ParentID: "0", Name: "增长 团队"})
		l := &slowLister{list: old}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		if err := d.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.list, l.took = slices.Clone(old), 20*time.Second
		l.list[slices.IndexFunc(old, func(one usage.Department) bool { return one.ID == "od-mk" })].Name = "增长部"
		d.Changed()
		for _, tt := range []struct {
			text, one string
			waits     bool
		}{
			{"研发部", "od-rd", false}, // its whole name
			{"od-mk", "od-mk", false},
			{"增长部", "od-mk", true}, // without 部 it is also the other one's
		} {
			asked := time.Now()
			m, err := d.Find(t.Context(), tt.text)
			if err != nil || m.One == nil || m.One.ID != tt.one {
				t.Errorf("%s is %+v, %v, want %s", tt.text, m, err, tt.one)
			}
			if waited := time.Since(asked); waited > 0 != tt.waits {
				t.Errorf("%s waited %v", tt.text, waited)
			}
		}
		if len(l.began) != 2 {
			t.Errorf("%d fetches, want 2", len(l.began))
		}
	})
}

func TestDirectory_OlderIndexInTheCache_ReplacesNoNewer(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		shared := &memory{}
		put := func(age time.Duration, list []usage.Department) {
			b, err := json.Marshal(snapshot{At: time.Now().Add(-age), Departments: list})
			if err != nil {
				t.Fatal(err)
			}
			shared.Put(t.Context(), cacheKey, b, cacheTTL)
		}
		l := &slowLister{list: company()}
		d := New(l.fetch, shared, time.Now)
		defer d.Close()
		if err := d.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct {
			age  time.Duration
			want bool
		}{{10 * time.Minute, true}, {0, false}} {
			time.Sleep(2 * time.Minute)
			put(tt.age, company()[:1])
			if m, err := d.Find(t.Context(), "od-mk"); err != nil || (m.One != nil) != tt.want {
				t.Errorf("an index %v old in the cache: found %v, %v; want %v", tt.age, m.One != nil, err, tt.want)
			}
		}
	})
}

func TestLineage(t *testing.T) {
	const bound = 24 * time.Hour
	list := append(company(),
		usage.Department{ID: "od-lost", ParentID: "od-unseen", Name: "外包组"}, usage.Department{ID: "od-bare", Name: "不知上级"},
		usage.Department{ID: "od-a", ParentID: "od-b", Name: "a"}, usage.Department{ID: "od-b", ParentID: "od-a", Name: "b"})
	at(t, 11, 23, 11, func(t *testing.T) {
		d := New((&slowLister{list: list}).fetch, &memory{}, time.Now)
		defer d.Close()
		for _, tt := range []struct {
			id    string
			want  []string
			whole bool
		}{
			{"od-be", []string{"od-be", "od-rd"}, true},
			{"od-rd", []string{"od-rd"}, true},
			{"0", []string{"0"}, true},
			{"od-none", []string{"od-none"}, false},
			{"od-lost", []string{"od-lost"}, false},
			{"od-bare", []string{"od-bare"}, false},
		} {
			got, err := d.Lineage(t.Context(), tt.id, bound)
			if err != nil || !slices.Equal(got.IDs, tt.want) || got.Whole != tt.whole {
				t.Errorf("%s: %+v, %v", tt.id, got, err)
			}
		}
		if got, err := d.Lineage(t.Context(), "od-a", bound); err != nil || got.Whole {
			t.Errorf("a circle: %+v, %v", got, err)
		}
	})
}

func TestLineage_IndexTooOld_Fails(t *testing.T) {
	const bound = 24 * time.Hour
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &slowLister{list: company()}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		ask := func(after time.Duration, want bool) {
			t.Helper()
			pass(after)
			synctest.Wait()
			if got, err := d.Lineage(t.Context(), "od-be", bound); (err == nil) != want || want && len(got.IDs) != 2 {
				t.Errorf("after %v: %+v, %v", after, got, err)
			}
		}
		ask(0, true)
		l.err = errors.New("no answer")
		ask(23*time.Hour, true)
		ask(time.Hour, false)
		n := len(l.began)
		for range 20 {
			ask(2*time.Second, false)
		}
		if asked := len(l.began) - n; asked > 1 {
			t.Errorf("%d questions in a minute to a platform that does not answer", asked)
		}
		if m, err := d.Find(t.Context(), "后端组"); err != nil || m.One == nil {
			t.Errorf("a name is not found in an old index: %v", err)
		}
		l.err = nil
		ask(2*time.Minute, true)
	})
}

// TestLineage_Moved has 后端组 moved: an index that a change has made stale is waited for, but not for long.
func TestLineage_Moved_WaitsForTheNewIndex(t *testing.T) {
	for took, want := range map[time.Duration]string{3 * time.Second: "od-mk", time.Minute: "od-rd"} {
		at(t, 11, 23, 11, func(t *testing.T) {
			l := &slowLister{list: company()}
			d := New(l.fetch, &memory{}, time.Now)
			defer d.Close()
			if err := d.Refresh(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.took, l.list = took, company()
			l.list[1].ParentID = "od-mk"
			d.Changed()
			asked := time.Now()
			got, err := d.Lineage(t.Context(), "od-be", 24*time.Hour)
			if err != nil || len(got.IDs) != 2 || got.IDs[1] != want {
				t.Errorf("a fetch of %v: %+v, %v; want %s above", took, got, err, want)
			}
			if waited := time.Since(asked); waited > lineageWait {
				t.Errorf("it waited %v", waited)
			}
		})
	}
}

// TestLineage_New asks for a department that came after the index.
func TestLineage_New_IsFetched(t *testing.T) {
	at(t, 11, 23, 11, func(t *testing.T) {
		l := &slowLister{list: company()}
		d := New(l.fetch, &memory{}, time.Now)
		defer d.Close()
		if err := d.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		l.list = append(l.list, usage.Department{ID: "od-new", ParentID: "od-rd", Name: "新组"})
		time.Sleep(2 * time.Minute)
		if got, err := d.Lineage(t.Context(), "od-new", time.Hour); err != nil || !slices.Equal(got.IDs, []string{"od-new", "od-rd"}) || !got.Whole {
			t.Errorf("%+v, %v", got, err)
		}
	})
}
