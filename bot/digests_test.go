package bot

import (
	"testing"

	"usagebot/bot/command"
	"usagebot/reports"
)

func TestScheduleIsChangedByWhatWasSaid(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]reports.On{"": reports.Workdays, command.EveryDay: reports.EveryDay, "fri": "fri"} {
		if got := (speaker{}).schedule(command.Args{On: said}, reports.Schedule{On: reports.Workdays}); got.On != want {
			t.Errorf("on %q after workdays is %q, want %q", said, got.On, want)
		}
	}
}
