package sandbox_test

import (
	"net/http"
	"strings"
	"testing"

	"usagebot/sandbox/sandboxtest"
)

// TestServerBoundsHeaders sends headers of a size that no client of the platform sends.
func TestServerBoundsHeaders(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	for size, want := range map[int]int{10 << 10: http.StatusOK, 1 << 20: http.StatusRequestHeaderFieldsTooLarge} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, sb.URL()+"/sandbox/calls", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("X-Long", strings.Repeat("a", size))
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%d bytes: status %d, want %d", size, resp.StatusCode, want)
		}
	}
}
