package bot

import (
	"testing"
	"time"

	"usagebot/feishu"
)

// The completed line is what is written down, so that another process can carry it out.
func TestClickRequest(t *testing.T) {
	t.Parallel()
	r := requestReader{now: time.Now}
	for want, c := range map[string]feishu.Click{
		"/usage weekly":                 {Value: map[string]any{"cmd": "/usage weekly"}, Option: "x"},
		"/usage weekly date:2025-06-10": {Value: map[string]any{"cmd": "/usage weekly", "with": "date"}, Option: "2025-06-10 +0800", Tag: "date_picker"},
		"/subscribe daily 05:05":        {Value: map[string]any{"cmd": "/subscribe"}, Form: map[string]any{"cycle": "daily", "time": "05:05 +0800"}},
	} {
		if req, ok := r.click(&feishu.Event{ID: "e1", Click: &c}); !ok || req.Text != want {
			t.Errorf("a click is %q, %v, want %q", req.Text, ok, want)
		}
	}
	if req, ok := r.click(&feishu.Event{ID: "e1", Click: &feishu.Click{Value: map[string]any{"cmd": "/usage", "with": "date"}}}); ok {
		t.Errorf("a click without an option is %q", req.Text)
	}
}
