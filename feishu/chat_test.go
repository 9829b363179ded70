package feishu

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestChat(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		answer string
		want   ChatInfo
	}{
		{"a group", `{"name":"周会","owner_id":"ou_1","owner_id_type":"open_id","user_manager_id_list":["ou_2"],"chat_status":"normal"}`, ChatInfo{Name: "周会", OwnerID: "ou_1", Managers: []string{"ou_2"}}},
		{"one that a bot owns", `{"name":"周会","chat_status":"normal"}`, ChatInfo{Name: "周会"}},
		{"one that is dissolved", `{"name":"周会","chat_status":"dissolved_save"}`, ChatInfo{Name: "周会", Gone: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := newPlatform(t, map[endpoint][]answered{epChat: {ok(tt.answer)}})
			got, err := p.client.Chat(t.Context(), "oc_1")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	i := ChatInfo{OwnerID: "ou_1", Managers: []string{"ou_2"}}
	for id, want := range map[string]bool{"ou_1": true, "ou_2": true, "ou_3": false, "": false} {
		if i.Manages(id) != want {
			t.Errorf("%q manages: %v", id, !want)
		}
	}
}
