package events

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestContent_Samples reads messages as the platform's page describes their content, and as they have been seen to arrive.
func TestContent_Samples(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/content/messages.json")
	if err != nil {
		t.Fatal(err)
	}
	var samples []struct {
		Name     string
		Type     string
		Content  json.RawMessage
		Mentions []Mention
		Want     struct {
			Title, Text string
			Mentions    []Mention
		}
	}
	if err := json.Unmarshal(raw, &samples); err != nil || len(samples) < 20 {
		t.Fatalf("%d samples: %v", len(samples), err)
	}
	for _, s := range samples {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			content := string(s.Content)
			var plain string // content that is no JSON stands in a string
			if json.Unmarshal(s.Content, &plain) == nil {
				content = plain
			}
			m := Message{Type: s.Type, Mentions: s.Mentions}
			m.readContent(content)
			got := Message{Title: m.Title, Text: m.Text, Mentions: m.Mentions}
			want := Message{Title: s.Want.Title, Text: s.Want.Text, Mentions: s.Want.Mentions}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
