package sandbox_test

import (
	"fmt"
	"strings"
	"testing"

	"usagebot/sandbox"
	"usagebot/sandbox/sandboxtest"
)

// inBody puts elements into a card.
func inBody(elements ...string) string {
	return `{"schema":"2.0","config":{"update_multi":true},"header":{"title":{"tag":"plain_text","content":"t"}},"body":{"elements":[` +
		strings.Join(elements, ",") + `]}}`
}

func TestCardsThatAreTaken(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	sb.SetLimits(sandbox.Limits{})
	token, someone := tokenOf(t, sb), sb.People()[0].OpenID
	for name, content := range map[string]string{
		"markdown":   inBody(`{"tag":"markdown","content":"**1,234**","i18n_content":{"en_us":"x"},"text_size":"heading-1","element_id":"big"}`),
		"a mention":  inBody(fmt.Sprintf(`{"tag":"markdown","content":"<at id=%s></at> <at id=\"all\"></at>"}`, someone)),
		"escaped at": inBody(`{"tag":"markdown","content":"&#60;at id=nobody&#62;"}`),
		"columns":    inBody(`{"tag":"column_set","flex_mode":"bisect","columns":[{"tag":"column","width":"weighted","weight":1,"elements":[{"tag":"div","text":{"tag":"lark_md","content":"x"}}]},{"tag":"column","width":"120px","elements":[]}]}`),
		"table":      inBody(`{"tag":"table","page_size":10,"row_height":"40px","columns":[{"name":"a","display_name":"A","data_type":"text"},{"name":"n","data_type":"number"}],"rows":[{"a":"x","n":1}]}`),
		"button":     inBody(`{"tag":"button","type":"primary_filled","size":"small","width":"fill","text":{"tag":"plain_text","content":"x"},"behaviors":[{"type":"callback","value":{"c":"/usage"}}]}`),
		"chart":      inBody(`{"tag":"chart","height":"200px","chart_spec":{"type":"line","data":{"values":[]},"anything":{"tag":"free"}}}`),
		"form":       inBody(`{"tag":"form","name":"f","elements":[{"tag":"input","name":"i"},{"tag":"button","name":"b","form_action_type":"submit","text":{"tag":"plain_text","content":"x"}}]}`),
		"panel":      inBody(`{"tag":"collapsible_panel","expanded":false,"header":{"title":{"tag":"markdown","content":"x"},"icon":{"tag":"standard_icon","token":"down-small-ccm_outlined"},"icon_expanded_angle":-180},"elements":[{"tag":"hr"}]}`),
		"select":     inBody(`{"tag":"select_static","options":[{"text":{"tag":"plain_text","content":"a"},"value":"1"},{"text":{"tag":"plain_text","content":"b"},"value":"2"}],"behaviors":[{"type":"callback","value":{}}]}`),
		"people":     inBody(`{"tag":"person_list","persons":[{"id":"ou_nobody"}],"size":"extra_small","drop_invalid_user_id":true}`, `{"tag":"person_list","persons":[{"id":"`+someone+`"}]}`),
		"candidates": inBody(`{"tag":"select_person","behaviors":[{"type":"callback","value":{}}]}`, `{"tag":"select_person","options":[{"value":"ou_nobody"},{"value":"`+someone+`"}],"behaviors":[{"type":"callback","value":{}}]}`),
		"header":     `{"schema":"2.0","header":{"title":{"tag":"plain_text","content":"t"},"template":"blue","text_tag_list":[{"tag":"text_tag","text":{"tag":"plain_text","content":"h5"},"color":"blue"}],"icon":{"tag":"standard_icon","token":"x"}},"body":{"elements":[]}}`,
	} {
		if r, _ := create(t, sb, token, cardMessage(sb.Group().ID, content)); r.Code != 0 {
			t.Errorf("%s: %d %s", name, r.Code, r.Msg)
		}
	}
}

func TestCardsThatAreRefused(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	sb.SetLimits(sandbox.Limits{})
	token := tokenOf(t, sb)
	table := `{"tag":"table","columns":[{"name":"a","data_type":"text"}],"rows":[]}`
	many := func(element string, n int) string {
		return inBody(strings.TrimSuffix(strings.Repeat(element+",", n), ","))
	}
	for name, tt := range map[string]struct {
		content string
		code    int
		says    string
	}{
		"no JSON":                      {`{`, 200621, "parse card json err"},
		"JSON 1.0":                     {`{"elements":[]}`, 200621, ""},
		"template":                     {`{"type":"template","data":{}}`, 200380, ""},
		"tag of 1.0":                   {inBody(`{"tag":"action","actions":[]}`), 200861, "unsupported tag action"},
		"no tag":                       {inBody(`{"content":"x"}`), 200621, ""},
		"unknown property":             {inBody(`{"tag":"hr","color":"red"}`), 200861, "unknown property color"},
		"unknown property of card":     {`{"schema":"2.0","elements":[]}`, 200861, "unknown property elements"},
		"wide_screen_mode of 1.0":      {`{"schema":"2.0","config":{"wide_screen_mode":true},"body":{"elements":[]}}`, 200861, "wide_screen_mode"},
		"update_multi off":             {`{"schema":"2.0","config":{"update_multi":false},"body":{"elements":[]}}`, 200621, "update_multi"},
		"content missing":              {inBody(`{"tag":"markdown"}`), 200621, "content is required"},
		"content of a wrong type":      {inBody(`{"tag":"markdown","content":1}`), 200621, "content must be of type String"},
		"unknown value":                {inBody(`{"tag":"button","type":"blue"}`), 200621, "type must be one of"},
		"unknown header colour":        {`{"schema":"2.0","header":{"title":{"tag":"plain_text","content":"t"},"template":"pink"},"body":{"elements":[]}}`, 200621, "template"},
		"pixels out of range":          {inBody(`{"tag":"chart","height":"1000px","chart_spec":{"type":"bar"}}`), 200621, "height"},
		"element_id":                   {inBody(`{"tag":"hr","element_id":"1st"}`), 200621, "element_id must match"},
		"element_id twice":             {inBody(`{"tag":"hr","element_id":"a"}`, `{"tag":"hr","element_id":"a"}`), 200621, "duplicate element_id"},
		"table in a column":            {inBody(`{"tag":"column_set","columns":[{"tag":"column","elements":[` + table + `]}]}`), 200621, "body.elements"},
		"form in a panel":              {inBody(`{"tag":"collapsible_panel","header":{},"elements":[{"tag":"form","name":"f","elements":[]}]}`), 200621, "body.elements"},
		"column outside":               {inBody(`{"tag":"column","elements":[]}`), 200621, "may not stand here"},
		"text as an element":           {inBody(`{"tag":"plain_text","content":"x"}`), 200621, "may not stand here"},
		"element as a column":          {inBody(`{"tag":"column_set","columns":[{"tag":"hr"}]}`), 200621, "may not stand here"},
		"six tables":                   {many(table, 6), 200621, "at most 5 tables"},
		"cell without a column":        {inBody(`{"tag":"table","columns":[{"name":"a"}],"rows":[{"b":"x"}]}`), 200915, "table rows name is invalid"},
		"number as text":               {inBody(`{"tag":"table","columns":[{"name":"a","data_type":"number"}],"rows":[{"a":"1"}]}`), 200914, ""},
		"column of unknown kind":       {inBody(`{"tag":"table","columns":[{"name":"a","data_type":"sum"}],"rows":[]}`), 200621, "data_type"},
		"equal values to select":       {inBody(`{"tag":"select_static","options":[{"text":{"tag":"plain_text","content":"a"},"value":"1"},{"text":{"tag":"plain_text","content":"b"},"value":"1"}]}`), 200621, "duplicate value"},
		"chart without a kind":         {inBody(`{"tag":"chart","chart_spec":{}}`), 200550, "chart spec is invalid"},
		"chart with null axes":         {inBody(`{"tag":"chart","chart_spec":{"type":"bar","axes":null}}`), 200550, "axes"},
		"mention of nobody":            {inBody(`{"tag":"markdown","content":"<at id=ou_nobody></at>"}`), 100290, "invalid user resource"},
		"person who is nobody":         {inBody(`{"tag":"person","user_id":"ou_nobody"}`), 100290, ""},
		"people of whom one is nobody": {inBody(`{"tag":"person_list","persons":[{"id":"ou_nobody"}]}`), 100290, ""},
		"people without ids":           {inBody(`{"tag":"person_list","persons":["ou_nobody"],"drop_invalid_user_id":true}`), 200621, "persons[0]"},
		"a candidate with a name":      {inBody(`{"tag":"select_person","options":[{"value":"ou_a","text":{"tag":"plain_text","content":"a"}}]}`), 200621, "options[0]"},
		"a candidate twice":            {inBody(`{"tag":"select_person","options":[{"value":"ou_a"},{"value":"ou_a"}]}`), 200621, "duplicate value"},
		"callback with a text":         {inBody(`{"tag":"button","behaviors":[{"type":"callback","value":"x"}]}`), 200621, "value must be of type Object"},
		"unknown behaviour":            {inBody(`{"tag":"button","behaviors":[{"type":"explode"}]}`), 200621, "type must be one of"},
		"nameless field in a form":     {inBody(`{"tag":"form","name":"f","elements":[{"tag":"input"}]}`), 200621, "name is required"},
		"201 elements":                 {many(`{"tag":"hr"}`, 200), 11310, "element exceeds the limit"}, // the header's title counts too
		"containers without end":       {inBody(strings.Repeat(`{"tag":"interactive_container","behaviors":[],"elements":[`, 7) + strings.Repeat(`]}`, 7)), 200621, "nested"},
	} {
		r, _ := create(t, sb, token, cardMessage(sb.Group().ID, tt.content))
		prefix := fmt.Sprintf("Failed to create card content, ext=ErrCode: %d; ", tt.code)
		if r.Code != 230099 || r.Status != 400 || !strings.HasPrefix(r.Msg, prefix) || !strings.Contains(r.Msg, tt.says) {
			t.Errorf("%s: %d %q, want 230099 with %d and %q", name, r.Code, r.Msg, tt.code, tt.says)
		}
	}
	if r, _ := create(t, sb, token, cardMessage(sb.Group().ID, many(`{"tag":"hr"}`, 199))); r.Code != 0 {
		t.Errorf("200 elements: %d %s", r.Code, r.Msg)
	}
}

func TestErrPathNamesTheElement(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	r, _ := create(t, sb, tokenOf(t, sb), cardMessage(sb.Group().ID, inBody(`{"tag":"hr"}`, `{"tag":"column_set","columns":[{"tag":"column","elements":[{"tag":"note"}]}]}`)))
	want := "ErrPath: ROOT -> body -> elements -> [1](tag: column_set) -> columns -> [0](tag: column) -> elements -> [0](tag: note);"
	if !strings.Contains(r.Msg, want) {
		t.Errorf("%q does not hold %q", r.Msg, want)
	}
}
