package directory

import "testing"

func TestFindApp(t *testing.T) {
	t.Parallel()
	apps := Apps{{ID: "cli_a", Name: "商城"}, {ID: "cli_b", Name: "报销"}, {ID: "cli_c", Name: "商城 B"}}
	for text, want := range map[string]string{
		"cli_b": "cli_b", "商城": "cli_a", "报销": "cli_b", "baoxiao": "cli_b", "商城 b": "cli_c", "没有": "", "": "",
	} {
		app, ok := apps.Find(text)
		if app.ID != want || ok != (want != "") {
			t.Errorf("%q is %v, %v, want %q", text, app, ok, want)
		}
	}
}
