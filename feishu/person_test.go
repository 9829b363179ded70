package feishu

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPersonDepartments(t *testing.T) {
	t.Parallel()
	p := newPlatform(t, map[endpoint][]answered{epPerson: {
		ok(`{"user":{"open_id":"ou_a","name":"somebody","department_ids":["od-1","od-2"]}}`), ok(`{"user":{"open_id":"ou_a"}}`), ok(`{}`),
	}})
	c := p.client
	for _, want := range [][]string{{"od-1", "od-2"}, nil} {
		got, err := c.PersonDepartments(t.Context(), "ou_a")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("departments (-want +got):\n%s", diff)
		}
	}
	if _, err := c.PersonDepartments(t.Context(), "ou_a"); err == nil {
		t.Error("an answer without a person is none")
	}
	if _, err := c.PersonDepartments(t.Context(), "../x"); err == nil {
		t.Error("what is no id was asked for")
	}
}
