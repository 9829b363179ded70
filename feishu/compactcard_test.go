package feishu

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestASmallCardKeepsHeadWordsAndButtons(t *testing.T) {
	t.Parallel()
	const card = `{"schema":"2.0","config":{"update_multi":true,"width_mode":"fill","summary":{"content":"640"}},
	"header":{"title":{"tag":"plain_text","content":"商城"},"template":"blue","icon":{"tag":"standard_icon","token":"x"},
	  "text_tag_list":[{"tag":"text_tag","text":{"tag":"plain_text","content":"迟"},"color":"orange"}]},
	"body":{"elements":[
	  {"tag":"column_set","columns":[
	    {"tag":"column","elements":[{"tag":"div","text":{"tag":"plain_text","content":"活跃"}},{"tag":"div","text":{"tag":"plain_text","content":"640"}}]},
	    {"tag":"column","elements":[{"tag":"markdown","content":"<at id=all></at>**页面**"},{"tag":"chart","chart_spec":{"title":{"text":"趋势"}}}]}]},
	  {"tag":"chart","chart_spec":{"title":{"text":"趋势"}}},
	  {"tag":"table","columns":[{"name":"a","display_name":"能力"},{"name":"uv","display_name":"UV"}],"rows":[{"a":"网页","uv":12}]},
	  {"tag":"form","name":"f","elements":[{"tag":"button","text":{"tag":"plain_text","content":"提交"},"name":"s","form_action_type":"submit"}]},
	  {"tag":"select_static","placeholder":{"tag":"plain_text","content":"选择"},"options":[{"text":{"tag":"plain_text","content":"甲"},"value":"1"}]},
	  {"tag":"collapsible_panel","header":{"title":{"tag":"plain_text","content":"说明"}},"elements":[{"tag":"div","text":{"tag":"plain_text","content":"一行"}}]},
	  {"tag":"column_set","columns":[
	    {"tag":"column","elements":[{"tag":"button","type":"primary","size":"tiny","text":{"tag":"plain_text","content":"打开"},"behaviors":[{"type":"callback","value":{"cmd":"/usage","n":12345678901234567890}}]}]},
	    {"tag":"column","elements":[{"tag":"date_picker","initial_date":"2026-11-25"}]},
	    {"tag":"column","elements":[{"tag":"button","text":{"tag":"plain_text","content":"文档"},"behaviors":[{"type":"open_url","default_url":"https://example.com"}]}]}]},
	  {"tag":"div","text":{"tag":"plain_text","content":"完"}}
	]}}`
	const want = `{"schema":"2.0","config":{"update_multi":true,"summary":{"content":"640"}},
	"header":{"title":{"tag":"plain_text","content":"商城"},"template":"blue",
	  "text_tag_list":[{"tag":"text_tag","text":{"tag":"plain_text","content":"迟"},"color":"orange"}]},
	"body":{"elements":[
	  {"tag":"div","text":{"tag":"plain_text","content":"活跃: 640\n页面\n能力  UV\n网页  12\n\n▸ 说明\n  一行"}},
	  {"tag":"column_set","flex_mode":"flow","columns":[
	    {"tag":"column","width":"auto","elements":[{"tag":"button","text":{"tag":"plain_text","content":"打开"},"behaviors":[{"type":"callback","value":{"cmd":"/usage","n":12345678901234567890}}]}]},
	    {"tag":"column","width":"auto","elements":[{"tag":"button","text":{"tag":"plain_text","content":"文档"},"behaviors":[{"type":"open_url","default_url":"https://example.com"}]}]}]},
	  {"tag":"div","text":{"tag":"plain_text","content":"完"}}
	]}}`
	got := compactCard([]byte(card))
	if diff := cmp.Diff(decoded(t, []byte(want)), decoded(t, got)); diff != "" {
		t.Errorf("card (-want +got):\n%s", diff)
	}
	if !strings.Contains(string(got), "12345678901234567890") {
		t.Error("a number in a button's value has changed")
	}
	if diff := cmp.Diff(decoded(t, got), decoded(t, compactCard(got))); diff != "" {
		t.Errorf("a small card made small is another (-want +got):\n%s", diff)
	}
}

func decoded(t *testing.T, b []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func TestASmallCardIsSmall(t *testing.T) {
	t.Parallel()
	part := `{"tag":"div","text":{"tag":"plain_text","content":"` + strings.Repeat("长", 3000) + `"}},{"tag":"button","text":{"tag":"plain_text","content":"x"},"behaviors":[]}`
	got := compactCard([]byte(`{"body":{"elements":[` + strings.Repeat(part+",", 5) + part + `]}}`))
	if len(got) > 28<<10 || !json.Valid(got) {
		t.Errorf("it has %d bytes", len(got))
	}
}

func TestNoSmallCardIsMadeOfNothing(t *testing.T) {
	t.Parallel()
	for _, card := range []string{"", "{", "[]", "null", "{}", `{"body":[]}`, `{"header":{"title":{"tag":"plain_text","content":"x"}}}`, `{"body":{"elements":[{"tag":"chart"}]}}`} {
		if got := compactCard([]byte(card)); got != nil {
			t.Errorf("compactCard(%s) = %s", card, got)
		}
	}
}
