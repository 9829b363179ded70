package feishu

import (
	"fmt"
	"slices"
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
		if got := truncate(tt.s, tt.size); got != tt.want {
			t.Errorf("cut(%q, %d) = %q, want %q", tt.s, tt.size, got, tt.want)
		}
	}
}

// shown is a card's text whose body is these elements.
func shown(elements string) string {
	return PlainText([]byte(`{"body":{"elements":[` + elements + `]}}`))
}

func TestPlainTextOfEachElement(t *testing.T) {
	t.Parallel()
	const text = `"text":{"tag":"plain_text","content":"T"}`
	for name, tt := range map[string]struct{ elements, want string }{
		"a command is more than an address": {`{"tag":"button",` + text + `,"url":"https://u","value":{"cmd":"/a"}}`, "[T] /a"},
		"an address of the old form":        {`{"tag":"button",` + text + `,"url":"https://u"}`, "[T] https://u"},
		"a button that does nothing":        {`{"tag":"button",` + text + `}`, "[T]"},
		"the second of its behaviours":      {`{"tag":"button",` + text + `,"behaviors":[{"value":{}},{"value":{"cmd":"/b"}},{"value":{"cmd":"/c"}}]}`, "[T] /b"},
		"an image":                          {`{"tag":"img","alt":{"tag":"plain_text","content":"A"},"title":{"tag":"plain_text","content":"no"}}`, "A"},
		"a field with a label alone":        {`{"tag":"input","label":{"tag":"plain_text","content":"L"},"default_value":"v"}`, "L"},
		"a field with what it holds":        {`{"tag":"input","placeholder":{"tag":"plain_text","content":"P"},"default_value":"v"}`, "[P] v"},
		"a moment":                          {`{"tag":"picker_datetime","placeholder":{"tag":"plain_text","content":"P"},"initial_datetime":"2026-11-22 10:30"}`, "[P] 2026-11-22 10:30"},
		"a number as it is written":         {`{"tag":"input","placeholder":"P","default_value":12345678901234567890}`, "[P] 12345678901234567890"},
		"a list that has nothing chosen":    {`{"tag":"overflow","placeholder":"P","options":[{"text":"a","value":"1"},{"text":""},{"text":"b"}]}`, "[P] a / b"},
		"an option without a value":         {`{"tag":"select_static","placeholder":"P","options":[{"text":"a"},{"text":"b","value":"2"}]}`, "[P] a / b"},
		"people without ids":                {`{"tag":"person_list","persons":[{"name":"x"},{"id":"ou_a"}]}`, "@ou_a"},
		"a plain text of the old form":      {`{"tag":"plain_text","content":"**x**"}`, "**x**"},
		"marked text":                       {`{"tag":"lark_md","content":"**x**"}`, "x"},
		"a text with fields":                {`{"tag":"div",` + text + `,"fields":[{"text":"F"},{"text":{"tag":"lark_md","content":"**G**"}}]}`, "T\nF\nG"},
		"what is not known, with parts":     {`{"tag":"new","elements":[{"tag":"markdown","content":"x"}],"actions":[{"tag":"markdown","content":"y"}]}`, "x\ny"},
		"no element":                        {`7, null, "x", {"tag":"markdown","content":"x"}`, "x"},
		"two blanks are one": {
			`{"tag":"collapsible_panel","header":{"title":"A"},"elements":[]},{"tag":"collapsible_panel","header":{"title":"B"},"elements":[{"tag":"markdown","content":"x"}]},{"tag":"markdown","content":"y"}`,
			"▸ A\n\n▸ B\n  x\n\ny",
		},
		"columns of several pieces": {
			`{"tag":"column_set","columns":[{"elements":[{"tag":"markdown","content":"a"}]},{"elements":[{"tag":"markdown","content":"b:"},{"tag":"markdown","content":"1"},{"tag":"markdown","content":"x"},{"tag":"markdown","content":"y"}]}]}`,
			"a\nb: 1 (x; y)",
		},
		"columns of nothing": {`{"tag":"column_set","columns":[{"elements":[]},{}]},{"tag":"markdown","content":"x"}`, "x"},
		"a table":            {`{"tag":"table","columns":[{"name":"a","display_name":"宽"},{"name":"b"}],"rows":[{"a":"x\ny","b":"**1**"},{"a":[{"text":"o"},{"text":""},{"text":"p"}]}]}`, "宽    b\nx y   1\no, p"},
	} {
		if got := shown(tt.elements); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestPlainTextHasLimits(t *testing.T) {
	t.Parallel()
	deep := func(levels int) string {
		return strings.Repeat(`{"tag":"x","elements":[`, levels) + `{"tag":"markdown","content":"deep"}` + strings.Repeat(`]}`, levels)
	}
	if shown(deep(maxCardDepth)) != "deep" || shown(deep(maxCardDepth+1)) != "" {
		t.Errorf("%d levels give %q, one more %q", maxCardDepth, shown(deep(maxCardDepth)), shown(deep(maxCardDepth+1)))
	}
	deepColumns := func(levels int) string {
		return strings.Repeat(`{"tag":"column_set","columns":[{"elements":[`, levels) + `{"tag":"markdown","content":"deep"}` + strings.Repeat(`]}]}`, levels)
	}
	if shown(deepColumns(maxCardDepth)) != "deep" || shown(deepColumns(maxCardDepth+1)) != "" {
		t.Errorf("columns in columns: %q and %q", shown(deepColumns(maxCardDepth)), shown(deepColumns(maxCardDepth+1)))
	}
	line := `{"tag":"markdown","content":"` + strings.Repeat("x", 1023) + `"}`
	if got := len(shown(strings.TrimSuffix(strings.Repeat(line+",", 300), ","))); got != maxPlain-1 {
		t.Errorf("300 KB of text give %d bytes, want %d", got, maxPlain-1)
	}
	var rows, columns []string
	for i := range maxTableRows + 10 {
		rows = append(rows, fmt.Sprintf(`{"c0":"row %d"}`, i))
	}
	for i := range maxTableColumns + 10 {
		columns = append(columns, fmt.Sprintf(`{"name":"c%d"}`, i))
	}
	lines := strings.Split(shown(`{"tag":"table","columns":[`+strings.Join(columns, ",")+`],"rows":[`+strings.Join(rows, ",")+`]}`), "\n")
	if len(lines) != maxTableRows+1 || len(strings.Fields(lines[0])) != maxTableColumns {
		t.Errorf("a table of %d lines and %d columns", len(lines), len(strings.Fields(lines[0])))
	}
}

func TestTablesAreInLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 30) // wider than a column is made for
	got := alignColumns([][]string{{"名称", "n"}, {"ＡＢ", "1"}, {"é", "2"}, {long, "3"}, {"x"}})
	want := []string{
		"名称" + strings.Repeat(" ", 38) + "n", "ＡＢ" + strings.Repeat(" ", 38) + "1", "é" + strings.Repeat(" ", 41) + "2", long + "  3", "x",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestMarkupThatIsNone(t *testing.T) {
	t.Parallel()
	long := "<a" + strings.Repeat("x", maxTag) + ">b"
	for md, want := range map[string]string{
		"a<>b":             "a<>b",
		"<1>":              "<1>",
		"</>x":             "</>x",
		"</B>x":            "x",
		"<Zz>x":            "x",
		"<br/>a<br />b":    "\na\nb",
		"a<b":              "a<b",
		"<a":               "<a",
		long:               long,
		"#x":               "#x",
		"###   x ":         "x",
		"[a](b)[c](d)":     "a (b)c (d)",
		"[](b)[c](d)":      " (b)c (d)",
		"x [a] (b) [c](d)": "x a] (b) [c (d)",
		"[a](b":            "[a](b",
	} {
		if got := stripMarkdown(md); got != want {
			t.Errorf("stripMarkdown(%q) = %q, want %q", md, got, want)
		}
	}
}
