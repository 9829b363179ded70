package usage

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

func TestHowFarAHistoryIsFilled(t *testing.T) {
	t.Parallel()
	from, until := NewDate(2026, 11, 1), NewDate(2026, 11, 10)
	for _, tt := range []struct {
		next     Date
		days     int
		finished bool
	}{
		{until, 0, false},
		{NewDate(2026, 11, 3), 7, false},
		{from, 9, false},
		{NewDate(2026, 10, 31), 10, true},
		{NewDate(2026, 10, 20), 10, true},
	} {
		b := Backfill{From: from, Next: tt.next, Until: until}
		if days, all := b.Done(); days != tt.days || all != 10 || b.Finished() != tt.finished {
			t.Errorf("next %s: %d of %d days, finished %v; want %d of 10, %v", tt.next, days, all, b.Finished(), tt.days, tt.finished)
		}
	}
	if days, all := (Backfill{From: from, Next: from, Until: from}).Done(); days != 0 || all != 1 {
		t.Errorf("a history of one day: %d of %d", days, all)
	}
}

// askedFor are the days and periods that were asked for, each once although it is asked for every ability.
func (p *platform) askedFor() []string {
	var list []string
	for _, a := range p.calls {
		if one := fmt.Sprintf("%s %s", a.Cycle, a.Date); !slices.Contains(list, one) {
			list = append(list, one)
		}
	}
	return list
}

func TestAHistoryIsFilledAWeekAtATime(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
		a := newTestAsker(t, p)
		b := Backfill{AppID: "cli_a", From: NewDate(2026, 10, 30), Next: NewDate(2026, 11, 8), Until: NewDate(2026, 11, 8), By: "ou_1"}
		if _, err := a.Newest(t.Context(), "cli_a", Machines); err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			next string
			want []string
		}{
			{"2026-11-01", []string{
				"daily 2026-11-02", "daily 2026-11-03", "daily 2026-11-04", "daily 2026-11-05", "daily 2026-11-06", "daily 2026-11-07",
				"daily 2026-11-08", "weekly 2026-11-02", // and not November, which is not over
			}},
			{"2026-10-29", []string{"daily 2026-10-30", "daily 2026-10-31", "daily 2026-11-01", "weekly 2026-10-26", "monthly 2026-10-01"}},
			{"2026-10-29", nil}, // it is finished
		} {
			p.calls = nil
			got, err := a.Fill(t.Context(), b)
			want := b
			want.Next = day(t, step.next)
			if err != nil || got != want || !slices.Equal(p.askedFor(), step.want) || len(p.calls) != 4*len(step.want) {
				t.Errorf("%+v, %v; %d calls for %v\nwant %+v, %v", got, err, len(p.calls), p.askedFor(), want, step.want)
			}
			b = got
		}
	})
}

// TestAStepOfFillingThatFailsIsTakenAgain: nothing of it may be taken for filled. That there are no figures is an answer.
func TestAStepOfFillingThatFailsIsTakenAgain(t *testing.T) {
	at(t, 11, 25, 11, func(t *testing.T) {
		p := &platform{newest: NewDate(2026, 11, 24), figures: byDay}
		broken := true
		p.fail = func(_ int, a Request) error {
			switch {
			case a.Date == NewDate(2026, 11, 5) && a.Ability == Bot && broken:
				return &Failure{Reason: Rejected, LogID: "refused"}
			case a.Ability == MiniProgram:
				return &Failure{Reason: NoData}
			}
			return nil
		}
		a := newTestAsker(t, p)
		b := Backfill{AppID: "cli_a", From: NewDate(2026, 11, 2), Next: NewDate(2026, 11, 8), Until: NewDate(2026, 11, 15), By: "ou_1"}
		got, err := a.Fill(t.Context(), b)
		failure := new(Failure)
		if !errors.As(err, &failure) || failure.LogID != "refused" || got != b {
			t.Errorf("a step that failed: %+v, %v; want %+v", got, err, b)
		}
		broken = false
		if got, err = a.Fill(t.Context(), b); err != nil || !got.Finished() {
			t.Errorf("taken again: %+v, %v", got, err)
		}
	})
}
