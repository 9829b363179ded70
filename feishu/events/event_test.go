package events

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"
)

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
		if got := timeOf(n); !got.Equal(want) {
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

// TestEventTypesAreTheSDKs looks into the SDK's dispatcher, to see after an update of it that no type is missing.
func TestEventTypesAreTheSDKs(t *testing.T) {
	t.Parallel()
	d := reflect.ValueOf(dispatcher.NewEventDispatcher("", ""))
	for i := range d.NumMethod() {
		name, method := d.Type().Method(i).Name, d.Method(i)
		if strings.HasPrefix(name, "OnP") && method.Type().NumIn() == 1 {
			method.Call([]reflect.Value{reflect.Zero(method.Type().In(0))})
		}
	}
	var want []string
	for _, key := range d.Elem().FieldByName("eventType2EventHandler").MapKeys() {
		if key.String() != "app_ticket" {
			want = append(want, key.String())
		}
	}
	slices.Sort(want)
	if diff := cmp.Diff(want, eventTypes()); diff != "" {
		t.Errorf("eventtypes.txt (-SDK +ours):\n%s", diff)
	}
}
