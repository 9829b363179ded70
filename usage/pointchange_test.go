package usage

import "testing"

func TestOnlyWholePointsAreCompared(t *testing.T) {
	t.Parallel()
	point := func(complete bool, figures Figures) Point {
		return Point{Complete: complete, Figures: map[Ability]Figures{Web: figures}}
	}
	trend := Trend{Points: []Point{
		point(true, Figures{ActiveUsers: 100}),
		point(true, Figures{ActiveUsers: 150}),
		{Complete: true},
		point(true, Figures{ActiveUsers: 90}),
		point(true, Figures{ActiveUsers: 90}),
		point(false, Figures{ActiveUsers: 30}),
	}}
	want := []Change{{}, {Kind: ByPercent, Delta: 50, Percent: 50}, {}, {}, {Kind: Same}, {}, {}}
	for i := range want {
		if got := trend.Change(i, Web, ActiveUsers); got != want[i] {
			t.Errorf("point %d: %+v, want %+v", i, got, want[i])
		}
	}
	if got := trend.Change(-1, Web, ActiveUsers); got != (Change{}) {
		t.Errorf("a point that there is not: %+v", got)
	}
}
