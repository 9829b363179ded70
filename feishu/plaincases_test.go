package feishu

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
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

func TestTextsOfMessages(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ kind, content, want string }{
		{"post", `{"title":"","content":[[{"tag":"md","text":"a"},{"tag":"code_block","text":"b"},{"tag":"emotion","text":"no","user_id":"no"}],[],[{"tag":"at","user_id":"@_all","text":"no"}]]}`, "ab\n@_all"},
		{"post", `{"title":"T","content":[]}`, "T"},
		{"post", `{"title":"T"`, ""},
		{"text", `{"text":""}`, ""},
		{"file", `{"text":"a"}`, ""},
		{"", `{"text":"a"}`, ""},
	} {
		if got := messageText(tt.kind, tt.content); got != tt.want {
			t.Errorf("%s %s says %q, want %q", tt.kind, tt.content, got, tt.want)
		}
	}
}

// TestWhatAnEventMustHave takes one thing at a time away from an event that is whole.
func TestWhatAnEventMustHave(t *testing.T) {
	t.Parallel()
	const message = `"message_id":"om","chat_id":"oc","chat_type":"group","message_type":"text","content":"{}"`
	for _, tt := range []struct{ kind, event, without string }{
		{MessageReceived, `{"sender":{"sender_id":{"open_id":"ou"},"sender_type":"user"},"message":{` + message + `}}`, "message_id chat_id chat_type message_type open_id message"},
		{CardClicked, `{"operator":{"open_id":"ou"},"action":{"tag":"button"},"context":{"open_message_id":"om","open_chat_id":"oc"}}`, "open_id action open_message_id open_chat_id"},
		{BotAdded, `{"chat_id":"oc"}`, "chat_id"},
		{BotRemoved, `{"chat_id":"oc"}`, "chat_id"},
		{ChatDisbanded, `{"chat_id":"oc"}`, "chat_id"},
		{ChatUpdated, `{"chat_id":"oc"}`, "chat_id"},
		{SingleChatEntered, `{"chat_id":"oc"}`, "chat_id"},
		{MenuClicked, `{"event_key":"k","operator":{"operator_id":{"open_id":"ou"}}}`, "event_key open_id"},
		{DepartmentCreated, `{"object":{"open_department_id":"od"}}`, "open_department_id"},
		{DepartmentUpdated, `{"object":{"open_department_id":"od"}}`, "open_department_id"},
		{DepartmentDeleted, `{"object":{"open_department_id":"od"}}`, "open_department_id"},
	} {
		decoded := func(header, event string) (*Event, error) {
			e, err := parse([]byte(`{"schema":"2.0","header":` + header + `,"event":` + event + `}`))
			if err != nil {
				return nil, err
			}
			return e.event()
		}
		header := `{"event_id":"id","event_type":"` + tt.kind + `"}`
		if e, err := decoded(header, tt.event); err != nil || e == nil || e.ID != "id" || e.Type != tt.kind || !e.CreatedAt.IsZero() {
			t.Errorf("%s: %+v, %v", tt.kind, e, err)
		}
		for field := range strings.FieldsSeq(tt.without) {
			if e, err := decoded(header, strings.Replace(tt.event, `"`+field+`"`, `"other"`, 1)); err == nil {
				t.Errorf("%s without %s: %+v", tt.kind, field, e)
			}
		}
		if e, err := decoded(strings.Replace(header, "event_id", "other", 1), tt.event); err == nil {
			t.Errorf("%s without an id: %+v", tt.kind, e)
		}
	}
	if e, err := parse([]byte(`{"header":{"event_id":"id","event_type":"other.v1"},"event":{}}`)); err != nil {
		t.Error(err)
	} else if got, err := e.event(); got != nil || err != nil {
		t.Errorf("a type that is not known: %+v, %v", got, err)
	}
	// A message of another app has no open_id.
	app := `{"sender":{"sender_id":{},"sender_type":"app","tenant_key":"t"},"message":{` + message + `}}`
	e, err := parse([]byte(`{"header":{"event_id":"id","event_type":"` + MessageReceived + `"},"event":` + app + `}`))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := e.event(); err != nil || got.Message.SenderType != "app" || got.Message.TenantKey != "t" || got.Message.Mentions != nil {
		t.Errorf("a message of another app: %+v, %v", got, err)
	}
}

func TestBodiesThatAreNoEvent(t *testing.T) {
	t.Parallel()
	for _, body := range []string{"", "x", "[", `{"header":`, `{} {}`} {
		if _, err := parse([]byte(body)); err == nil {
			t.Errorf("%q was read", body)
		}
	}
	for _, body := range []string{`{"header":7}`, `{"header":{"event_id":1}}`, `{"event":{"chat_id":[]}}`} {
		if _, err := parse([]byte(body)); err != nil {
			t.Errorf("%q: %v, want that the field is left empty", body, err)
		}
	}
}

func TestTimesOfEvents(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]time.Time{
		-1: {}, 0: {}, 1: time.UnixMilli(1),
		1608725989000:    time.UnixMilli(1608725989000),
		99999999999999:   time.UnixMilli(99999999999999),
		100000000000000:  time.UnixMicro(100000000000000),
		1603977298000000: time.UnixMilli(1603977298000),
	} {
		if got := stamp(n); !got.Equal(want) {
			t.Errorf("%d is %v, want %v", n, got, want)
		}
	}
	var e envelope
	if err := json.Unmarshal([]byte(`{"header":{"event_id":"id","event_type":"im.chat.disbanded_v1","create_time":"1608725989000"},"event":{"chat_id":"oc"}}`), &e); err != nil {
		t.Fatal(err)
	}
	if got, err := e.event(); err != nil || !got.CreatedAt.Equal(time.UnixMilli(1608725989000)) {
		t.Errorf("%+v, %v", got, err)
	}
}
