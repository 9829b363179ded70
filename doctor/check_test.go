package doctor

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func always(findings ...Finding) func(context.Context) []Finding {
	return func(context.Context) []Finding { return slices.Clone(findings) }
}

func TestWhatNeedsAFailedCheckIsSkipped(t *testing.T) {
	t.Parallel()
	found := Run(t.Context(), []Check{
		{Name: "a", Run: always(Fail("late"))},
		{Name: "b", Needs: []string{"a"}, Run: always(OK("x"))},
		{Name: "c", Needs: []string{"b"}, Run: always(OK("x"))},
		{Name: "d", After: []string{"a"}, Run: always(Warn("x"), OK("y"))},
		{Name: "e", Needs: []string{"d"}, Run: always(OK("x"))},
	})
	var got []string
	for _, f := range found {
		got = append(got, f.Check+" "+string(f.Status)+" "+f.Args["check"])
	}
	want := []string{"a failure ", "b skipped a", "c skipped b", "d warning ", "d ok ", "e ok "}
	if !slices.Equal(got, want) {
		t.Errorf("found %q, want %q", got, want)
	}
	if Worst(found) != StatusFailure || Worst(found[3:]) != StatusWarning || Worst(found[4:]) != StatusOK || Worst(found[1:3]) != StatusOK {
		t.Errorf("the worst: %s %s %s", Worst(found), Worst(found[3:]), Worst(found[4:]))
	}
}

func TestChecksRunSideBySideAndInTheirTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		patient := func(ctx context.Context) []Finding { <-ctx.Done(); return []Finding{Fail("own")} }
		found := Run(t.Context(), []Check{
			{Name: "gives up", Limit: 2 * time.Second, Run: patient},
			{Name: "stuck", Limit: 2 * time.Second, Run: func(context.Context) []Finding { time.Sleep(time.Minute); return nil }},
			{Name: "broken", Run: func(context.Context) []Finding { panic("a defect") }},
		})
		if took := time.Since(began); took > 3*time.Second {
			t.Errorf("took %s", took)
		}
		var keys []string
		for _, f := range found {
			keys = append(keys, f.Key)
		}
		if want := []string{"own", "late", "broken"}; !slices.Equal(keys, want) {
			t.Errorf("found %q, want %q", keys, want)
		}
		time.Sleep(time.Minute) // for what is stuck
	})
}
