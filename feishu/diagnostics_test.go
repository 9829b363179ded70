package feishu

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usagebot/usage"
)

func TestScopesAreThoseOfTheAppItself(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epScopes: {ok(`{"scopes":[
		{"scope_name":"granted","grant_status":1},{"scope_name":"of the app","grant_status":1,"scope_type":"tenant"},
		{"scope_name":"of people","grant_status":1,"scope_type":"user"},{"scope_name":"asked for","grant_status":2}]}`)}})
	granted, err := p.client.Diagnostics().Scopes(t.Context())
	if got := slices.Sorted(maps.Keys(granted)); err != nil || !slices.Equal(got, []string{"granted", "of the app"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestAppStateReadsTheVersionThatIsOnline(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{
		epApplication: {
			ok(`{"app":{"app_name":"Mall","status":1,"online_version_id":"oav_1","secret":"a secret"}}`),
			ok(`{"app":{"app_name":"New","status":2,"online_version_id":""}}`),
			ok(`{"app":{"app_name":"Odd"}}`),
		},
		epVersion: {ok(`{"app_version":{"ability":{"gadget":{},"bot":{}}}}`)},
	})
	for _, want := range []AppState{
		{"Mall", AppOn, true, []usage.Ability{usage.MiniProgram, usage.Bot}},
		{"New", AppNever, false, nil},
		{"Odd", -1, false, nil},
	} {
		if got, err := p.client.AppState(t.Context(), "cli_a", "en"); err != nil || !cmp.Equal(want, got) {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
	}
	if _, err := p.client.AppState(t.Context(), "../bot", "en"); !Invalid.Is(err) {
		t.Errorf("of what is no id: %v", err)
	}
}

func TestReachComparesClocks(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 25, 3, 0, 0, 0, time.UTC)
	p := newPlatform(t, map[endpoint][]answered{epBot: {
		{status: 400, body: `{"code":99991661,"msg":"Need a token"}`, header: map[string]string{"Date": "Wed, 25 Nov 2026 03:02:00 GMT"}},
		{status: 200, body: `<html>sign in to the network</html>`},
		{status: 200, body: `{}`, header: map[string]string{"Date": "at noon"}},
	}})
	p.now = now.Add(400 * time.Millisecond) // the Date means 03:02:00.5 on average
	if ahead, err := p.client.Diagnostics().Reach(t.Context()); err != nil || ahead != 2*time.Minute {
		t.Errorf("ahead by %s, %v", ahead, err)
	}
	for range 2 {
		if _, err := p.client.Diagnostics().Reach(t.Context()); err == nil {
			t.Error("something else was taken for the platform")
		}
	}
}

func TestSlashCommandsThatCannotBeRead(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{
		epSlashList:  {ok(`{"items":[{"command_id":"1","command":"/usage","description":{"default_value":"Old."}}]}`), refused(400, 99991640)},
		epSlashPatch: {ok(`{}`)},
	})
	want := []SlashCommand{{Name: "usage", Description: "New."}}
	if changed, err := p.client.SlashPanel().Sync(t.Context(), want); err != nil || changed != 1 {
		t.Errorf("a name with its slash: %d changed, %v", changed, err)
	}
	if _, err := p.client.SlashPanel().Sync(t.Context(), want); !errors.Is(err, ErrNoSlashScope) {
		t.Errorf("without the scope: %v", err)
	}
	p = newPlatform(t, map[endpoint][]answered{epSlashList: {ok(`{"items":7}`)}})
	if _, err := p.client.SlashPanel().Sync(t.Context(), want); err == nil || errors.Is(err, ErrNoSlashScope) {
		t.Errorf("a malformed list: %v", err)
	}
	if err := p.client.SlashPanel().Remove(t.Context(), "a/b"); !Invalid.Is(err) {
		t.Errorf("of what is no id: %v", err)
	}
}

func TestSlashPanel_ChangeRefused(t *testing.T) {
	t.Parallel()
	for code, noScope := range map[int]bool{99991640: true, 40000001: false} {
		p := newPlatform(t, map[endpoint][]answered{epSlashList: {ok(`{"items":[]}`)}, epSlashPut: {refused(400, code)}})
		changed, err := p.client.SlashPanel().Sync(t.Context(), []SlashCommand{{Name: "usage", Description: "A."}})
		if err == nil || changed != 0 || errors.Is(err, ErrNoSlashScope) != noScope {
			t.Errorf("code %d: %d changed, %v", code, changed, err)
		}
	}
}

// TestAReplicaThatWasQuickerIsNoError has the name taken between the list and the change.
func TestAReplicaThatWasQuickerIsNoError(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{
		epSlashList: {ok(`{"items":[]}`)},
		epSlashPut:  {refused(400, 40000000), ok(`{}`)},
	})
	changed, err := p.client.SlashPanel().Sync(t.Context(), []SlashCommand{{Name: "usage", Description: "A."}, {Name: "help", Description: "B."}})
	if err != nil || changed != 1 {
		t.Errorf("%d changed, %v", changed, err)
	}
}

// TestError_WhatItMeans lists what each code says, and that it says nothing else. The numbers are the platform's.
func TestError_WhatItMeans(t *testing.T) {
	t.Parallel()
	says := map[string]func(*Error) bool{
		"no such app": (*Error).NoSuchApp, "no scope": (*Error).NoScope, "outside the contact range": (*Error).OutsideContactRange,
		"disabled": (*Error).AppDisabled, "ip": (*Error).IPDenied, "throttled": (*Error).Throttled, "month": (*Error).SpentForMonth,
		"token": (*Error).TokenRefused, "person gone": (*Error).PersonGone, "target only": (*Error).MayConcernTargetOnly,
		"no person": (*Error).NoPerson, "hidden": (*Error).PersonHidden, "other tenant": (*Error).OtherTenant,
	}
	for _, tt := range []struct {
		endpoint endpoint
		status   int
		code     int
		want     []string
	}{
		{epApplication, 400, 210506, []string{"no such app"}},
		{epApplication, 400, 210508, []string{"no scope"}},
		{epApplication, 400, 211005, nil},
		{epOverview, 400, 211005, []string{"no such app"}},
		{epOverview, 400, 210506, nil},
		{epOverview, 400, 210508, nil},
		{epOverview, 400, 99991672, []string{"no scope"}},
		{epSend, 400, 99991640, []string{"no scope"}},
		{epDepartments, 400, 40004, []string{"outside the contact range"}},
		{epDepartments, 400, 40014, []string{"outside the contact range"}},
		{epSend, 400, 40004, nil},
		{epSend, 400, 99991662, []string{"disabled"}},
		{epSend, 400, 99991673, []string{"disabled"}},
		{epSend, 400, 99991401, []string{"ip"}},
		{epSend, 400, 99991400, []string{"throttled"}},
		{epSend, 429, 0, []string{"throttled"}},
		{epSend, 400, 99991403, []string{"month"}},
		{epSend, 400, 99991663, []string{"token"}},
		{epSend, 400, 99991671, []string{"token"}},
		{epSend, 400, 230013, []string{"person gone"}},
		{epSend, 400, 230029, []string{"person gone"}},
		{epSend, 400, 99992351, []string{"no person", "person gone"}},
		{epSend, 400, 99992361, []string{"no person"}},
		{epSend, 400, 41012, []string{"no person"}},
		{epSend, 400, 41050, []string{"hidden"}},
		{epSend, 400, 230006, []string{"target only"}},
		{epSend, 400, 230027, []string{"target only"}},
		{epSend, 400, 230036, []string{"target only"}},
		{epSend, 400, 232010, []string{"other tenant"}},
		{epSend, 400, 232033, []string{"other tenant"}},
		{epSend, 400, 230001, nil},
		{epSend, 200, 0, nil},
	} {
		var got []string
		for name, is := range says {
			if is(&Error{Endpoint: string(tt.endpoint), Status: tt.status, Code: tt.code}) {
				got = append(got, name)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%s, %d, code %d: got %q, want %q", tt.endpoint, tt.status, tt.code, got, tt.want)
		}
	}
}

// TestAppState_TriedAgain reads an app although the platform fails once.
func TestAppState_TriedAgain(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epApplication: {{status: 502, body: "<html>"}, ok(`{"app":{"app_name":"Mall","status":2}}`)}})
	if got, err := p.client.AppState(t.Context(), "cli_a", "en"); err != nil || got.Name != "Mall" {
		t.Errorf("%+v, %v", got, err)
	}
}
