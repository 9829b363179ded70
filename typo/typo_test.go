package typo

import "testing"

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		d    int
		near bool
	}{
		{"usage", "usgae", 1, true},
		{"usage", "usge", 1, true},
		{"usage", "sauge", 2, true},
		{"usage", "massage", 3, false},
		{"Slaes", "Sales", 1, true},
		{"subs", "sbus", 1, true},
		{"subs", "sabs", 1, true},
		{"subs", "sxxs", 2, false},
		{"top", "tpo", 1, true},
		{"a", "b", 0, false},
		{"", "ab", 0, false},
		{"dashboards", "dashbrd", 3, false},
		{"verification", "veriffccatoin", 4, true},
		{"用量", "用粮", 1, true},
		{"用量", "us", 0, false},
		{"研发部", "研法部", 1, true},
		{"ab", "ab", 0, true},
	} {
		for _, pair := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if d, near := Distance(pair[0], pair[1]); near != tt.near || near && d != tt.d {
				t.Errorf("Distance(%q, %q) = %d, %v, want %d, %v", pair[0], pair[1], d, near, tt.d, tt.near)
			}
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	words := []string{"serve", "demo", "doctor", "version"}
	for typed, want := range map[string]string{"dcotor": "doctor", "doctr": "doctor", "sreve": "serve", "demos": "demo", "xyz": "", "": ""} {
		if got, ok := Nearest(typed, words); ok != (want != "") || ok && got != want {
			t.Errorf("Nearest(%q) = %q, %v, want %q", typed, got, ok, want)
		}
	}
}

func TestNearest_TiesAreNotGuessed(t *testing.T) {
	t.Parallel()
	if got, ok := Nearest("resume", []string{"resumé", "resumo"}); ok {
		t.Errorf("Nearest = %q, want none: both are as near", got)
	}
	type word struct {
		text string
		of   int
	}
	list := []word{{"resumé", 1}, {"resumo", 1}, {"pause", 2}}
	if got, ok := NearestOf("resume", list, func(w word) (string, any) { return w.text, w.of }); !ok || got.of != 1 {
		t.Errorf("NearestOf = %v, %v, want one of the two that mean the same", got, ok)
	}
}
