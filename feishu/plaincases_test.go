package feishu

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

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
	got := align([][]string{{"名称", "n"}, {"ＡＢ", "1"}, {"é", "2"}, {long, "3"}, {"x"}})
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
