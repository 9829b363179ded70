package usage

import "testing"

func TestOut(t *testing.T) {
	zeros, use := Figures{ActiveUsers: 0, TotalUsers: 9}, Figures{ActiveUsers: 5, TotalUsers: 9}
	tests := []struct {
		name  string
		hour  int
		days  map[string]Figures // what differs from use; nil: 211011
		day   string
		isOut bool
	}{
		{"yesterday with figures", 11, nil, "2026-11-22", true},
		{"today never", 11, nil, "2026-11-23", false},
		{"yesterday without", 11, map[string]Figures{"2026-11-22": nil}, "2026-11-22", false},
		{"nor in the evening, whatever the hour", 23, map[string]Figures{"2026-11-22": nil}, "2026-11-22", false},
		{"the day before is out then", 11, map[string]Figures{"2026-11-22": nil}, "2026-11-21", true},
		{"zeros where a week before was use", 11, map[string]Figures{"2026-11-22": zeros}, "2026-11-22", false},
		{"zeros as a week before", 11, map[string]Figures{"2026-11-22": zeros, "2026-11-15": zeros}, "2026-11-22", true},
		{"zeros of a day before one that is out", 11, map[string]Figures{"2026-11-21": zeros}, "2026-11-21", true},
		{"no use at weekends, after ten", 11, map[string]Figures{"2026-11-22": nil, "2026-11-21": nil}, "2026-11-22", true},
		{"no use at weekends, before ten", 9, map[string]Figures{"2026-11-22": nil, "2026-11-21": nil}, "2026-11-22", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			at(t, 11, 23, tt.hour, func(t *testing.T) {
				figures := func(a Ask) (Figures, bool) { f, special := tt.days[a.Date.String()]; return f, special }
				p := &platform{newest: NewDate(2026, 11, 22), figures: func(a Ask) Figures {
					if f, special := figures(a); special {
						return f
					}
					return use
				}}
				p.fail = func(_ int, a Ask) error {
					if f, special := figures(a); special && f == nil {
						return &Failure{Reason: NoData}
					}
					return nil
				}
				out, err := newTestAsker(t, p).Out(t.Context(), "cli_a", day(t, tt.day), Machines)
				if err != nil || out != tt.isOut {
					t.Errorf("out is %v, %v, want %v", out, err, tt.isOut)
				}
			})
		})
	}
}
