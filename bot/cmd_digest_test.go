package bot

import (
	"testing"
	"time"

	"usagebot/bot/command"
	"usagebot/reports"
	"usagebot/usage"
)

func TestWithSchedule_Days(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]reports.On{"": reports.Workdays, command.EveryDay: reports.EveryDay, "fri": "fri"} {
		if got := withSchedule(command.Args{On: said}, reports.Schedule{On: reports.Workdays}); got.On != want {
			t.Errorf("on %q after workdays is %q, want %q", said, got.On, want)
		}
	}
}

// TestPreviewPeriod uses a week that begins on Monday, 23 November.
func TestPreviewPeriod(t *testing.T) {
	t.Parallel()
	daily := reports.Schedule{Cycle: usage.Daily, Hour: 10, Min: 30, Zone: "UTC"}
	workdays, weekly := daily, daily
	workdays.On, weekly.Cycle, weekly.On = reports.Workdays, usage.Weekly, "mon"
	for _, tt := range []struct {
		name     string
		schedule reports.Schedule
		now      string
		want     string // empty for the newest that is out
	}{
		{"daily, before its time", daily, "2026-11-25 09:00", "2026-11-24"},
		{"daily, after it", daily, "2026-11-25 11:00", ""},
		{"workdays, on Sunday", workdays, "2026-11-29 12:00", "2026-11-27"},
		{"workdays, on Monday before its time", workdays, "2026-11-30 09:00", "2026-11-27"},
		{"workdays, on Monday after it", workdays, "2026-11-30 11:00", "2026-11-27"},
		{"workdays, on Friday", workdays, "2026-11-27 11:00", "2026-11-26"},
		{"weekly, on Monday before its time", weekly, "2026-11-30 09:00", "2026-11-23"},
		{"weekly, on Wednesday", weekly, "2026-11-25 11:00", ""},
	} {
		now, err := time.Parse("2006-01-02 15:04", tt.now)
		if err != nil {
			t.Fatal(err)
		}
		s := shared{zone: time.UTC, platformZone: time.UTC, calendar: reports.Calendar{Platform: time.UTC, Workdays: usage.NewWorkdays(usage.China)}, now: func() time.Time { return now }}
		when, err := s.previewPeriod(reports.Subscription{Schedule: tt.schedule})
		if got := when.Date.String(); err != nil || tt.want == "" && when != (usage.When{}) || tt.want != "" && got != tt.want {
			t.Errorf("%s: %v, %v, want %q", tt.name, when, err, tt.want)
		}
	}
}
