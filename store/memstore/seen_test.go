package memstore

import (
	"slices"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
)

func TestSeen_Times(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, step := range []struct {
			name      string
			idle, age time.Duration // before and after the key is noted
			want      bool
		}{
			{"at once", 0, 0, true},
			{"before its time", 0, SeenTTL - time.Second, true},
			{"noted just before a generation ends", SeenTTL - time.Minute, SeenTTL - time.Second, true},
			{"after twice its time", 0, 2 * SeenTTL, false},
			{"after days without an event", 0, 10 * SeenTTL, false},
		} {
			s := NewSeen()
			s.Note(t.Context(), []string{"first"})
			time.Sleep(step.idle)
			s.Note(t.Context(), []string{"key"})
			time.Sleep(step.age)
			if got := s.Known(t.Context(), []string{"other", "key"}); !slices.Equal(got, []bool{false, step.want}) {
				t.Errorf("%s: Known = %v, want false and %v", step.name, got, step.want)
			}
		}
	})
}

func TestSeen_Bounded(t *testing.T) {
	t.Parallel()
	s := NewSeen()
	for i := range 3*seenLimit + 1 {
		s.Note(t.Context(), []string{strconv.Itoa(i)})
	}
	got := s.Known(t.Context(), []string{"0", strconv.Itoa(2 * seenLimit), strconv.Itoa(3 * seenLimit)})
	if !slices.Equal(got, []bool{false, true, true}) || len(s.current)+len(s.previous) > 2*seenLimit {
		t.Errorf("Known = %v with %d keys kept; want the newest %d at least and %d at most", got, len(s.current)+len(s.previous), seenLimit, 2*seenLimit)
	}
}
