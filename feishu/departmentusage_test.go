package feishu_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/feishu"
	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
	"usagebot/usage"
)

// platformAtNoon is a sandbox on a Friday, and a client of it.
func platformAtNoon(t *testing.T, edit ...func(*sandbox.Options)) (*sandbox.Sandbox, *feishu.Client) {
	t.Helper()
	noon := time.Date(2026, 11, 20, 12, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
	sb := sandboxtest.Start(t, append([]func(*sandbox.Options){sandboxtest.At(noon)}, edit...)...)
	o := sb.Options()
	return sb, feishu.New(feishu.Settings{AppID: o.AppID, AppSecret: o.AppSecret, BaseURL: sb.URL()})
}

// whole reads every page.
func whole(ctx context.Context, t *testing.T, c *feishu.Client, ask usage.DepartmentRequest) (list []usage.DepartmentFigures, pages int) {
	t.Helper()
	for token := ""; ; {
		page, err := c.DepartmentUsage(ctx, ask, token)
		if err != nil {
			t.Fatal(err)
		}
		list, pages, token = append(list, page.Departments...), pages+1, page.Next
		if token == "" {
			return list, pages
		}
	}
}

func TestDepartmentUsageIsWhatTheOverviewSays(t *testing.T) {
	t.Parallel()
	sb, c := platformAtNoon(t, func(o *sandbox.Options) { o.RootDepartment = true })
	mall, expenses := sb.Apps()[1].ID, sb.Apps()[2].ID
	for _, ask := range []usage.DepartmentRequest{
		{AppID: mall, Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 9), DepartmentID: sb.Departments()[0].ID},
		{AppID: expenses, Cycle: usage.Monthly, Date: usage.NewDate(2026, 10, 1), DepartmentID: usage.RootID},
	} {
		list, pages := whole(t.Context(), t, c, ask)
		if len(list) < 7 || pages != 1 {
			t.Errorf("%d departments on %d pages", len(list), pages)
		}
		for _, d := range list {
			id := d.DepartmentID
			if id == usage.RootID {
				id = ""
			}
			want := map[usage.Ability]usage.Figures{}
			for _, ability := range usage.Abilities() {
				figures, code := sb.Figures(usage.Request{AppID: ask.AppID, Ability: ability, Cycle: ask.Cycle, Date: ask.Date, DepartmentID: id})
				if code == 0 {
					want[ability] = figures
				}
			}
			if diff := cmp.Diff(want, d.Figures); diff != "" {
				t.Errorf("%s (-overview +departments):\n%s", d.DepartmentID, diff)
			}
		}
	}
}

func TestDepartmentUsageSaysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	good := usage.DepartmentRequest{Cycle: usage.Daily, Date: usage.NewDate(2026, 11, 19)}
	for name, tt := range map[string]struct {
		edit   func(*usage.DepartmentRequest)
		fault  sandbox.Fault
		token  string
		reason usage.Reason
		wait   time.Duration
	}{
		"a small plan":              {fault: sandbox.Fault{Code: 211004}, reason: usage.PlanTooSmall},
		"an unknown app":            {edit: func(a *usage.DepartmentRequest) { a.AppID = "cli_none" }, reason: usage.UnknownApp},
		"what is no app id":         {edit: func(a *usage.DepartmentRequest) { a.AppID = "a/b" }, reason: usage.UnknownApp},
		"an unknown department":     {edit: func(a *usage.DepartmentRequest) { a.DepartmentID = "od-none" }, reason: usage.UnknownDepartment},
		"the root":                  {edit: func(a *usage.DepartmentRequest) { a.DepartmentID = usage.RootID }, reason: usage.UnknownDepartment},
		"a date in another form":    {fault: sandbox.Fault{Code: 211007}, reason: usage.BadDate},
		"tomorrow":                  {edit: func(a *usage.DepartmentRequest) { a.Date = usage.NewDate(2026, 11, 21) }, reason: usage.BadRange},
		"today, under 404":          {edit: func(a *usage.DepartmentRequest) { a.Date = usage.NewDate(2026, 11, 20) }, reason: usage.NoData},
		"no data, under 200":        {fault: sandbox.Fault{Code: 211011}, reason: usage.NoData},
		"a token of another page":   {token: "new-1", reason: usage.Rejected},
		"a code of the overview":    {fault: sandbox.Fault{Code: 211008}, reason: usage.Rejected},
		"a missing scope":           {fault: sandbox.Fault{Code: 99991672}, reason: usage.MissingScope},
		"throttling":                {fault: sandbox.Fault{Code: 99991400, Reset: 52}, reason: usage.Throttled, wait: 52 * time.Second},
		"a gateway's page":          {fault: sandbox.Fault{HTML: true}, reason: usage.Unavailable},
		"a closed connection":       {fault: sandbox.Fault{DropAnswer: true}, reason: usage.Unavailable},
		"a token that is not taken": {fault: sandbox.Fault{Code: 99991663}, reason: usage.Unavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sb, c := platformAtNoon(t)
			ask := good
			ask.AppID, ask.DepartmentID = sb.Apps()[1].ID, sb.Departments()[0].ID
			if tt.edit != nil {
				tt.edit(&ask)
			}
			if tt.fault != (sandbox.Fault{}) {
				tt.fault.Endpoint = "department_overview"
				sb.AddFault(tt.fault)
			}
			page, err := c.DepartmentUsage(t.Context(), ask, tt.token)
			f, _ := errors.AsType[*usage.Failure](err)
			if f == nil || page.Departments != nil || f.Reason != tt.reason || f.RetryAfter != tt.wait {
				t.Fatalf("%d departments, %v; want %s", len(page.Departments), err, tt.reason)
			}
			if calls := len(sb.Calls("department_overview")); calls > 1 {
				t.Errorf("called %d times", calls)
			}
		})
	}
}
