package card

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func column(elements ...Inner) Column { return Column{Width: AutoWidth, Elements: elements} }

func TestCompact_KeepsHeadWordsAndButtons(t *testing.T) {
	t.Parallel()
	open, next := Button{"打开", "/usage"}.Draw(PrimaryButton), Button{"下一页", "/usage 2"}.Draw(LinkButton)
	p := NewPage(Header{Title: Text("商城"), TextTagList: []TextTag{{Text: Text("迟"), Color: OrangeTag}}, Template: BlueHead}, "640")
	p.Add(
		ColumnSet{Columns: []Column{column(Paragraph("活跃"), Paragraph("640"), SelectStatic{Placeholder: Text("选择")}), column(Paragraph("<at id=all></at>"))}},
		Chart{}, NewTable([]TableColumn{TextColumn("a", "能力", AtLeft), TextColumn("uv", "UV", AtRight)}, []map[string]string{{"a": "网页", "uv": "12"}}),
		InputForm{Name: "f", Elements: SubmitButton("s", "提交", "/subscribe")},
		Panel("说明", []Inner{Paragraph("一行")}),
		ColumnSet{Columns: []Column{column(open), column(DatePicker{Initial: "2026-11-25"}), column(next)}},
		Paragraph("完"), PersonList{Persons: []Person{{"ou_a"}}},
	)
	const want = `{"schema":"2.0","config":{"update_multi":true,"summary":{"content":"640"}},
	"header":{"title":{"tag":"plain_text","content":"商城"},"template":"blue",
	  "text_tag_list":[{"tag":"text_tag","text":{"tag":"plain_text","content":"迟"},"color":"orange"}]},
	"body":{"elements":[
	  {"tag":"div","text":{"tag":"plain_text","content":"活跃：640\n<at id=all></at>\n能力  UV\n网页  12\n\n▸ 说明\n  一行"}},
	  {"tag":"column_set","flex_mode":"flow","columns":[
	    {"tag":"column","width":"auto","elements":[{"tag":"button","text":{"tag":"plain_text","content":"打开"},"behaviors":[{"type":"callback","value":{"cmd":"/usage"}}]}]},
	    {"tag":"column","width":"auto","elements":[{"tag":"button","text":{"tag":"plain_text","content":"下一页"},"behaviors":[{"type":"callback","value":{"cmd":"/usage 2"}}]}]}]},
	  {"tag":"div","text":{"tag":"plain_text","content":"完\n@ou_a"}}]}}`
	if diff := cmp.Diff(decoded(t, []byte(want)), decoded(t, p.Card.Compact())); diff != "" {
		t.Errorf("compact card (-want +got):\n%s", diff)
	}
}

func decoded(t *testing.T, encoded []byte) (v any) {
	t.Helper()
	if err := json.Unmarshal(encoded, &v); err != nil {
		t.Fatalf("%s: %v", encoded, err)
	}
	return v
}

// TestCompact_IsSmall fills a card with more text than a compact one takes. Between the texts stand buttons.
func TestCompact_IsSmall(t *testing.T) {
	t.Parallel()
	c := Card{}
	for range 40 {
		c.Body = append(c.Body, Div{Text: PlainText{Content: strings.Repeat("长", 300)}}, Button{"x", "/x"}.Draw(PlainButton))
	}
	if got := c.Compact(); len(got) > MaxBytes || strings.Count(string(got), "长") < maxCompactText/3-1 || strings.Count(string(got), "/x") != 40 || !json.Valid(got) {
		t.Errorf("it has %d bytes:\n%s", len(got), got)
	}
}

func TestCompact_OfNothingIsNil(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]Card{
		"no element": {Header: Header{Title: Text("x")}}, "a chart": {Body: []Element{Chart{}}}, "a form": {Body: []Element{InputForm{Elements: SubmitButton("s", "x", "/x")}}},
		"an empty column": {Body: []Element{ColumnSet{Columns: []Column{column(DatePicker{})}}}},
	} {
		if got := c.Compact(); got != nil {
			t.Errorf("%s: %s", name, got)
		}
	}
}
