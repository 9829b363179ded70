package feishu

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlainTextReadsACard(t *testing.T) {
	t.Parallel()
	const card = `{"schema":"2.0","config":{"update_multi":true},
	"header":{"title":{"tag":"plain_text","content":"商城 · 网页 · 周报"},"subtitle":{"tag":"plain_text","content":"2026-11-16 – 2026-11-22"},
	  "text_tag_list":[{"tag":"text_tag","text":{"tag":"plain_text","content":"未结束"},"color":"orange"}]},
	"body":{"elements":[
	  {"tag":"column_set","columns":[
	    {"tag":"column","elements":[{"tag":"div","text":{"tag":"plain_text","content":"活跃用户"}},{"tag":"div","text":{"tag":"plain_text","content":"1,234"}},{"tag":"div","text":{"tag":"plain_text","content":"▲ +12（+1.0%）"}}]},
	    {"tag":"column","elements":[{"tag":"markdown","content":"打开次数："},{"tag":"markdown","content":"**5,678**"}]},
	    {"tag":"column","elements":[]}]},
	  {"tag":"hr"},
	  {"tag":"table","columns":[{"name":"a","display_name":"能力"},{"name":"uv","display_name":"UV"},{"name":"x"}],
	    "rows":[{"a":"小程序","uv":12},{"a":"app","uv":"1,234","x":[{"text":"好","color":"blue"},{"text":"o"}]}]},
	  {"tag":"collapsible_panel","header":{"title":{"tag":"plain_text","content":"说明"}},"elements":[{"tag":"div","text":{"tag":"plain_text","content":"第一行\n第二行"}}]},
	  {"tag":"column_set","columns":[
	    {"tag":"column","elements":[{"tag":"button","text":{"tag":"plain_text","content":"日报"},"behaviors":[{"type":"callback","value":{"cmd":"/usage daily h5"}}]}]},
	    {"tag":"column","elements":[{"tag":"button","text":{"tag":"plain_text","content":"帮助"},"behaviors":[{"type":"open_url","default_url":"https://example.com"}]}]}]},
	  {"tag":"interactive_container","elements":[{"tag":"markdown","content":"里面"}]},
	  {"tag":"select_static","placeholder":{"tag":"plain_text","content":"选择"},"options":[{"text":{"tag":"plain_text","content":"甲"},"value":"1"},{"text":{"tag":"plain_text","content":"乙"},"value":"2"}]},
	  {"tag":"chart","chart_spec":{"title":{"text":"趋势"}}}
	]}}`
	want := `商城 · 网页 · 周报 [未结束]
2026-11-16 – 2026-11-22

活跃用户: 1,234 (▲ +12（+1.0%）)
打开次数: 5,678
────────────
能力    UV     x
小程序  12     
app     1,234  好, o

▸ 说明
  第一行
  第二行

[日报] /usage daily h5  [帮助] https://example.com
里面
[选择] 甲 / 乙
[chart] 趋势`
	want = strings.ReplaceAll(want, "12     \n", "12\n")
	if diff := cmp.Diff(want, PlainText([]byte(card))); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestPlainTextNamesPeople(t *testing.T) {
	t.Parallel()
	const card = `{"body":{"elements":[{"tag":"div","text":{"tag":"plain_text","content":"负责人："}},
	  {"tag":"person_list","persons":[{"id":"ou_a"},{"id":"ou_b"}]},{"tag":"person","user_id":"ou_c"},
	  {"tag":"select_person","placeholder":{"tag":"plain_text","content":"交给谁"},"behaviors":[{"type":"callback","value":{}}]}]}}`
	if diff := cmp.Diff("负责人：\n@ou_a @ou_b\n@ou_c\n[交给谁]", PlainText([]byte(card))); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestPlainTextReadsFieldsAndForms(t *testing.T) {
	t.Parallel()
	const card = `{"body":{"elements":[
	  {"tag":"chart","chart_spec":{"type":"common"}},
	  {"tag":"column_set","columns":[
	    {"tag":"column","elements":[{"tag":"button","text":{"tag":"plain_text","content":"‹"},"behaviors":[{"type":"callback","value":{"cmd":"/usage date:2026-11-21"}}]}]},
	    {"tag":"column","elements":[{"tag":"date_picker","placeholder":{"tag":"plain_text","content":"日期"},"initial_date":"2026-11-22"}]},
	    {"tag":"column","elements":[{"tag":"select_static","placeholder":{"tag":"plain_text","content":"能力"},"initial_option":"h5","options":[{"text":{"tag":"plain_text","content":"应用"},"value":"app"},{"text":{"tag":"plain_text","content":"网页"},"value":"h5"}]}]}]},
	  {"tag":"form","name":"f","elements":[
	    {"tag":"div","text":{"tag":"plain_text","content":"时间"}},
	    {"tag":"picker_time","name":"time","placeholder":{"tag":"plain_text","content":"时间"},"initial_time":"10:30"},
	    {"tag":"date_picker","placeholder":{"tag":"plain_text","content":"开始"}},
	    {"tag":"button","name":"go","form_action_type":"submit","text":{"tag":"plain_text","content":"订阅"},"behaviors":[{"type":"callback","value":{"cmd":"/subscribe weekly"}}]}]}
	]}}`
	want := `[‹] /usage date:2026-11-21  [日期] 2026-11-22  [能力] 网页
时间
[时间] 10:30
[开始]
[订阅] /subscribe weekly`
	if diff := cmp.Diff(want, PlainText([]byte(card))); diff != "" {
		t.Errorf("text (-want +got):\n%s", diff)
	}
}

func TestPlainTextIsSafeForATerminal(t *testing.T) {
	t.Parallel()
	got := PlainText([]byte(`{"header":{"title":{"tag":"plain_text","content":"a\u001b[31mb\u0007\u202ec\td"}}}`))
	if got != "a[31mbc d" {
		t.Errorf("text = %q", got)
	}
}

func TestPlainTextLeavesPlainTextAlone(t *testing.T) {
	t.Parallel()
	got := PlainText([]byte(`{"body":{"elements":[{"tag":"div","text":{"tag":"plain_text","content":"**x** <at id=all></at> [a](b) a<b"}}]}}`))
	if want := "**x** <at id=all></at> [a](b) a<b"; got != want {
		t.Errorf("text = %q, want %q", got, want)
	}
}

func TestPlainTextOfNoCardIsEmpty(t *testing.T) {
	t.Parallel()
	for _, card := range []string{"", "{", "[]", "null", `"x"`, `{}`, `{"body":[]}`, `{"body":{"elements":{}}}`} {
		if got := PlainText([]byte(card)); got != "" {
			t.Errorf("PlainText(%s) = %q", card, got)
		}
	}
}

func TestMarkdownLosesItsMarksAndNotItsWords(t *testing.T) {
	t.Parallel()
	for md, want := range map[string]string{
		"**粗** ~~删~~ `c`":             "粗 删 c",
		"<font color='red'>红</font>":  "红",
		"## 标题\n正文 #1":                "标题\n正文 #1",
		"[文档](https://example.com) 后": "文档 (https://example.com) 后",
		"[a] [b](c":                   "[a] [b](c",
		"a < b > c, 1<2":              "a < b > c, 1<2",
		"一<br>二":                      "一\n二",
		"&lt;at&gt; &amp;":            "<at> &",
		"<at id=all></at>x":           "x",
		"":                            "",
	} {
		if got := stripMarkdown(md); got != want {
			t.Errorf("stripMarkdown(%q) = %q, want %q", md, got, want)
		}
	}
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		s    string
		size int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc…"}, {"长长", 4, "长…"}, {"长长", 6, "长长"}} {
		if got := cut(tt.s, tt.size); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.s, tt.size, got, tt.want)
		}
	}
}
