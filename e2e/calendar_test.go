package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"usagebot/config"
	"usagebot/reports"
)

// moment reads a time in a zone.
func moment(t *testing.T, zone, at string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := time.ParseInLocation("2006-01-02 15:04:05 MST", at, location)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// TestSchedule_CalendarEdges moves the program's clock over the edges of months, weekends and daylight saving. Each
// step names a moment and what has come by then: the first days of the digests' periods.
func TestSchedule_CalendarEdges(t *testing.T) {
	t.Parallel()
	const shanghai, newYork = "Asia/Shanghai", "America/New_York"
	type step struct{ at, come string }
	tests := []struct {
		name, zone, begins, line string
		steps                    []step
	}{
		{"workdays over a weekend at a month's end", shanghai, "2026-11-27 11:00:00 CST", "/subscribe daily 10:30 on:workdays h5", []step{
			{"2026-11-28 10:31:00 CST", ""},
			{"2026-11-29 10:31:00 CST", ""},
			{"2026-11-30 10:31:00 CST", "2026-11-27"},
			{"2026-12-01 10:31:00 CST", "2026-11-27 2026-11-30"},
		}},
		{"the 31st where a month is shorter", shanghai, "2027-02-01 11:00:00 CST", "/subscribe monthly 10:30 on:31 h5", []step{
			{"2027-02-27 23:59:00 CST", ""},
			{"2027-02-28 10:29:00 CST", ""},
			{"2027-02-28 10:31:00 CST", "2027-01-01"},
			{"2027-03-30 10:31:00 CST", "2027-01-01"},
			{"2027-03-31 10:31:00 CST", "2027-01-01 2027-02-01"},
		}},
		{"the last day in a leap year", shanghai, "2028-02-01 11:00:00 CST", "/subscribe monthly 10:30 on:last h5", []step{
			{"2028-02-28 10:31:00 CST", ""}, {"2028-02-29 10:31:00 CST", "2028-01-01"},
		}},
		{"an hour that is skipped", newYork, "2027-03-13 12:00:00 EST", "/subscribe daily 02:30 h5 tz:America/New_York", []step{
			{"2027-03-14 01:59:50 EST", ""},
			{"2027-03-14 03:29:50 EDT", ""},
			{"2027-03-14 03:30:10 EDT", "2027-03-13"},
			{"2027-03-15 02:29:50 EDT", "2027-03-13"},
			{"2027-03-15 02:30:10 EDT", "2027-03-13 2027-03-14"},
		}},
		{"a morning far to the east, when the day before is not out", "Pacific/Auckland", "2026-11-24 08:00:00 NZDT", "/subscribe daily 10:30 h5 tz:Pacific/Auckland", []step{
			{"2026-11-24 10:29:50 NZDT", ""},
			{"2026-11-24 10:30:10 NZDT", "2026-11-22"},
			{"2026-11-25 10:30:10 NZDT", "2026-11-22 2026-11-23"},
		}},
		{"an evening far to the west, when the day itself is out", newYork, "2026-11-24 22:00:00 EST", "/subscribe daily 22:30 h5 tz:America/New_York", []step{
			{"2026-11-24 22:29:50 EST", ""},
			{"2026-11-24 22:30:10 EST", "2026-11-24"},
			{"2026-11-25 22:30:10 EST", "2026-11-24 2026-11-25"},
		}},
		{"an hour that comes twice", newYork, "2027-11-06 12:00:00 EDT", "/subscribe daily 01:30 h5 tz:America/New_York", []step{
			{"2027-11-07 01:29:50 EDT", ""},
			{"2027-11-07 01:30:10 EDT", "2027-11-06"},
			{"2027-11-07 01:30:10 EST", "2027-11-06"},
			{"2027-11-08 01:29:50 EST", "2027-11-06"},
			{"2027-11-08 01:30:10 EST", "2027-11-06 2027-11-07"},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			h := open(t, moment(t, tt.zone, tt.begins), fastEngine)
			h.subscribed(t, tt.line)
			for _, s := range tt.steps {
				h.setClock(moment(t, tt.zone, s.at))
				want := strings.Fields(s.come)
				await(t, fmt.Sprintf("at %s there are %d digests", s.at, len(want)), func() bool { return len(h.digests(h.p2p)) == len(want) })
				h.settled(t)
				came := h.digests(h.p2p)
				if len(came) != len(want) {
					t.Fatalf("at %s %d digests have come, want %d", s.at, len(came), len(want))
				}
				for i, day := range want {
					if !strings.Contains(came[i].Content, day) {
						t.Errorf("at %s digest %d does not carry %s:\n%s", s.at, i, day, came[i].text())
					}
				}
			}
			if strings.Contains(tt.line, "workdays") && !strings.Contains(h.digests(h.p2p)[0].text(), "上一个工作日") {
				t.Errorf("Monday's does not say that it carries the last workday:\n%s", h.digests(h.p2p)[0].text())
			}
		})
	}
}

// TestSchedule_Outage_GraceByCycle starts the program again after an outage.
func TestSchedule_Outage_GraceByCycle(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, line string
		back       time.Time
		want       reports.DeliveryState
		reason     reports.Reason
	}{
		{"daily, within its day", "/subscribe daily 10:30 h5", at(11, 26, 23, 50), reports.Delivered, ""},
		{"daily, the day after", "/subscribe daily 10:30 h5", at(11, 27, 9, 0), reports.Skipped, reports.TooLate},
		{"weekly, within two days", "/subscribe weekly 10:30 on:mon h5", at(12, 2, 23, 50), reports.Delivered, ""},
		{"weekly, after three", "/subscribe weekly 10:30 on:mon h5", at(12, 3, 0, 5), reports.Skipped, reports.TooLate},
		{"monthly, within five days", "/subscribe monthly 10:30 on:1 h5", at(12, 6, 23, 50), reports.Delivered, ""},
		{"monthly, after six", "/subscribe monthly 10:30 on:1 h5", at(12, 7, 0, 5), reports.Skipped, reports.TooLate},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			keep := func(c *config.Config) { c.DataDir = dir }
			h := open(t, wednesday, fastEngine, keep)
			h.subscribed(t, tt.line)
			h.app.Stop()
			h.setClock(tt.back)
			h.app = h.start(t, fastEngine, keep)
			await(t, "it is decided", func() bool { s := h.last(t, h.p2p).State; return s != "" && s != reports.Waiting })
			if d := h.last(t, h.p2p); d.State != tt.want || d.Reason != tt.reason || d.Late != (tt.want == reports.Delivered) {
				t.Errorf("it is %s (%s), late: %v", d.State, d.Reason, d.Late)
			}
			h.settled(t)
			if n := len(h.digests(h.p2p)); n != map[bool]int{true: 1}[tt.want == reports.Delivered] {
				t.Errorf("%d digests", n)
			}
		})
	}
}

// TestSchedule_Workdays_TestAndRunCarryFriday asks for a workdays digest over a weekend, and has it sent before its time on Monday: it is
// Friday's both times, says so, and does not come once more.
func TestSchedule_Workdays_TestAndRunCarryFriday(t *testing.T) {
	t.Parallel()
	h := open(t, time.Date(2026, 11, 29, 12, 0, 0, 0, wednesday.Location()), fastEngine)
	h.app.Rights.Admins = []string{h.me}
	id := h.subscribed(t, "/subscribe daily 10:30 on:workdays h5")
	h.say(t, "/test "+id).has("2026-11-27", "上一个工作日")
	h.setClock(at(11, 30, 10, 5))
	h.say(t, "/admin run "+id).has("2026-11-27")
	h.awaitState(t, h.p2p, reports.Delivered)
	h.setClock(at(11, 30, 10, 31))
	h.settled(t)
	came := h.digests(h.p2p)
	if len(came) != 1 || !strings.Contains(came[0].text(), "2026-11-27") || !strings.Contains(came[0].text(), "上一个工作日") {
		t.Errorf("%d digests have come: %v", len(came), came)
	}
}
