package usage

import "testing"

func ptr(v int64) *int64 { return &v }

func TestCompare(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		value, before *int64
		want          Change
	}{
		{"up", ptr(120), ptr(100), Change{ByPercent, 20, 20}},
		{"down", ptr(75), ptr(100), Change{ByPercent, -25, -25}},
		{"no change", ptr(100), ptr(100), Change{Kind: Same}},
		{"nothing as before", ptr(0), ptr(0), Change{Kind: Same}},
		{"from nothing is new", ptr(7), ptr(0), Change{Kind: FromZero, Delta: 7}},
		{"to nothing is -100 %", ptr(0), ptr(100), Change{ByPercent, -100, -100}},
		{"to nothing is -100 % of a small count too", ptr(0), ptr(5), Change{ByPercent, -5, -100}},
		{"under 20 only the absolute change", ptr(15), ptr(10), Change{Kind: ByCount, Delta: 5}},
		{"19 is under 20", ptr(38), ptr(19), Change{Kind: ByCount, Delta: 19}},
		{"20 is not", ptr(30), ptr(20), Change{ByPercent, 10, 50}},
		{"a missing value is no zero", nil, ptr(100), Change{}},
		{"a missing base is no zero", ptr(100), nil, Change{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := compare(tt.value, tt.before); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestMetricsOfEachAbility(t *testing.T) {
	t.Parallel()
	// The page, under "ability" and in its appendix.
	has := map[Ability]map[Metric]bool{
		AppAbility:  {ActiveUsers: true, NewUsers: true, TotalUsers: true, PageViews: true, Opens: true},
		MiniProgram: {ActiveUsers: true, PageViews: true, Opens: true},
		Web:         {ActiveUsers: true, PageViews: true, Opens: true},
		Bot:         {ActiveUsers: true},
	}
	for _, a := range Abilities() {
		got := a.Metrics()
		if len(got) != len(has[a]) {
			t.Errorf("%s has %v", a, got)
		}
		for _, m := range got {
			if !has[a][m] {
				t.Errorf("%s has no %s", a, m)
			}
		}
	}
	if got := All.Each(); len(got) != 4 || got[0] != AppAbility {
		t.Errorf("all is made of %v", got)
	}
}
