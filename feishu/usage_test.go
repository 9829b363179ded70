package feishu

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func weekly() usage.Request {
	return usage.Request{AppID: "cli_target", Ability: usage.Web, Cycle: usage.Weekly, Date: usage.NewDate(2026, 11, 16), DepartmentID: "od-1"}
}

func TestOverviewAsksInThePlatformsForm(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epOverview: {ok(`{"items":[]}`)}})
	whole := weekly()
	whole.DepartmentID = ""
	for _, ask := range []usage.Request{weekly(), whole} {
		if _, err := p.client.Overview(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	first, second := p.calls(epOverview)[0], p.calls(epOverview)[1]
	want := map[string]string{"date": "2026-11-16", "cycle_type": "2", "department_id": "od-1", "ability": "h5"}
	if diff := cmp.Diff(want, first.body); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
	if first.query != "department_id_type=open_department_id" || first.path != "/open-apis/application/v6/applications/cli_target/app_usage/overview" {
		t.Errorf("asked %s?%s", first.path, first.query)
	}
	delete(want, "department_id")
	if diff := cmp.Diff(want, second.body); diff != "" {
		t.Errorf("body for the whole tenant (-want +got):\n%s", diff)
	}
}

func TestOverviewReadsFigures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		items string
		want  usage.Figures
	}{
		"all of them": {
			`[{"metric_name":"uv","metric_value":12},{"metric_name":"total_users","metric_value":30},{"metric_name":"new_users","metric_value":0},` +
				`{"metric_name":"pv","metric_value":5},{"metric_name":"lifecycle","metric_value":4}]`,
			usage.Figures{usage.ActiveUsers: 12, usage.TotalUsers: 30, usage.NewUsers: 0, usage.PageViews: 5, usage.Opens: 4},
		},
		"missing is not zero":  {`[{"metric_name":"uv","metric_value":null},{"metric_name":"pv"},{"metric_value":7},null]`, usage.Figures{}},
		"an unknown metric":    {`[{"metric_name":"uv","metric_value":1},{"metric_name":"dau","metric_value":2}]`, usage.Figures{usage.ActiveUsers: 1}},
		"the same value twice": {`[{"metric_name":"uv","metric_value":1},{"metric_name":"uv","metric_value":1}]`, usage.Figures{usage.ActiveUsers: 1}},
		"no items":             {`null`, usage.Figures{}},
		"an empty list":        {`[]`, usage.Figures{}},
		"a negative value hides its metric": {
			`[{"metric_name":"uv","metric_value":12},{"metric_name":"pv","metric_value":-5},{"metric_name":"lifecycle","metric_value":4}]`,
			usage.Figures{usage.ActiveUsers: 12, usage.Opens: 4},
		},
		"wherever it stands": {
			`[{"metric_name":"uv","metric_value":-1},{"metric_name":"uv","metric_value":3},{"metric_name":"pv","metric_value":5}]`,
			usage.Figures{usage.PageViews: 5},
		},
		"and so do two values": {
			`[{"metric_name":"pv","metric_value":5},{"metric_name":"uv","metric_value":1},{"metric_name":"uv","metric_value":2},{"metric_name":"uv","metric_value":1}]`,
			usage.Figures{usage.PageViews: 5},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epOverview: {ok(`{"items":` + tt.items + `}`)}})
			got, err := p.client.Overview(t.Context(), weekly())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("figures (-want +got):\n%s", diff)
			}
		})
	}
}

func TestOverviewSaysWhyThereAreNoFigures(t *testing.T) {
	t.Parallel()
	throttled := refused(429, 99991400)
	throttled.header = map[string]string{"X-Ogw-Ratelimit-Reset": "52"}
	scope := answered{status: 400, body: `{"code":99991672,"msg":"One of the following scopes is required: [a:b]"}`}
	tests := map[string]struct {
		a      answered
		reason usage.Reason
		wait   time.Duration
		scopes []string
	}{
		"211004":                    {refused(403, 211004), usage.PlanTooSmall, 0, nil},
		"211005":                    {refused(400, 211005), usage.UnknownApp, 0, nil},
		"211006":                    {refused(400, 211006), usage.UnknownDepartment, 0, nil},
		"99992357":                  {refused(400, 99992357), usage.UnknownDepartment, 0, nil},
		"99992358":                  {refused(400, 99992358), usage.UnknownDepartment, 0, nil},
		"99992379":                  {refused(400, 99992379), usage.UnknownDepartment, 0, nil},
		"99992380":                  {refused(400, 99992380), usage.UnknownDepartment, 0, nil},
		"211007":                    {refused(400, 211007), usage.BadDate, 0, nil},
		"211008":                    {refused(400, 211008), usage.BadAbility, 0, nil},
		"211009":                    {refused(400, 211009), usage.BadCycle, 0, nil},
		"211010":                    {refused(400, 211010), usage.BadRange, 0, nil},
		"211011 under 200":          {refused(200, 211011), usage.NoData, 0, nil},
		"211011 under 404":          {refused(404, 211011), usage.NoData, 0, nil},
		"99991672":                  {scope, usage.MissingScope, 0, []string{"a:b"}},
		"99991662":                  {refused(400, 99991662), usage.AppDisabled, 0, nil},
		"99991673":                  {refused(400, 99991673), usage.AppDisabled, 0, nil},
		"99991401":                  {refused(403, 99991401), usage.IPDenied, 0, nil},
		"99991403":                  {refused(400, 99991403), usage.MonthQuota, 0, nil},
		"429":                       {throttled, usage.Throttled, 52 * time.Second, nil},
		"99991400 under 400":        {refused(400, 99991400), usage.Throttled, defaultWait, nil},
		"500":                       {refused(500, 1), usage.Unavailable, 0, nil},
		"502 in HTML":               {answered{status: 502, body: "<html>"}, usage.Unavailable, 0, nil},
		"504":                       {answered{status: 504}, usage.Unavailable, 0, nil},
		"a closed connection":       {answered{drop: true}, usage.Unavailable, 0, nil},
		"any other code":            {refused(400, 424242), usage.Rejected, 0, nil},
		"a token refused for good":  {refused(400, 99991663), usage.Unavailable, 0, nil},
		"no data":                   {answered{status: 200, body: `{"code":0}`}, usage.Unavailable, 0, nil},
		"a value of another type":   {ok(`{"items":[{"metric_name":"uv","metric_value":"12"}]}`), usage.Unavailable, 0, nil},
		"a broken value":            {ok(`{"items":[{"metric_name":"uv","metric_value":1.5}]}`), usage.Unavailable, 0, nil},
		"an endless value":          {ok(`{"items":[{"metric_name":"uv","metric_value":99999999999999999999}]}`), usage.Unavailable, 0, nil},
		"a negative value":          {ok(`{"items":[{"metric_name":"uv","metric_value":-1}]}`), usage.Unavailable, 0, nil},
		"two values for one metric": {ok(`{"items":[{"metric_name":"uv","metric_value":1},{"metric_name":"uv","metric_value":2}]}`), usage.Unavailable, 0, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epOverview: {tt.a}})
			figures, err := p.client.Overview(t.Context(), weekly())
			f, _ := errors.AsType[*usage.Failure](err)
			if f == nil || figures != nil {
				t.Fatalf("figures %v, error %v; want a Failure", figures, err)
			}
			if f.Reason != tt.reason || f.RetryAfter != tt.wait || !cmp.Equal(f.Scopes, tt.scopes) {
				t.Errorf("failure %s, wait %v, scopes %v; want %s, %v, %v", f.Reason, f.RetryAfter, f.Scopes, tt.reason, tt.wait, tt.scopes)
			}
			if e, wraps := errors.AsType[*Error](f.Err); !wraps || e.LogID != f.LogID || e.Code != f.Code {
				t.Errorf("the failure %+v does not wrap its error", f)
			}
			if n := len(p.calls(epOverview)); n != 1 && f.Code != 99991663 {
				t.Errorf("called %d times, want once", n)
			}
		})
	}
}

func TestOverviewTellsAWrongSecret(t *testing.T) {
	t.Parallel()
	for _, code := range []int{10003, 10014, 10015} {
		p := newPlatform(t, map[endpoint][]answered{epToken: {refused(200, code)}})
		_, err := p.client.Overview(t.Context(), weekly())
		if f, _ := errors.AsType[*usage.Failure](err); f == nil || f.Reason != usage.WrongSecret || f.Code != code {
			t.Errorf("%d: error %v, want %s", code, err, usage.WrongSecret)
		}
	}
}

func TestOverviewDoesNotAskForWhatIsNoAppID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "..", "a/b", "a?b", "应用"} {
		p := newPlatform(t, map[endpoint][]answered{})
		ask := weekly()
		ask.AppID = id
		_, err := p.client.Overview(t.Context(), ask)
		if f, _ := errors.AsType[*usage.Failure](err); f == nil || f.Reason != usage.UnknownApp || len(p.requests) != 0 {
			t.Errorf("%q: error %v, requests %v", id, err, p.requests)
		}
	}
}
