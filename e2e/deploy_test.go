package e2e

import (
	"os"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"usagebot/config"
	"usagebot/store/redistest"
)

// TestAlerts_MetricsExist holds deploy/metrics.txt to the metrics of the running program. The module in deploy/check
// holds the dashboard and the alerts to that file.
func TestAlerts_MetricsExist(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t) // without Redis there are no metrics of it
	h := open(t, wednesday, func(c *config.Config) { c.RedisURL = config.NewURL(server.URL()) })
	descriptions := make(chan *prometheus.Desc, 1000)
	h.app.Metrics().Describe(descriptions)
	close(descriptions)
	told := map[string]bool{}
	for d := range descriptions {
		_, rest, _ := strings.Cut(d.String(), `fqName: "`)
		name, _, _ := strings.Cut(rest, `"`)
		told[name] = true
	}
	known, err := os.ReadFile("../deploy/metrics.txt")
	if err != nil {
		t.Fatal(err)
	}
	names := strings.Fields(string(known))
	if len(names) < 10 {
		t.Errorf("deploy/metrics.txt holds %d names", len(names))
	}
	for _, name := range names {
		if !told[name] {
			t.Errorf("%s is in deploy/metrics.txt, and the program does not tell it", name)
		}
	}
}
