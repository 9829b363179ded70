package bot

import (
	"errors"
	"slices"
	"testing"

	"usagebot/usage/directory"

	"github.com/google/go-cmp/cmp"

	"usagebot/bot/command"
	"usagebot/usage"
)

func TestChangeApps(t *testing.T) {
	t.Parallel()
	shop, desk := usage.App{ID: "cli_a", Name: "商城"}, usage.App{ID: "cli_b", Name: "服务台"}
	for name, tt := range map[string]struct {
		args command.Args
		want directory.Apps // nil where there is no such app
	}{
		"a new one, named":       {command.Args{Do: "add", App: "cli_c", Called: "OA"}, directory.Apps{shop, desk, {ID: "cli_c", Name: "OA"}}},
		"a new one without name": {command.Args{Do: "add", App: "cli_c"}, directory.Apps{shop, desk, {ID: "cli_c", Name: "cli_c"}}},
		"one that is there":      {command.Args{Do: "add", App: "cli_b"}, directory.Apps{shop, desk}},
		"no id":                  {command.Args{Do: "add", App: "somewhere"}, nil},
		"renamed":                {command.Args{Do: "rename", App: "商城", Called: "店"}, directory.Apps{{ID: "cli_a", Name: "店"}, desk}},
		"preferred":              {command.Args{Do: "default", App: "cli_b"}, directory.Apps{desk, shop}},
		"removed":                {command.Args{Do: "remove", App: "商城"}, directory.Apps{desk}},
		"removed before":         {command.Args{Do: "remove", App: "cli_c"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := changeApps(slices.Clone(directory.Apps{shop, desk}), tt.args)
			if diff := cmp.Diff(tt.want, got); diff != "" || errors.Is(err, errUnknownApp) != (tt.want == nil) {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
	if got, err := changeApps(directory.Apps{shop}, command.Args{Do: "remove", App: "cli_a"}); err != nil || len(got) != 1 {
		t.Errorf("the last one was removed: %v, %v", got, err)
	}
}

// TestChangeApps_InvalidNameOrID_Refused adds apps without a valid id, and apps with the name of another.
func TestChangeApps_InvalidNameOrID_Refused(t *testing.T) {
	t.Parallel()
	apps := directory.Apps{{ID: "cli_a", Name: "商城"}, {ID: "cli_b", Name: "Desk"}}
	for _, args := range []command.Args{
		{Do: "add", App: "cli_"},
		{Do: "add", App: "cli_FOO"},
		{Do: "add", App: "foo"},
		{Do: "add", App: "cli_c", Called: "商城"},
		{Do: "rename", App: "cli_a", Called: "desk"},
	} {
		if got, err := changeApps(slices.Clone(apps), args); err == nil {
			t.Errorf("%+v makes %v, want an error", args, got)
		}
	}
	if got, err := changeApps(slices.Clone(apps), command.Args{Do: "rename", App: "cli_a", Called: "商城"}); err != nil || got[0].Name != "商城" {
		t.Errorf("its own name again: %v, %v", got, err)
	}
}
