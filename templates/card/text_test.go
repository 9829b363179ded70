package card

import (
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	t.Parallel()
	list := SelectStatic{Placeholder: Text("能力"), Options: []SelectOption{{Text("应用"), "app"}, {Text("网页"), "h5"}}}
	chosen := list
	chosen.Initial = "h5"
	open := Button{"打开", "/usage"}.Draw(PlainButton)
	for name, tt := range map[string]struct {
		elements []Element
		want     string
	}{
		"text without marks": {[]Element{Paragraph("**x** <at id=all></at> [a](b) a<b")}, "**x** <at id=all></at> [a](b) a<b"},
		"control characters": {[]Element{Div{Text: PlainText{Content: "a\x1b[31mb\a\u202ec\td\nе"}}}, "a[31mbc d\nе"},
		"a button":           {[]Element{open}, "[打开] /usage"},
		"a list":             {[]Element{list}, "[能力] 应用 / 网页"},
		"a chosen option":    {[]Element{chosen}, "[能力] 网页"},
		"a day":              {[]Element{DatePicker{Placeholder: Text("日期"), Initial: "2026-11-22"}}, "[日期] 2026-11-22"},
		"no day":             {[]Element{DatePicker{Placeholder: Text("日期")}}, "[日期]"},
		"people":             {[]Element{PersonList{Persons: []Person{{"ou_a"}, {"ou_b"}}}, SelectPerson{Placeholder: Text("交给谁")}}, "@ou_a @ou_b\n[交给谁]"},
		"a form":             {[]Element{InputForm{Elements: []Inner{Paragraph("时间"), TimePicker{Placeholder: Text("时间"), Initial: "10:30"}, open}}}, "时间\n[时间] 10:30\n[打开] /usage"},
		"one blank between panels": {
			[]Element{Panel("A", nil), Panel("B", []Inner{Paragraph("x")}), Paragraph("y")}, "▸ A\n\n▸ B\n  x\n\ny",
		},
		"columns of one piece": {[]Element{ColumnSet{Columns: []Column{column(open), column(), column(Paragraph("x"))}}}, "[打开] /usage  x"},
		"columns of several pieces": {
			[]Element{ColumnSet{Columns: []Column{column(Paragraph("a")), column(Paragraph("b："), Paragraph("1"), Paragraph("x"), Paragraph("y"))}}}, "a\nb: 1 (x; y)",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := (Card{Header: Header{Title: Text("T")}, Body: tt.elements}).Text(); got != "T\n\n"+tt.want {
				t.Errorf("text = %q, want %q", got, "T\n\n"+tt.want)
			}
		})
	}
}

func TestText_TablesAreInLine(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 30) // wider than a column is padded
	rows := []map[string]string{{"a": "ＡＢ", "b": "1"}, {"a": "é", "b": "2"}, {"a": long, "b": "3"}, {"a": "x"}}
	got := Card{Body: []Element{NewTable([]TableColumn{TextColumn("a", "名称", AtLeft), TextColumn("b", "n", AtRight)}, rows)}}.Text()
	want := strings.Join([]string{
		"名称" + strings.Repeat(" ", 38) + "n", "ＡＢ" + strings.Repeat(" ", 38) + "1", "é" + strings.Repeat(" ", 41) + "2", long + "  3", "x",
	}, "\n")
	if got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
