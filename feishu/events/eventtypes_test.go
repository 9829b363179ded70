package events

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/larksuite/oapi-sdk-go/v3/event/dispatcher"
)

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
