package templates

import (
	"math"
	"strings"
	"testing"

	"usagebot/templates/card"
)

func TestInteger(t *testing.T) {
	t.Parallel()
	tests := map[int64]string{
		0: "0", 7: "7", 999: "999", 1000: "1,000", 12345: "12,345", 1234567: "1,234,567", -45: "−45", -1000: "−1,000",
		math.MaxInt64: "9,223,372,036,854,775,807", math.MinInt64: "−9,223,372,036,854,775,808",
	}
	for n, want := range tests {
		if got := card.Integer(n); got != want {
			t.Errorf("card.Integer(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestSigned(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{5: "+5", 1234: "+1,234", 0: "0", -5: "−5"} {
		if got := signed(n); got != want {
			t.Errorf("signed(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestPercent(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		p    float64
		want string
	}{
		{"a tenth", 12.34, "+12.3%"},
		{"whole", 50, "+50%"},
		{"rounded to a whole", 12.04, "+12.0%"},
		{"down", -7.77, "−7.8%"},
		{"all gone", -100, "−100%"},
		{"nearly all gone is not all", -99.97, "−99.9%"},
		{"nearly twice as many is not twice", 99.96, "+99.9%"},
		{"twice as many", 100, "+100%"},
		{"more than twice as many", 100.06, "+100.1%"},
		{"hardly any is not none", 0.04, "+<0.1%"},
		{"hardly any less", -0.04, "−<0.1%"},
		{"nearly a thousand", 999.94, "+999.9%"},
		{"a thousand, rounded", 999.96, "+1,000%"},
		{"a thousand and more", 1234.56, "+1,235%"},
		{"a million", 1_234_567.8, "+1,234,568%"},
		{"not a number", math.NaN(), ""},
		{"infinite", math.Inf(1), ""},
		{"beyond counting", 1e300, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := percent(tt.p); got != tt.want {
				t.Errorf("percent(%v) = %q, want %q", tt.p, got, tt.want)
			}
		})
	}
}

func TestClean(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, in, want string }{
		{"short", "研发部", "研发部"},
		{"cut", strings.Repeat("长", 70), strings.Repeat("长", 59) + "…"},
		{"just fits", strings.Repeat("长", 60), strings.Repeat("长", 60)},
		{"one line", "a\nb\tc\u2028d", "a b c d"},
		{"no turned writing", "a\u202Egnp.exe", "agnp.exe"},
		{"valid", "a\xffb", "a\uFFFDb"},
		{"markup stays as text", "<at id=all></at>", "<at id=all></at>"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := card.Name(tt.in); got != tt.want {
				t.Errorf("name(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestPathKeepsItsEnd(t *testing.T) {
	t.Parallel()
	got := card.Path(strings.Repeat("上级/", 40) + "后端组")
	if !strings.HasPrefix(got, "…") || !strings.HasSuffix(got, "/后端组") || len([]rune(got)) != card.MaxName {
		t.Errorf("path = %q", got)
	}
}

func TestShort(t *testing.T) {
	t.Parallel()
	all := newTemplates(t)
	tests := []struct {
		n      int64
		zh, en string
	}{
		{0, "0", "0"},
		{99_999, "99,999", "99,999"},
		{100_000, "10万", "100K"},
		{123_456, "12.3万", "123.5K"},
		{999_949, "100万", "999.9K"},
		{999_951, "100万", "1M"},
		{1_234_567, "123.5万", "1.2M"},
		{12_345_678, "1,235万", "12.3M"},
		{12_344_999, "1,234万", "12.3M"}, // not by way of 1,234.5
		{1_234_449_999_999, "1.2万亿", "1,234B"},
		{99_996_000, "1亿", "100M"},
		{99_999_999, "1亿", "100M"},
		{123_456_789, "1.2亿", "123.5M"},
		{-123_456, "−12.3万", "−123.5K"},
		{math.MaxInt64, "9,223,372万亿", "9,223,372,037B"},
	}
	for _, tt := range tests {
		if zh, en := all.in(Chinese).short(tt.n), all.in(English).short(tt.n); zh != tt.zh || en != tt.en {
			t.Errorf("short(%d) = %s, %s, want %s, %s", tt.n, zh, en, tt.zh, tt.en)
		}
	}
}
